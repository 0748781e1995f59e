"""What the user wishes: override, boost, session limit, schedule, second contactor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evse_tui.control.controller import Controller
from evse_tui.control.types import (
    Access,
    Boost,
    C2Mode,
    ChargerGrant,
    ChargerObservation,
    Constraint,
    Mode,
    Schedule,
    TimerAction,
)
from tests.control.builders import IDLE, board, charger, site


def decide(one: ChargerObservation, now_ms: int = 1000) -> ChargerGrant:
    (grant,) = Controller().decide(site(now_ms, IDLE, one), now_ms).grants
    return grant


def test_the_session_limit_pauses_when_its_energy_is_reached() -> None:
    limited = charger(Mode.NORMAL, session_limit_wh=10_000)
    assert decide(replace(limited, session_wh=9_999)).access is Access.ALLOW
    grant = decide(replace(limited, session_wh=10_000))
    assert (grant.access, grant.reason.constraint) == (Access.PAUSE, Constraint.SESSION_LIMIT)


def boosting(boost: Boost, session_wh: int = 0, plugged_ms: int = 0) -> ChargerObservation:
    one = charger(Mode.SOLAR, board(plugged_ms=plugged_ms), override_da=80)
    return replace(one, settings=replace(one.settings, boost=boost), session_wh=session_wh)


def test_a_boost_charges_without_sun_until_its_energy() -> None:
    boost = Boost(asked_ms=500, from_wh=2_000, energy_wh=5_000)
    assert decide(boosting(boost, 6_999)).limit_da == 160
    assert decide(boosting(boost, 7_000)).access is Access.PAUSE


def test_a_boost_ends_with_its_plug_in() -> None:
    assert decide(boosting(Boost(asked_ms=500), plugged_ms=400)).access is Access.ALLOW
    assert decide(boosting(Boost(asked_ms=500), plugged_ms=600)).access is Access.PAUSE


def test_a_boost_in_smart_sets_the_override_aside() -> None:
    one = charger(Mode.SMART, override_da=80)
    assert decide(one).limit_da == 80
    assert decide(replace(one, settings=replace(one.settings, boost=Boost(500)))).limit_da == 160


@pytest.mark.parametrize(
    ("now_ms", "access", "action"),
    [
        (999, Access.DENY, TimerAction.START),
        (1_000, Access.ALLOW, TimerAction.STOP),
        (1_999, Access.ALLOW, TimerAction.STOP),
        (2_000, Access.DENY, None),
    ],
)
def test_a_schedule_is_off_outside_of_its_window(now_ms: int, access: Access, action: TimerAction | None) -> None:
    one = charger(Mode.NORMAL)
    one = replace(one, settings=replace(one.settings, schedule=Schedule(1_000, 2_000)))
    grant = decide(one, now_ms)
    assert grant.access is access
    assert [timer.action for timer in grant.timers] == ([action] if action is not None else [])
    if access is Access.DENY:
        assert grant.reason.constraint is Constraint.SCHEDULE


@pytest.mark.parametrize(
    ("c2", "mode", "available", "phases"),
    [
        (C2Mode.NOT_PRESENT, Mode.NORMAL, (3,), 3),
        (C2Mode.NOT_PRESENT, Mode.NORMAL, (1,), 1),
        (C2Mode.ALWAYS_ON, Mode.NORMAL, (1,), 1),
        (C2Mode.ALWAYS_OFF, Mode.NORMAL, (1, 3), 1),
        (C2Mode.ALWAYS_ON, Mode.SOLAR, (1, 3), 3),
        (C2Mode.SOLAR_OFF, Mode.NORMAL, (1, 3), 3),
        (C2Mode.SOLAR_OFF, Mode.SOLAR, (1, 3), 1),
        (C2Mode.AUTO, Mode.SMART, (1, 3), 3),
    ],
)
def test_phases_follow_the_second_contactor(c2: C2Mode, mode: Mode, available: tuple[int, ...], phases: int) -> None:
    seen = board(phases=available[-1], phases_available=available)
    assert decide(charger(mode, seen, c2=c2)).phases == phases


def test_a_wish_for_three_phases_waits_for_the_boards_dwell_on_one() -> None:
    controller = Controller()
    dwelling = board(phases=1, phases_available=(1, 3), phase_dwell_ms=120_000)
    one = charger(Mode.NORMAL, dwelling, c2=C2Mode.ALWAYS_ON)
    (grant,) = controller.decide(site(1_000, IDLE, one), 1_000).grants
    assert (grant.access, grant.phases) == (Access.ALLOW, 1)
    assert [(timer.what, timer.action, timer.due_ms) for timer in grant.timers] == [
        (Constraint.SWITCHING_PHASES, TimerAction.THREE_PHASES, 121_000)
    ]
    (grant,) = controller.decide(
        site(60_000, IDLE, replace(one, board=replace(dwelling, phase_dwell_ms=61_000))), 60_000
    ).grants
    assert grant.phases == 1
    (grant,) = controller.decide(
        site(121_000, IDLE, replace(one, board=replace(dwelling, phase_dwell_ms=0))), 121_000
    ).grants
    assert (grant.phases, grant.timers) == (3, ())
    assert decide(charger(Mode.NORMAL, dwelling, c2=C2Mode.ALWAYS_OFF)).timers == ()
    assert decide(charger(Mode.NORMAL, replace(dwelling, phases=3), c2=C2Mode.ALWAYS_ON)).phases == 3
