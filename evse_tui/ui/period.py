"""The day or month that the History screen shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum, unique
from typing import Final

from evse_tui.store.periods import day_edges, month_edges

EARLIEST: Final = date(2000, 1, 1)
"""Nobody has charged with this before; a clock that was never set says 1970."""


@unique
class Unit(Enum):
    """How long a period is; the value is its name."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """One local day, or a month from its first day."""

    unit: Unit
    first: date

    @classmethod
    def at(cls, wall_s: float, unit: Unit, zone: tzinfo) -> Period:
        """The one that contains a moment."""
        return cls.of(unit, datetime.fromtimestamp(wall_s, zone).date())

    @classmethod
    def of(cls, unit: Unit, day: date) -> Period:
        """The one that contains a day."""
        day = max(EARLIEST, day)
        return cls(unit, day if unit is Unit.DAY else day.replace(day=1))

    def step(self, count: int) -> Period:
        """`count` periods later, or earlier; not before EARLIEST."""
        if self.unit is Unit.DAY:
            return Period.of(self.unit, self.first + timedelta(days=count))
        number = max(EARLIEST.year * 12, self.first.year * 12 + self.first.month - 1 + count)
        return Period.of(self.unit, date(number // 12, number % 12 + 1, 1))

    @property
    def days(self) -> int:
        """How many local days it has."""
        return 1 if self.unit is Unit.DAY else (self.step(1).first - self.first).days

    def edges(self, zone: tzinfo) -> tuple[int, int]:
        """Its first moment and the one after its last, seconds since the epoch."""
        first, after = (day_edges if self.unit is Unit.DAY else month_edges)(self.first, 1, zone)
        return first, after

    def day_edges(self, zone: tzinfo) -> tuple[int, ...]:
        """The midnights in it, and the one after it."""
        return day_edges(self.first, self.days, zone)

    @property
    def title(self) -> str:
        """`Sat 22 Nov 2025`, `November 2025`."""
        if self.unit is Unit.MONTH:
            return self.first.strftime("%B %Y")
        return f"{self.first:%a} {self.first.day} {self.first:%b %Y}"

    @property
    def stamp(self) -> str:
        """For names of files: `2025-11-22`, `2025-11`."""
        return self.first.isoformat() if self.unit is Unit.DAY else f"{self.first:%Y-%m}"


def converted(period: Period, unit: Unit, today: date) -> Period:
    """The other view of the same time: a day's month; of a month the present day, else its first."""
    if unit is Unit.DAY and Period.of(Unit.MONTH, today) == replace(period, unit=Unit.MONTH):
        return Period.of(unit, today)
    return Period.of(unit, period.first)
