"""Who is admitted, and how much everybody gets: per-phase max-min fairness with minimum admission.

Admission goes in order (priority, running first, longest waiting, id) while the minimum fits on every resource that
the charger uses. Then progressive filling (Bertsekas and Gallager, "Data Networks", 2nd ed., section 6.5.2): the
level of all admitted chargers rises together from their minimum; a charger leaves at its cap, or when a resource that
it uses is full. With one event per charger and resource that is O(n log n) for n chargers.

A resource is a phase (weight 1 per ampere of a charger on it) or a sum of phases (weight: its phases). All integers in
0.1 A; what the division leaves is handed out in order, the lowest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
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
    admitted = [False] * len(demands)
    for i, demand in enumerate(demands):
        if demand.forced:
            admitted[i] = True
            left = [room - weight * demand.floor_da for room, weight in zip(left, demand.weights, strict=True)]
    for i, demand in enumerate(demands):
        if demand.forced:
            continue
        after = [room - weight * demand.floor_da for room, weight in zip(left, demand.weights, strict=True)]
        margin = demand.margin_da
        if all(room >= margin * weight for room, weight in zip(after, demand.weights, strict=True) if weight):
            admitted[i] = True
            left = after
    return admitted


def fill(demands: Sequence[Demand], rooms_da: Sequence[int]) -> list[int]:
    """Grants of admitted demands, in the order given: the lexicographic max-min optimum to 0.1 A. O(n log n)."""
    grants = [demand.floor_da for demand in demands]
    left = list(rooms_da)
    for demand in demands:
        for r, weight in enumerate(demand.weights):
            left[r] -= weight * demand.floor_da
    resources = range(len(left))
    rising = [False] * len(demands)
    weight_of = [0] * len(left)  # of the chargers that rise now, per resource
    # (level, 0 joins | 1 leaves, index): a charger rises between its floor and its cap
    events = sorted(
        [(demand.floor_da, 0, i) for i, demand in enumerate(demands)]
        + [(demand.cap_da, 1, i) for i, demand in enumerate(demands)]
    )
    level = events[0][0] if events else 0
    full: set[int] = set()

    def leave(i: int) -> None:
        rising[i] = False
        for r in resources:
            weight_of[r] -= demands[i].weights[r]

    def raise_to(target: int) -> None:
        """Raises the level as far as the resources reach, at most to `target`; drops the chargers that are full."""
        nonlocal level
        while level < target and any(weight_of):
            step = min(left[r] // weight_of[r] for r in resources if weight_of[r])
            step = max(0, min(step, target - level))
            for r in resources:
                left[r] -= step * weight_of[r]
            level += step
            if level == target:
                return
            full.update(r for r in resources if left[r] < weight_of[r])
            short = [i for i, demand in enumerate(demands) if rising[i] and any(demand.weights[r] for r in full)]
            for i in short:
                grants[i] = level
                leave(i)
            _hand_out(demands, grants, left, short)
        level = target

    for event_level, leaves, i in events:
        raise_to(event_level)
        if leaves:
            if rising[i]:
                grants[i] = event_level
                leave(i)
        elif any(demands[i].weights[r] for r in full):
            _hand_out(demands, grants, left, [i])
        else:
            rising[i] = True
            for r in resources:
                weight_of[r] += demands[i].weights[r]
    return grants


def _hand_out(demands: Sequence[Demand], grants: list[int], left: list[int], order: Sequence[int]) -> None:
    """Steps of 0.1 A to the chargers that division left short: always the lowest next, then the first in order."""
    heap = [(grants[i], i) for i in order]
    heapify(heap)
    while heap:
        grant, i = heappop(heap)
        demand = demands[i]
        if grant < demand.cap_da and all(left[r] >= weight for r, weight in enumerate(demand.weights) if weight):
            grants[i] = grant + 1
            for r, weight in enumerate(demand.weights):
                left[r] -= weight
            heappush(heap, (grant + 1, i))
