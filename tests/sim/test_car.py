"""The car model's timing: control.md, "Plant for judging", and the `ready` and `stubborn` cars of sim-board."""

from __future__ import annotations

import dataclasses

import pytest

from evse_protocol.messages import Fault, Flag, Pilot, Slot
from evse_tui.sim.board import BoardView, Plug
from evse_tui.sim.car import Behaviour, Car, CarParameters, offered_by_duty_da

IDLE = BoardView(
    now_ms=0,
    board_ms=0,
    boot=1,
    c1=False,
    c2=False,
    c1_drive=False,
    c2_drive=False,
    cp_connected=True,
    duty_permille=1000,
    cp_high_mv=9_000,
    cp_low_mv=-12_000,
    locked=True,
    pilot=Pilot.B,
    flags=Flag(0),
    slots_da=(0xFFFF,) * 8,
    binding=Slot.HOST,
    limit_da=0,
    offered_da=0,
    phases=3,
    access=1,
    lease_ms=0,
    hold=0,
    hold_ms=0,
    faults=Fault(0),
    resets=0,
    violations=0,
    violation_ms=0,
)
PWM = dataclasses.replace(IDLE, duty_permille=267)  # 16 A
CLOSED = dataclasses.replace(PWM, c1=True, c2=True)
FULL_DUTY = dataclasses.replace(CLOSED, duty_permille=1000)


def run(car: Car, board: BoardView, start_ms: int, end_ms: int) -> Plug:
    """Steps as the charger does: at the start and at each deadline of the car."""
    presents = car.step(board, start_ms)
    while car.next_ms is not None and car.next_ms <= end_ms:
        presents = car.step(board, car.next_ms)
    return presents


def charging(parameters: CarParameters | None = None, **facts: object) -> Car:
    """A car that charges in full since 12 s; its contacts closed at 2 s."""
    car = Car(parameters, **facts)  # type: ignore[arg-type]  # forwarded as they are
    run(car, PWM, 0, 2_000)
    run(car, CLOSED, 2_000, 30_000)
    return car


@pytest.mark.parametrize(
    ("duty_permille", "offered_da"),
    [(99, 0), (100, 60), (266, 160), (850, 510), (851, 528), (960, 800), (970, 0), (1000, 0), (50, 0)],
)
def test_duty_means_what_the_standard_says(duty_permille: int, offered_da: int) -> None:
    assert offered_by_duty_da(duty_permille) == offered_da


def test_a_ready_car_takes_c_one_second_after_pwm() -> None:
    car = Car()
    assert run(car, IDLE, 0, 5_000) is Plug.B
    assert run(car, PWM, 5_000, 5_999) is Plug.B
    assert run(car, PWM, 6_000, 6_000) is Plug.C


def test_a_ready_car_leaves_c_within_three_seconds_without_current_and_returns() -> None:
    car = charging()
    assert run(car, FULL_DUTY, 30_000, 32_700) is Plug.C
    assert car.currents_a(32_700) == (0.0, 0.0, 0.0)
    assert run(car, FULL_DUTY, 32_700, 33_000) is Plug.B
    assert run(car, PWM, 40_000, 41_000) is Plug.C


def test_a_stubborn_car_keeps_c_and_draws_until_the_contacts_open() -> None:
    car = charging(behaviour=Behaviour.STUBBORN)
    assert run(car, FULL_DUTY, 30_000, 90_000) is Plug.C
    assert car.currents_a(36_000)[0] == pytest.approx(15.8)
    assert run(car, dataclasses.replace(IDLE), 36_000, 90_000) is Plug.C
    assert car.currents_a(36_001) == (0.0, 0.0, 0.0)


def test_a_paused_car_stays_in_b() -> None:
    car = charging()
    car.wish(Behaviour.PAUSED)
    assert run(car, CLOSED, 30_000, 30_000) is Plug.B
    assert run(car, PWM, 30_100, 60_000) is Plug.B


def test_it_draws_8_s_after_closing_and_rises_at_3_a_per_s() -> None:
    car = charging()
    fresh = Car()
    run(fresh, PWM, 0, 2_000)
    run(fresh, CLOSED, 2_000, 10_000)
    assert fresh.currents_a(10_000) == (0.0, 0.0, 0.0)
    assert fresh.currents_a(12_000) == pytest.approx((6.0, 6.0, 6.0))
    assert fresh.currents_a(16_000) == pytest.approx((15.8, 15.8, 15.8))
    assert car.currents_a(30_000) == pytest.approx((15.8, 15.8, 15.8))


def test_it_answers_a_lower_duty_after_2_s_at_6_a_per_s_on_its_own_grid() -> None:
    car = charging()
    lower = dataclasses.replace(CLOSED, duty_permille=173)  # 10.3 A
    run(car, lower, 30_000, 31_999)
    assert car.currents_a(32_000)[0] == pytest.approx(15.8)
    assert car.currents_a(32_500)[0] == pytest.approx(12.8)
    assert car.currents_a(34_000)[0] == pytest.approx(9.8)


def test_the_newest_duty_wins_within_the_dead_time() -> None:
    car = charging()
    run(car, dataclasses.replace(CLOSED, duty_permille=100), 30_000, 30_000)
    run(car, CLOSED, 31_000, 31_000)
    assert min(car.currents_a(ms)[0] for ms in range(31_000, 40_000, 100)) == pytest.approx(15.8 - 6, abs=0.1)
    assert car.currents_a(40_000)[0] == pytest.approx(15.8)


def test_current_flows_only_through_closed_contacts_on_closed_phases() -> None:
    single = dataclasses.replace(CLOSED, c2=False)
    car = charging()
    run(car, dataclasses.replace(PWM), 30_000, 30_000)
    assert car.currents_a(30_001) == (0.0, 0.0, 0.0)
    run(car, single, 31_000, 45_000)
    assert car.currents_a(45_000) == pytest.approx((15.8, 0.0, 0.0))
    assert charging(CarParameters(phases=1)).currents_a(30_000) == pytest.approx((15.8, 0.0, 0.0))


def test_a_full_car_goes_to_b_with_the_energy_that_was_missing() -> None:
    car = charging(CarParameters(battery_wh=10_000), soc=0.9)
    assert run(car, CLOSED, 30_000, 600_000) is Plug.B
    assert car.charged_wh == pytest.approx(1_000, abs=4)


def test_energy_does_not_depend_on_how_often_it_is_read() -> None:
    often, seldom = charging(), charging()
    for ms in range(30_000, 90_000, 7):
        often.currents_a(ms)
    often.currents_a(90_000)
    seldom.currents_a(90_000)
    assert often.charged_wh == pytest.approx(seldom.charged_wh, rel=1e-9)
    assert seldom.charged_wh == pytest.approx(15.8 * 3 * 230 * (90_000 - 10_000 - 2_633) / 3_600_000, rel=0.02)


def test_only_one_or_three_phases() -> None:
    with pytest.raises(ValueError, match="one or three"):
        CarParameters(phases=2)
