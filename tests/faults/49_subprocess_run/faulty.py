# check: blocking_call
# guilty: test_asks_a_program
# text: subprocess
"""`subprocess.run` stops the loop until the program has ended."""

import asyncio
import subprocess


async def ask():
    done = subprocess.run(["sleep", "0.2"], check=True)  # guilty
    return done.returncode


async def test_asks_a_program():
    assert await ask() == 0


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
