"""What a grant says: the constraint that binds, the one that would bind next, and the timers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter

from evse_tui.control.caps import LOWEST_DA
from evse_tui.control.charger import Car
from evse_tui.control.types import Access, ChargerGrant, Constraint, Reason

_limit = attrgetter("limit_da")


@lru_cache(maxsize=4096)
def reason(constraint: Constraint, phase: int | None, limit_da: int) -> Reason:
    """A reason; the same object for the same contents, so that an unchanged grant is known by identity."""
    return Reason(constraint, phase, limit_da)


def grants_for(cars: Sequence[Car]) -> list[ChargerGrant]:
    """The grant of each car. Cars alike share their bounds, so what binds them is looked for once.

    Bounds are told apart by identity, so all cars must be alive at once: a generator could make one after the other.
    """
    found: dict[tuple[int, int], tuple[Reason, Reason | None]] = {}
    grants = []
    for car in cars:
        alike = id(car.limits), id(car.caps)
        bound = found.get(alike)
        if bound is None:
            bound = found[alike] = _lowest_two((*car.limits, *car.caps))
        grants.append(_grant_for(car, *bound))
    return grants


def _grant_for(car: Car, binding: Reason, following: Reason | None) -> ChargerGrant:
    """The lowest of everything that bounds this charger binds; the next other one is the runner-up."""
    granted_da = car.grant_da
    if granted_da < LOWEST_DA:
        waits = car.waits
        if waits is None or waits is binding:
            return _given(car, Access.PAUSE, 0, binding, following)
        return _given(car, Access.PAUSE, 0, waits, _next((*car.limits, *car.caps), waits))
    bound: Reason
    runner_up: Reason | None
    if car.board.phases != car.phases:
        bound, runner_up = reason(Constraint.SWITCHING_PHASES, None, granted_da), binding
    elif not car.board.requests:
        bound, runner_up = reason(Constraint.NOT_REQUESTED, None, granted_da), binding
    elif granted_da == car.floor_da and (binding.limit_da or 0) < car.floor_da:
        bound, runner_up = reason(Constraint.MINIMUM, None, car.floor_da), binding
    elif car.memory.reservation.reserving and car.cap_da == car.floor_da < (car.caps[0].limit_da or 0):
        bound, runner_up = reason(Constraint.STARTING, None, car.floor_da), binding
    else:
        bound, runner_up = binding, following
    return _given(car, Access.ALLOW, granted_da, bound, runner_up)


def _given(car: Car, access: Access, limit_da: int, bound: Reason, runner_up: Reason | None) -> ChargerGrant:
    """The last grant if it says the same, else a new one."""
    last = car.memory.grant
    if (
        last is None
        or last.reason is not bound
        or last.runner_up is not runner_up
        or last.limit_da != limit_da
        or last.access is not access
        or last.phases != car.phases
        or (car.timers or last.timers)
    ):
        last = ChargerGrant(car.id, access, limit_da, car.phases, bound, runner_up, tuple(car.timers))
        car.memory.grant = last
    return last


def _lowest_two(bounds: Sequence[Reason]) -> tuple[Reason, Reason | None]:
    """What binds, and what would bind next."""
    binding = min(bounds, key=_limit)
    return binding, _next(bounds, binding)


def _next(bounds: Sequence[Reason], binding: Reason) -> Reason | None:
    others = [bound for bound in bounds if bound.constraint is not binding.constraint]
    return min(others, key=_limit) if others else None
