"""Snapshots on demand: changes are only noted; a reader who asks gets a fresh one, built once for all readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from evse_tui.site.snapshot import Snapshot

_SPACING_S: Final = 0.05
"""Readers are woken at most 20 times a second, apart from what must show at once."""
_NEVER: Final = float("inf")


class Publisher:
    """Holds the newest snapshot and wakes its readers; nothing is queued for anybody."""

    def __init__(self, build: Callable[[int], Snapshot]) -> None:
        """`build` takes the snapshot's number."""
        self._build = build
        self._snapshot: Snapshot | None = None
        self._number = 0
        self._stale = True
        self._due_s = _NEVER
        """When readers are to be woken for what has changed since they last were."""
        self._waiting = 0
        self._timer: asyncio.TimerHandle | None = None
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
        now_s = asyncio.get_running_loop().time()
        due_s = now_s if at_once else max(now_s, self._woken_s + _SPACING_S)
        if due_s < self._due_s:
            self._due_s = due_s
            self._schedule()

    def _schedule(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting and self._due_s < _NEVER:  # nobody is woken for nothing, and no timer runs for nobody
            self._timer = asyncio.get_running_loop().call_at(self._due_s, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._due_s = _NEVER
        self._wakes += 1
        self._woken_s = asyncio.get_running_loop().time()
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        """The newest at once, then each newer one until `close`; a slow reader skips."""
        wakes, seen = -1, None
        while not self._closed:
            if wakes == self._wakes:
                await self._wait()
                continue
            wakes = self._wakes
            if self.snapshot is not seen:
                seen = self.snapshot
                yield seen

    async def _wait(self) -> None:
        self._waiting += 1
        if self._timer is None:
            self._schedule()
        try:
            await self._changed.wait()
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Ends all readers."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._changed.set()
