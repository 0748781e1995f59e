"""The control pilot as an oscilloscope shows it: two plateaus over time, and one period of the PWM. Pure.

Boundaries of the states are dashed lines with their level at the left; the state between two of them stands at the
right, so nothing has to be told apart by colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import groupby, pairwise
from operator import itemgetter, or_
from typing import Final

from textual.content import Content

from evse_protocol.messages import Pilot
from evse_tui.board.pilot_levels import DIODE_MV, LOWEST_MV, STATIC_PERMILLE
from evse_tui.ui import columns
from evse_tui.ui.braille import DOTS_ACROSS, DOTS_DOWN, braille
from evse_tui.ui.waveform import Columns, Range

LEVELS: Final = 6
"""Columns at the left."""
STATES: Final = 9
"""Columns at the right."""
LEAST_ROWS: Final = 13
PERIOD_WIDTH: Final = 26
_PERIOD_FROM: Final = 96
"""Columns from which on there is room for a period beside the plateaus."""
_LOW_ROWS: Final = 3
_HIGH_SCALE: Final = (-600, 14_000)
"""With the least rows no nominal level shares a row with a boundary."""
_LOW_SCALE: Final = (-13_000, -8_500)
_PERIOD_SCALE: Final = (-13_000, 13_000)
_LINE: Final = "╌"
_GAP: Final = 2
_ZERO: Final = "0 V"
_HALF_PERMILLE: Final = 500
_DIM: Final = "dim"
_BLANK, _TRACE, _BOUNDARY = range(3)
_LIVE: Final = ("", "$text-primary", _DIM)
_OLD: Final = ("", _DIM, _DIM)
"""Styles of blank cells, samples and boundaries."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the scope draws beside the samples."""

    span_ms: int
    age: str
    """Of the newest sample, as it stands at the end of the axis: `now`, or how old, or nothing."""
    pilot: Pilot | None
    """The board's own verdict, filtered; None if it is not known."""
    plateaus_mv: tuple[int, int] | None
    duty_permille: int | None
    live: bool = True
    """Old samples are grey."""


def has_period(width: int) -> bool:
    """Whether one period is drawn in `width` columns."""
    return width >= _PERIOD_FROM


def dots(width: int) -> int:
    """How many columns of dots the plateaus get in `width` columns."""
    room = width - LEVELS - STATES - (PERIOD_WIDTH + _GAP if has_period(width) else 0)
    return max(1, room) * DOTS_ACROSS


def draw_scope(found: Columns, shown: Shown, width: int, rows: int) -> Content:
    """`rows` rows, at least `LEAST_ROWS`, and the axis of time below them; `found` has `dots(width)` columns."""
    high_rows = rows - _LOW_ROWS
    styles = _LIVE if shown.live else _OLD
    names, diode = _state_names(shown.pilot, high_rows), {DIODE_MV: f"{DIODE_MV / 1_000:.0f}"}
    plotted = [
        *_strip(found.high_mv, _HIGH_SCALE, high_rows, _boundary_names(), names, styles),
        *_strip(found.low_mv, _LOW_SCALE, _LOW_ROWS, diode, {_LOW_ROWS - 1: "diode"}, styles),
    ]
    area = dots(width) // DOTS_ACROSS
    ago = f"{span_words(shown.span_ms)} ago"
    axis = f"{'V':>{LEVELS - 1}} {ago}{shown.age:>{max(1, area - len(ago))}}"
    plotted.append(((f"{axis:<{LEVELS + area + STATES}}", _DIM),))
    if has_period(width) and shown.plateaus_mv is not None and shown.duty_permille is not None:
        period = draw_period(shown.plateaus_mv, shown.duty_permille, PERIOD_WIDTH, rows)
        note = "one period, 1 ms" if shown.duty_permille < STATIC_PERMILLE else "static, no PWM"
        beside = [*((row, "" if shown.live else _DIM) for row in period), (f"{note:^{PERIOD_WIDTH}}", _DIM)]
        plotted = [(*row, (" " * _GAP, ""), right) for row, right in zip(plotted, beside, strict=True)]
    return columns.lines(map(_row, plotted))


@lru_cache(maxsize=256)
def _row(pieces: tuple[columns.Piece, ...]) -> Content:
    """Most rows are the same from paint to paint."""
    return columns.line(pieces)


def span_words(span_ms: int) -> str:
    """A time base in words."""
    return f"{span_ms} ms" if span_ms < 1_000 else f"{span_ms // 1_000} s"


def _boundary_names() -> dict[int, str]:
    return {level_mv: f"{level_mv / 1_000:g}" for level_mv in LOWEST_MV.values()}


def _state_names(pilot: Pilot | None, rows: int) -> dict[int, str]:
    """The states at the middle of their ranges, by row."""
    edges = (13_000, *LOWEST_MV.values(), -1_500)
    middles = [(above + below) // 2 for above, below in pairwise(edges)]
    places = [rows - 1 - _dot(middle_mv, _HIGH_SCALE, rows) // DOTS_DOWN for middle_mv in middles]
    states = (*LOWEST_MV, Pilot.E)
    return {place: f"{state.name}{' ◂' if state is pilot else ''}" for place, state in zip(places, states, strict=True)}


def _strip(
    ranges: Sequence[Range | None],
    scale: Range,
    rows: int,
    boundaries: dict[int, str],
    names: dict[int, str],
    styles: tuple[str, str, str],
) -> list[tuple[columns.Piece, ...]]:
    bits = _dotted(ranges, scale, rows)
    lines = {rows - 1 - _dot(level_mv, scale, rows) // DOTS_DOWN: name for level_mv, name in boundaries.items()}
    drawn_on = reduce(or_, bits, 0)
    drawn: list[tuple[columns.Piece, ...]] = []
    for row in range(rows):
        lowest = (rows - 1 - row) * DOTS_DOWN
        blank = (_BOUNDARY, _LINE) if row in lines else (_BLANK, " ")
        cells = [blank] * (len(bits) // DOTS_ACROSS)
        if drawn_on >> lowest & 15:
            for place, (left, right) in enumerate(zip(bits[::DOTS_ACROSS], bits[1::DOTS_ACROSS], strict=True)):
                if glyph := braille(left, right, lowest):
                    cells[place] = _TRACE, glyph
        name = names.get(row, "")
        runs = groupby(cells, itemgetter(0))
        drawn.append(
            (
                (f"{lines.get(row, ''):>{LEVELS - 1}} ", _DIM),
                *(("".join(glyph for _, glyph in run), styles[kind]) for kind, run in runs),
                (f" {name:<{STATES - 1}}", "bold" if "◂" in name else _DIM),
            )
        )
    return drawn


def _dotted(ranges: Sequence[Range | None], scale: Range, rows: int) -> list[int]:
    """Columns of dots as bits, lowest first; neighbours touch, as the beam of a scope does."""
    bits = []
    before: Range | None = None
    for found in ranges:
        if found is None:
            before = None
            bits.append(0)
            continue
        first, last = _dot(found[0], scale, rows), _dot(found[1], scale, rows)
        here = first, last
        if before is not None:
            first, last = min(first, before[1]), max(last, before[0])
        bits.append((2 << last) - (1 << first))
        before = here
    return bits


@lru_cache(maxsize=4096)
def _dot(level_mv: int, scale: Range, rows: int) -> int:
    top = rows * DOTS_DOWN - 1
    low_mv, high_mv = scale
    return max(0, min(top, round((level_mv - low_mv) / (high_mv - low_mv) * top)))


def draw_period(plateaus_mv: tuple[int, int], duty_permille: int, width: int, rows: int) -> list[str]:
    """One period, drawn from its duty and its two plateaus: between them the board takes no samples."""

    def row(level_mv: int) -> int:
        return rows - 1 - _dot(level_mv, _PERIOD_SCALE, rows) // DOTS_DOWN

    high, low, zero = row(plateaus_mv[0]), row(plateaus_mv[1]), row(0)
    canvas = [[" "] * width for _ in range(rows)]
    place = 3 if duty_permille >= _HALF_PERMILLE else width - len(_ZERO)
    canvas[zero] = [*f"{'·' * place}{_ZERO}".ljust(width, "·")]
    if duty_permille >= STATIC_PERMILLE:
        canvas[high] = ["─"] * width
        return ["".join(line) for line in canvas]
    rise, last = 1, width - 1
    fall = rise + max(1, min(last - rise - 1, round(duty_permille / 1_000 * (last - rise))))
    for column in range(width):
        canvas[high if rise < column < fall else low][column] = "─"
    if high != low:
        for line in range(min(high, low) + 1, max(high, low)):
            canvas[line][rise] = canvas[line][fall] = "│"
        upper, lower = min(high, low), max(high, low)
        canvas[upper][rise], canvas[lower][rise] = ("┌", "┘") if high < low else ("┐", "└")
        canvas[upper][fall], canvas[lower][fall] = ("┐", "└") if high < low else ("┌", "┘")
    return ["".join(line) for line in canvas]
