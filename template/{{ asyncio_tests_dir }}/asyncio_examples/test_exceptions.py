"""What async code raises is expected around the await: a call alone runs nothing."""

import asyncio

import pytest

pytestmark = pytest.mark.asyncio


async def withdraw(balance: int, amount: int) -> int:
    """Stand in for the code under test."""
    if amount > balance:
        msg = f"{amount} is more than {balance}"
        raise ValueError(msg)
    return balance - amount


async def test_an_awaited_call_raises_in_the_test() -> None:
    """Match the message as well: some other ValueError is not the one that is meant."""
    with pytest.raises(ValueError, match="5 is more than 3"):
        await withdraw(balance=3, amount=5)


async def test_a_failed_task_raises_wherever_it_is_awaited() -> None:
    """Keep and await each task that is started, or its failure is only logged."""
    task = asyncio.create_task(withdraw(balance=3, amount=5))

    with pytest.raises(ValueError, match="5 is more than 3"):
        await task


async def test_gathered_errors_are_looked_at_one_by_one() -> None:
    """With `return_exceptions=True` nothing is raised: look at all that came back."""
    rest, refusal = await asyncio.gather(
        withdraw(balance=3, amount=1),
        withdraw(balance=3, amount=5),
        return_exceptions=True,
    )

    assert rest == 2
    assert isinstance(refusal, ValueError)
