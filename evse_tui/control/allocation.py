"""Who is admitted, and how much everybody gets: per-phase max-min fairness with minimum admission.

Admission goes in order (priority, running first, longest waiting, id) while the minimum fits on every resource that
the charger uses. Then progressive filling (Bertsekas and Gallager, "Data Networks", 2nd ed., section 6.5.2): the
level of all admitted chargers rises together from their minimum; a charger leaves at its cap, or when a resource that
it uses is full. Equal demands rise and leave as one, so that is O(n) for n chargers and O(k log k) for k different
demands, which are few.

A resource is a phase (weight 1 per ampere of a charger on it) or a sum of phases (weight: its phases). All integers in
0.1 A; what the division leaves is handed out in order, the lowest first.
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

    __slots__ = ("demand", "level_da", "members", "rising")

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.members: list[int] = []
        self.level_da = demand.floor_da
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
    extra: dict[int, int] = {}  # steps beyond the level of its kind
    weight_of = [0] * len(left)  # of the chargers that rise now, per resource
    full: set[int] = set()
    level = 0
    for target in sorted({kind.demand.floor_da for kind in kinds.values()} | {d.cap_da for d in kinds}):
        while level < target and any(weight_of):
            step = min(room // weight for room, weight in zip(left, weight_of, strict=True) if weight)
            step = max(0, min(step, target - level))
            _take(left, weight_of, step)
            level += step
            if level == target:
                break
            full.update(r for r, room in enumerate(left) if room < weight_of[r])
            short = [kind for kind in kinds.values() if kind.rising and _uses(kind.demand, full)]
            for kind in short:
                _leave(kind, level, weight_of)
            _hand_out(demands, sorted(i for kind in short for i in kind.members), level, left, extra)
        level = target
        late = []
        for kind in kinds.values():
            if kind.demand.floor_da == level:
                if _uses(kind.demand, full):
                    late += kind.members
                else:
                    kind.rising = True
                    _take(weight_of, kind.demand.weights, -len(kind.members))
            if kind.rising and kind.demand.cap_da == level:
                _leave(kind, level, weight_of)
        for i in sorted(late):
            _hand_out(demands, [i], level, left, extra)
    grants = [0] * len(demands)
    for kind in kinds.values():
        for i in kind.members:
            grants[i] = kind.level_da
    for i, steps in extra.items():
        grants[i] += steps
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


def _uses(demand: Demand, full: set[int]) -> bool:
    return any(demand.weights[r] for r in full)


def _leave(kind: _Kind, level: int, weight_of: list[int]) -> None:
    kind.rising = False
    kind.level_da = level
    _take(weight_of, kind.demand.weights, len(kind.members))


def _hand_out(demands: Sequence[Demand], order: list[int], level: int, left: list[int], extra: dict[int, int]) -> None:
    """Steps of 0.1 A to the chargers at `level` that division left short: one to each in order, again and again."""
    while order:
        level += 1
        served = []
        spent: set[Demand] = set()
        for i in order:
            demand = demands[i]
            if demand in spent:
                continue
            if demand.cap_da >= level and _fits(left, demand.weights, 1):
                _take(left, demand.weights, 1)
                extra[i] = extra.get(i, 0) + 1
                served.append(i)
            else:
                spent.add(demand)
        order = served
