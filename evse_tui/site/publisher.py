"""Snapshots on demand: changes are only noted; a reader who asks gets a fresh one, built once for all readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from evse_tui.site.snapshot import Snapshot

_SPACING_S: Final = 0.05
"""Readers are woken at most 20 times a second, apart from what must show at once."""


class Publisher:
    """Holds the newest snapshot and wakes its readers; nothing is queued for anybody."""

    def __init__(self, build: Callable[[int], Snapshot]) -> None:
        """`build` takes the snapshot's number."""
        self._build = build
        self._snapshot: Snapshot | None = None
        self._number = 0
        self._stale = True
        self._wakes_at_s: float | None = None
        self._timer: asyncio.Handle | None = None
        self._woken_s = float("-inf")
        self._wakes = 0
        self._changed = asyncio.Event()
        self._closed = False

    @property
    def snapshot(self) -> Snapshot:
        """The newest, built now if something has changed since the last one."""
        if self._snapshot is None or self._stale:
            self._stale = False
            self._number += 1
            self._snapshot = self._build(self._number)
        return self._snapshot

    def touch(self, *, at_once: bool = False) -> None:
        """Something has changed; readers learn of it within 50 ms, or in the next turn of the loop."""
        self._stale = True
        if self._closed:
            return
        loop = asyncio.get_running_loop()
        due_s = loop.time() if at_once else max(loop.time(), self._woken_s + _SPACING_S)
        if self._wakes_at_s is not None:
            if self._wakes_at_s <= due_s:
                return
            if self._timer is not None:
                self._timer.cancel()
        self._wakes_at_s = due_s
        self._timer = loop.call_soon(self._wake) if due_s <= loop.time() else loop.call_at(due_s, self._wake)

    def _wake(self) -> None:
        self._wakes_at_s = self._timer = None
        self._wakes += 1
        self._woken_s = asyncio.get_running_loop().time()
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        """The newest at once, then each newer one until `close`; a slow reader skips."""
        wakes = -1
        while not self._closed:
            if wakes == self._wakes:
                await self._changed.wait()
                continue
            wakes = self._wakes
            yield self.snapshot

    def close(self) -> None:
        """Ends all readers."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._changed.set()
