"""The work of one update is done once, unless it failed."""

import asyncio

import pytest

from bot.channels.telegram_once import OnceOnly


class Work:
    """Counts how often it was done; fails the first ``failures`` times."""

    def __init__(self, *, failures: int = 0) -> None:
        """Start at none."""
        self.done = 0
        self.begun = 0
        self._failures = failures

    async def __call__(self) -> None:
        """Do it."""
        self.begun += 1
        await asyncio.sleep(0)
        if self.begun <= self._failures:
            raise RuntimeError
        self.done += 1


def test_three_deliveries_at_once_and_one_later_do_the_work_once() -> None:
    work = Work()

    async def deliver() -> None:
        once = OnceOnly()
        await asyncio.gather(*(once.run(7, work) for _ in range(3)))
        await once.run(7, work)

    asyncio.run(deliver())

    assert work.begun == 1


def test_failed_work_is_done_by_the_next_delivery() -> None:
    work = Work(failures=1)

    async def deliver() -> None:
        once = OnceOnly()
        with pytest.raises(RuntimeError):
            await once.run(7, work)
        await once.run(7, work)

    asyncio.run(deliver())

    assert work.done == 1


def test_only_the_latest_updates_are_remembered() -> None:
    work = Work()

    async def deliver() -> None:
        once = OnceOnly(remember=2)
        for key in (1, 2, 3, 3, 1):
            await once.run(key, work)

    asyncio.run(deliver())

    assert work.done == 4
