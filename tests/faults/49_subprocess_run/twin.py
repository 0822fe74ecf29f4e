"""asyncio's own subprocesses let others go on."""

import asyncio
import subprocess


async def ask():
    program = await asyncio.create_subprocess_exec(
        "echo", "hello", stdout=asyncio.subprocess.PIPE
    )
    said, _ = await program.communicate()
    return said


async def test_asks_a_program():
    assert await ask() == b"hello\n"


async def test_asks_a_program_in_a_thread():
    done = await asyncio.to_thread(subprocess.run, ["true"], check=True)

    assert done.returncode == 0


def test_asks_a_program_where_no_loop_runs():
    subprocess.run(["true"], check=True)
