"""The newest snapshot to many clients, each at its own rhythm: encoded once, queued for nobody.

Clients of one rhythm become due together, on multiples of their interval, so that they share an encoding. They are
woken a few in each turn of the loop, so that a request that comes meanwhile does not wait for all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from evse_tui.site.commands import SiteView
from evse_tui.site.news import facts_of
from evse_tui.site.snapshot import Snapshot

MOST_LISTENERS: Final = 256
"""Half of all connections: streams never give way to a newcomer, other requests must still find room."""
SPACING_S: Final = 0.1
"""Snapshots are looked at, and changes of state sent, at most ten times a second."""
WOKEN_PER_TURN: Final = 4
_AT_ONCE: Final = float("-inf")


class FullError(Exception):
    """There are as many listeners as may be."""


class Listener:
    """One client. Holds at most one frame, the newest that it was due for."""

    def __init__(self, interval_s: float) -> None:
        self.interval_s = interval_s
        self.due_s = _AT_ONCE
        """When it gets the next frame, on the loop's clock."""
        self.seen: Snapshot | None = None
        self._frame: bytes | None = None
        self._news = asyncio.Event()

    def offer(self, frame: bytes | None) -> None:
        """Replaces the frame that was not taken; None is the end."""
        self._frame = frame
        self._news.set()

    async def next(self) -> bytes | None:
        """Waits for the next frame; None at the end."""
        await self._news.wait()
        self._news.clear()
        return self._frame


class Broadcast:
    """Follows the site while somebody listens."""

    def __init__(self, site: SiteView, encode: Callable[[Snapshot], bytes], stopping: asyncio.Event) -> None:
        """`encode` makes the frame of a snapshot; `stopping` ends it for all."""
        self._site = site
        self._encode = encode
        self._stopping = stopping
        self._listeners: dict[Listener, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._newest: Snapshot | None = None
        self._news = asyncio.Event()
        """Somebody may be due earlier than was planned."""

    @asynccontextmanager
    async def listener(self, interval_s: float) -> AsyncIterator[Listener]:
        """A client, from its first frame, at once, to its last.

        Raises:
            FullError: there are as many as may be.
        """
        if len(self._listeners) >= MOST_LISTENERS:
            raise FullError
        listener = Listener(interval_s)
        self._listeners[listener] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="event stream")
        self._news.set()
        try:
            yield listener
        finally:
            del self._listeners[listener]
            if not self._listeners and self._task is not None:
                task, self._task = self._task, None
                task.cancel()
                await asyncio.wait((task,))
                if not task.cancelled():
                    task.result()  # what ended it, if not the end itself

    async def _run(self) -> None:
        self._newest = None
        parts = [asyncio.create_task(part) for part in (self._follow(), self._deliver(), self._stopped())]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
        for listener in self._listeners:
            listener.offer(None)
        for part in done:
            part.result()

    async def _stopped(self) -> None:
        await self._stopping.wait()

    async def _follow(self) -> None:
        """Notes each newer snapshot; after a change of state everybody is due."""
        known: object = None
        snapshots = self._site.snapshots()
        try:
            async for snapshot in snapshots:
                self._newest = snapshot
                facts = facts_of(snapshot)
                if facts != known:
                    known = facts
                    for listener in self._listeners:
                        listener.due_s = _AT_ONCE
                self._news.set()
                await asyncio.sleep(SPACING_S)
        finally:
            if isinstance(snapshots, AsyncGenerator):  # not left to the garbage collector
                await snapshots.aclose()

    async def _deliver(self) -> None:
        """Gives the newest snapshot to whoever is due and has not seen it."""
        loop = asyncio.get_running_loop()
        while True:
            newest, now_s = self._newest, loop.time()
            if newest is None:
                self._news.clear()
                await self._news.wait()
                continue
            behind = [listener for listener in self._listeners if listener.seen is not newest]
            due = [listener for listener in behind if listener.due_s <= now_s]
            if not due:
                self._news.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(min((listener.due_s for listener in behind), default=None)):
                        await self._news.wait()
                continue
            frame = self._encode(newest)
            for number, listener in enumerate(due, 1):
                listener.seen = newest
                listener.due_s = _next_due_s(now_s, listener.interval_s)
                listener.offer(frame)
                if number % WOKEN_PER_TURN == 0:
                    await asyncio.sleep(0)


def _next_due_s(now_s: float, interval_s: float) -> float:
    """The multiple of the interval that is nearest to one interval from now."""
    return (now_s // interval_s + (2 if now_s % interval_s >= interval_s / 2 else 1)) * interval_s
