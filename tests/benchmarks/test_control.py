"""The judge itself: its plant, its yardsticks and its parts run, on small inputs."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.control import runs
from benchmarks.control.baselines import PUBLIC, Baseline
from benchmarks.control.optimum import sharing_optimum_wh, solar_optimum
from benchmarks.control.pareto import Point, draw, read, write
from benchmarks.control.plant import VOLTS, Car, Meter, MeterKind
from benchmarks.control.plots import Series, plot
from benchmarks.control.traces import Day, sharing_day, solar_days
from evse_tui.control.controller import Controller


def test_a_car_draws_whole_amps_minus_a_fifth_after_its_start_and_ramp() -> None:
    car = Car()
    drawn = [car.step(105.0, True, 3)[0] for _ in range(20)]
    assert drawn[7] == 0.0
    assert drawn[-1] == 98.0
    assert max(b - a for a, b in pairwise(drawn)) <= 30


def test_a_meter_reports_the_past_at_its_period() -> None:
    meter = Meter(MeterKind(10, 1))
    arrived = [second for second in range(1, 41) if meter.measure((float(second), 0.0, 0.0), second)]
    assert arrived == [10, 20, 30, 40]
    assert meter.sample is not None
    assert meter.sample.currents_da[0] == 39


def test_the_solar_optimum_of_a_constant_surplus_is_the_nearest_step() -> None:
    surplus = 10.0 * VOLTS
    best = solar_optimum([surplus] * 3600, 16)
    assert best.switches == 0
    assert best.net_wh == pytest.approx(9.8 * VOLTS * (3600 - 8) / 3600)


def test_the_solar_optimum_switches_only_for_what_it_is_worth() -> None:
    assert solar_optimum([6000.0] * 120, 16).switches == 0
    assert solar_optimum([6000.0] * 3600, 16).switches == 1


def test_the_sharing_optimum_fills_two_cars_equally() -> None:
    assert sharing_optimum_wh([(50.0, 0.0, 0.0)] * 3600, 250, 2, 160) == pytest.approx(2 * 9.8 * VOLTS * 3)


def test_synthetic_days_are_the_same_for_the_same_seed() -> None:
    assert solar_days(None, 3)[1] == solar_days(None, 3)[1]
    assert sharing_day(None, 3) != sharing_day(None, 4)


def short_day() -> Day:
    day = solar_days(None, 1)[3]
    return Day("noon", day.house_da[25_000:26_200], day.pv_da[25_000:26_200])


def test_ours_beats_the_public_laws_on_a_clear_noon() -> None:
    day = short_day()
    ours = runs.solar(day, MeterKind(), Controller)
    assert ours.net_wh > 0.75 * ours.optimum.net_wh
    for public in PUBLIC:
        theirs = runs.solar(day, MeterKind(), partial(Baseline, public))
        assert theirs.net_wh < ours.net_wh


def test_without_a_meter_a_car_still_gets_most_of_the_sun() -> None:
    day = short_day()
    blind = runs.solar(day, MeterKind(), Controller, metered=False)
    assert blind.net_wh > 0.95 * runs.solar(day, MeterKind(), Controller).net_wh


def test_an_edge_is_answered_within_the_meter_and_three_seconds() -> None:
    assert runs.lone_edge_s(MeterKind(1, 1), Controller) <= 5


def test_a_one_phase_car_has_an_optimum_of_its_own() -> None:
    best = solar_optimum([6000.0] * 3600, 16, car_phases=1)
    assert best.switches == 0
    assert best.net_wh == pytest.approx(15.8 * VOLTS * (3600 - 8) / 3600)


POINTS = [Point("solar", "a < b", "25 Wh", 12, 103.456), Point("solar", "a < b", "50 Wh", 8, 99.0)]


def test_the_plot_has_every_point_and_escapes_its_texts() -> None:
    text = plot("title", "x", "y", [Series("a < b", [(0, 1, "one"), (2, 3, "two")])])
    assert text.count("<circle") == 2 + 1  # and the legend
    assert "a &lt; b" in text
    assert "a < b" not in text


def test_pareto_data_survive_their_file(tmp_path: Path) -> None:
    write(POINTS, tmp_path / "pareto.csv")
    assert read(tmp_path / "pareto.csv") == [POINTS[0]._replace(y=103.46), POINTS[1]]


def test_the_kept_plots_are_those_of_the_kept_data() -> None:
    folder = Path(__file__).parents[2] / "screenshots"
    for name, text in draw(read(folder / "pareto.csv")).items():
        assert (folder / name).read_text(encoding="utf-8") == text
