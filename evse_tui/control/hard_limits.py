"""Room for offers under the per-phase limits that a meter guards.

Room = limit - baseload, per phase, with baseload = mains - (draw of our cars at the time of the sample), held at its
peak for 25 s, so that a hob (18 s on, 22 s off) does not make offers hunt. Decreases act at once, unfiltered. The
draw is a lower bound; while cars answer a change it is a range, and the sample counts with the draw that explains it
best: nothing is added to the baseload that may be our own car on its way up, unless the raw mains exceed the limit,
and nothing that may be our own car on its way down."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from evse_tui.control.draw import DrawRange
from evse_tui.control.types import PhaseCurrents

PEAK_HOLD_MS = 25_000
_REPEATS_MS = 180_000
_LONGEST_HOLD_MS = 120_000
_FORGET_MS = 600_000


class CarOnMains(NamedTuple):
    """One car as a meter sees it."""

    lines: tuple[int, ...]
    """Mains phases behind the charger's phases, in its order."""
    draw: DrawRange
    rising: bool


class OwnDraw(NamedTuple):
    """What our cars draw as a meter sees them."""

    steady_da: PhaseCurrents
    """Per mains phase, the sum over those whose draw is known."""
    moving: Sequence[CarOnMains]
    """Those whose draw is a range."""


class PeakHold:
    """Maximum over the last `window_ms` of time, not of calls. Amortised O(1) per sample."""

    def __init__(self, window_ms: int = PEAK_HOLD_MS) -> None:
        self._window_ms = window_ms
        self._falling: deque[tuple[int, int]] = deque()

    def add(self, value: int, at_ms: int) -> None:
        while self._falling and self._falling[-1][1] <= value:
            self._falling.pop()
        self._falling.append((at_ms, value))

    def at(self, now_ms: int) -> int | None:
        """The held peak; the newest value never expires."""
        while len(self._falling) > 1 and self._falling[0][0] < now_ms - self._window_ms:
            self._falling.popleft()
        return self._falling[0][1] if self._falling else None


class LimitHold(PeakHold):
    """A peak that is held longer while the limit is exceeded again and again: an oven or a hob that cycles slowly.

    A second excess within 3 min makes the hold three times as long, up to 2 min; 10 min without one bring it back to
    25 s."""

    def __init__(self) -> None:
        super().__init__()
        self._exceeds = False
        self._last_ms: int | None = None

    def note(self, exceeds: bool, at_ms: int) -> None:
        """Takes whether the raw sample of `at_ms` is above the limit."""
        began, self._exceeds = exceeds and not self._exceeds, exceeds
        since_ms = None if self._last_ms is None else at_ms - self._last_ms
        if began:
            if since_ms is not None and since_ms <= _REPEATS_MS:
                self._window_ms = min(_LONGEST_HOLD_MS, 3 * self._window_ms)
            self._last_ms = at_ms
        elif since_ms is not None and since_ms > _FORGET_MS:
            self._window_ms = PEAK_HOLD_MS


class PhaseGuard:
    """Baseload per phase behind one meter (mains or circuit)."""

    def __init__(self) -> None:
        self._holds = (LimitHold(), LimitHold(), LimitHold())
        self._newest: PhaseCurrents | None = None

    def observe(self, currents_da: PhaseCurrents, arrived_ms: int, limit_da: int, own: OwnDraw) -> None:
        """Takes a new sample and what the cars drew at its time."""
        base = [current - steady for current, steady in zip(currents_da, own.steady_da, strict=True)]
        exceeds = [current > limit_da for current in currents_da]
        for lines, draw, rising in own.moving:
            for line, low, high in zip(lines, draw.low, draw.high, strict=False):
                base[line] -= low if rising and exceeds[line] else high
        for hold, value, raw in zip(self._holds, base, currents_da, strict=True):
            hold.note(raw > limit_da, arrived_ms)
            hold.add(value, arrived_ms)
        self._newest = currents_da

    def exceeded(self, limit_da: int) -> list[int]:
        """The phases on which the newest raw sample is above the limit."""
        return [phase for phase, current in enumerate(self._newest or ()) if current > limit_da]

    def rooms_da(self, limit_da: int, now_ms: int) -> PhaseCurrents | None:
        """What all offers together may be per phase, or None before the first sample. May be negative."""
        l1, l2, l3 = (hold.at(now_ms) for hold in self._holds)
        if l1 is None or l2 is None or l3 is None:
            return None
        return limit_da - l1, limit_da - l2, limit_da - l3
