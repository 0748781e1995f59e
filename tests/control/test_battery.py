"""Home battery arithmetic of control.md, "Words"."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_tui.control.battery import neutralise, removed_da, split
from evse_tui.control.types import BatteryPolicy, BatterySample, SiteSettings

currents = st.integers(-2000, 2000)


def test_charging_battery_turns_one_ampere_of_export_into_eleven() -> None:
    surplus = neutralise((-10, 0, 0), 100, one_phase=False)
    assert surplus.neutralised_sum_da == -110


@given(currents)
@settings(deadline=None)
def test_split_loses_nothing_and_prefers_l1_then_l2(current: int) -> None:
    shares = split(current, one_phase=False)
    assert sum(shares) == current
    assert abs(shares[0]) >= abs(shares[1]) >= abs(shares[2])
    assert max(shares) - min(shares) <= 1


@given(currents)
@settings(deadline=None)
def test_one_phase_carries_the_whole_battery(current: int) -> None:
    assert split(current, one_phase=True) == (current, 0, 0)


@given(currents, currents, currents, currents)
@settings(deadline=None)
def test_phases_add_up_to_the_sum(l1: int, l2: int, l3: int, b: int) -> None:
    surplus = neutralise((l1, l2, l3), b, one_phase=False)
    assert sum(surplus.neutralised_da) == surplus.neutralised_sum_da == l1 + l2 + l3 - b


@pytest.mark.parametrize(
    ("policy", "b", "soc", "expected"),
    [
        (BatteryPolicy.CAR_FIRST, 100, 500, 100),
        (BatteryPolicy.CAR_FIRST, -100, 500, -100),
        (BatteryPolicy.BATTERY_FIRST, 100, 500, 0),
        (BatteryPolicy.BATTERY_FIRST, -100, 500, -100),
        (BatteryPolicy.RESERVE, 100, 500, 60),
        (BatteryPolicy.RESERVE, 20, 500, -20),
        (BatteryPolicy.RESERVE, 100, 950, 100),
        (BatteryPolicy.RESERVE, 100, None, 60),
        (BatteryPolicy.RESERVE, -30, None, -30),
        (BatteryPolicy.CAR_FIRST, 100, 150, 0),
        (BatteryPolicy.RESERVE, -100, 150, -100),
    ],
)
def test_policies(policy: BatteryPolicy, b: int, soc: int | None, expected: int) -> None:
    settings = SiteSettings(battery_policy=policy, battery_reserve_da=40, battery_min_soc_permille=200)
    assert removed_da(BatterySample(b, 0, soc), settings) == expected


def test_no_battery_removes_nothing() -> None:
    assert removed_da(None, SiteSettings()) == 0
