"""A SOLAR car without a meter gets about as much of the sun as one with a meter."""

from __future__ import annotations

import pytest

from benchmarks.control.plant import Board, MeterKind, Plant, Station
from evse_tui.control.controller import Controller
from evse_tui.control.draw import DrawTracker
from evse_tui.control.likely_draw import likely_da
from evse_tui.control.types import C2Mode, ChargerSettings, Mode, Sample
from tests.control.builders import board


def proven(offered_da: int, drawn_da: int, phases: int = 1) -> DrawTracker:
    """A car that started at `offered_da` and of which the mains have proven `drawn_da`, some time ago."""
    draw = DrawTracker()
    for now in range(0, 60_000, 1000):
        seen = board(offered_da if now >= 10_000 else 0, phases=phases)
        draw.observe(seen, None, (0, 0, 0), 1000, now)
        own = drawn_da if now >= 20_000 else 0
        draw.observe_mains((own, own, own), (0, 1, 2)[:phases], True, now)
    assert not draw.answering
    return draw


@pytest.mark.parametrize(
    ("drawn_da", "likely"),
    [
        (98, 98),  # all that a car draws at 10 A
        (90, 94),  # between 9.0 and 9.8 A
        (88, 93),  # the coarsest usual step
        (87, 87),  # a limit of its own
        (0, 0),
    ],
)
@pytest.mark.parametrize("phases", [1, 3])
def test_a_car_that_follows_its_offer_draws_between_the_proven_and_the_possible(
    drawn_da: int, likely: int, phases: int
) -> None:
    draw = proven(100, drawn_da, phases)
    assert likely_da(draw, 100, phases, 60_000) == (phases * likely, phases * likely)


def test_a_meter_is_believed() -> None:
    draw = proven(100, 90)
    draw.observe(board(100, phases=1), Sample((91, 0, 0), 60_000), (0, 0, 0), 1000, 60_000)
    assert likely_da(draw, 100, 1, 60_000) == (91, 91)


def test_a_fall_leaves_the_likely_draw_possible_until_it_is_answered() -> None:
    draw = proven(100, 88)
    before, _ = likely_da(draw, 100, 1, 60_000)
    draw.observe(board(70, phases=1), None, (88, 0, 0), 1000, 60_000)
    least, most = likely_da(draw, 70, 1, 60_000)
    assert least == 58
    assert most >= before


@pytest.mark.parametrize("kind", [MeterKind(1, 1), MeterKind(1, 5), MeterKind(10, 1)], ids=str)
@pytest.mark.parametrize(("phases", "surplus_da"), [(1, 103.0), (3, 311.0)])
def test_an_unmetered_car_takes_nearly_all_of_a_steady_sun_and_never_hunts(
    kind: MeterKind, phases: int, surplus_da: float
) -> None:
    c2 = C2Mode.ALWAYS_OFF if phases == 1 else C2Mode.ALWAYS_ON
    wishes = ChargerSettings(mode=Mode.SOLAR, current_max_da=160, c2=c2)
    plant = Plant(Controller(), [Station("1", wishes, Board(phases=phases), metered=False)], kind=kind)
    drawn = []
    for second in range(900):
        plant.step((0.0, 0.0, 0.0), (surplus_da / 3,) * 3)
        if second >= 500:
            drawn.append(sum(plant.drawn_da[0]))
    assert set(drawn) == {drawn[0]}
    assert surplus_da - 5 * phases - 5 <= drawn[0] <= surplus_da + 5 * phases
