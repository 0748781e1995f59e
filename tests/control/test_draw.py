"""What cars draw: phases, lag between meters, model without a meter, unused offers."""

from __future__ import annotations

import pytest

from evse_tui.control.alignment import learn_lag, value_at
from evse_tui.control.modelled_draw import ModelledDraw
from evse_tui.control.phases import PhaseDetector
from evse_tui.control.types import PhaseCurrents, Sample
from evse_tui.control.undrawn import Reservation, UnusedOffer


def test_a_drawing_phase_counts_at_once_and_is_dropped_after_30_s_beside_another() -> None:
    detector = PhaseDetector()
    assert detector.used(3) == 3
    for now in range(0, 30_000, 1000):
        detector.observe((100, 0, 0), 3, now)
        assert detector.used(3) == 3
    detector.observe((100, 0, 0), 3, 30_000)
    assert detector.used(3) == 1
    detector.observe((100, 11, 0), 3, 31_000)
    assert detector.used(3) == 2


def test_an_idle_car_keeps_its_phases() -> None:
    detector = PhaseDetector()
    for now in range(0, 120_000, 1000):
        detector.observe((25, 0, 0), 3, now)
    assert detector.used(3) == 3


def test_a_second_contactor_that_is_open_tells_nothing_about_l2_and_l3() -> None:
    detector = PhaseDetector()
    for now in range(0, 120_000, 1000):
        detector.observe((100, 0, 0), 1, now)
    assert (detector.used(1), detector.used(3)) == (1, 3)


@pytest.mark.parametrize("lag_s", [-4, -1, 0, 2, 5])
def test_the_lag_between_two_meters_is_learned_from_one_movement(lag_s: int) -> None:
    def draw(second: int) -> int:
        return max(0, min(100, 30 * (second - 10)))

    own = [Sample((draw(s), 0, 0), s * 1000) for s in range(35)]
    mains = [Sample((50 + draw(s - lag_s), 20, 20), s * 1000) for s in range(35)]
    assert learn_lag(mains, own, (0,), 8_000) == (lag_s * 1000, True)


def test_no_lag_is_learned_from_a_house_that_moves_more_than_the_car() -> None:
    own = [Sample((max(0, min(30, 30 * (s - 10))), 0, 0), s * 1000) for s in range(35)]
    mains = [Sample((50 + 90 * (s % 2), 20, 20), s * 1000) for s in range(35)]
    assert learn_lag(mains, own, (0,), 8_000) == (None, True)


def test_the_value_at_a_time_is_the_newest_before_it() -> None:
    history = [Sample((10, 0, 0), 0), Sample((-5, 20, 0), 1000)]
    assert value_at(history, 500) == (10, 0, 0)
    assert value_at(history, 1000) == (0, 20, 0)
    assert value_at(history, -1) == (10, 0, 0)


def model(offered_da: int, *mains: PhaseCurrents, alone: bool = True) -> int:
    """What is proven after a start at `offered_da` and these samples, one a second."""
    modelled = ModelledDraw()
    modelled.step(offered_da, (20, 20, 20), 1000, 20_000)
    for i, sample in enumerate(mains):
        modelled.observe_mains(sample, (0, 1, 2), alone, 2000 + 1000 * i)
    return modelled.value_da


def test_a_step_on_all_phases_that_lasts_proves_a_draw() -> None:
    assert model(100, (20, 20, 20), (118, 118, 118), (118, 118, 118)) == 98


def test_a_kettle_on_one_phase_proves_nothing() -> None:
    assert model(100, (107, 20, 20), (107, 20, 20)) == 0


def test_one_sample_proves_nothing() -> None:
    assert model(100, (118, 118, 118), (20, 20, 20)) == 0


def test_never_more_than_the_offer_is_proven() -> None:
    assert model(60, (200, 200, 200), (200, 200, 200)) == 60


def test_a_step_beside_another_car_proves_nothing() -> None:
    assert model(100, (118, 118, 118), (118, 118, 118), alone=False) == 0


def test_an_offer_that_is_not_used_falls_to_the_draw_and_is_tried_again() -> None:
    unused = UnusedOffer()
    seen = []
    for now in range(0, 400_000, 1000):
        offered = 160 if unused.cap_da is None else unused.cap_da
        unused.update(offered, 80, now)
        seen.append(unused.cap_da)
    assert seen[29] is None
    assert seen[30] == 95
    assert None in seen[325:340]
    unused.update(95, 95, 400_000)
    assert unused.cap_da is None


def test_a_start_that_does_not_happen_loses_its_reservation() -> None:
    reservation = Reservation()
    for now in range(0, 60_000, 1000):
        reservation.update(60, False, 0, True, now)
        assert reservation.reserving
    reservation.update(60, False, 0, True, 60_000)
    assert not reservation.reserving
    assert reservation.spent(60_000 + 899_999)
    assert not reservation.spent(60_000 + 900_000)
    reservation.update(60, True, 58, True, 70_000)
    assert not reservation.spent(70_000)


def test_the_wait_of_a_phase_switch_is_no_missed_start() -> None:
    reservation = Reservation()
    for now in range(0, 120_000, 1000):
        reservation.update(0, False, 0, True, now)
    assert reservation.reserving
