"""Scales: what the ADC and the PWM of the chip mean."""

from __future__ import annotations

import pytest

from .library import load

_, LIB = load()

_PERIOD_COUNTS = 1 << 13


@pytest.mark.parametrize(("volt", "adc_mv"), [(10.0, 3023), (7.5, 2698), (5.0, 2373), (2.0, 1983), (-12.0, 163)])
def test_boundaries_of_the_pilot_lie_where_the_design_has_them(volt: float, adc_mv: int) -> None:
    assert LIB.scale_cp_mv(adc_mv) == pytest.approx(volt * 1000, abs=8)  # one millivolt at the pin


def test_a_saturated_twelve_volt_reads_as_state_a_with_its_hysteresis() -> None:
    assert LIB.scale_cp_mv(3060) > 10_200
    assert LIB.scale_cp_mv(3209) < 14_000


@pytest.mark.parametrize("adc_mv", [0, 3300])
def test_the_ends_of_the_scale_fit(adc_mv: int) -> None:
    assert LIB.scale_cp_mv(adc_mv) == int((adc_mv - 1723) * 1000 / 130)


@pytest.mark.parametrize(("adc_mv", "dc"), [(500, 0), (750, 250), (1600, 1100), (200, -300), (0, -500)])
def test_temperature(adc_mv: int, dc: int) -> None:
    assert LIB.scale_temperature_dc(adc_mv) == dc


def test_every_duty_is_exact_to_a_hundredth_of_a_percent() -> None:
    for permille in range(1000):
        assert abs(LIB.scale_duty_counts(permille) / _PERIOD_COUNTS * 1000 - permille) <= 0.1


def test_full_duty_has_no_edge() -> None:
    assert LIB.scale_duty_counts(1000) == _PERIOD_COUNTS
    assert LIB.scale_duty_counts(1001) == _PERIOD_COUNTS
    assert LIB.scale_duty_counts(999) < _PERIOD_COUNTS


def test_the_divider_gives_a_kilohertz_exactly() -> None:
    """Its eight fractional bits hold 80 MHz / 1 kHz / 2^13."""
    divider, rest = divmod(80_000_000 * 256, 1000 * _PERIOD_COUNTS)
    assert rest == 0
    assert divider < 1 << 18


def test_counts_are_parts_of_a_millisecond() -> None:
    assert LIB.scale_counts_us(0) == 0
    assert LIB.scale_counts_us(_PERIOD_COUNTS) == 1000
    assert LIB.scale_counts_us(_PERIOD_COUNTS // 2) == 500
    assert LIB.scale_counts_us(_PERIOD_COUNTS - 1) == 999


def test_percentages_reach_both_ends_and_never_exceed() -> None:
    levels = [LIB.scale_percent(percent) for percent in range(101)]
    assert (levels[0], levels[100]) == (0, 255)
    assert levels == sorted(levels)
    assert LIB.scale_percent(255) == 255
