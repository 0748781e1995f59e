"""What existing controllers get wrong (control.md, "Known failures"), one story each, with three kinds of meters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest

from benchmarks.control.plant import Board, Car, MeterKind, Phases, Plant, Station
from evse_tui.control.controller import Controller
from evse_tui.control.types import (
    Access,
    BatterySample,
    BoardObservation,
    C2Mode,
    ChargerGrant,
    ChargerSettings,
    Constraint,
    Mode,
    SiteSettings,
    Surplus,
    Timer,
    TimerAction,
)

SMART = ChargerSettings(mode=Mode.SMART, current_max_da=160, c2=C2Mode.ALWAYS_ON)
SOLAR = ChargerSettings(mode=Mode.SOLAR, current_max_da=160, c2=C2Mode.ALWAYS_OFF)
AUTO = replace(SOLAR, c2=C2Mode.AUTO)
LIMITS = SiteSettings(current_max_circuit_da=640)
QUIET: Phases = (20.0, 20.0, 20.0)
NOTHING: Phases = (0.0, 0.0, 0.0)

meters = pytest.mark.parametrize("kind", [MeterKind(1, 1), MeterKind(1, 5), MeterKind(10, 1)], ids=str)


def smart(count: int, kind: MeterKind, limits: SiteSettings = LIMITS) -> Plant:
    return Plant(Controller(), [Station(f"{i}", SMART) for i in range(count)], limits, kind)


def solar(kind: MeterKind, wishes: ChargerSettings = SOLAR, limits: SiteSettings = LIMITS) -> Plant:
    return Plant(Controller(), [Station("1", wishes, Board(phases=1))], limits, kind)


def run(plant: Plant, seconds: int, house: Phases = QUIET, pv: Phases = NOTHING, battery: int | None = None) -> None:
    for _ in range(seconds):
        plant.step(house, pv, battery)


def history(plant: Plant, seconds: int, of: Callable[[], float], house: Phases, pv: Phases = NOTHING) -> list[float]:
    """The values of `of` during these seconds."""
    found = []
    for _ in range(seconds):
        plant.step(house, pv)
        found.append(of())
    return found


def changes(values: list[float]) -> int:
    return sum(a != b for a, b in pairwise(values))


def surplus(plant: Plant) -> Surplus:
    assert plant.decision is not None
    assert plant.decision.surplus is not None
    return plant.decision.surplus


@meters
def test_when_only_one_of_two_fits_one_goes_on(kind: MeterKind) -> None:
    plant = smart(2, kind)
    run(plant, 90)
    charging = history(plant, 300, lambda: sum(s.board.closed for s in plant.stations), (150.0, 20.0, 20.0))
    assert set(charging[30:]) == {1}


@meters
def test_capacity_holds_still_instead_of_swinging_between_6_and_12_a(kind: MeterKind) -> None:
    plant = smart(1, kind, replace(LIMITS, current_max_sum_mains_da=300))
    run(plant, 120)
    offers = history(plant, 400, lambda: plant.stations[0].board.offered_da, QUIET)
    assert changes(offers) <= 2
    assert 60 <= offers[-1] <= 80
    assert sum(plant.grid_da) <= 300


@meters
def test_capacity_leaves_the_guard_of_each_phase_in_place(kind: MeterKind) -> None:
    plant = smart(1, kind, replace(LIMITS, current_max_sum_mains_da=700))
    run(plant, 120, (130.0, 0.0, 0.0))
    assert plant.grid_da[0] <= 250


@meters
@pytest.mark.parametrize("cloud_s", [10, 25])
def test_the_stop_timer_survives_short_gaps_in_the_clouds(kind: MeterKind, cloud_s: int) -> None:
    """A gap of some seconds every 20 or 45 s must not reset a timer of 2 min."""
    plant = solar(kind, SOLAR, replace(LIMITS, solar_stop_time_min=2, switch_worth_wh=10_000))
    run(plant, 5)
    for _ in range(2500):  # the worth of a switch is high: only the timer can stop, and a start takes long
        plant.step(NOTHING, (100.0, 0.0, 0.0))
        if plant.stations[0].car.draw_da:
            break
    stopped = None
    for second in range(600):
        sunny = second % (cloud_s + 20) < 10
        plant.step(NOTHING, (70.0 if sunny else 40.0, 0.0, 0.0))
        grant = plant.decision.grants[0] if plant.decision is not None else None
        if grant is not None and grant.access is not Access.ALLOW:
            stopped = second
            break
    assert stopped is not None
    assert stopped >= 120


@meters
def test_import_at_the_minimum_ends(kind: MeterKind) -> None:
    plant = solar(kind, SOLAR, replace(LIMITS, solar_stop_time_min=2))
    run(plant, 120, NOTHING, (100.0, 0.0, 0.0))
    assert plant.stations[0].board.closed
    closed = history(plant, 200, lambda: plant.stations[0].board.closed, NOTHING, (45.0, 0.0, 0.0))
    assert not closed[-1]


@meters
def test_a_car_on_one_phase_is_not_taken_for_one_on_three(kind: MeterKind) -> None:
    """C2 Auto on one phase, 12 A of surplus: the car gets 12 A, not 4 A."""
    plant = solar(kind, AUTO)
    run(plant, 200, NOTHING, (40.0, 40.0, 40.0))
    assert plant.stations[0].board.phases == 1
    assert plant.drawn_da[0][0] == pytest.approx(120, abs=6)


@meters
def test_data_every_ten_seconds_miss_no_window(kind: MeterKind) -> None:
    """A car that starts while data come slowly charges on; there is no loop of starts."""
    plant = solar(kind)
    closed = history(plant, 600, lambda: plant.stations[0].board.closed, NOTHING, (100.0, 0.0, 0.0))
    assert changes(closed) == 1
    assert plant.drawn_da[0][0] == pytest.approx(100, abs=6)


@meters
def test_a_sky_that_never_settles_wears_the_contactor_less_and_less(kind: MeterKind) -> None:
    """Half a minute of sun, half a minute of shade, 30 times: the car starts less often than every second time."""
    plant = solar(kind)
    closed = []
    for _ in range(30):
        closed += history(plant, 30, lambda: plant.stations[0].board.closed, NOTHING, (110.0, 0.0, 0.0))
        closed += history(plant, 30, lambda: plant.stations[0].board.closed, NOTHING, (5.0, 0.0, 0.0))
    starts = sum(after and not before for before, after in pairwise(closed))
    assert 1 <= starts <= 15


@meters
def test_a_late_meter_does_not_make_offers_fall_twice(kind: MeterKind) -> None:
    """One edge of 5 A lowers by 5 A; it is not answered again while the meter still shows the old overload."""
    plant = smart(1, kind)
    run(plant, 150, (90.0, 20.0, 20.0))
    lowest = min(history(plant, 20, lambda: plant.stations[0].board.offered_da, (140.0, 20.0, 20.0)))
    assert lowest == 110


@meters
def test_a_battery_value_counts_for_60_s_and_then_not_at_all(kind: MeterKind) -> None:
    plant = solar(kind)
    run(plant, 5)
    plant.battery = BatterySample(100, plant.now_s * 1000)  # charging with 10 A, spoken once
    run(plant, 30, NOTHING)
    assert surplus(plant).battery_da == 100
    run(plant, 31, NOTHING)
    assert surplus(plant).battery_da == 0


@meters
def test_a_one_phase_site_has_its_battery_on_one_phase(kind: MeterKind) -> None:
    plant = solar(kind, SOLAR, replace(LIMITS, phases=1))
    run(plant, 20, NOTHING, (100.0, 0.0, 0.0), battery=30)
    assert plant.mains.sample is not None
    assert surplus(plant).neutralised_da == (plant.mains.sample.currents_da[0] - 30, 0, 0)


@meters
def test_four_chargers_come_to_rest(kind: MeterKind) -> None:
    plant = smart(4, kind, replace(LIMITS, current_main_da=400))
    run(plant, 150)
    for station in plant.stations:
        assert changes(history(plant, 100, partial(getattr, station.board, "offered_da"), QUIET)) == 0
    assert [s.board.offered_da for s in plant.stations] == [95, 95, 95, 95]


@meters
def test_an_overload_on_l2_does_not_stop_a_car_on_l1(kind: MeterKind) -> None:
    wishes = replace(SMART, c2=C2Mode.ALWAYS_OFF)
    plant = Plant(Controller(), [Station("1", wishes, Board(phases=1))], LIMITS, kind)
    run(plant, 90)
    offers = history(plant, 120, lambda: plant.stations[0].board.offered_da, (20.0, 300.0, 20.0))
    assert set(offers) == {160}


@meters
@pytest.mark.parametrize("surplus", [87.0, 93.0, 98.0])
def test_a_car_in_steps_of_1_a_does_not_hunt(kind: MeterKind, surplus: float) -> None:
    plant = solar(kind)
    run(plant, 200, NOTHING, (surplus, 0.0, 0.0))
    drawn = history(plant, 300, lambda: plant.drawn_da[0][0], NOTHING, (surplus, 0.0, 0.0))
    assert changes(drawn) == 0
    assert drawn[-1] == pytest.approx(surplus, abs=6)


@meters
def test_moving_clouds_do_not_wear_the_second_contactor(kind: MeterKind) -> None:
    """Half an hour of clouds, 1 min of sun and 1 min of shade: at most one change of phases."""
    plant = solar(kind, AUTO)
    for minute in range(30):
        sun = 90.0 if minute % 2 else 30.0
        run(plant, 60, NOTHING, (sun, sun, sun))
    assert plant.stations[0].board.switches <= 1


@meters
def test_a_car_that_draws_nothing_does_not_keep_its_share(kind: MeterKind) -> None:
    full = Station("full", SMART, car=Car(wants=True, max_da=0))
    plant = Plant(Controller(), [full, Station("hungry", SMART)], LIMITS, kind)
    run(plant, 150)
    assert plant.stations[1].board.offered_da >= 160
    assert plant.stations[0].board.offered_da in (0, 60)


@meters
def test_remainders_are_not_lost(kind: MeterKind) -> None:
    plant = smart(3, kind)
    run(plant, 120, (0.0, 0.0, 0.0))
    assert sorted(s.board.offered_da for s in plant.stations) == [83, 83, 84]


@meters
def test_large_currents_do_not_overflow(kind: MeterKind) -> None:
    """600 A at 230 V on three phases is 414 kW: more than any 16-bit number of watts."""
    limits = SiteSettings(current_main_da=8000, current_max_circuit_da=8000)
    plant = Plant(Controller(), [Station("1", SMART)], limits, kind)
    run(plant, 60, (6000.0, 6000.0, 6000.0))
    assert surplus(plant).raw_sum_da >= 18_000
    assert plant.stations[0].board.offered_da == 160


@meters
def test_the_next_car_does_not_inherit_the_session(kind: MeterKind) -> None:
    """Unplug and plug: the new car waits for the sun like any other, though the last one was charging."""
    plant = solar(kind)
    run(plant, 200, NOTHING, (100.0, 0.0, 0.0))
    plug_another(plant, Car())
    for _ in range(60):
        grant = plant.step(NOTHING).grants[0]
        assert (grant.access, grant.reason.constraint) == (Access.PAUSE, Constraint.WAITING_FOR_SURPLUS)


@meters
def test_the_next_car_is_not_taken_for_the_last_one(kind: MeterKind) -> None:
    """12 A of sun: a one-phase car may have them all; the three-phase car after it starts with its minimum."""
    wishes = replace(SOLAR, c2=C2Mode.ALWAYS_ON)
    plant = Plant(Controller(), [Station("1", wishes, Board(phases=3), Car(phases=1))], LIMITS, kind)
    run(plant, 300, NOTHING, (40.0, 40.0, 40.0))
    station = plant.stations[0]
    assert station.board.offered_da > 110
    plug_another(plant, Car(phases=3))
    offers = history(plant, 120, lambda: station.board.offered_da, NOTHING, (40.0, 40.0, 40.0))
    assert max(offers) == 60


def plug_another(plant: Plant, car: Car) -> None:
    """The car at the first station leaves, and 5 s later another comes."""
    station = plant.stations[0]
    station.board.plugged, station.board.closed, station.board.offered_da = False, False, 0
    station.car = car
    run(plant, 5, NOTHING)
    station.board.plugged, station.board.plugged_ms = True, plant.now_s * 1000


class TellingBoard(Board):
    """A board that tells how long it still keeps to one phase."""

    dwell_ms = 0

    def step(self, grant: ChargerGrant | None, car: Car, now_s: int) -> None:
        super().step(grant, car, now_s)
        self.dwell_ms = max(0, self._to_three_s + 600 - now_s) * 1000 if self.phases == 1 else 0

    def observe(self) -> BoardObservation:
        return replace(super().observe(), phase_dwell_ms=self.dwell_ms)


@meters
def test_three_phases_chosen_on_one_do_not_stop_the_car_for_the_dwell_of_the_board(kind: MeterKind) -> None:
    board = TellingBoard()
    plant = Plant(Controller(), [Station("1", replace(SMART, c2=C2Mode.ALWAYS_OFF), board)], LIMITS, kind)
    run(plant, 200)
    assert (board.phases, board.closed, board.switches) == (1, True, 1)
    plant.change(c2=C2Mode.ALWAYS_ON)
    due_ms = plant.now_s * 1000 + board.dwell_ms
    assert due_ms - plant.now_s * 1000 > 300_000
    while board.dwell_ms > 1000:
        plant.step(QUIET)
        assert plant.drawn_da[0][0] > 60
        assert plant.decision is not None
        grant = plant.decision.grants[0]
        assert grant.phases == 1
        assert grant.timers == (Timer(Constraint.SWITCHING_PHASES, due_ms, TimerAction.THREE_PHASES),)
    run(plant, 120)
    assert (board.phases, board.switches) == (3, 2)
    assert min(plant.drawn_da[0]) > 60
