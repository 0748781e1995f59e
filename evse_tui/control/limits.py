"""The rooms that offers share in this pass, and who keeps its minimum while it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evse_tui.control.charger import Car, Memory
from evse_tui.control.freshness import Age
from evse_tui.control.observer import Observer
from evse_tui.control.sharing import Resource
from evse_tui.control.types import Constraint, Mode, Observation, PhaseCurrents, Timer, TimerAction


@dataclass(frozen=True, slots=True)
class Rooms:
    """Room for offers."""

    phases_da: PhaseCurrents
    resources: list[Resource]


class Limits:
    """Mains and circuit per phase, capacity, grid relay and unbalance."""

    def update(
        self,
        observation: Observation,
        observer: Observer,
        cars: Sequence[Car],
        others: Sequence[Memory],
        now_ms: int,
    ) -> Rooms:
        """The rooms now; cars that answer a change are marked as `forced`.

        Args:
            observation: the site.
            observer: what is known of its meters.
            cars: who takes part.
            others: who does not; what their boards offer, or may offer unheard, is taken from the rooms.
            now_ms: now.
        """
        settings = observation.settings
        main_da = settings.current_main_da - settings.headroom_da
        circuit_da = settings.current_max_circuit_da
        relay_da = settings.grid_relay_limit_da
        rooms = [circuit_da] * 3
        unseen = [0] * 3
        mains_ms = 0 if observation.mains is None else observation.mains.arrived_ms
        for other in others:
            if other.terms.board is None and other.unheard_da:
                relay_da -= len(other.terms.behind) * other.unheard_da
                for line, hidden_da in zip(other.terms.behind, other.hidden_da, strict=False):
                    rooms[line] -= other.unheard_da
                    if mains_ms <= other.away_ms:  # the next value counts what its car draws as house
                        unseen[line] += hidden_da
        names = [Constraint.CIRCUIT] * 3
        measured = observer.circuit_guard.rooms_da(circuit_da, now_ms)
        if measured is not None and observer.age in (Age.FRESH, Age.LATE):
            rooms = [min(room, other) for room, other in zip(rooms, measured, strict=True)]
        mains = observer.mains_guard.rooms_da(main_da, now_ms)
        if mains is not None and observer.age in (Age.FRESH, Age.LATE):
            for phase, measured_da in enumerate(mains):
                room = measured_da - unseen[phase]
                if room < rooms[phase]:
                    rooms[phase], names[phase] = room, Constraint.MAINS
        for other in others:
            board = other.terms.board
            if board is not None and board.closed:
                relay_da -= len(other.terms.behind) * board.offered_da
                for line in other.terms.behind:
                    rooms[line] -= board.offered_da
        exceeded = {
            *observer.mains_guard.exceeded(settings.current_main_da),
            *observer.circuit_guard.exceeded(circuit_da),
        }
        for car in cars:
            if car.admitted and car.memory.draw.answering and car.board.offered_da > 0:
                car.forced = exceeded.isdisjoint(car.lines)
        resources = [Resource(name, phase, room) for phase, (name, room) in enumerate(zip(names, rooms, strict=True))]
        if observation.grid_relay:
            resources.append(Resource(Constraint.GRID_RELAY, None, relay_da))
        if settings.unbalance_da:
            resources += [Resource(Constraint.UNBALANCE, phase, settings.unbalance_da, True) for phase in range(3)]
        if settings.current_max_sum_mains_da:
            capacity_da = observer.capacity_guard.room_da(settings.current_max_sum_mains_da, now_ms)
            if capacity_da is not None:
                bound = [car for car in cars if car.admitted and car.mode is not Mode.NORMAL]
                needed = sum(car.need_da for car in bound)
                tolerated, ends_ms = observer.capacity_guard.tolerated(
                    capacity_da, needed, settings.max_sum_mains_time_min, now_ms
                )
                extra_da = tolerated - capacity_da
                resources.append(
                    Resource(Constraint.CAPACITY, None, capacity_da, spares_normal=True, tolerated_da=extra_da)
                )
                if ends_ms is not None:
                    for car in bound:
                        car.timers.append(Timer(Constraint.CAPACITY, ends_ms, TimerAction.STOP))
        return Rooms((rooms[0], rooms[1], rooms[2]), resources)
