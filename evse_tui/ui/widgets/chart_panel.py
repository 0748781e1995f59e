"""The chart of a day or month, or one sentence where there is none; and the totals below it."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar, Final

from textual.content import Content

from evse_tui.control.types import Constraint
from evse_tui.site.snapshot import Snapshot
from evse_tui.store import MJ_PER_WH, SITE, Total
from evse_tui.ui import columns, text, words
from evse_tui.ui.braille import DOTS_ACROSS
from evse_tui.ui.frame import Frame
from evse_tui.ui.past import Past
from evse_tui.ui.period import Unit
from evse_tui.ui.widgets.chart import MARGINS, Strip, draw_chart
from evse_tui.ui.widgets.chart_strips import (
    Window,
    bucket_now,
    charger_day_strips,
    charger_month_strips,
    charger_now,
    day_strips,
    month_strips,
)
from evse_tui.ui.widgets.chart_time import draw_days, draw_hours
from evse_tui.ui.widgets.panel import Panel

_SEPARATOR: Final = "   "
_MOST_REASONS: Final = 3
_NO_LIMIT: Final = frozenset({Constraint.NOT_CONNECTED.value, Constraint.NOT_REQUESTED.value})
"""Reasons of a minute in which the car charged only a little."""
_LEAST_KNOWN: Final = 0.98
"""Of the time that is over; below, the totals say how much they know."""


def columns_of_dots(width: int) -> int:
    """How many values a chart of `width` columns can show."""
    return max(0, width - MARGINS) * DOTS_ACROSS


def draw_past(past: Past, snapshot: Snapshot, width: int, rows: int, nothing: str) -> Content:
    """The strips of a period above its axis; the sentence `nothing` if nothing was measured in it."""
    from_s, to_s = past.edges_s
    window = Window(from_s, to_s, past.step_s, columns_of_dots(width), snapshot.wall_s)
    zone = past.question.zone
    if past.period.unit is Unit.DAY:
        strips = _day_strips(past, window, snapshot, rows)
        axis = draw_hours(from_s, to_s, width, zone)
    else:
        strips = _month_strips(past, window)
        axis = draw_days(past.period.first, past.period.days, width, zone)
    return draw_chart(strips, axis, width, rows) if strips else _sentence(nothing, width)


def _day_strips(past: Past, window: Window, snapshot: Snapshot, rows: int) -> list[Strip]:
    subject = past.question.subject
    if subject == SITE:
        return day_strips(past.site, window, rows, bucket_now(snapshot))
    return charger_day_strips(past.charger, window, charger_now(snapshot, subject))


def _month_strips(past: Past, window: Window) -> list[Strip]:
    if past.question.subject == SITE:
        return month_strips(past.site, past.days, window)
    return charger_month_strips(past.charger, past.days, window)


def _sentence(words: str, width: int) -> Content:
    return columns.lines(columns.styled(row, "bold") for row in columns.wrapped(words, width, 0))


def draw_totals(past: Past, now_s: float, width: int) -> Content:
    """Energies, cost, the highest current, and how much of the time is known; as many rows as they need."""
    total, site = past.total, past.question.subject == SITE
    charged_wh = total.charged_mj // MJ_PER_WH
    items = [
        f"Charged {text.energy(charged_wh)}{solar_share(total.solar_mj, total.charged_mj)}",
        f"Cost {cost(total)}",
    ]
    if site:
        items.append(f"Imported {text.energy(total.imported_mj // MJ_PER_WH)}")
        items.append(f"Exported {text.energy(total.exported_mj // MJ_PER_WH)}")
    if total.pv_mj:
        items.append(f"PV {text.energy(total.pv_mj // MJ_PER_WH)}")
    items += [*(_highest(past) if site else _of_charger(past)), *_known(total, now_s)]
    rows = [""]
    for item in items:
        joined = rows[-1] + (_SEPARATOR if rows[-1] else "") + item
        if len(joined) <= width:
            rows[-1] = joined
        else:
            rows.append(item)
    return columns.lines(columns.styled(row).truncate(width, ellipsis=True) for row in rows)


def solar_share(solar_mj: int, charged_mj: int) -> str:
    """`, 62 % solar`; nothing where nothing was charged."""
    return f", {text.share(solar_mj, charged_mj)} solar" if charged_mj >= MJ_PER_WH else ""


def cost(total: Total) -> str:
    """`1.23`; a part without a price is named, and without any price the cost is unknown."""
    if not total.unpriced_mj:
        return f"{total.cost_u / 1e6:.2f}"
    if not total.cost_u:
        return f"{text.UNKNOWN} (no price)"
    return f"{total.cost_u / 1e6:.2f} + {text.energy(total.unpriced_mj // MJ_PER_WH)} without price"


def _highest(past: Past) -> list[str]:
    """The phase current that came nearest to its limit."""
    peaks = [
        (peak, name, point.main_da)
        for point in past.site
        for name, peak in zip(words.PHASES, (point.mains_max_l1, point.mains_max_l2, point.mains_max_l3), strict=True)
        if peak is not None
    ]
    if not peaks:
        return []
    highest_da, name, limit_da = max(peaks, key=lambda peak: peak[0])
    over = " OVER" if limit_da is not None and highest_da > limit_da else ""
    return [f"Highest {text.amps(highest_da)} {name}{over}"]


def _of_charger(past: Past) -> list[str]:
    """How long it charged, its highest current, and what decided most of that time."""
    charging_ms = sum(point.charging_ms for point in past.charger)
    if not charging_ms:
        return []
    peaks = [point.ev_max_da for point in past.charger if point.ev_max_da is not None]
    items = [f"Charging {text.duration(charging_ms)}"]
    if peaks:
        items.append(f"Highest {text.amps(max(peaks))}")
    return [*items, *_bound_by(past)]


def _bound_by(past: Past) -> list[str]:
    """`Bound by mains 62 %, maximum 38 %`; not of a month, whose long buckets keep one reason each."""
    bound: Counter[str] = Counter()
    for point in past.charger if past.period.unit is Unit.DAY else ():
        if point.reason and point.reason not in _NO_LIMIT:
            bound[point.reason] += point.charging_ms
    passed_ms = bound.total()
    shares = [(name, 100 * ms // passed_ms) for name, ms in bound.most_common(_MOST_REASONS) if passed_ms]
    most = ", ".join(f"{name} {share} %" for name, share in shares if share)
    return [f"Bound by {most}"] if most else []


def _known(total: Total, now_s: float) -> list[str]:
    passed_ms = round((min(now_s, total.end_s) - total.start_s) * 1_000)
    if passed_ms <= 0 or total.known_ms >= passed_ms * _LEAST_KNOWN:
        return []
    return [f"Known {text.duration(total.known_ms)} of {text.duration(passed_ms)}"]


class HistoryChart(Panel, can_focus=True):
    """Strips over time."""

    HELP: ClassVar[str] = """\
One strip for each quantity on one axis of local time. The filled area is the mean, dots above it are the highest \
values, the dashed line is the limit that was in force, a triangle is above it. Mains: the phase with the most \
current, in large windows each phase; below zero is export. Cars, PV: power. Battery: + charging, below zero \
discharging, at 230 V. A month shows the highest mains current and the energy of each day. One charger \
({history-of}): the current of its car below what it was offered, its power, and on how many phases. Where nothing \
is drawn nothing is known; a line of dots is zero."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._past: Past | None = None
        self._words = ""
        self._drawn: tuple[object, ...] = ()
        self._drawn_past: Past | None = None

    def set_past(self, past: Past | None, words: str) -> None:
        """What to draw; `words` say why there is nothing if the past has no measurements, or is None."""
        self._past, self._words = past, words

    def show(self, frame: Frame) -> None:
        """Draws only if the past, the size or the column of now has changed: a chart is dearer than other texts."""
        size = self.content_size
        column = -1
        if self._past is not None:
            from_s, to_s = self._past.edges_s
            at_s = min(max(frame.snapshot.wall_s, from_s), to_s)
            column = int((at_s - from_s) * columns_of_dots(size.width) / (to_s - from_s))
        drawn = (self._words, size, column)
        if self._past is not self._drawn_past or drawn != self._drawn:
            self._drawn_past, self._drawn = self._past, drawn
            super().show(frame)

    def draw(self, frame: Frame, width: int) -> Content:
        rows = self.content_size.height
        if self._past is None:
            return _sentence(self._words, width)
        return draw_past(self._past, frame.snapshot, width, rows, self._words)


class Totals(Panel):
    """The sums of the period."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._past: Past | None = None

    def set_past(self, past: Past | None) -> None:
        """What to sum up; None for nothing."""
        self._past = past

    def draw(self, frame: Frame, width: int) -> Content:
        return Content("") if self._past is None else draw_totals(self._past, frame.snapshot.wall_s, width)
