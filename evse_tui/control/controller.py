"""One pass per sample: from an observation to one grant per charger, each with its reason.

    observe   observer.py     ages of the sources, draw of each car, baseload behind each meter
    bound     caps.py         each charger by itself: wishes of the user, slots of its board
    room      limits.py       what offers may share: phases, capacity, grid relay, unbalance
    share     sharing.py      NORMAL and SMART together; then
              solar.py        SOLAR with what is left, within the surplus
    commit    commit.py       lower at once; raise only into room that boards have given back
    explain   reasons.py      what binds, what would bind next, which timers run

Each law is in its own file. All currents are integers in 0.1 A; time is an argument; the same observations at the same
times give the same decisions.
"""

from __future__ import annotations

from evse_tui.control.caps import caps, effective_mode, floor_da, refusal, schedule_timers
from evse_tui.control.charger import Car
from evse_tui.control.commit import commit
from evse_tui.control.freshness import Age
from evse_tui.control.limits import Limits
from evse_tui.control.observer import Observer
from evse_tui.control.phases import wished_phases
from evse_tui.control.reasons import grant_for
from evse_tui.control.rotation import Rotation, ordered
from evse_tui.control.sharing import share
from evse_tui.control.solar import SolarGroup
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
    Timer,
    TimerAction,
)


class Controller:
    """Decides for a whole site. Holds the filters' memory and nothing else."""

    def __init__(self) -> None:
        self._observer = Observer()
        self._limits = Limits()
        self._rotation = Rotation()
        self._solar = SolarGroup()

    def decide(self, observation: Observation, now_ms: int) -> Decision:
        """One pass.

        Args:
            observation: the site now. Chargers are told apart by id, their order does not matter.
            now_ms: now, on the clock of all `arrived_ms`; never steps back.

        Returns:
            A grant for every charger, in the order of the observation.
        """
        self._observer.observe(observation, now_ms)
        surplus = self._observer.surplus(observation, now_ms)
        grants: dict[int, ChargerGrant] = {}
        cars: list[Car] = []
        for index, charger in enumerate(observation.chargers):
            refused = self._refuse(charger, now_ms)
            if refused is not None:
                grants[index] = refused
            elif charger.board is not None:
                cars.append(self._car(index, charger, charger.board, observation, now_ms))
        rooms = self._limits.update(observation, self._observer, cars, now_ms)
        slack = list(rooms.phases_da)

        hard = [car for car in cars if not car.solar]
        waiting = [car for car in hard if not car.admitted and not car.memory.reservation.spent(now_ms)]
        rotation_min = observation.settings.rotation_min
        turn = self._rotation.due(bool(waiting) and len(waiting) < len(hard), rotation_min, now_ms)
        hard = ordered(hard, turn, now_ms)
        share(hard, rooms.resources)

        solar = [car for car in cars if car.solar]
        budget = None
        mains = Age.LATE if self._observer.just_started(now_ms) else self._observer.age
        if surplus is None or mains not in (Age.FRESH, Age.LATE):
            self._solar = SolarGroup()
            share(solar, rooms.resources)
        else:
            fresh = mains is Age.FRESH
            budget = self._solar.update(solar, hard, rooms.resources, surplus, observation, fresh, now_ms)

        commit(hard + solar, slack, mains, now_ms)
        self._time_rotation(hard, rotation_min)
        for car in cars:
            grants[car.index] = grant_for(car)
            _remember(car, now_ms)
        for index, charger in enumerate(observation.chargers):
            if not grants[index].limit_da:
                memory = self._observer.memories[charger.id]
                memory.granted_da = 0
        return Decision(
            at_ms=now_ms,
            grants=tuple(grants[index] for index in range(len(observation.chargers))),
            surplus=surplus,
            budget_da=budget,
            rooms_da=rooms.phases_da,
            warnings=self._observer.warnings(observation),
        )

    def _refuse(self, charger: ChargerObservation, now_ms: int) -> ChargerGrant | None:
        """A grant of nothing for a charger that can't take part, else None."""
        refused = refusal(charger, now_ms)
        if refused is None and effective_mode(charger) is not Mode.NORMAL:
            admitted = self._observer.memories[charger.id].admitted_since_ms is not None
            if self._observer.age is Age.ABSENT and not (admitted and self._observer.just_started(now_ms)):
                refused = Access.PAUSE, Constraint.MAINS_ABSENT
            elif self._observer.age is Age.GONE:
                refused = Access.PAUSE, Constraint.MAINS_GONE
        if refused is None:
            return None
        memory = self._observer.memories[charger.id]
        memory.admitted_since_ms = memory.waiting_since_ms = None
        access, constraint = refused
        board = charger.board
        phases = 1
        if board is not None:
            phases = board.phases if board.phases in board.phases_available else board.phases_available[0]
        timers = schedule_timers(charger.settings.schedule, now_ms)
        return ChargerGrant(charger.id, access, 0, phases, Reason(constraint, limit_da=0), timers=timers)

    def _car(
        self, index: int, charger: ChargerObservation, board: BoardObservation, observation: Observation, now_ms: int
    ) -> Car:
        memory = self._observer.memories[charger.id]
        bounds = caps(charger, board)
        lowest = bounds[0].limit_da or 0
        floor = floor_da(charger.settings, lowest)
        mode = effective_mode(charger)
        wished = wished_phases(charger.settings, board)
        if wished is not None:
            memory.phases = wished
        phases = memory.phases or board.phases
        unused = memory.unused.cap_da
        if unused is not None and len(observation.chargers) > 1:
            bounds = (*bounds, Reason(Constraint.DEMAND, limit_da=max(floor, unused)))
            lowest = min(lowest, max(floor, unused))
        car = Car(
            index=index,
            id=charger.id,
            mode=mode,
            settings=charger.settings,
            board=board,
            memory=memory,
            site_phases=observation.settings.phases,
            phases=phases,
            lines=(),
            caps=bounds,
            floor_da=floor,
            cap_da=max(floor, lowest),
        )
        car.lines = car.lines_on(phases)
        car.timers.extend(schedule_timers(charger.settings.schedule, now_ms))
        return car

    def _time_rotation(self, cars: list[Car], rotation_min: int) -> None:
        """Tells who waits for room when the turn changes."""
        next_ms = self._rotation.next_ms(rotation_min)
        for car in cars:
            if next_ms is not None and not car.target_da:
                car.timers.append(Timer(Constraint.ROTATION, next_ms, TimerAction.ROTATE))


def _remember(car: Car, now_ms: int) -> None:
    memory = car.memory
    if car.grant_da > memory.granted_da:
        memory.raised_ms = now_ms
    memory.granted_da = car.grant_da
    if car.target_da:
        memory.waiting_since_ms = None
        if memory.admitted_since_ms is None:
            memory.admitted_since_ms = now_ms
    else:
        memory.admitted_since_ms = None
        if memory.waiting_since_ms is None:
            memory.waiting_since_ms = now_ms
