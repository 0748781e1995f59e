"""When a change of state is worth it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from evse_tui.control.choice import STARTS_PER_SWITCH, State, WorkFunction, gain_da, watts

OFF, ONE = State(False, 1), State(True, 1)
OFF3, THREE = State(False, 3), State(True, 3)


def gains(surplus_da: int) -> dict[State, int]:
    """A car of 6..16 A with this surplus, summed over phases."""
    return {OFF: 0, ONE: gain_da(surplus_da, 60, 160), OFF3: 0, THREE: gain_da(surplus_da, 180, 480)}


def test_below_half_of_its_minimum_a_car_costs_more_than_it_brings() -> None:
    assert gain_da(29, 60, 160) < 0 < gain_da(31, 60, 160)
    assert gain_da(100, 60, 160) == 100
    assert gain_da(300, 60, 160) == 160
    assert gain_da(-50, 60, 160) == -60


def seconds_until(choice: WorkFunction, here: State, to: State, surplus_da: int, from_s: int = 0) -> int:
    for second in range(from_s, from_s + 10_000):
        choice.update(here, gains(surplus_da), 100, second * 1000)
        if choice.short_mws(here, to) <= 0:
            return second - from_s
    raise AssertionError("never")


def test_a_start_waits_until_waiting_has_cost_twice_the_price_of_a_start() -> None:
    surplus = 100
    expected_s = 2 * 100 / STARTS_PER_SWITCH * 3600 / watts(surplus)
    assert abs(seconds_until(WorkFunction(), OFF, ONE, surplus) - expected_s) <= 1


def seconds_to_start(choice: WorkFunction, from_s: int) -> int:
    """Ten seconds of charging, a minute without sun, then enough of it again; how long the next start waits."""
    for second in range(from_s, from_s + 10):
        choice.update(ONE, gains(100), 100, second * 1000)
    for second in range(from_s + 10, from_s + 70):
        choice.update(OFF, gains(0), 100, second * 1000)
    return seconds_until(choice, OFF, ONE, 100, from_s + 70)


def test_every_further_start_within_ten_minutes_waits_longer() -> None:
    choice = WorkFunction()
    first = seconds_until(choice, OFF, ONE, 100)
    waits = [seconds_to_start(choice, 100 * i) for i in range(1, 4)]
    assert first < waits[0] < waits[1] < waits[2]
    quiet_s = 100 * 3 + 600 + waits[2]
    assert seconds_to_start(choice, quiet_s + 100) == waits[0]


def test_a_phase_switch_waits_until_staying_has_cost_twice_its_price() -> None:
    surplus = 300
    expected_s = 2 * 100 * 3600 / watts(300 - 160)
    assert abs(seconds_until(WorkFunction(), ONE, THREE, surplus) - expected_s) <= 1


def test_remaining_time_is_what_it_takes() -> None:
    choice = WorkFunction()
    choice.update(ONE, gains(300), 100, 0)
    remaining = choice.remaining_ms(ONE, THREE)
    assert remaining is not None
    assert abs(remaining - 1000 * seconds_until(WorkFunction(), ONE, THREE, 300)) <= 1000
    choice.update(ONE, gains(100), 100, 0)
    assert choice.remaining_ms(ONE, THREE) is None


@given(st.lists(st.integers(-100, 500), min_size=20, max_size=60))
@settings(deadline=None)
def test_the_account_integrates_time_and_not_calls(surpluses: list[int]) -> None:
    often, seldom = WorkFunction(), WorkFunction()
    for i, surplus in enumerate(surpluses):
        seldom.update(ONE, gains(surplus), 100, i * 1000)
        for part in range(4):
            often.update(ONE, gains(surplus), 100, i * 1000 + part * 250)
    for state in (OFF, OFF3, THREE):
        assert abs(often.short_mws(ONE, state) - seldom.short_mws(ONE, state)) <= watts(500) * 1000


def test_time_on_the_way_to_another_state_does_not_count() -> None:
    choice = WorkFunction()
    choice.update(ONE, gains(300), 100, 0)
    choice.update(ONE, gains(300), 100, 1000)
    before = choice.short_mws(ONE, THREE)
    choice.pause()
    choice.update(ONE, gains(300), 100, 500_000)
    assert choice.short_mws(ONE, THREE) == before
