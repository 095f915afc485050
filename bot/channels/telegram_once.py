"""Does the work of one update once, however often Telegram delivers it."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from functools import partial

#: Telegram repeats an update within a day at most; a day of a city's hotline is far below this.
REMEMBERED_UPDATES = 20_000

type Work = Callable[[], Coroutine[None, None, None]]


class OnceOnly:
    """Memory of updates being worked on and done, within this process.

    Between processes the ledger guards: a redelivery there writes nothing.
    """

    def __init__(self, *, remember: int = REMEMBERED_UPDATES) -> None:
        """Keep the last ``remember`` ids."""
        self._remember = remember
        self._running: dict[int, asyncio.Task[None]] = {}
        self._done: OrderedDict[int, None] = OrderedDict()

    async def run(self, key: int, work: Work) -> None:
        """Do ``work`` unless it was done for ``key``; wait for it if it is under way.

        Work that raises is not remembered: the next delivery tries again.
        """
        if key in self._done:
            return
        if key not in self._running:
            task = asyncio.create_task(work())
            self._running[key] = task
            task.add_done_callback(partial(self._finish, key))
        await asyncio.shield(self._running[key])

    def _finish(self, key: int, task: asyncio.Task[None]) -> None:
        del self._running[key]
        if task.cancelled() or task.exception() is not None:
            return
        self._done[key] = None
        if len(self._done) > self._remember:
            self._done.popitem(last=False)
