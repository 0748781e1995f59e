"""Shared resources, and the filling of one group of cars within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evse_tui.control.allocation import Demand, admit, fill
from evse_tui.control.charger import Car
from evse_tui.control.reasons import reason
from evse_tui.control.types import Constraint, Mode, Reason

RESTART_MARGIN_DA = 10
"""A car that does not run yet needs this much more than its minimum, so that it does not stop at once."""


@dataclass(slots=True)
class Resource:
    """Something that offers share: a phase, or a sum of phases."""

    constraint: Constraint
    phase: int | None
    """A mains phase; None for a sum over phases."""
    room_da: int
    one_phase_only: bool = False
    """Only cars that load this phase alone count."""
    spares_normal: bool = False
    """NORMAL is not bound by it."""
    tolerated_da: int = 0
    """Beyond the room, for admission only: what a tolerance lets running cars keep."""

    def weight(self, car: Car) -> int:
        """How much of it one unit of this car's current takes."""
        if self.phase is not None:
            return int(car.lines == (self.phase,) if self.one_phase_only else self.phase in car.lines)
        return 0 if self.spares_normal and car.mode is Mode.NORMAL else len(car.lines)


def share(cars: Sequence[Car], resources: Sequence[Resource]) -> list[Car]:
    """Admits cars in the order given and fills them; takes what they get out of the resources.

    Args:
        cars: in order of admission.
        resources: their rooms are reduced.

    Returns:
        The admitted cars, with `target_da` and `limits` set; the others have `waits` set.
    """
    if not cars:
        return []
    demands = _demands(cars, resources)
    admitted = admit(demands, [resource.room_da + resource.tolerated_da for resource in resources])
    taken = [(car, demand) for car, demand, yes in zip(cars, demands, admitted, strict=True) if yes]
    targets = fill([demand for _, demand in taken], [resource.room_da for resource in resources])
    kinds: dict[tuple[tuple[int, ...], int], int] = {}
    for (car, demand), target in zip(taken, targets, strict=True):
        car.target_da = target
        kind = demand.weights, target
        kinds[kind] = kinds.get(kind, 0) + 1
    for (weights, target), count in kinds.items():
        for r, weight in enumerate(weights):
            resources[r].room_da -= weight * target * count
    limits = {kind: _limits(resources, *kind) for kind in kinds}
    for (car, demand), target in zip(taken, targets, strict=True):
        car.limits = limits[demand.weights, target]
    if len(taken) < len(cars):
        for car, demand, yes in zip(cars, demands, admitted, strict=True):
            if not yes:
                _let_wait(car, demand, resources)
    return [car for car, _ in taken]


def _demands(cars: Sequence[Car], resources: Sequence[Resource]) -> list[Demand]:
    """What each car can use; one object for cars alike."""
    found: dict[tuple[object, ...], Demand] = {}
    demands = []
    for car in cars:
        alike = car.lines, car.mode, car.floor_da, car.cap_da, car.forced, car.admitted
        demand = found.get(alike)
        if demand is None:
            weights = tuple([resource.weight(car) for resource in resources])
            margin_da = 0 if car.admitted else RESTART_MARGIN_DA
            demand = found[alike] = Demand(weights, car.floor_da, car.cap_da, car.forced, margin_da)
        demands.append(demand)
    return demands


def _limits(resources: Sequence[Resource], weights: tuple[int, ...], target: int) -> tuple[Reason, ...]:
    """What each resource would allow a car at `target` if the others stay."""
    found = []
    for r, weight in enumerate(weights):
        if weight:
            resource = resources[r]
            found.append(reason(resource.constraint, resource.phase, target + resource.room_da // weight))
    return tuple(found)


def _let_wait(car: Car, demand: Demand, resources: Sequence[Resource]) -> None:
    """Tells which resource has the least room for a car that was not admitted."""
    pairs = zip(resources, demand.weights, strict=True)
    room, i = min((max(0, r.room_da) // weight, i) for i, (r, weight) in enumerate(pairs) if weight)
    car.waits = reason(Constraint.WAITING_FOR_ROOM, resources[i].phase, room)
    car.limits = (reason(resources[i].constraint, resources[i].phase, room),)
