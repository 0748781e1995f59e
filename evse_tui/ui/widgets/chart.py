"""Charts of text: strips below each other, one quantity each, on one axis of time. Pure.

Each strip has its own scale and its name beside it, so nothing has to be told apart by colour. A cell of braille holds
2 x 4 dots (Unicode, block 2800): the area between zero and the value is filled, a peak is a single dot above it, and a
limit is a dashed line with its value at the right, a triangle the top of what is above it. What is unknown is left
empty; a known zero is a line of dots.

Why not a library: docs/adr/0006-charts.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final

from textual.content import Content

from evse_tui.ui import columns
from evse_tui.ui.braille import DOTS_ACROSS, DOTS_DOWN, braille

Values = tuple[float | None, ...]

NAME_WIDTH: Final = 9
SCALE_WIDTH: Final = 7
MARGINS: Final = NAME_WIDTH + SCALE_WIDTH
"""Columns beside the area that is drawn on."""
LIMIT_LINE: Final = "╌"
OVER: Final = "▲"
"""The top of what is above the limit."""
_NICE: Final = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_UNSEEN: Final = 0.02
"""Part of a scale that is less than a dot: a battery that gives 20 W for a moment needs no axis below zero."""
_ROOM_ABOVE: Final = 1.08
"""So that a limit is not the upper edge and going over it is seen."""
_BLANK, _DATA, _LIMIT, _OVER = range(4)


@dataclass(frozen=True, slots=True)
class Strip:
    """One quantity over time: one value for each column of dots, None where nothing is known."""

    name: str
    """At most `NAME_WIDTH` - 1 columns."""
    unit: str
    values: Values
    peaks: Values = ()
    """Highest value of the span that a column stands for, if that says more than its mean."""
    limits: Values = ()
    style: str = ""
    weight: int = 1
    """Share of the height."""

    @property
    def known(self) -> bool:
        """Whether there is anything to draw."""
        return any(value is not None for value in self.values)


def scale(strip: Strip) -> tuple[float, float]:
    """Lower and upper end of the axis: round numbers that leave room for all that can be seen; zero is always among
    them."""
    found = [value for value in (*strip.values, *strip.peaks) if value is not None]
    limits = [limit * _ROOM_ABOVE for limit in strip.limits if limit is not None]
    lowest, highest = min([0.0, *found]), max([0.0, *found, *limits])
    small = _UNSEEN * (highest - lowest)
    low = 0.0 if -lowest < small else 0.0 - _nice(-lowest)
    high = 0.0 if highest < small else _nice(highest)
    return low, high if high > low else 1.0


def _nice(value: float) -> float:
    """The next round number that is not smaller than a positive one; 0 for 0."""
    if value <= 0:
        return 0.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in (*_NICE, 20.0) if step * size >= value * (1 - 1e-9))


def draw_strip(strip: Strip, width: int, rows: int) -> list[Content]:
    """The strip in `rows` rows of `width` columns, with its name and scale beside it."""
    area = width - MARGINS
    if area <= 0 or rows <= 0:
        return [Content("")] * max(0, rows)
    low, high = scale(strip)
    top = rows * DOTS_DOWN - 1
    per_dot = (high - low) / top

    def dot(value: float) -> int:
        return max(0, min(top, round((value - low) / per_dot)))

    zero = dot(0.0)
    dots = [_filled(value, zero, dot) for value in _padded(strip.values, area)]
    for column, peak in enumerate(strip.peaks[: len(dots)]):
        if peak is not None and dots[column]:
            dots[column] |= 1 << dot(peak)
    known = _padded(strip.limits, area)
    limits = [
        None if left is None and right is None else dot(min(limit for limit in (left, right) if limit is not None))
        for left, right in zip(known[::DOTS_ACROSS], known[1::DOTS_ACROSS], strict=True)
    ]
    notes = _notes(strip, low, high, rows, [limit for limit in limits if limit is not None])
    over = _over(strip)
    return [_row(strip, row, rows, dots, limits, over, notes) for row in range(rows)]


def _over(strip: Strip) -> set[int]:
    """The cells in which a value or a peak is above the limit of its own column: a limit may fall within a cell."""
    return {
        column // DOTS_ACROSS
        for found in (strip.values, strip.peaks)
        for column, (value, limit) in enumerate(zip(found, strip.limits, strict=False))
        if value is not None and limit is not None and value > limit
    }


def _padded(values: Values, area: int) -> list[float | None]:
    wanted = area * DOTS_ACROSS
    return [*values[:wanted], *[None] * (wanted - len(values))]


def _filled(value: float | None, zero: int, dot: Callable[[float], int]) -> int:
    """Bits of one column of dots, the lowest dot first."""
    if value is None:
        return 0
    first, last = sorted((zero, dot(value)))
    return (2 << last) - (1 << first)


def _notes(strip: Strip, low: float, high: float, rows: int, limits: Sequence[int]) -> dict[int, tuple[str, str]]:
    """What stands at the right of each row: the ends of the scale, and the newest limit, which matters more."""
    notes = {rows - 1: (f" {low:g}", "dim")} if rows > 1 else {}
    notes[0] = (f" {high:g}", "dim")
    if limits:
        newest = next(limit for limit in reversed(strip.limits) if limit is not None)
        notes[rows - 1 - limits[-1] // DOTS_DOWN] = (f"{LIMIT_LINE}{newest:g} {strip.unit}", "bold")
    return notes


def _row(
    strip: Strip,
    row: int,
    rows: int,
    dots: Sequence[int],
    limits: Sequence[int | None],
    exceeded: set[int],
    notes: dict[int, tuple[str, str]],
) -> Content:
    lowest = (rows - 1 - row) * DOTS_DOWN
    cells = []
    for cell, limit in enumerate(limits):
        left, right = dots[cell * DOTS_ACROSS], dots[cell * DOTS_ACROSS + 1]
        if glyph := braille(left, right, lowest):
            highest = max(left, right).bit_length() - 1
            over = cell in exceeded and limit is not None and limit < min(highest, lowest + DOTS_DOWN)
            top = over and highest < lowest + DOTS_DOWN
            cells.append((_OVER if over else _DATA, OVER if top else glyph))
        elif limit is not None and limit // DOTS_DOWN == rows - 1 - row:
            cells.append((_LIMIT, LIMIT_LINE))
        else:
            cells.append((_BLANK, " "))
    styles = ("", strip.style, "$text-error", "bold $text-error")
    front = (strip.name, "bold") if row == 0 else (strip.unit if row == 1 else "", "dim")
    note, note_style = notes.get(row, ("", ""))
    return columns.line(
        [
            (f"{front[0]:<{NAME_WIDTH}}", front[1]),
            *(("".join(glyph for _, glyph in run), styles[kind]) for kind, run in groupby(cells, itemgetter(0))),
            (f"{note:<{SCALE_WIDTH}}"[:SCALE_WIDTH], note_style),
        ]
    )


def share_rows(strips: Sequence[Strip], rows: int, *, least: int = 2) -> list[int]:
    """Heights of the strips by their weight, together at most `rows`; a strip that would get too few gets 0."""
    shown = list(strips[: max(1, rows // least)])
    weight = sum(strip.weight for strip in shown)
    spare = rows - least * len(shown)
    heights = [least + spare * strip.weight // weight for strip in shown] if spare >= 0 else [rows]
    for place in range(rows - sum(heights)):
        heights[place % len(heights)] += 1
    return heights + [0] * (len(strips) - len(shown))


def draw_chart(strips: Sequence[Strip], axis: Content, width: int, rows: int) -> Content:
    """All strips that have room, in the given order, above the axis of time."""
    drawn: list[Content] = []
    for strip, height in zip(strips, share_rows(strips, rows - 1), strict=True):
        drawn += draw_strip(strip, width, height)
    return columns.lines((*drawn, axis))
