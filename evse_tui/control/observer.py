"""The first stage of a pass: what is known, and how far it can be trusted."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from evse_tui.control import battery
from evse_tui.control.capacity import CapacityGuard
from evse_tui.control.caps import terms_of
from evse_tui.control.charger import Memory
from evse_tui.control.draw import HISTORY_MS
from evse_tui.control.freshness import BATTERY_GONE_MS, LATE_AFTER_MS, Age, SourceAge
from evse_tui.control.hard_limits import CarOnMains, OwnDraw, PhaseGuard
from evse_tui.control.types import (
    ChargerObservation,
    Constraint,
    Mode,
    Observation,
    Sample,
    SiteSettings,
    Surplus,
)

_UNKNOWN_PERIOD_MS = 10_000
_LESSONS_A_SAMPLE = 1
"""Lags learned with one mains sample, so that no pass takes long."""
_WORSE = (Age.ABSENT, Age.FRESH, Age.LATE, Age.GONE)


class Observer:
    """Filters of the whole site: ages, draws, baseloads."""

    def __init__(self) -> None:
        self.memories: dict[str, Memory] = {}
        self.mains_guard = PhaseGuard()
        self.circuit_guard = PhaseGuard()
        self.capacity_guard = CapacityGuard()
        self.age = Age.ABSENT
        """The mains, or the circuit meter where it is worse."""
        self._started_ms: int | None = None
        self._mains_age = SourceAge()
        self._circuit_age = SourceAge()
        self._history: deque[Sample] = deque()
        self._mains_samples = 0

    def observe(self, observation: Observation, now_ms: int) -> list[Memory]:
        """Takes the newest samples and board states; returns what is known of each charger, in their order."""
        if len(self.memories) > len(observation.chargers):
            ids = {charger.id for charger in observation.chargers}
            self.memories = {key: memory for key, memory in self.memories.items() if key in ids}
        site_phases = observation.settings.phases
        period_ms = self._mains_age.period_ms
        memories = []
        moving = 0
        for charger in observation.chargers:
            memory = self.memories.get(charger.id)
            if memory is None:
                terms = terms_of(charger, site_phases, now_ms)
                memory = self.memories[charger.id] = Memory(terms, self._mains_samples)
            elif not memory.terms.hold(charger, site_phases):
                memory.terms = terms_of(charger, site_phases, now_ms)
            if not memory.rests(charger, now_ms):
                self._observe_charger(charger, memory, period_ms, now_ms)
                memory.observed(charger)
            moving += memory.draw.answering
            memories.append(memory)
        mains, circuit = observation.mains, observation.circuit
        if mains is not None and self._mains_age.observe(mains.arrived_ms):
            self._observe_mains(mains, observation.settings, memories, moving, now_ms)
        if circuit is not None and self._circuit_age.observe(circuit.arrived_ms):
            limit = observation.settings.current_max_circuit_da
            self.circuit_guard.observe(circuit.currents_da, circuit.arrived_ms, limit, own_draw(memories, circuit))
        self.age = self._mains_age.at(now_ms)
        circuit_age = self._circuit_age.at(now_ms)
        if self._started_ms is None:
            self._started_ms = now_ms
        if self.age is not Age.ABSENT and _WORSE.index(circuit_age) > _WORSE.index(self.age):
            self.age = circuit_age
        return memories

    def just_started(self, now_ms: int) -> bool:
        """No mains yet, but they may still come: a car that was charging already keeps its minimum until then."""
        started_ms = self._started_ms
        return self.age is Age.ABSENT and started_ms is not None and now_ms - started_ms <= LATE_AFTER_MS

    def _observe_charger(self, charger: ChargerObservation, memory: Memory, period_ms: int, now_ms: int) -> None:
        board = charger.board
        draw = memory.draw
        if board is None:
            if memory.seen:
                memory.seen, memory.away_ms = False, now_ms
                memory.hidden_da = draw.at(now_ms).high
            draw.observe(None, charger.ev, None, period_ms, now_ms)
            return
        plugged_ms = board.plugged_ms if board.plugged else None
        if memory.plugged_ms != plugged_ms:
            memory.forget_car(self._mains_samples)
            memory.plugged_ms = plugged_ms
            draw = memory.draw
        if not memory.seen:
            memory.adopt(board, now_ms)
        watched = self._mains_samples > memory.followed_from
        before = self._history[-1].currents_da if watched else None
        new = draw.observe(board, charger.ev, before, period_ms or _UNKNOWN_PERIOD_MS, now_ms)
        drawn = draw.settled_da
        if new and charger.ev is not None:
            memory.detector.observe(charger.ev.currents_da, board.phases, now_ms)
            if drawn is not None and board.closed and not draw.answering:
                memory.offset.observe(board.offered_da, drawn)
        memory.unused.update(board.offered_da, drawn if board.closed else None, now_ms)
        memory.reservation.update(board.offered_da, board.closed, drawn, memory.admitted_since_ms is not None, now_ms)

    def _observe_mains(
        self, mains: Sample, settings: SiteSettings, memories: Sequence[Memory], moving: int, now_ms: int
    ) -> None:
        self._history.append(mains)
        self._mains_samples += 1
        while len(self._history) > 1 and self._history[0].arrived_ms < now_ms - HISTORY_MS:
            self._history.popleft()
        lessons = _LESSONS_A_SAMPLE
        for memory in memories:
            draw = memory.draw
            if draw.teachable:
                alone = moving - draw.answering == 0
                draw.observe_mains(mains.currents_da, memory.terms.behind, alone, now_ms)
                if alone and lessons:
                    lessons -= draw.learn(self._history, memory.terms.behind, now_ms)
        self.mains_guard.observe(
            mains.currents_da, mains.arrived_ms, settings.current_main_da, own_draw(memories, mains)
        )
        limit = settings.current_max_sum_mains_da
        if limit:
            bound = own_draw([memory for memory in memories if memory.terms.mode is not Mode.NORMAL], mains)
            self.capacity_guard.observe(mains.currents_da, mains.arrived_ms, limit, bound)

    def surplus(self, observation: Observation, memories: Sequence[Memory], now_ms: int) -> Surplus | None:
        """Neutralised mains; None before the first sample."""
        if observation.mains is None:
            return None
        sample = observation.battery
        if sample is not None and now_ms - sample.arrived_ms > BATTERY_GONE_MS:
            sample = None
        one_phase = observation.settings.phases == 1 or _one_phase_only(memories)
        removed = battery.removed_da(sample, observation.settings)
        return battery.neutralise(observation.mains.currents_da, removed, one_phase)

    def warnings(self, observation: Observation, memories: Sequence[Memory]) -> tuple[str, ...]:
        """Named troubles with the sources."""
        found: list[str] = []
        if self.age is Age.LATE:
            found.append(Constraint.MAINS_LATE.value)
        elif self.age is Age.GONE:
            found.append(Constraint.MAINS_GONE.value)
        for charger, memory in zip(observation.chargers, memories, strict=True):
            if memory.draw.meter_gone:
                found.append(f"EV meter of {charger.id} lost")
        return tuple(found)


def own_draw(memories: Sequence[Memory], sample: Sample) -> OwnDraw:
    """What these cars draw at the time of a sample: together those that are steady, one by one those that move.

    A car whose board is away is as much of the house as any other load: nobody can lower it.
    """
    steady = [0, 0, 0]
    moving: list[CarOnMains] = []
    for memory in memories:
        if memory.terms.board is None:
            continue
        draw, behind = memory.draw, memory.terms.behind
        drawn = draw.at(sample.arrived_ms)
        low = drawn.low
        if low != drawn.high:
            moving.append(CarOnMains(behind, drawn, draw.rising))
            continue
        for i, line in enumerate(behind):
            steady[line] += low[i]
    return OwnDraw((steady[0], steady[1], steady[2]), moving)


def _one_phase_only(memories: Sequence[Memory]) -> bool:
    """Every board that is there is to use one phase."""
    boards = False
    for memory in memories:
        if memory.terms.board is not None:
            if memory.terms.wished != 1:
                return False
            boards = True
    return boards
