"""When a change of state is worth it: off or charging, on one or on three phases.

A change costs something that foresight would weigh: 85 s without charging and the wear of contactors for another
number of phases, some 10 s without charging for a start. The work function keeps that account for all states at once
(Borodin, Linial and Saks, "An optimal on-line algorithm for metrical task systems", J. ACM 39, 1992): w(j) is the
least regret with which one could be in state j now,

    w(j) <- min over k of (w(k) + d(k, j)) - gain(j) dt        and        go to j when w(j) + d(now, j) <= w(now)

where d is what a change costs: the energy that a phase switch must be worth is the user's one knob. A start is cheap
when it is the first for a while and dearer by as much with every other one of the last 10 min: a single gap in the
clouds is used at once, while a sky that never settles does not wear the contactor.

What a state gains, with surplus b and draws between low and high, is the surplus that it uses minus what it imports:
2 b - low while b is below low, then b, at most high. Below half of its minimum a car costs more than it brings.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import add
from typing import NamedTuple

VOLTS = 230
_MWS_PER_WH = 3_600_000
_W_PER_DA = VOLTS // 10
STARTS_PER_SWITCH = 100
"""The first start in a while costs this part of a phase switch: seconds instead of minutes, no second contactor."""
RECENT_START_MS = 600_000
"""For so long every start makes the next one dearer by the price of the first."""


class State(NamedTuple):
    """What a SOLAR car can do."""

    charging: bool
    phases: int


def gain_da(surplus_da: int, low_da: int, high_da: int) -> int:
    """Surplus used minus import of a state that can draw `low_da`..`high_da`; sums over phases."""
    b = max(0, surplus_da)
    return 2 * b - low_da if b < low_da else min(b, high_da)


def watts(current_da: int) -> int:
    """Power of a current summed over phases."""
    return current_da * _W_PER_DA


class WorkFunction:
    """The account of one car, in mWs; time is integrated between samples."""

    def __init__(self) -> None:
        self._states: tuple[State, ...] = ()
        self._distance: list[list[int]] = []
        self._regret: list[int] = []
        self._gain_w: list[int] = []
        self._last_ms: int | None = None
        self._worth_wh = 0
        self._now: State | None = None
        self._starts_ms: list[int] = []
        self._restarts = 0

    def update(self, now: State, gains_da: Mapping[State, int], worth_wh: int, now_ms: int) -> None:
        """Takes what every possible state would gain from now on; the time since the last call counts at its rates."""
        if self._now is not None and now.charging and not self._now.charging:
            self._starts_ms.append(now_ms)
        self._now = now
        while self._starts_ms and self._starts_ms[0] <= now_ms - RECENT_START_MS:
            self._starts_ms.pop(0)
        states, restarts = tuple(gains_da), len(self._starts_ms)
        anew = states != self._states or worth_wh != self._worth_wh
        if anew or restarts != self._restarts:
            self._states, self._worth_wh, self._restarts = states, worth_wh, restarts
            switch = worth_wh * _MWS_PER_WH
            start = switch // STARTS_PER_SWITCH * (1 + restarts)
            self._distance = [[_distance(a, b, switch, start) for b in states] for a in states]
        if anew:
            self._regret = self._distance[states.index(now)]
            self._gain_w = [0] * len(states)
        elapsed = 0 if self._last_ms is None else max(0, now_ms - self._last_ms)
        moved = [regret - gain * elapsed for regret, gain in zip(self._regret, self._gain_w, strict=True)]
        relaxed = [min(map(add, moved, row)) for row in self._distance]  # d is symmetrical
        least = min(relaxed)
        self._regret = [regret - least for regret in relaxed]
        self._last_ms = now_ms
        self._gain_w = [watts(gain) for gain in gains_da.values()]

    def pause(self) -> None:
        """Time until the next update counts nothing: the car is on its way to another state."""
        self._last_ms = None

    def short_mws(self, now: State, other: State) -> int:
        """What is still missing for the change to be worth it; <= 0: go."""
        i, j = self._states.index(now), self._states.index(other)
        return self._regret[j] + self._distance[i][j] - self._regret[i]

    def remaining_ms(self, now: State, other: State) -> int | None:
        """When the change is worth it if the gains stay as they are; None if it never is."""
        rate = self._gain_w[self._states.index(other)] - self._gain_w[self._states.index(now)]
        return -(-max(0, self.short_mws(now, other)) // rate) if rate > 0 else None


def _distance(a: State, b: State, switch_mws: int, start_mws: int) -> int:
    return switch_mws * (a.phases != b.phases) + start_mws * (a.charging != b.charging)
