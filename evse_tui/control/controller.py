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

from evse_tui.control.caps import Terms
from evse_tui.control.charger import Car, Memory
from evse_tui.control.commit import commit
from evse_tui.control.freshness import Age
from evse_tui.control.limits import Limits
from evse_tui.control.observer import Observer
from evse_tui.control.reasons import grants_for
from evse_tui.control.rotation import Rotation, ordered
from evse_tui.control.sharing import share
from evse_tui.control.solar import SolarGroup
from evse_tui.control.types import (
    Access,
    ChargerGrant,
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
        memories = self._observer.observe(observation, now_ms)
        surplus = self._observer.surplus(observation, memories, now_ms)
        grants: dict[int, ChargerGrant] = {}
        cars: list[Car] = []
        others: list[Memory] = []
        missing = self._missing_mains()
        shared = len(memories) > 1
        for index, (charger, memory) in enumerate(zip(observation.chargers, memories, strict=True)):
            refused = memory.terms.refused
            if refused is None and missing is not None and self._needs_mains(memory, now_ms):
                refused = _wait_for_mains(charger.id, memory.terms, missing)
            if refused is not None:
                memory.refuse()
                memory.unheard_da = charger.unheard_da
                grants[index] = refused
                others.append(memory)
            elif charger.board is not None:
                cars.append(memory.record(charger.id, charger.board, index, shared))
        rooms = self._limits.update(observation, self._observer, cars, others, now_ms)
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

        commit(hard + solar, slack, mains, now_ms, rises=not observation.just_begun)
        self._time_rotation(hard, rotation_min)
        for car, grant in zip(cars, grants_for(cars), strict=True):
            grants[car.index] = grant
            car.memory.remember(car, grant, now_ms)
        return Decision(
            at_ms=now_ms,
            grants=tuple([grants[index] for index in range(len(memories))]),
            surplus=surplus,
            budget_da=budget,
            rooms_da=rooms.phases_da,
            warnings=self._observer.warnings(observation, memories),
        )

    def _missing_mains(self) -> Constraint | None:
        """Why nobody can tell what the mains leave; None if they speak."""
        if self._observer.age is Age.ABSENT:
            return Constraint.MAINS_ABSENT
        return Constraint.MAINS_GONE if self._observer.age is Age.GONE else None

    def _needs_mains(self, memory: Memory, now_ms: int) -> bool:
        """Whether this charger can't go on without them: NORMAL can, and for a moment who was charging already."""
        if memory.terms.mode is Mode.NORMAL:
            return False
        return memory.admitted_since_ms is None or not self._observer.just_started(now_ms)

    def _time_rotation(self, cars: list[Car], rotation_min: int) -> None:
        """Tells who waits for room when the turn changes."""
        next_ms = self._rotation.next_ms(rotation_min)
        if next_ms is None:
            return
        for car in cars:
            if not car.target_da:
                car.timers.append(Timer(Constraint.ROTATION, next_ms, TimerAction.ROTATE))


def _wait_for_mains(charger_id: str, terms: Terms, missing: Constraint) -> ChargerGrant:
    reason = Reason(missing, limit_da=0)
    return ChargerGrant(charger_id, Access.PAUSE, 0, terms.phases, reason, timers=terms.timers)
