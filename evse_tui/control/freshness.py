"""How far a source can be trusted, from the arrival times of its samples: control.md, "Ages".

Late: older than max(11 s, 2.5 x its own median interval). Gone: 20 s later. A source that never spoke is absent,
which is a different thing: the site may have none. Ages count on the monotonic clock, from arrival."""

from __future__ import annotations

from enum import Enum, unique
from itertools import pairwise

LATE_AFTER_MS = 11_000
GONE_AFTER_LATE_MS = 20_000
BATTERY_GONE_MS = 60_000
EV_METER_GONE_MS = 64_000
_INTERVALS = 9
_ENOUGH_INTERVALS = 3


@unique
class Age(Enum):
    """State of a source."""

    ABSENT = "absent"
    FRESH = "fresh"
    LATE = "late"
    GONE = "gone"


class SourceAge:
    """Follows the arrivals of one source."""

    __slots__ = ("_arrivals_ms", "_period_ms")

    def __init__(self) -> None:
        self._arrivals_ms: list[int] = []
        """The last ten, newest last."""
        self._period_ms: int | None = 0

    @property
    def period_ms(self) -> int:
        """Lower median of the last nine intervals; 0 until three are known, so that one outage is no period."""
        if self._period_ms is None:
            intervals = sorted([max(0, after - before) for before, after in pairwise(self._arrivals_ms)])
            enough = len(intervals) >= _ENOUGH_INTERVALS
            self._period_ms = intervals[(len(intervals) - 1) // 2] if enough else 0
        return self._period_ms

    def observe(self, arrived_ms: int | None) -> bool:
        """Takes the arrival time of the newest sample; True if it is one that was not seen before."""
        arrivals = self._arrivals_ms
        if arrived_ms is None or (arrivals and arrivals[-1] == arrived_ms):
            return False
        arrivals.append(arrived_ms)
        if len(arrivals) > _INTERVALS + 1:
            del arrivals[0]
        self._period_ms = None
        return True

    def at(self, now_ms: int) -> Age:
        """The state at `now_ms`."""
        if not self._arrivals_ms:
            return Age.ABSENT
        late_ms = max(LATE_AFTER_MS, self.period_ms * 5 // 2)
        age_ms = now_ms - self._arrivals_ms[-1]
        if age_ms <= late_ms:
            return Age.FRESH
        return Age.LATE if age_ms <= late_ms + GONE_AFTER_LATE_MS else Age.GONE
