"""The plant's circuits give the levels of board.md."""

from __future__ import annotations

from typing import Any

import pytest

from evse_tui.sim.firmware import Library, load


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


def world(library: Library, **facts: int) -> Any:
    made: Any = library.ffi.new("evse_sim_world_t *")
    made.diode_ok = made.supply_12v = 1
    for name, value in facts.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(("ohm", "volt"), [(0, 12.0), (2740, 9.0), (882, 6.0), (246, 2.95)])
def test_nominal_resistors_give_the_nominal_levels(library: Library, ohm: int, volt: float) -> None:
    made = world(library, car_ohm=ohm)
    assert library.c.sim_pilot_mv(made, 1, 1) == pytest.approx(volt * 1000, abs=50)
    assert library.c.sim_pilot_mv(made, 1, 0) == -12_000


def test_a_short_to_earth_reads_zero(library: Library) -> None:
    made = world(library, car_ohm=882, cp_short=1)
    assert library.c.sim_pilot_mv(made, 1, 1) == 0
    assert library.c.sim_pilot_mv(made, 1, 0) == 0


@pytest.mark.parametrize("ohm", [2740, 882])
def test_a_shorted_diode_pulls_the_low_half_above_the_verdict(library: Library, ohm: int) -> None:
    assert library.c.sim_pilot_mv(world(library, car_ohm=ohm, diode_ok=0), 1, 0) > -10_000


def test_an_open_relay_gives_nothing(library: Library) -> None:
    assert library.c.sim_pilot_mv(world(library), 0, 1) == 0


def test_usb_power_alone_is_in_the_window_of_no_supply(library: Library) -> None:
    assert 3_700 <= library.c.sim_pilot_mv(world(library, supply_12v=0), 1, 1) <= 4_800


@pytest.mark.parametrize(
    ("ohm", "lowest", "highest"),
    [(1500, 1729, 2346), (680, 943, 1595), (220, 465, 777), (100, 244, 405), (0, 2701, 3300)],
)
def test_proximity_resistors_fall_into_their_windows(library: Library, ohm: int, lowest: int, highest: int) -> None:
    assert lowest <= library.c.sim_proximity_mv(ohm) <= highest
