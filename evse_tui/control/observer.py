"""The first stage of a pass: what is known, and how far it can be trusted."""

from __future__ import annotations

from collections import deque

from evse_tui.control import battery
from evse_tui.control.capacity import CapacityGuard
from evse_tui.control.caps import effective_mode
from evse_tui.control.charger import Memory
from evse_tui.control.draw import HISTORY_MS
from evse_tui.control.freshness import BATTERY_GONE_MS, LATE_AFTER_MS, Age, SourceAge
from evse_tui.control.hard_limits import CarOnMains, PhaseGuard
from evse_tui.control.phases import lines, wished_phases
from evse_tui.control.types import ChargerObservation, Constraint, Mode, Observation, Sample, Surplus

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

    def observe(self, observation: Observation, now_ms: int) -> None:
        """Takes the newest samples and board states."""
        if len(self.memories) > len(observation.chargers):
            ids = {charger.id for charger in observation.chargers}
            self.memories = {key: memory for key, memory in self.memories.items() if key in ids}
        moving = 0
        for charger in observation.chargers:
            memory = self.memories.get(charger.id)
            if memory is None:
                memory = self.memories[charger.id] = Memory()
            self._observe_charger(charger, memory, now_ms)
            moving += memory.draw.answering
        mains, circuit = observation.mains, observation.circuit
        if mains is not None and self._mains_age.observe(mains.arrived_ms):
            self._observe_mains(mains, observation, moving, now_ms)
        if circuit is not None and self._circuit_age.observe(circuit.arrived_ms):
            limit = observation.settings.current_max_circuit_da
            cars = [self._on_mains(charger, observation, circuit) for charger in observation.chargers]
            self.circuit_guard.observe(circuit.currents_da, circuit.arrived_ms, limit, cars)
        self.age = self._mains_age.at(now_ms)
        circuit_age = self._circuit_age.at(now_ms)
        if self._started_ms is None:
            self._started_ms = now_ms
        if self.age is not Age.ABSENT and _WORSE.index(circuit_age) > _WORSE.index(self.age):
            self.age = circuit_age

    def just_started(self, now_ms: int) -> bool:
        """No mains yet, but they may still come: a car that was charging already keeps its minimum until then."""
        started_ms = self._started_ms
        return self.age is Age.ABSENT and started_ms is not None and now_ms - started_ms <= LATE_AFTER_MS

    def _observe_charger(self, charger: ChargerObservation, memory: Memory, now_ms: int) -> None:
        board = charger.board
        if board is None:
            memory.seen = False
            memory.draw.observe(None, charger.ev, self._mains_age.period_ms, now_ms)
            return
        plugged_ms = board.plugged_ms if board.plugged else None
        if memory.plugged_ms != plugged_ms:
            memory.forget_car()
            memory.plugged_ms = plugged_ms
        if not memory.seen:
            memory.adopt(board, now_ms)
        period_ms = self._mains_age.period_ms or _UNKNOWN_PERIOD_MS
        new = memory.draw.observe(board, charger.ev, period_ms, now_ms)
        drawn = memory.draw.settled_da
        if new and charger.ev is not None:
            memory.detector.observe(charger.ev.currents_da, board.phases, now_ms)
            if drawn is not None and board.closed and not memory.draw.answering:
                memory.offset.observe(board.offered_da, drawn)
        memory.unused.update(board.offered_da, drawn if board.closed else None, now_ms)
        memory.reservation.update(board.offered_da, board.closed, drawn, memory.admitted_since_ms is not None, now_ms)

    def _observe_mains(self, mains: Sample, observation: Observation, moving: int, now_ms: int) -> None:
        self._history.append(mains)
        while self._history[0].arrived_ms < now_ms - HISTORY_MS:
            self._history.popleft()
        lessons = _LESSONS_A_SAMPLE
        cars: list[CarOnMains] = []
        bound: list[CarOnMains] = []
        for charger in observation.chargers:
            memory = self.memories[charger.id]
            behind = lines_behind(charger, observation)
            alone = moving - memory.draw.answering == 0
            memory.draw.observe_mains(mains.currents_da, behind, alone, now_ms)
            if alone and lessons:
                lessons -= memory.draw.learn(self._history, behind, now_ms)
            car = self._on_mains(charger, observation, mains)
            cars.append(car)
            if effective_mode(charger) is not Mode.NORMAL:
                bound.append(car)
        settings = observation.settings
        self.mains_guard.observe(mains.currents_da, mains.arrived_ms, settings.current_main_da, cars)
        limit = settings.current_max_sum_mains_da
        if limit:
            self.capacity_guard.observe(mains.currents_da, mains.arrived_ms, limit, bound)

    def _on_mains(self, charger: ChargerObservation, observation: Observation, sample: Sample) -> CarOnMains:
        draw = self.memories[charger.id].draw
        return CarOnMains(lines_behind(charger, observation), draw.at(sample.arrived_ms), draw.rising)

    def surplus(self, observation: Observation, now_ms: int) -> Surplus | None:
        """Neutralised mains; None before the first sample."""
        if observation.mains is None:
            return None
        sample = observation.battery
        if sample is not None and now_ms - sample.arrived_ms > BATTERY_GONE_MS:
            sample = None
        boards = [(charger.settings, charger.board) for charger in observation.chargers if charger.board is not None]
        one_phase = observation.settings.phases == 1 or (
            bool(boards) and all(wished_phases(settings, board) == 1 for settings, board in boards)
        )
        removed = battery.removed_da(sample, observation.settings)
        return battery.neutralise(observation.mains.currents_da, removed, one_phase)

    def warnings(self, observation: Observation) -> tuple[str, ...]:
        """Named troubles with the sources."""
        found: list[str] = []
        if self.age is Age.LATE:
            found.append(Constraint.MAINS_LATE.value)
        elif self.age is Age.GONE:
            found.append(Constraint.MAINS_GONE.value)
        lost = [charger.id for charger in observation.chargers if self.memories[charger.id].draw.meter_gone]
        found += [f"EV meter of {charger_id} lost" for charger_id in lost]
        return tuple(found)


def lines_behind(charger: ChargerObservation, observation: Observation) -> tuple[int, ...]:
    """Mains phases behind everything that this charger's contactors connect."""
    phases = 3 if charger.board is None else charger.board.phases
    return lines(charger.settings, phases, observation.settings.phases)
