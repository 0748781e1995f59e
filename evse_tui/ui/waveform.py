"""The newest samples of a control pilot in the terminal, and what a span of them looks like. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final

from evse_tui.board.pilot_samples import EVERYTHING, KEPT_MS, PilotSamples

SPANS_MS: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000)
"""Time bases."""
_PLATEAU: Final = 51
"""Samples behind a plateau that is told as a number."""

Range = tuple[int, int]
"""Lowest and highest value."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What is drawn: for each column the range of the high and of the low level, None where nothing is known."""

    high_mv: tuple[Range | None, ...]
    low_mv: tuple[Range | None, ...]

    @property
    def extremes_mv(self) -> tuple[Range, Range] | None:
        """Ranges of the high and the low level over all columns; None if nothing is known."""
        high, low = [found for found in self.high_mv if found], [found for found in self.low_mv if found]
        if not high or not low:
            return None
        return (min(high)[0], max(found[1] for found in high)), (min(low)[0], max(found[1] for found in low))


class Waveform:
    """Takes samples as they are pulled and keeps the newest minute."""

    def __init__(self) -> None:
        self._times_ms = array("q")
        self._high_mv = array("i")
        self._low_mv = array("i")
        self._gaps_ms: list[int] = []
        self._of = (0, 0)
        self._done: dict[int, tuple[Range | None, Range | None]] = {}
        """Columns that nothing can change any more, of span and count `_of`."""

    @property
    def cursor_ms(self) -> int:
        """The newest time, or the cursor of who has nothing yet."""
        return self._times_ms[-1] if self._times_ms else EVERYTHING

    def clear(self) -> None:
        """Forgets everything."""
        for kept in (self._times_ms, self._high_mv, self._low_mv):
            del kept[:]
        self._gaps_ms.clear()
        self._done.clear()

    def add(self, samples: PilotSamples) -> None:
        """Appends; times that are not newer than what is known begin anew, because their board or host has."""
        if not samples.times_ms:
            return
        if samples.times_ms[0] <= self.cursor_ms:
            self.clear()
        self._gaps_ms += [samples.times_ms[place] for place in samples.gaps if 0 <= place < len(samples.times_ms)]
        self._times_ms.extend(samples.times_ms)
        self._high_mv.extend(samples.high_mv)
        self._low_mv.extend(samples.low_mv)
        old = bisect_left(self._times_ms, self.cursor_ms - KEPT_MS)
        if old > KEPT_MS // 10:  # not a few with every pull
            for kept in (self._times_ms, self._high_mv, self._low_mv):
                del kept[:old]
            self._gaps_ms = [time_ms for time_ms in self._gaps_ms if time_ms >= self._times_ms[0]]

    @property
    def plateaus_mv(self) -> tuple[int, int] | None:
        """The newest high and low level, each the median of some samples; None if there are none."""
        if not self._times_ms:
            return None
        return median_low(self._high_mv[-_PLATEAU:]), median_low(self._low_mv[-_PLATEAU:])

    def gaps(self, span_ms: int) -> int:
        """How often something was lost in the newest `span_ms`, but not what was before all samples."""
        return sum(max(self.cursor_ms - span_ms, self._times_ms[0]) < time_ms for time_ms in self._gaps_ms)

    def columns(self, span_ms: int, count: int) -> Columns:
        """The newest `span_ms` in `count` columns, newest last.

        Borders of columns are multiples of their width, so that a picture moves without changing its shape.
        """
        if not self._times_ms:
            return Columns((None,) * count, (None,) * count)
        if self._of != (span_ms, count):
            self._of = span_ms, count
            self._done.clear()
        newest = self.cursor_ms * count // span_ms
        numbers = range(newest - count + 1, newest + 1)
        self._done = {number: self._done[number] for number in numbers if number in self._done}
        found = [self._done.get(number) or self._column(number, span_ms, count) for number in numbers]
        self._done = dict(zip(numbers[:-1], found, strict=False))  # the newest one is not full yet
        return Columns(tuple(high_mv for high_mv, _ in found), tuple(low_mv for _, low_mv in found))

    def _column(self, number: int, span_ms: int, count: int) -> tuple[Range | None, Range | None]:
        first, last = (bisect_left(self._times_ms, -(-edge * span_ms // count)) for edge in (number, number + 1))
        return (_range(self._high_mv[first:last]), _range(self._low_mv[first:last])) if last > first else (None, None)


def _range(values: Sequence[int]) -> Range:
    return min(values), max(values)
