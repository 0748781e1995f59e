"""Three public laws, our own clean implementations, so that a user can see why ours is different.

- incremental: the law of the original SmartEVSE firmware: +0.5 A per 2 s while there is export, half the import down
- deadbeat: every 30 s to where the last sample says, as evcc does by default
- control range: every 10 s into -230..0 W of import, as openWB does

They share what does not matter here: start and stop after a delay, one or three phases after another, all cars the same
current, and all stop when not all fit, which is what the first of them does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evse_tui.control.types import (
    Access,
    C2Mode,
    ChargerGrant,
    ChargerObservation,
    Constraint,
    Decision,
    Mode,
    Observation,
    Reason,
)

Law = Callable[[int, int], int]
"""(surplus in 0.1 A per phase of the car, offer in 0.1 A) -> next offer in 0.1 A."""


def incremental(surplus_da: int, offer_da: int) -> int:
    if surplus_da > 3:
        return offer_da + 5
    return offer_da + surplus_da // 2 if surplus_da < -10 else offer_da - 5 * (surplus_da < -3)


def deadbeat(surplus_da: int, offer_da: int) -> int:
    return offer_da + surplus_da


def control_range(surplus_da: int, offer_da: int) -> int:
    return offer_da if 0 <= surplus_da <= 10 else offer_da + surplus_da - 5


@dataclass(frozen=True, slots=True)
class Public:
    """A law with its own habits, in seconds."""

    name: str
    law: Law
    every_s: int
    start_s: int
    stop_s: int
    three_s: int
    one_s: int


PUBLIC = (
    Public("incremental", incremental, 2, 0, 600, 600, 600),
    Public("deadbeat 30 s", deadbeat, 30, 60, 180, 60, 180),
    Public("control range 10 s", control_range, 10, 40, 60, 480, 480),
)


class Baseline:
    """A public law behind our interface."""

    def __init__(self, public: Public) -> None:
        self._public = public
        self._offer_da = 0
        self._phases = 1
        self._acted_s = -99
        self._since: dict[str, int] = {}

    def _held(self, name: str, condition: bool, now_s: int) -> int:
        if not condition:
            self._since.pop(name, None)
            return -1
        return now_s - self._since.setdefault(name, now_s)

    def decide(self, observation: Observation, now_ms: int) -> Decision:
        now_s = now_ms // 1000
        if observation.mains is not None and now_s - self._acted_s >= self._public.every_s:
            self._acted_s = now_s
            if observation.chargers[0].settings.mode is Mode.SOLAR:
                self._solar(observation, observation.chargers[0], now_s)
            else:
                self._smart(observation)
        each = self._offer_da // max(1, len(observation.chargers))
        minimum = observation.chargers[0].settings.current_min_da
        each = each if each >= minimum else 0
        access = Access.ALLOW if each else Access.PAUSE
        reason = Reason(Constraint.SHARE, limit_da=each)
        return Decision(
            now_ms, tuple(ChargerGrant(c.id, access, each, self._phases, reason) for c in observation.chargers)
        )

    def _smart(self, observation: Observation) -> None:
        """Total of all cars from the tightest phase: up by the law, down at once."""
        self._phases = 3
        mains = observation.mains
        if mains is None:
            return
        cap = sum(charger.settings.current_max_da for charger in observation.chargers)
        room = observation.settings.current_main_da - max(mains.currents_da)
        if self._public.law is incremental:
            self._offer_da += room // 4 if room > 0 else room
        else:
            self._offer_da = self._public.law(room, self._offer_da) if room > 0 else self._offer_da + room
        own = sum(max(charger.ev.currents_da) for charger in observation.chargers if charger.ev is not None)
        self._offer_da = max(0, min(cap, own + room, self._offer_da))

    def _solar(self, observation: Observation, charger: ChargerObservation, now_s: int) -> None:
        public, wishes = self._public, charger.settings
        board = charger.board
        if observation.mains is None or board is None:
            return
        surplus = -sum(observation.mains.currents_da)
        minimum, maximum = wishes.current_min_da, wishes.current_max_da
        auto = wishes.c2 is C2Mode.AUTO
        if not self._offer_da:
            enough = surplus >= max(observation.settings.solar_start_current_da, minimum * (public.start_s > 0))
            if self._held("start", enough, now_s) >= public.start_s:
                self._phases = 3 if auto and surplus >= 3 * minimum else board.phases if auto else 3
                if self._phases == 3 and surplus < 3 * minimum:
                    self._phases = 1
                self._offer_da = minimum
                self._since.clear()
            return
        if not board.closed:
            return
        self._offer_da = max(minimum, min(maximum, public.law(surplus // self._phases, self._offer_da)))
        at_minimum = self._offer_da == minimum and surplus < 0
        budget = surplus + board.offered_da * self._phases
        if auto and self._phases == 1 and self._held("three", budget >= 3 * minimum, now_s) >= public.three_s:
            self._phases = 3
            self._since.clear()
        elif auto and self._phases == 3 and self._held("one", at_minimum, now_s) >= public.one_s:
            self._phases = 1
            self._since.clear()
        elif self._phases == 1 and self._held("stop", at_minimum, now_s) >= public.stop_s:
            self._offer_da = 0
            self._since.clear()
