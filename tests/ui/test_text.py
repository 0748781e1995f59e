from __future__ import annotations

from datetime import UTC

import pytest

from evse_tui.ui import text


@pytest.mark.parametrize(
    ("current_da", "expected"), [(None, "-"), (0, "0.0 A"), (120, "12.0 A"), (-5, "-0.5 A"), (1601, "160.1 A")]
)
def test_amps(current_da: int | None, expected: str) -> None:
    assert text.amps(current_da) == expected


@pytest.mark.parametrize(("current_da", "expected"), [(250, "25 A"), (125, "12.5 A")])
def test_whole_amps(current_da: int, expected: str) -> None:
    assert text.whole_amps(current_da) == expected


@pytest.mark.parametrize(
    ("power_w", "expected"),
    [(None, "-"), (0, "0 W"), (850, "850 W"), (-850, "850 W"), (8142, "8.1 kW"), (-11_680, "11.7 kW")],
)
def test_power_has_no_sign(power_w: int | None, expected: str) -> None:
    assert text.power(power_w) == expected


@pytest.mark.parametrize(
    ("energy_wh", "expected"),
    [(None, "-"), (0, "0 Wh"), (850, "850 Wh"), (4210, "4.21 kWh"), (99_990, "99.99 kWh"), (1_234_500, "1234.5 kWh")],
)
def test_energy(energy_wh: int | None, expected: str) -> None:
    assert text.energy(energy_wh) == expected


@pytest.mark.parametrize(
    ("duration_ms", "down", "up"),
    [
        (-5, "0 s", "0 s"),
        (0, "0 s", "0 s"),
        (2001, "2 s", "3 s"),
        (2999, "2 s", "3 s"),
        (59_999, "59 s", "1 min 00 s"),
        (725_000, "12 min 05 s", "12 min 05 s"),
        (5_520_000, "1 h 32 min", "1 h 32 min"),
        (273_600_000, "3 d 4 h", "3 d 4 h"),
    ],
)
def test_elapsed_time_rounds_down_and_waiting_rounds_up(duration_ms: int, down: str, up: str) -> None:
    assert text.duration(duration_ms) == down
    assert text.countdown(duration_ms) == up


@pytest.mark.parametrize(
    ("age_ms", "expected"),
    [(None, "-"), (-1, "0 s"), (14_200, "14 s"), (119_000, "1 min"), (7_200_000, "2 h"), (345_600_000, "4 d")],
)
def test_age(age_ms: int | None, expected: str) -> None:
    assert text.age(age_ms) == expected


@pytest.mark.parametrize(("value_ms", "expected"), [(None, "-"), (2.14, "2.1 ms"), (143.4, "143 ms")])
def test_milliseconds(value_ms: float | None, expected: str) -> None:
    assert text.milliseconds(value_ms) == expected


@pytest.mark.parametrize(("lease_ms", "expected"), [(4200, "4.2 s"), (0, "expired"), (-1, "expired")])
def test_lease(lease_ms: int, expected: str) -> None:
    assert text.lease(lease_ms) == expected


def test_small_ones() -> None:
    assert text.percent(622) == "62 %"
    assert text.percent(None) == "-"
    assert text.temperature(324) == "32 °C"
    assert text.clock_time(1_760_000_000.0, UTC) == "08:53:20"
    assert text.plural(1, "phase") == "1 phase"
    assert text.plural(3, "phase") == "3 phases"
