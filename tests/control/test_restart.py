"""A new host, or a link that comes back, goes on with a car that charges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evse_tui.control.controller import Controller
from evse_tui.control.types import (
    Access,
    C2Mode,
    ChargerGrant,
    ChargerObservation,
    Constraint,
    Mode,
    SiteSettings,
    TimerAction,
)
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


def sunny(controller: Controller, one: ChargerObservation, now_ms: int, seconds: int) -> ChargerGrant:
    """The last grant of some seconds with 11 kW of surplus."""
    for now in range(now_ms, now_ms + seconds * 1000, 1000):
        (grant,) = controller.decide(site(now, (-160, -160, -160), one), now).grants
    return grant


@pytest.mark.parametrize("plugged", [True, False])
def test_three_phases_that_the_user_wants_wait_only_for_the_boards_own_dwell(plugged: bool) -> None:
    controller = Controller()
    rests = board(phases=1, plugged=plugged)
    one = charger(Mode.SOLAR, rests, c2=C2Mode.ALWAYS_ON)
    controller.decide(site(0, (-160, -160, -160), one), 0)
    one = replace(one, board=board(phases=1, plugged_ms=0 if plugged else 5_000))
    grant = sunny(controller, one, 5_000, 60)
    assert (grant.access, grant.phases) == (Access.ALLOW, 3)


def test_a_car_found_on_one_phase_may_have_come_from_three_just_now() -> None:
    controller = Controller()
    one = charger(Mode.SOLAR, board(160, phases=1), (158, 0, 0), c2=C2Mode.AUTO)
    for now in range(0, 590_000, 1000):
        seen = replace(one, ev=None if one.ev is None else replace(one.ev, arrived_ms=now))
        (grant,) = controller.decide(site(now, (-160, -160, -160), seen), now).grants
        assert grant.phases == 1
    assert (TimerAction.THREE_PHASES, 600_000) in [(timer.action, timer.due_ms) for timer in grant.timers]
