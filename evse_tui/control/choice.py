"""When a change of state is worth it: off or charging, on one or on three phases.

A change costs something that foresight would weigh: 85 s without charging and the wear of contactors for another number
of phases, seconds for a start. Without foresight the best that can be promised is to change once staying has cost as
much as the change is worth. The work function keeps that account for all states at once (Borodin, Linial and Saks, "An
optimal on-line algorithm for metrical task systems", J. ACM 39, 1992): w(j) is the least regret with which one could be
in state j now,

    w(j) <- min over k of (w(k) + d(k, j)) - gain(j) dt        and        go to j when w(j) + d(now, j) <= w(now)

where d is half of what a change must be worth, so that going to and fro costs the whole.

What a state gains, with surplus b and draws between low and high, is the surplus that it uses minus what it imports:
2 b - low while b is below low, then b, at most high. Below half of its minimum a car costs more than it brings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

VOLTS = 230
_MWS_PER_WH = 3_600_000
_W_PER_DA = VOLTS // 10
STARTS_PER_SWITCH = 5
"""A start or stop must be worth this part of a phase switch: it costs seconds instead of minutes."""


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
        self._regret: dict[State, int] = {}
        self._gain_w: dict[State, int] = {}
        self._last_ms: int | None = None
        self._worth_mws = 0

    def update(self, now: State, gains_da: Mapping[State, int], worth_wh: int, now_ms: int) -> None:
        """Takes what every possible state would gain from now on; the time since the last call counts at its rates."""
        self._worth_mws = worth_wh * _MWS_PER_WH
        if self._regret.keys() != gains_da.keys():
            self._regret = {state: self._distance(now, state) for state in gains_da}
            self._last_ms = None
        if self._last_ms is not None:
            elapsed = max(0, now_ms - self._last_ms)
            moved = {state: regret - self._gain_w[state] * elapsed for state, regret in self._regret.items()}
            relaxed = {j: min(w + self._distance(k, j) for k, w in moved.items()) for j in moved}
            least = min(relaxed.values())
            self._regret = {state: regret - least for state, regret in relaxed.items()}
        self._last_ms = now_ms
        self._gain_w = {state: watts(gain) for state, gain in gains_da.items()}

    def pause(self) -> None:
        """Time until the next update counts nothing: the car is on its way to another state."""
        self._last_ms = None

    def _distance(self, a: State, b: State) -> int:
        half = self._worth_mws // 2
        return half * (a.phases != b.phases) + half // STARTS_PER_SWITCH * (a.charging != b.charging)

    def short_mws(self, now: State, other: State) -> int:
        """What is still missing for the change to be worth it; <= 0: go."""
        return self._regret[other] + self._distance(now, other) - self._regret[now]

    def remaining_ms(self, now: State, other: State) -> int | None:
        """When the change is worth it if the gains stay as they are; None if it never is."""
        rate = self._gain_w[other] - self._gain_w[now]
        return -(-max(0, self.short_mws(now, other)) // rate) if rate > 0 else None
