"""One pass per sample: from an observation to one grant per charger, each with its reason.

    observe    ages of the sources, draw of each car, baseload behind each meter
    bound      each charger by itself: wishes of the user, slots of its board
    share      NORMAL and SMART together under the hard limits; SOLAR gets what is left, within the surplus
    commit     lower at once; raise only into room that boards have given back, when the car has answered

Each law is in its own file. All currents are integers in 0.1 A; time is an argument; the same observations at the same
times give the same decisions.
"""

from __future__ import annotations

from collections.abc import Sequence

from evse_tui.control import battery
from evse_tui.control.allocation import Demand, admit, fill
from evse_tui.control.caps import LOWEST_DA, caps, floor_da, refusal
from evse_tui.control.charger import Car, Memory
from evse_tui.control.freshness import BATTERY_GONE_MS, Age, SourceAge
from evse_tui.control.hard_limits import CarOnMains, PhaseGuard
from evse_tui.control.phases import lines, wished_phases
from evse_tui.control.surplus import SurplusBudget
from evse_tui.control.timers import START_HOLD_MS, Held, StopTimer
from evse_tui.control.types import (
    Access,
    BoardObservation,
    ChargerGrant,
    ChargerObservation,
    Constraint,
    Decision,
    Mode,
    Observation,
    Reason,
    Sample,
    Surplus,
    Timer,
)

UNLIMITED_DA = 10_000
DEAD_BAND_DA = 5
SMALL_RAISE_DA = 3
SMALL_RAISE_AFTER_MS = 10_000
RESTART_MARGIN_DA = 10


class Controller:
    """Decides for a whole site. Holds the filters' memory and nothing else."""

    def __init__(self) -> None:
        self._memories: dict[str, Memory] = {}
        self._mains_age = SourceAge()
        self._circuit_age = SourceAge()
        self._mains_guard = PhaseGuard()
        self._circuit_guard = PhaseGuard()
        self._budget = SurplusBudget()
        self._export = Held()
        self._stop_timer = StopTimer()

    def decide(self, observation: Observation, now_ms: int) -> Decision:
        """One pass.

        Args:
            observation: the site now. Chargers are told apart by id, their order does not matter.
            now_ms: now, on the clock of all `arrived_ms`; never steps back.

        Returns:
            A grant for every charger, in the order of the observation.
        """
        ages = self._observe(observation, now_ms)
        surplus = self._surplus(observation, now_ms)
        cars: list[Car] = []
        grants: dict[int, ChargerGrant] = {}
        for index, charger in enumerate(observation.chargers):
            refused = self._refuse(charger, ages)
            if refused is not None:
                grants[index] = refused
            elif charger.board is not None:
                cars.append(self._car(index, charger, charger.board, observation))
        cars.sort(key=lambda car: car.order)
        rooms, names = self._rooms(observation, ages, cars, now_ms)
        hard = [car for car in cars if not car.solar]
        solar = [car for car in cars if car.solar]
        left = self._share_hard(hard, rooms, names)
        timers = self._share_solar(solar, left, names, surplus, observation, ages, now_ms)
        self._commit(hard + solar, rooms, observation, ages, now_ms)
        for car in cars:
            grants[car.index] = _grant(car, timers.get(car.id, ()))
        self._remember(observation, grants, now_ms)
        return Decision(
            at_ms=now_ms,
            grants=tuple(grants[index] for index in range(len(observation.chargers))),
            surplus=surplus,
            warnings=self._warnings(observation, ages),
        )

    # observe

    def _observe(self, observation: Observation, now_ms: int) -> Age:
        """Feeds the filters; returns how far the mains (and the circuit meter) can be trusted."""
        ids = {charger.id for charger in observation.chargers}
        self._memories = {key: memory for key, memory in self._memories.items() if key in ids}
        new_mains = _arrived(self._mains_age, observation.mains)
        new_circuit = _arrived(self._circuit_age, observation.circuit)
        on_mains: list[CarOnMains] = []
        moving = 0
        for charger in observation.chargers:
            memory = self._memories.setdefault(charger.id, Memory())
            board = charger.board
            if board is not None and memory.plugged_ms != (board.plugged_ms if board.plugged else None):
                memory.forget_car()
                memory.plugged_ms = board.plugged_ms if board.plugged else None
            new_ev = memory.draw.observe(board, charger.ev, self._mains_age.period_ms, now_ms)
            if new_ev and charger.ev is not None and board is not None:
                memory.detector.observe(charger.ev.currents_da, now_ms)
                drawn = memory.draw.settled_da
                if drawn is not None and board.closed and not memory.draw.answering:
                    memory.offset.observe(board.offered_da, drawn, now_ms)
            moving += memory.draw.answering
        if new_mains and observation.mains is not None:
            sample = observation.mains
            for charger in observation.chargers:
                memory = self._memories[charger.id]
                alone = moving - memory.draw.answering == 0
                behind = _lines_behind(charger, observation)
                memory.draw.observe_mains(sample.currents_da, behind, alone, now_ms)
                on_mains.append(CarOnMains(behind, memory.draw.at(sample.arrived_ms), memory.draw.rising))
            self._mains_guard.observe(
                sample.currents_da, sample.arrived_ms, observation.settings.current_main_da, on_mains
            )
        if new_circuit and observation.circuit is not None:
            sample = observation.circuit
            on_circuit = [
                CarOnMains(
                    _lines_behind(charger, observation),
                    self._memories[charger.id].draw.at(sample.arrived_ms),
                    self._memories[charger.id].draw.rising,
                )
                for charger in observation.chargers
            ]
            self._circuit_guard.observe(
                sample.currents_da, sample.arrived_ms, observation.settings.current_max_circuit_da, on_circuit
            )
        age = self._mains_age.at(now_ms)
        circuit = self._circuit_age.at(now_ms)
        worse = (Age.FRESH, Age.LATE, Age.GONE)
        if age in worse and circuit in worse:
            return worse[max(worse.index(age), worse.index(circuit))]
        return age

    def _surplus(self, observation: Observation, now_ms: int) -> Surplus | None:
        if observation.mains is None:
            return None
        sample = observation.battery
        if sample is not None and now_ms - sample.arrived_ms > BATTERY_GONE_MS:
            sample = None
        one_phase = observation.settings.phases == 1 or all(
            wished_phases(charger.settings, charger.board) == 1
            for charger in observation.chargers
            if charger.board is not None
        )
        return battery.neutralise(
            observation.mains.currents_da, battery.removed_da(sample, observation.settings), one_phase
        )

    # bound

    def _refuse(self, charger: ChargerObservation, age: Age) -> ChargerGrant | None:
        board = charger.board
        refused = refusal(charger.settings, board)
        if refused is None and charger.settings.mode is not Mode.NORMAL:
            if age is Age.ABSENT:
                refused = Access.PAUSE, Constraint.MAINS_ABSENT
            elif age is Age.GONE:
                refused = Access.PAUSE, Constraint.MAINS_GONE
        if refused is None:
            return None
        phases = board.phases if board is not None else 1
        if board is not None and refused[1] is Constraint.NOT_CONNECTED:
            phases = wished_phases(charger.settings, board) or board.phases
        return ChargerGrant(charger.id, refused[0], 0, phases, Reason(refused[1], limit_da=0))

    def _car(self, index: int, charger: ChargerObservation, board: BoardObservation, observation: Observation) -> Car:
        memory = self._memories[charger.id]
        bounds = caps(charger.settings, board)
        floor = floor_da(charger.settings, bounds[0].limit_da or 0)
        phases = wished_phases(charger.settings, board) or memory.phase_choice.phases
        used = memory.detector.used(phases) if memory.draw.metered else phases
        on = lines(charger.settings, used, observation.settings.phases)
        return Car(index, charger.id, charger.settings, board, memory, phases, on, bounds, floor)

    # share

    def _rooms(
        self, observation: Observation, age: Age, cars: Sequence[Car], now_ms: int
    ) -> tuple[list[int], list[Constraint]]:
        """Room for offers per phase and the name of what bounds it."""
        settings = observation.settings
        circuit = settings.current_max_circuit_da
        rooms = [circuit] * 3
        names = [Constraint.CIRCUIT] * 3
        measured = self._circuit_guard.rooms_da(circuit, now_ms)
        if measured is not None and age is not Age.GONE:
            rooms = [min(room, other) for room, other in zip(rooms, measured, strict=True)]
        mains = self._mains_guard.rooms_da(settings.current_main_da, now_ms)
        if mains is not None and age in (Age.FRESH, Age.LATE):
            for phase, room in enumerate(mains):
                if room < rooms[phase]:
                    rooms[phase], names[phase] = room, Constraint.MAINS
        taking_part = {car.id for car in cars}
        for charger in observation.chargers:
            if charger.id not in taking_part and charger.board is not None and charger.board.closed:
                for line in _lines_behind(charger, observation):
                    rooms[line] -= charger.board.offered_da
        for car in cars:
            answers = car.memory.draw.answering and car.board.offered_da > 0
            car.forced = (
                car.running
                and answers
                and not self._mains_guard.exceeded(settings.current_main_da, car.lines)
                and not self._circuit_guard.exceeded(circuit, car.lines)
            )
        return rooms, names

    def _share_hard(self, cars: Sequence[Car], rooms: Sequence[int], names: Sequence[Constraint]) -> list[int]:
        """Fills NORMAL and SMART; returns what is left per phase."""
        demands = [_demand(car, len(rooms)) for car in cars]
        padded = [demand if car.running else _with_margin(demand) for car, demand in zip(cars, demands, strict=True)]
        return _fill_group(cars, demands, admit(padded, rooms), rooms, names)

    def _share_solar(
        self,
        cars: Sequence[Car],
        rooms: Sequence[int],
        names: Sequence[Constraint],
        surplus: Surplus | None,
        observation: Observation,
        age: Age,
        now_ms: int,
    ) -> dict[str, tuple[Timer, ...]]:
        """Fills SOLAR within the surplus, starts and stops cars."""
        if surplus is None or observation.mains is None or age not in (Age.FRESH, Age.LATE):
            self._budget.forget()
            self._stop_timer = StopTimer()
            self._export.update(False, now_ms)
            return {}
        settings = observation.settings
        drawn = [car.memory.draw.at(observation.mains.arrived_ms) for car in cars]
        low, high = sum(sum(draw.low) for draw in drawn), sum(sum(draw.high) for draw in drawn)
        allowed = settings.solar_max_import_da - surplus.neutralised_sum_da
        budget = self._budget.update(low, high, allowed, now_ms)
        for car in cars:
            if wished_phases(car.settings, car.board) is None:
                car.phases = car.memory.phase_choice.update(budget, car.floor_da, car.board.closed, now_ms)
                used = car.memory.detector.used(car.phases) if car.memory.draw.metered else car.phases
                car.lines = lines(car.settings, used, settings.phases)
        running = [car for car in cars if car.running]
        starting = any(car.memory.draw.answering or not car.board.closed for car in running)
        exported = self._export.update(
            age is Age.FRESH and -surplus.neutralised_sum_da >= max(1, settings.solar_start_current_da), now_ms
        )
        candidates = list(running)
        waiting = [car for car in cars if not car.running]
        if waiting and not starting and exported >= START_HOLD_MS:
            candidates.append(waiting[0])
        needed = sum(len(car.lines) * car.floor_da for car in running)
        at_minimum = bool(running) and all(car.board.offered_da <= car.floor_da for car in running)
        self._stop_timer.update(
            at_minimum and surplus.neutralised_sum_da > settings.solar_max_import_da, budget >= needed, now_ms
        )
        remaining = self._stop_timer.remaining_ms(settings.solar_stop_time_min) if running else None
        timers: dict[str, tuple[Timer, ...]] = {}
        if not running:
            self._stop_timer = StopTimer()
        elif remaining == 0:
            candidates.remove(running[-1])
            self._stop_timer = StopTimer()
            self._export.update(False, now_ms)
        elif remaining is not None:
            timers[running[-1].id] = (Timer(Constraint.WAITING_FOR_SURPLUS, now_ms + remaining),)
        demands = [_demand(car, len(rooms)) for car in candidates]
        admitted = admit(demands, rooms)
        in_order = [car for car, yes in zip(candidates, admitted, strict=True) if yes]
        floors = sum(len(car.lines) * car.floor_da for car in in_order)
        offsets = sum(len(car.lines) * car.memory.offset.value_da for car in in_order)
        with_sum = [
            Demand((*demand.weights, len(car.lines)), demand.floor_da, demand.cap_da, demand.forced)
            for car, demand in zip(candidates, demands, strict=True)
        ]
        _fill_group(
            candidates,
            with_sum,
            admitted,
            [*rooms, max(floors, budget + offsets)],
            [*names, Constraint.SURPLUS],
        )
        for car in in_order:
            if budget + offsets < floors:
                share = max(0, budget + offsets) // max(1, sum(len(other.lines) for other in in_order))
                car.limits = [r for r in car.limits if r.constraint is not Constraint.SURPLUS]
                car.limits.append(Reason(Constraint.SURPLUS, limit_da=share))
        for car in cars:
            if car not in candidates:
                car.waits = Reason(Constraint.WAITING_FOR_SURPLUS, limit_da=max(0, budget) // len(car.lines))
        return timers

    # commit

    def _commit(
        self, cars: Sequence[Car], rooms: Sequence[int], observation: Observation, age: Age, now_ms: int
    ) -> None:
        """Turns targets into grants: lower at once, raise into room that no board still offers."""
        slack = list(rooms)
        for car in cars:
            hold = min(car.hold_da, car.cap_da)
            guarded = car.settings.mode is not Mode.NORMAL
            if age is Age.LATE and guarded:
                car.target_da = min(car.target_da, car.floor_da) if car.running else 0
                if not car.running:
                    car.waits = Reason(Constraint.MAINS_LATE, limit_da=0)
                car.limits.append(Reason(Constraint.MAINS_LATE, limit_da=car.floor_da))
            car.grant_da = min(car.target_da, hold)
            occupied = max(car.grant_da, car.board.offered_da)
            for line in car.lines:
                slack[line] -= occupied
        for car in cars:
            hold = car.grant_da
            more = car.target_da - hold
            if car.solar and hold and self._in_dead_band(car, hold, slack):
                continue
            if more <= 0 or (age is Age.LATE and hold):
                continue
            memory = car.memory
            if hold:
                recent = memory.raised_ms is not None and now_ms - memory.raised_ms < SMALL_RAISE_AFTER_MS
                if not memory.draw.reached or (more < SMALL_RAISE_DA and recent):
                    continue
            step = max(0, min([more, *(slack[line] for line in car.lines)]))
            if hold + step < car.floor_da:
                if more > step:
                    car.waits = Reason(Constraint.SHARE, limit_da=step)
                continue
            car.grant_da = hold + step
            if step < more:
                car.limits.append(Reason(Constraint.SHARE, limit_da=car.grant_da))
            for line in car.lines:
                slack[line] -= step

    @staticmethod
    def _in_dead_band(car: Car, grant_da: int, slack: list[int]) -> bool:
        """Half a step of the car: a SOLAR offer that is this close stays, so that coarse cars do not hunt."""
        hold = min(car.hold_da, car.cap_da)
        lowered = hold - grant_da
        if lowered == 0:
            return 0 <= car.target_da - grant_da <= DEAD_BAND_DA and car.target_da < car.cap_da
        by_surplus = min(car.limits, key=lambda r: r.limit_da or 0, default=None)
        if by_surplus is None or by_surplus.constraint is not Constraint.SURPLUS or lowered > DEAD_BAND_DA:
            return False
        extra = hold - max(grant_da, car.board.offered_da)
        if any(slack[line] < extra for line in car.lines):
            return False
        car.grant_da = hold
        for line in car.lines:
            slack[line] -= extra
        return True

    def _remember(self, observation: Observation, grants: dict[int, ChargerGrant], now_ms: int) -> None:
        for index, charger in enumerate(observation.chargers):
            memory = self._memories[charger.id]
            granted = grants[index].limit_da
            if granted > memory.granted_da:
                memory.raised_ms = now_ms
            memory.granted_da = granted
            if granted or charger.board is None or not charger.board.plugged:
                memory.waiting_since_ms = None
            elif memory.waiting_since_ms is None:
                memory.waiting_since_ms = now_ms

    def _warnings(self, observation: Observation, age: Age) -> tuple[str, ...]:
        found = []
        if age in (Age.LATE, Age.GONE):
            found.append(Constraint.MAINS_LATE.value if age is Age.LATE else Constraint.MAINS_GONE.value)
        found += [
            f"EV meter of {charger.id} lost"
            for charger in observation.chargers
            if self._memories[charger.id].draw.meter_gone
        ]
        return tuple(found)


def _arrived(age: SourceAge, sample: Sample | None) -> bool:
    return age.observe(None if sample is None else sample.arrived_ms)


def _lines_behind(charger: ChargerObservation, observation: Observation) -> tuple[int, ...]:
    """Mains phases behind everything that this charger's contactors connect."""
    phases = 3 if charger.board is None else charger.board.phases
    return lines(charger.settings, phases, observation.settings.phases)


def _demand(car: Car, resources: int) -> Demand:
    weights = tuple(int(r in car.lines) for r in range(resources))
    return Demand(weights, car.floor_da, car.cap_da, car.forced)


def _with_margin(demand: Demand) -> Demand:
    """A car that does not run yet needs a little more than its minimum, so that it does not stop at once."""
    return Demand(demand.weights, demand.floor_da + RESTART_MARGIN_DA, demand.cap_da + RESTART_MARGIN_DA)


def _fill_group(
    cars: Sequence[Car],
    demands: Sequence[Demand],
    admitted: Sequence[bool],
    rooms: Sequence[int],
    names: Sequence[Constraint],
) -> list[int]:
    """Sets targets and what each resource would allow; returns what is left of each resource."""
    taken = [(car, demand) for car, demand, yes in zip(cars, demands, admitted, strict=True) if yes]
    targets = fill([demand for _, demand in taken], rooms)
    left = list(rooms)
    for (_, demand), target in zip(taken, targets, strict=True):
        for r, weight in enumerate(demand.weights):
            left[r] -= weight * target
    for (car, demand), target in zip(taken, targets, strict=True):
        car.target_da = target
        car.limits = [
            Reason(names[r], r if r < 3 else None, target + left[r] // weight)
            for r, weight in enumerate(demand.weights)
            if weight
        ]
    for car, demand, yes in zip(cars, demands, admitted, strict=True):
        if not yes:
            tightest = min((r for r, weight in enumerate(demand.weights) if weight), key=lambda r: left[r])
            car.waits = Reason(Constraint.WAITING_FOR_ROOM, tightest, max(0, left[tightest]))
            car.limits = [Reason(names[tightest], tightest, max(0, left[tightest]))]
    return left


def _grant(car: Car, timers: tuple[Timer, ...]) -> ChargerGrant:
    """Names what binds: the lowest of everything that bounds this charger; the next one is the runner-up."""
    bounds = sorted([*car.limits, *car.caps], key=lambda reason: reason.limit_da or 0)
    if car.grant_da < LOWEST_DA:
        reason = car.waits or bounds[0]
        runner_up = next((bound for bound in bounds if bound.constraint is not reason.constraint), None)
        return ChargerGrant(car.id, Access.PAUSE, 0, car.phases, reason, runner_up, timers)
    binding = bounds[0]
    if not car.board.requests:
        reason, runner_up = Reason(Constraint.NOT_REQUESTED, limit_da=car.grant_da), binding
    elif car.grant_da == car.floor_da and (binding.limit_da or 0) < car.floor_da:
        reason, runner_up = Reason(Constraint.MINIMUM, limit_da=car.floor_da), binding
    else:
        reason = binding
        runner_up = next((bound for bound in bounds[1:] if bound.constraint is not reason.constraint), None)
    return ChargerGrant(car.id, Access.ALLOW, car.grant_da, car.phases, reason, runner_up, timers)
