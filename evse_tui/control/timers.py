"""Timers that count time under a condition, between samples."""

from __future__ import annotations

UNBROKEN_SURPLUS_MS = 60_000


class Held:
    """How long a condition has been true without a break."""

    def __init__(self) -> None:
        self.since_ms: int | None = None

    def update(self, condition: bool, now_ms: int) -> int:
        """Milliseconds for which `condition` has held; 0 while it does not."""
        if not condition:
            self.since_ms = None
            return 0
        if self.since_ms is None:
            self.since_ms = now_ms
        return now_ms - self.since_ms


class StopTimer:
    """Solar stop timer: control.md, "Starting, stopping".

    Counts while the cars are at their minimum and the neutralised sum is above solar_max_import. A cloud gap does not
    reset it: only 60 s of unbroken surplus that covers the minimum clears it."""

    def __init__(self) -> None:
        self._counted_ms = 0
        self._last_ms: int | None = None
        self._covered = Held()
        self._short = False

    def update(self, short: bool, covered: bool, now_ms: int) -> None:
        """Takes the conditions from now on; the time since the last call counts under the conditions of that call."""
        if self._last_ms is not None and self._short:
            self._counted_ms += max(0, now_ms - self._last_ms)
        self._last_ms = now_ms
        self._short = short
        if self._covered.update(covered, now_ms) >= UNBROKEN_SURPLUS_MS:
            self._counted_ms = 0

    def remaining_ms(self, stop_time_min: int) -> int | None:
        """Time until the stop if nothing changes; None if it does not run or never stops."""
        if not stop_time_min or not (self._counted_ms or self._short):
            return None
        return max(0, stop_time_min * 60_000 - self._counted_ms)
