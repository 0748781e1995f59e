"""Snapshots of a recording by time: bounded, written by one thread and read by another."""

from __future__ import annotations

import threading
from bisect import bisect_right
from typing import Final

from evse_tui.site.snapshot import Snapshot

MOST: Final = 8_000
"""About 25 MB. A quarter of an hour of a busy board in every detail; of longer recordings every change, and what is
between changes more and more coarsely: two hours in steps of a second."""

FINEST_MS: Final = 100


class Pictures:
    """Add in order of time; look up any moment."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._times: list[int] = []
        self._snapshots: list[Snapshot] = []
        self._changes: list[bool] = []
        self.spacing_ms = FINEST_MS
        """The least time between two pictures without a change."""

    def wait_ms(self, at_ms: int) -> int:
        """How long after `at_ms` the next picture without a change is due."""
        return max(0, self._times[-1] + self.spacing_ms - at_ms) if self._times else 0

    def add(self, snapshot: Snapshot, *, change: bool) -> None:
        """Keeps a picture; one of the same moment takes the place of the one before."""
        with self._lock:
            if self._times and self._times[-1] == snapshot.at_ms:
                self._snapshots[-1] = snapshot
                self._changes[-1] |= change
                return
            self._times.append(snapshot.at_ms)
            self._snapshots.append(snapshot)
            self._changes.append(change)
            if len(self._times) > self._most:
                self._thin()

    def at(self, at_ms: int) -> Snapshot | None:
        """The newest picture that is not younger than `at_ms`; the first one before it; None if there is none."""
        with self._lock:
            if not self._times:
                return None
            return self._snapshots[max(0, bisect_right(self._times, at_ms) - 1)]

    def __len__(self) -> int:
        return len(self._times)

    def _thin(self) -> None:
        """Makes room for a quarter more: first of what is between changes, then of changes."""
        keeps_changes = sum(self._changes) < self._most // 2
        while len(self._times) > self._most * 3 // 4:
            self.spacing_ms *= 2
            last_ms = -self.spacing_ms
            kept = []
            for index, at_ms in enumerate(self._times):
                if at_ms - last_ms >= self.spacing_ms or (keeps_changes and self._changes[index]):
                    kept.append(index)
                    last_ms = at_ms
            self._times = [self._times[index] for index in kept]
            self._snapshots = [self._snapshots[index] for index in kept]
            self._changes = [self._changes[index] for index in kept]
