"""How much later the mains meter reports than an EV meter.

Baseload = mains - draw needs both at the same time, but meters are late by different and unknown amounts. When the
car moves by 2 A or more, the right lag is the one for which mains - draw moves least (total variation over the
phases). It is trusted when that variation is small against the car's own; otherwise the draw stays a range while the
car moves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter, sub

from evse_tui.control.types import PhaseCurrents, Sample

LAGS_MS = (0, 1000, -1000, 2000, -2000, 3000, -3000, 4000, -4000, 5000, -5000, 6000, -6000)
"""Candidates; of two that explain a movement equally well the earlier is taken."""
MOVEMENT_DA = 20


def value_at(history: Sequence[Sample], at_ms: int) -> PhaseCurrents:
    """The newest sample that had arrived at `at_ms`, else the oldest; not below zero."""
    found = history[-1]
    if found.arrived_ms > at_ms:
        found = next((sample for sample in reversed(history) if sample.arrived_ms <= at_ms), history[0])
    currents = found.currents_da
    if min(currents) >= 0:
        return currents
    a, b, c = currents
    return max(0, a), max(0, b), max(0, c)


def learn_lag(
    mains: Sequence[Sample], own: Sequence[Sample], lines: Sequence[int], from_ms: int
) -> tuple[int | None, bool]:
    """The lag in ms (mains minus EV meter), None if no candidate is convincing; and whether there was enough movement.

    Args:
        mains: history of the mains, oldest first.
        own: history of the car's meter, oldest first.
        lines: mains phases behind the car's phases.
        from_ms: start of the movement.
    """
    window = [sample for sample in mains if sample.arrived_ms >= from_ms - 3000]
    if len(window) < 3 or not own:
        return None, False
    arrivals = [sample.arrived_ms for sample in own]
    read = [value_at((sample,), sample.arrived_ms) for sample in own]
    draws = [[currents[phase] for currents in read] for phase in range(len(lines))]
    totals = [[sample.currents_da[line] for sample in window] for line in lines]
    at_once = _newest(arrivals, window, 0)
    moved = sum(_variation(at_once(draw)) for draw in draws)
    if moved < MOVEMENT_DA:
        return None, False
    best: tuple[int, int] | None = None
    for lag in LAGS_MS:
        at_lag = _newest(arrivals, window, lag)
        left = sum(_variation(list(map(sub, total, at_lag(draw)))) for total, draw in zip(totals, draws, strict=True))
        if best is None or left < best[0]:
            best = left, lag
    if best is None or 2 * best[0] > moved:
        return None, True
    return best[1], True


def _newest(arrivals_ms: Sequence[int], window: Sequence[Sample], lag_ms: int) -> itemgetter[tuple[int, ...]]:
    """Picks for each sample of the window the newest value that had arrived `lag_ms` before it, else the oldest."""
    found = [bisect_right(arrivals_ms, sample.arrived_ms - lag_ms) - 1 for sample in window]
    return itemgetter(*[max(0, i) for i in found])


def _variation(series: Sequence[int]) -> int:
    return sum(map(abs, map(sub, series[1:], series)))
