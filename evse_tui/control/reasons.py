"""What a grant says: the constraint that binds, the one that would bind next, and the timers."""

from __future__ import annotations

from operator import attrgetter

from evse_tui.control.caps import LOWEST_DA
from evse_tui.control.charger import Car
from evse_tui.control.types import Access, ChargerGrant, Constraint, Reason

_limit = attrgetter("limit_da")


def grant_for(car: Car) -> ChargerGrant:
    """The lowest of everything that bounds this charger binds; the next other one is the runner-up."""
    bounds = [*car.limits, *car.caps]
    binding = min(bounds, key=_limit)
    timers = tuple(car.timers)
    if car.grant_da < LOWEST_DA:
        waits = car.waits or binding
        return ChargerGrant(car.id, Access.PAUSE, 0, car.phases, waits, _next(bounds, waits), timers)
    reason: Reason
    runner_up: Reason | None
    if car.board.phases != car.phases:
        reason, runner_up = Reason(Constraint.SWITCHING_PHASES, limit_da=car.grant_da), binding
    elif not car.board.requests:
        reason, runner_up = Reason(Constraint.NOT_REQUESTED, limit_da=car.grant_da), binding
    elif car.grant_da == car.floor_da and (binding.limit_da or 0) < car.floor_da:
        reason, runner_up = Reason(Constraint.MINIMUM, limit_da=car.floor_da), binding
    elif car.memory.reservation.reserving and car.cap_da == car.floor_da < (car.caps[0].limit_da or 0):
        reason, runner_up = Reason(Constraint.STARTING, limit_da=car.floor_da), binding
    else:
        reason, runner_up = binding, _next(bounds, binding)
    return ChargerGrant(car.id, Access.ALLOW, car.grant_da, car.phases, reason, runner_up, timers)


def _next(bounds: list[Reason], reason: Reason) -> Reason | None:
    others = [bound for bound in bounds if bound.constraint is not reason.constraint]
    return min(others, key=_limit) if others else None
