"""Who is admitted, and how much everybody gets: per-phase max-min fairness with minimum admission.

Admission goes in order (priority, running first, longest waiting, id) while the minimum fits on every resource that
the charger uses. Then progressive filling (Bertsekas and Gallager, "Data Networks", 2nd ed., section 6.5.2): the
level of all admitted chargers rises together from their minimum; a charger leaves at its cap, or when a resource that
it uses has no step left for it. Equal demands rise and leave as one, so that is O(n log n) for n chargers of a few
different demands.

A resource is a phase (weight 1 per ampere of a charger on it) or a sum of phases (weight: its phases). All integers in
0.1 A; what the division leaves is handed out in order, one phase before three.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Demand(NamedTuple):
    """What one charger can use. `weights` has one entry per resource; `floor_da <= cap_da`."""

    weights: tuple[int, ...]
    floor_da: int
    cap_da: int
    forced: bool = False
    """Keeps its floor even where it does not fit."""
    margin_da: int = 0
    """Must remain free after its floor for it to be admitted."""


def admit(demands: Sequence[Demand], rooms_da: Sequence[int]) -> list[bool]:
    """Which demands get at least their floor, in the order given. O(n)."""
    left = list(rooms_da)
    counts = _counted(demands)
    for demand, count in counts.items():
        if demand.forced:
            _take(left, demand.weights, count * demand.floor_da)
    after_all = left.copy()
    for demand, count in counts.items():
        if not demand.forced:
            _take(after_all, demand.weights, count * demand.floor_da)
    if all(_fits(after_all, demand.weights, demand.margin_da) for demand in counts if not demand.forced):
        return [True] * len(demands)
    admitted = []
    refused: set[Demand] = set()  # room only shrinks: who does not fit now does not fit later
    for demand in demands:
        if not demand.forced and demand not in refused:
            if _fits(left, demand.weights, demand.floor_da + demand.margin_da):
                _take(left, demand.weights, demand.floor_da)
            else:
                refused.add(demand)
        admitted.append(demand not in refused)
    return admitted


class _Kind:
    """Equal demands, which are filled as one."""

    __slots__ = ("demand", "members", "rising")

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.members: list[int] = []
        self.rising = False


def fill(demands: Sequence[Demand], rooms_da: Sequence[int]) -> list[int]:
    """Grants of admitted demands, in the order given: the lexicographic max-min optimum to 0.1 A."""
    kinds: dict[Demand, _Kind] = {}
    for i, demand in enumerate(demands):
        if demand not in kinds:
            kinds[demand] = _Kind(demand)
        kinds[demand].members.append(i)
    left = list(rooms_da)
    for kind in kinds.values():
        _take(left, kind.demand.weights, len(kind.members) * kind.demand.floor_da)
    grants = [demand.floor_da for demand in demands]
    weight_of = [0] * len(left)  # of the chargers that rise now, per resource
    level = 0
    for target in sorted({d.floor_da for d in kinds} | {d.cap_da for d in kinds}):
        while level < target and any(weight_of):
            step = min(room // weight for room, weight in zip(left, weight_of, strict=True) if weight)
            step = max(0, min(step, target - level))
            _take(left, weight_of, step)
            level += step
            if level < target:
                _last_step([kind for kind in kinds.values() if kind.rising], level, left, weight_of, grants)
                level += 1
        level = target
        for kind in kinds.values():
            if kind.demand.floor_da == level and _fits(left, kind.demand.weights, 1):
                kind.rising = True
                _take(weight_of, kind.demand.weights, -len(kind.members))
            if kind.rising and kind.demand.cap_da == level:
                _leave(kind, kind.members, level, weight_of, grants)
                kind.rising = False
    return grants


def _counted(demands: Sequence[Demand]) -> dict[Demand, int]:
    counts: dict[Demand, int] = {}
    for demand in demands:
        counts[demand] = counts.get(demand, 0) + 1
    return counts


def _fits(left: Sequence[int], weights: Sequence[int], da: int) -> bool:
    """Whether `da` more fits on every resource of these weights."""
    return all(room >= weight * da for room, weight in zip(left, weights, strict=True) if weight)


def _take(left: list[int], weights: Sequence[int], da: int) -> None:
    for r, weight in enumerate(weights):
        left[r] -= weight * da


def _leave(kind: _Kind, members: Sequence[int], level: int, weight_of: list[int], grants: list[int]) -> None:
    for i in members:
        grants[i] = level
    _take(weight_of, kind.demand.weights, len(members))


def _last_step(rising: Sequence[_Kind], level: int, left: list[int], weight_of: list[int], grants: list[int]) -> None:
    """Where not all can rise by 0.1 A any more: those do whom it fits; the others leave at `level`.

    One phase before three, then in order, equal ones together: a step on three phases would cost up to three others
    theirs. Who does not fit finds a resource used up, so this happens a few times per resource at most.
    """
    for kind in sorted(rising, key=lambda kind: (sum(kind.demand.weights), kind.members[0])):
        weights = kind.demand.weights
        fits = [max(0, left[r] // weight) for r, weight in enumerate(weights) if weight]
        served = min([len(kind.members), *fits])
        _take(left, weights, served)
        if served < len(kind.members):
            _leave(kind, kind.members[served:], level, weight_of, grants)
            kind.members = kind.members[:served]
            kind.rising = served > 0
