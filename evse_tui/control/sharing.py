"""Shared resources, and the filling of one group of cars within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evse_tui.control.allocation import Demand, admit, fill
from evse_tui.control.charger import Car
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
    weights: dict[tuple[tuple[int, ...], Mode], tuple[int, ...]] = {}
    for car in cars:
        if (car.lines, car.mode) not in weights:
            weights[car.lines, car.mode] = tuple([resource.weight(car) for resource in resources])
    demands = [
        Demand(
            weights[car.lines, car.mode],
            car.floor_da,
            car.cap_da,
            car.forced,
            0 if car.admitted else RESTART_MARGIN_DA,
        )
        for car in cars
    ]
    admitted = admit(demands, [resource.room_da + resource.tolerated_da for resource in resources])
    taken = [(car, demand) for car, demand, yes in zip(cars, demands, admitted, strict=True) if yes]
    targets = fill([demand for _, demand in taken], [resource.room_da for resource in resources])
    for (_, demand), target in zip(taken, targets, strict=True):
        for resource, weight in zip(resources, demand.weights, strict=True):
            resource.room_da -= weight * target
    limits: dict[tuple[tuple[int, ...], int], list[Reason]] = {}
    for (car, demand), target in zip(taken, targets, strict=True):
        car.target_da = target
        alike = demand.weights, target
        if alike not in limits:
            limits[alike] = [
                Reason(resource.constraint, resource.phase, target + resource.room_da // weight)
                for resource, weight in zip(resources, demand.weights, strict=True)
                if weight
            ]
        car.limits = limits[alike].copy()
    for car, demand, yes in zip(cars, demands, admitted, strict=True):
        if not yes:
            pairs = zip(resources, demand.weights, strict=True)
            tightest = min((max(0, r.room_da) // weight, i) for i, (r, weight) in enumerate(pairs) if weight)
            resource = resources[tightest[1]]
            car.waits = Reason(Constraint.WAITING_FOR_ROOM, resource.phase, tightest[0])
            car.limits = [Reason(resource.constraint, resource.phase, tightest[0])]
    return [car for car, _ in taken]
