"""The axis of time below a chart: local hours of a day, days of a month. Pure.

Places are those of real time, so a day of 23 or 25 hours is drawn as long as it is, and its hours stand where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from typing import Final

from textual.content import Content

from evse_tui.store.periods import day_edges
from evse_tui.ui import columns
from evse_tui.ui.widgets.chart import MARGINS, NAME_WIDTH

_QUARTER_S: Final = 900
"""All offsets of present time zones are multiples of this."""
_TICK: Final = "╵"


def draw_hours(from_s: int, to_s: int, width: int, zone: tzinfo) -> Content:
    """The axis of one day: as many hours as there is room for."""
    area = max(0, width - MARGINS)
    step = next((hours for hours in (1, 2, 3, 6, 12) if area >= 24 // hours * 7), 24)
    return _axis(hour_ticks(from_s, to_s, step, zone), from_s, to_s, area)


def draw_days(first: date, count: int, width: int, zone: tzinfo) -> Content:
    """The axis of `count` days: as many of them as there is room for."""
    area = max(0, width - MARGINS)
    edges = day_edges(first, count, zone)
    step = next((days for days in (1, 2, 5, 10) if area >= count // days * 4), 31)
    days = ((edges[day - 1], str(day)) for day in range(1, count + 1) if day == 1 or day % step == 0)
    return _axis(days, edges[0], edges[-1], area)


def draw_recent(from_s: int, to_s: int, width: int, zone: tzinfo | None) -> Content:
    """The axis of some hours: every quarter of an hour, or as many as there is room for."""
    area = max(0, width - MARGINS)
    quarters = (to_s - from_s) // _QUARTER_S
    step = next((step for step in (1, 2, 4) if area >= quarters // step * 7), 8) * _QUARTER_S
    ticks = (
        (at_s, datetime.fromtimestamp(at_s, zone).strftime("%H:%M"))
        for at_s in range(from_s - from_s % step + step, to_s, step)
    )
    return _axis(ticks, from_s, to_s, area)


def hour_ticks(from_s: int, to_s: int, step: int, zone: tzinfo) -> Iterator[tuple[int, str]]:
    """Each full local hour in [from_s, to_s) that `step` divides, as (moment, `06:00`)."""
    for at_s in range(from_s, to_s, _QUARTER_S):
        local = datetime.fromtimestamp(at_s, zone)
        if local.minute == 0 and local.hour % step == 0:
            yield at_s, f"{local.hour:02}:00"


def _axis(ticks: Iterator[tuple[int, str]], from_s: int, to_s: int, area: int) -> Content:
    row = ""
    for at_s, words in ticks:
        place = (at_s - from_s) * area // (to_s - from_s)
        if place >= len(row) and place + 1 + len(words) <= area:
            row = f"{row:<{place}}{_TICK}{words}"
    return columns.styled(" " * NAME_WIDTH + row, "dim")
