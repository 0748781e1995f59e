"""SOLAR: who charges on the surplus, on how many phases, and with how much.

The account of `choice.py` decides starts, stops and phases; the user's wishes bound it: no start before the export
reached `solar_start_current`, and a stop at the latest when the stop timer ends. A second car starts when the
minimum of all fits. What counts for one car is the surplus that would be its own: the budget minus the minimum of
the others."""

from __future__ import annotations

from collections.abc import Sequence

from evse_tui.control.charger import Car
from evse_tui.control.choice import State, gain_da, watts
from evse_tui.control.likely_draw import LIKELY_OFFSET_DA, likely_da
from evse_tui.control.phases import wished_phases
from evse_tui.control.rotation import Rotation, ordered
from evse_tui.control.sharing import Resource, share
from evse_tui.control.surplus import SurplusBudget
from evse_tui.control.timers import StopTimer
from evse_tui.control.types import Constraint, Observation, Reason, SiteSettings, Surplus, Timer, TimerAction

PHASE_DWELL_MS = 600_000
"""The board waits this long before one phase becomes three again."""
_NO_LIMIT_DA = 10**6


class SolarGroup:
    """Memory of the SOLAR cars as a group."""

    def __init__(self) -> None:
        self._budget = SurplusBudget()
        self._stop_timer = StopTimer()
        self._rotation = Rotation()
        self._timed_out_ms: int | None = None
        """When the user's stop timer ended: for that long again a start must cover the minimum, or it would loop."""

    def update(
        self,
        cars: Sequence[Car],
        hard: Sequence[Car],
        resources: list[Resource],
        surplus: Surplus,
        observation: Observation,
        fresh: bool,
        now_ms: int,
    ) -> int:
        """Sets targets, reasons and timers of the SOLAR cars; returns the budget, 0.1 A summed over phases."""
        settings = observation.settings
        reserved = sum(car.need_da for car in hard if car.memory.reservation.reserving and car.target_da)
        arrived_ms = observation.mains.arrived_ms if observation.mains is not None else now_ms
        drawn = [likely_da(car.memory.draw, car.board.offered_da, car.board.phases, arrived_ms) for car in cars]
        budget = self._budget.update(
            sum(least for least, _ in drawn),
            sum(most for _, most in drawn),
            settings.solar_max_import_da - surplus.neutralised_sum_da - reserved,
            now_ms,
        )
        waits = any(not car.admitted and not car.memory.reservation.spent(now_ms) for car in cars)
        runs = sum(car.admitted for car in cars)
        turn = self._rotation.due(waits and runs > 0 and fresh, settings.rotation_min, now_ms)
        cars = ordered(cars, turn, now_ms)
        running = [car for car in cars if car.admitted]
        charging = cars[:runs] if turn else running
        exported = surplus.neutralised_sum_da <= -max(1, settings.solar_start_current_da)
        if not turn:
            charging = self._start(cars, running, budget, exported and fresh, settings, now_ms)
            charging = self._stop(charging, budget, surplus, settings, now_ms)
        if charging != running:
            self._stop_timer = StopTimer()
        self._fill(charging, resources, budget)
        for car in cars:
            if car not in charging:
                car.waits = Reason(Constraint.WAITING_FOR_SURPLUS, limit_da=max(0, budget) // len(car.lines))
        return budget

    def _fill(self, cars: Sequence[Car], resources: list[Resource], budget: int) -> None:
        """Shares the budget; offers are higher than draws by what each car leaves of them."""
        offers = budget + sum(len(car.lines) * _offset_da(car) for car in cars)
        needed = sum(car.need_da for car in cars)
        for car in cars:
            if len(cars) > 1 and (car.memory.reservation.reserving or not car.admitted):
                car.cap_da = car.floor_da  # it shows that it starts before the others give it more
        room = max(needed, offers)
        resource = Resource(Constraint.SURPLUS, None, room, tolerated_da=_NO_LIMIT_DA - room)
        taken = share(cars, [*resources, resource])
        if offers < needed:
            phases = sum(len(car.lines) for car in taken)
            for car in taken:
                others = [limit for limit in car.limits if limit.constraint is not Constraint.SURPLUS]
                car.limits = (*others, Reason(Constraint.SURPLUS, limit_da=max(0, offers) // phases))

    # what is worth it

    def _start(
        self,
        cars: Sequence[Car],
        running: Sequence[Car],
        budget: int,
        exported: bool,
        settings: SiteSettings,
        now_ms: int,
    ) -> list[Car]:
        """The running cars, and at most one that starts now, so that two never start on the same surplus."""
        waiting = [car for car in cars if not car.admitted]
        busy = any(car.memory.reservation.reserving or not car.board.offered_da for car in running)
        for car in waiting[1:] if waiting and not busy else waiting:
            car.memory.choice.pause()
        if not waiting or busy:
            return list(running)
        car = waiting[0]
        own = budget - sum(other.need_da for other in running)
        here = State(False, car.phases)
        options = _weigh(car, here, own, settings, now_ms)
        timed_out = (
            self._timed_out_ms is not None and now_ms - self._timed_out_ms < settings.solar_stop_time_min * 60_000
        )
        if not (own >= car.need_da if running or timed_out else exported):
            return list(running)
        choice = car.memory.choice
        charging = [state for state in options if state.charging and (state.phases == 1 or not _dwell_ms(car, now_ms))]
        best = min(charging, key=lambda state: choice.short_mws(here, state), default=None)
        if best is not None and choice.short_mws(here, best) <= 0:
            _set_phases(car, best.phases, now_ms)
            return [*running, car]
        due = [(ms, state) for state in charging if (ms := choice.remaining_ms(here, state)) is not None]
        if due:
            ms, state = min(due)
            least = settings.solar_start_current_da if not running else car.need_da
            edge = watts(max(least, len(car.lines_on(state.phases)) * car.floor_da // 2))
            car.timers.append(Timer(Constraint.SURPLUS, now_ms + ms, TimerAction.START, edge))
        return list(running)

    def _stop(
        self, running: list[Car], budget: int, surplus: Surplus, settings: SiteSettings, now_ms: int
    ) -> list[Car]:
        """Who goes on: all, or all but the last in order; and with how many phases."""
        needed = sum(car.need_da for car in running)
        at_minimum = bool(running) and all(0 < car.board.offered_da <= car.floor_da for car in running)
        short = at_minimum and surplus.neutralised_sum_da > settings.solar_max_import_da
        self._stop_timer.update(short, budget >= needed, now_ms)
        stopped = False
        for car in running:
            last = car is running[-1]
            moving = car.memory.reservation.reserving or not car.board.offered_da or car.board.phases != car.phases
            if moving or not car.admitted:
                car.memory.choice.pause()
                continue
            own = budget - (needed - car.need_da)
            stopped = self._go_on(car, own, last and bool(settings.solar_stop_time_min), settings, now_ms)
        left = self._stop_timer.remaining_ms(settings.solar_stop_time_min)
        if running and left == 0 and not stopped:
            self._timed_out_ms = now_ms
            stopped = not self._fall_to_one_phase(running[-1], budget - needed + running[-1].need_da, now_ms)
        elif running and left is not None:
            edge = watts(needed)
            timer = Timer(Constraint.WAITING_FOR_SURPLUS, now_ms + left, TimerAction.STOP, edge, above=False)
            running[-1].timers.append(timer)
        return running[:-1] if stopped else running

    def _fall_to_one_phase(self, car: Car, own: int, now_ms: int) -> bool:
        """Instead of a stop, where the choice is free and the surplus carries one phase."""
        one = car.lines_on(1)
        if wished_phases(car.settings, car.board) is not None or car.phases == 1 or own < len(one) * car.floor_da:
            return False
        self._stop_timer = StopTimer()
        _set_phases(car, 1, now_ms)
        return True

    @staticmethod
    def _go_on(car: Car, own: int, may_stop: bool, settings: SiteSettings, now_ms: int) -> bool:
        """Weighs the states of a charging car and changes its phases; True if it should stop."""
        here = State(True, car.phases)
        options = _weigh(car, here, own, settings, now_ms)
        choice = car.memory.choice
        possible = [state for state in options if state != here and (state.charging or may_stop)]
        ready = [state for state in possible if state.phases <= car.phases or not _dwell_ms(car, now_ms)]
        best = min(ready, key=lambda state: choice.short_mws(here, state), default=None)
        if best is not None and choice.short_mws(here, best) <= 0:
            _set_phases(car, best.phases, now_ms)
            return not best.charging
        for state in possible:
            remaining = choice.remaining_ms(here, state)
            if remaining is None or state.charging == (state.phases == car.phases):
                continue
            due = now_ms + max(remaining, _dwell_ms(car, now_ms) if state.phases > car.phases else 0)
            if state.charging:
                action = TimerAction.THREE_PHASES if state.phases == 3 else TimerAction.ONE_PHASE
                one, three = len(car.lines_on(1)), len(car.lines_on(3))
                edge = watts((three * car.floor_da + min(one * car.cap_da, three * car.floor_da)) // 2)
            else:
                action, edge = TimerAction.STOP, watts(len(car.lines) * car.floor_da // 2)
            car.timers.append(Timer(Constraint.SURPLUS, due, action, edge, above=state.phases > car.phases))
        return False


def _offset_da(car: Car) -> int:
    return car.offset_da if car.memory.draw.metered else LIKELY_OFFSET_DA


def _weigh(car: Car, here: State, own_da: int, settings: SiteSettings, now_ms: int) -> list[State]:
    """Brings the account of a car up to date; returns its possible states."""
    gains: dict[State, int] = {}
    for phases in (1, 3) if wished_phases(car.settings, car.board) is None else (car.phases,):
        n = len(car.lines_on(phases))
        gains[State(False, phases)] = 0
        gains[State(True, phases)] = gain_da(own_da, n * car.floor_da, n * car.cap_da)
    car.memory.choice.update(here, gains, settings.switch_worth_wh, now_ms)
    return list(gains)


def _set_phases(car: Car, phases: int, now_ms: int) -> None:
    if phases == car.phases:
        return
    if phases == 1:
        car.memory.to_one_ms = now_ms
    car.phases = car.memory.phases = phases
    car.lines = car.lines_on(phases)


def _dwell_ms(car: Car, now_ms: int) -> int:
    """How long three phases have to wait yet. Where the user has chosen them only the board's own dwell counts, and
    that is told by its STATUS: a start must not wait without a timer."""
    since = car.memory.to_one_ms if wished_phases(car.settings, car.board) is None else None
    own = 0 if since is None else max(0, since + PHASE_DWELL_MS - now_ms)
    return max(own, car.board.phase_dwell_ms)
