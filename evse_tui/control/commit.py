"""From targets to grants: lower at once, raise only into room that no board still offers.

A raise waits until the car has answered the last change, and is not spent on less than 0.3 A within 10 s of the
last, for a board raises at most every 5 s. Cars without a meter rise one at a time, else the mains could not prove
what each draws. A SOLAR offer within half a step of the car (0.5 A) stays, so that coarse cars do not hunt."""

from __future__ import annotations

from collections.abc import Sequence

from evse_tui.control.charger import Car
from evse_tui.control.freshness import Age
from evse_tui.control.surplus import DEAD_BAND_DA
from evse_tui.control.types import Constraint, Mode, Reason

SMALL_RAISE_DA = 3
SMALL_RAISE_AFTER_MS = 10_000


def commit(cars: Sequence[Car], slack_da: list[int], mains: Age, now_ms: int, *, rises: bool = True) -> None:
    """Sets `grant_da` of every car.

    Args:
        cars: in order; who comes first raises first.
        slack_da: room per phase for the offers of these cars; reduced.
        mains: how far the mains can be trusted: while they are late nothing rises.
        now_ms: now.
        rises: whether anything may rise.
    """
    rising: list[Car] = []
    for car in cars:
        if mains is Age.LATE and car.mode is not Mode.NORMAL:
            _fall_to_minimum(car)
        if car.target_da > car.hold_da:
            car.grant_da = car.hold_da
            rising.append(car)
        else:
            car.grant_da = car.target_da
            if car.solar and car.target_da:
                rising.append(car)  # or stays where it is
    if not rising:
        return
    _occupy(cars, slack_da)
    moving = sum([car.moving for car in cars])
    for car in rising:
        if car.solar and car.target_da and _stays(car, slack_da):
            continue
        alone = moving == car.moving
        waits = not rises or (mains is Age.FRESH and not car.memory.draw.metered and not alone)
        if waits and car.target_da > car.grant_da:
            car.limits = (*car.limits, Reason(Constraint.SHARE, limit_da=car.grant_da))
            car.waits = Reason(Constraint.SHARE, limit_da=0)
            continue
        if _raise(car, slack_da, mains, now_ms):
            moving += not car.moving


def _occupy(cars: Sequence[Car], slack_da: list[int]) -> None:
    """Takes from the slack what boards still offer or will after this pass, whichever is more."""
    for car in cars:
        offered = car.board.offered_da
        occupied = car.grant_da if car.grant_da > offered else offered
        for line in car.lines:
            slack_da[line] -= occupied
        if car.board.closed and car.board.phases > car.phases:  # still on three phases, until it has switched
            for line in set(car.lines_on(car.board.phases)) - set(car.lines):
                slack_da[line] -= offered


def _fall_to_minimum(car: Car) -> None:
    if car.admitted:
        car.target_da = min(car.target_da, car.floor_da)
        car.limits = (*car.limits, Reason(Constraint.MAINS_LATE, limit_da=car.floor_da))
    else:
        car.target_da = 0
        car.waits = Reason(Constraint.MAINS_LATE, limit_da=0)


def _stays(car: Car, slack_da: list[int]) -> bool:
    """Keeps a SOLAR offer while the draw is within the dead band of what it should be; True if it stays as it is."""
    hold = min(car.hold_da, car.cap_da)
    change = car.target_da - hold
    drawn = car.memory.draw.settled_da
    error = change if drawn is None or car.memory.draw.answering else car.target_da - car.offset_da - drawn
    if not hold or abs(error) > car.memory.offset.dead_band_da or abs(change) > 2 * DEAD_BAND_DA:
        return False
    if change >= 0:
        return car.target_da < car.cap_da
    tightest = min(car.limits, key=lambda limit: limit.limit_da or 0)
    extra = hold - max(car.grant_da, car.board.offered_da)
    if tightest.constraint is not Constraint.SURPLUS or any(slack_da[line] < extra for line in car.lines):
        return False
    car.grant_da = hold
    for line in car.lines:
        slack_da[line] -= extra
    return True


def _raise(car: Car, slack_da: list[int], mains: Age, now_ms: int) -> bool:
    """Raises as far as there is room; True if it did."""
    held = car.grant_da
    more = car.target_da - held
    if more <= 0 or (held and mains is Age.LATE):
        return False
    memory = car.memory
    if held:
        recent = memory.raised_ms is not None and now_ms - memory.raised_ms < SMALL_RAISE_AFTER_MS
        if memory.draw.answering or (more < SMALL_RAISE_DA and recent):
            return False
    occupied = max(0, car.board.offered_da - held)
    step = min(more, occupied + min(slack_da[line] for line in car.lines))
    if step < more:
        car.limits = (*car.limits, Reason(Constraint.SHARE, limit_da=held + max(0, step)))
    if held + step < car.floor_da:
        if not held:
            car.waits = Reason(Constraint.SHARE, limit_da=max(0, step))
        return False
    if step <= 0:
        return False
    car.grant_da = held + step
    for line in car.lines:
        slack_da[line] -= max(0, step - occupied)
    return True
