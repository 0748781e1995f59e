"""Planned charging in local wall time: what the user says, and the window that it means now. Pure.

Local time follows daylight saving: a daily 23:30 is 23:30 on every clock on the wall. A time that a change skips is the
moment after the gap; of one that comes twice the first counts. Later local times never mean earlier moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

_DAY: Final = timedelta(days=1)
_YEARS: Final = range(1971, 9000)
"""Zones and arithmetic around them stay within the calendar."""


@dataclass(frozen=True, slots=True)
class LocalSchedule:
    """Start, optional stop and optional daily repetition, in naive local times with minutes."""

    start: datetime
    stop: datetime | None = None
    daily: bool = False
    """Without a stop there is nothing to repeat: once begun it goes on."""


@dataclass(frozen=True, slots=True)
class Window:
    """When charging is allowed, seconds since the epoch: from `opens_s`, until before `closes_s`."""

    opens_s: float
    closes_s: float | None

    def open(self, wall_s: float) -> bool:
        """Whether charging is allowed now."""
        return self.opens_s <= wall_s and (self.closes_s is None or wall_s < self.closes_s)

    def over(self, wall_s: float) -> bool:
        """Whether it says nothing about the future: it has closed, or has begun and never closes."""
        return wall_s >= (self.opens_s if self.closes_s is None else self.closes_s)


def flaw(schedule: LocalSchedule) -> str:
    """One sentence if the schedule makes no sense, else nothing."""
    times = [schedule.start] if schedule.stop is None else [schedule.start, schedule.stop]
    if any(time.tzinfo is not None or time.year not in _YEARS for time in times):
        return f"a schedule has local times between {_YEARS.start} and {_YEARS.stop - 1}"
    if schedule.stop is None:
        return ""
    if schedule.stop <= schedule.start:
        return "the stop of a schedule must be after its start"
    if schedule.daily and schedule.stop - schedule.start > _DAY:
        return "a daily schedule must stop within 24 hours of its start"
    return ""


def window(schedule: LocalSchedule, zone: tzinfo, wall_s: float) -> Window:
    """The present window, else the next; of a schedule that is over the last.

    Args:
        schedule: without a flaw.
        zone: of its local times.
        wall_s: now, seconds since the epoch.
    """
    start, stop = schedule.start, schedule.stop
    if stop is None:
        return Window(moment_s(start, zone), None)
    days = 0
    if schedule.daily:
        today = datetime.fromtimestamp(wall_s, zone).date()
        days = max(0, (today - start.date()).days - 2)  # one for the night, one for what a zone may skip
    while True:
        found = Window(moment_s(start + days * _DAY, zone), moment_s(stop + days * _DAY, zone))
        if not schedule.daily or (found.closes_s or 0) > max(wall_s, found.opens_s):
            return found
        days += 1


def moment_s(local: datetime, zone: tzinfo) -> float:
    """The moment that a naive local time means, seconds since the epoch."""
    before, after = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    latest = before.astimezone(UTC)
    if latest.astimezone(zone).replace(tzinfo=None) == local:
        return latest.timestamp()
    # In a gap: fold 0 counts with the offset before it, fold 1 with the one after it (PEP 495); the change is between.
    offset = after.utcoffset()
    low, high = int(after.timestamp()), int(latest.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return float(high)
