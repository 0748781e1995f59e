"""Background tasks of the site: none is forgotten, and none ends unnoticed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


async def to_its_end(work: Coroutine[Any, Any, _T]) -> _T:
    """Awaits `work`, which goes on to its end if the one who awaits it is cancelled."""
    return await asyncio.shield(asyncio.ensure_future(work))


class Tasks:
    """Spawns and cancels; `on_failure` is told once of the first task that ended with an exception."""

    def __init__(self, on_failure: Callable[[BaseException], None]) -> None:
        self._on_failure = on_failure
        self._tasks: set[asyncio.Task[None]] = set()
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Ends with the exception of the first task that failed."""

    def spawn(self, coroutine: Coroutine[None, None, None], name: str) -> None:
        """Runs `coroutine` until it ends or `close`."""
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not self.failure.done():
            self.failure.set_exception(error)
            self._on_failure(error)

    async def close(self) -> None:
        """Cancels all and waits for their ends."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.failure.cancel()
