"""How far a source can be trusted, from the arrival times of its samples: control.md, "Ages".

Late: older than max(11 s, 2.5 x its own median interval). Gone: 20 s later. A source that never spoke is absent,
which is a different thing: the site may have none. Ages count on the monotonic clock, from arrival."""

from __future__ import annotations

from enum import Enum, unique

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

    __slots__ = ("_intervals", "_last_ms", "_period_ms")

    def __init__(self) -> None:
        self._last_ms: int | None = None
        self._intervals: list[int] = []
        self._period_ms: int | None = None

    @property
    def period_ms(self) -> int:
        """Lower median of the last nine intervals; 0 until three are known, so that one outage is no period."""
        if self._period_ms is None:
            known = len(self._intervals)
            self._period_ms = sorted(self._intervals)[(known - 1) // 2] if known >= _ENOUGH_INTERVALS else 0
        return self._period_ms

    def observe(self, arrived_ms: int | None) -> bool:
        """Takes the arrival time of the newest sample; True if it is one that was not seen before."""
        if arrived_ms is None or arrived_ms == self._last_ms:
            return False
        if self._last_ms is not None:
            self._intervals.append(max(0, arrived_ms - self._last_ms))
            del self._intervals[:-_INTERVALS]
            self._period_ms = None
        self._last_ms = arrived_ms
        return True

    def at(self, now_ms: int) -> Age:
        """The state at `now_ms`."""
        if self._last_ms is None:
            return Age.ABSENT
        late_ms = max(LATE_AFTER_MS, self.period_ms * 5 // 2)
        age_ms = now_ms - self._last_ms
        if age_ms <= late_ms:
            return Age.FRESH
        return Age.LATE if age_ms <= late_ms + GONE_AFTER_LATE_MS else Age.GONE
