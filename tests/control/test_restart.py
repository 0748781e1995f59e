"""A new host, or a link that comes back, goes on with a car that charges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evse_tui.control.controller import Controller
from evse_tui.control.types import Access, ChargerObservation, Constraint, Mode, SiteSettings
from tests.control.builders import board, charger, site


@pytest.mark.parametrize("mode", [Mode.NORMAL, Mode.SMART, Mode.SOLAR])
def test_a_restarted_host_does_not_interrupt_a_charging_car(mode: Mode) -> None:
    controller = Controller()
    now = 1_000_000
    first = controller.decide(site(now, (20, 20, 20), charger(mode, board(120), (118, 118, 118), now)), now)
    assert first.grants[0].access is Access.ALLOW


def test_it_keeps_the_minimum_until_the_first_mains_sample_is_late() -> None:
    controller = Controller()
    seen = charger(Mode.SMART, board(120), (118, 118, 118), 0)
    grant = controller.decide(site(0, None, seen), 0).grants[0]
    assert (grant.access, grant.limit_da) == (Access.ALLOW, 60)
    grant = controller.decide(site(0, None, seen), 11_001).grants[0]
    assert (grant.access, grant.reason.constraint) == (Access.PAUSE, Constraint.MAINS_ABSENT)


def test_an_idle_car_waits_for_mains() -> None:
    grant = Controller().decide(site(0, None, charger(Mode.SMART)), 0).grants[0]
    assert (grant.access, grant.reason.constraint) == (Access.PAUSE, Constraint.MAINS_ABSENT)


@pytest.mark.parametrize("metered", [True, False])
def test_what_a_board_that_is_away_may_still_offer_is_nobody_elses(metered: bool) -> None:
    controller = Controller()
    settings = SiteSettings(current_main_da=630, current_max_circuit_da=160)

    def decide(now: int, *chargers: ChargerObservation) -> list[int]:
        decision = controller.decide(site(now, (156, 156, 156), *chargers, settings=settings), now)
        return [grant.limit_da for grant in decision.grants]

    for now in range(0, 60_000, 1000):
        one, two = (charger(Mode.NORMAL, board(80), (78, 78, 78) if metered else None, now, name=name) for name in "12")
        assert decide(now, one, two) == [80, 80]
    away = replace(one, board=None, unheard_da=80)
    assert {decide(now, away, two)[1] for now in range(60_000, 72_000, 1000)} == {80}
    away = replace(away, unheard_da=60)
    assert [decide(now, away, two)[1] for now in range(72_000, 110_000, 1000)][-1] == 100


def test_until_the_mains_speak_again_they_know_nothing_of_a_car_whose_board_is_away() -> None:
    controller = Controller()
    settings = SiteSettings(current_main_da=250, current_max_circuit_da=630)
    for now in range(0, 60_000, 1000):
        cars = [charger(Mode.NORMAL, board(120), (118, 118, 118), now, name=name) for name in "12"]
        seen = site(now, (236, 236, 236), *cars, settings=settings)
        controller.decide(seen, now)
    away = replace(cars[0], board=None, unheard_da=120)
    lost = replace(seen, chargers=(away, cars[1]))
    assert 120 <= controller.decide(lost, 59_500).grants[1].limit_da <= 132
    for now in range(60_000, 63_000, 1000):
        later = site(now, (236, 236, 236), away, cars[1], settings=settings)
        assert 120 <= controller.decide(later, now).grants[1].limit_da <= 132
