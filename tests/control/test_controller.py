"""One charger, sample by sample."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_tui.control.controller import Controller
from evse_tui.control.types import (
    Access,
    C2Mode,
    ChargerGrant,
    Constraint,
    Decision,
    Mode,
    Observation,
    PhaseCurrents,
    SiteSettings,
    Timer,
    TimerAction,
)
from tests.control.builders import IDLE, board, charger, site


def only(decision: Decision) -> ChargerGrant:
    (grant,) = decision.grants
    return grant


@pytest.mark.parametrize(
    ("mode", "access", "constraint"),
    [(Mode.OFF, Access.DENY, Constraint.OFF), (Mode.PAUSE, Access.PAUSE, Constraint.PAUSED)],
)
def test_off_denies_and_pause_pauses(mode: Mode, access: Access, constraint: Constraint) -> None:
    grant = only(Controller().decide(site(0, IDLE, charger(mode)), 0))
    assert (grant.access, grant.limit_da, grant.reason.constraint) == (access, 0, constraint)


def test_normal_offers_the_maximum_without_any_meter() -> None:
    grant = only(Controller().decide(site(0, None, charger(Mode.NORMAL, current_max_da=130)), 0))
    assert (grant.access, grant.limit_da) == (Access.ALLOW, 130)
    assert grant.reason.constraint is Constraint.CURRENT_MAX
    assert grant.runner_up is not None


@pytest.mark.parametrize("mode", [Mode.SMART, Mode.SOLAR])
def test_smart_and_solar_wait_for_mains(mode: Mode) -> None:
    grant = only(Controller().decide(site(0, None, charger(mode)), 0))
    assert (grant.access, grant.reason.constraint) == (Access.PAUSE, Constraint.MAINS_ABSENT)


def test_a_board_slot_caps_the_grant_and_is_named() -> None:
    seen = board(limit_da=130, limit_slot=Constraint.TEMPERATURE)
    grant = only(Controller().decide(site(0, IDLE, charger(Mode.NORMAL, seen)), 0))
    assert grant.limit_da == 130
    assert grant.reason.constraint is Constraint.TEMPERATURE
    assert grant.reason.limit_da == 130


def test_a_pressed_stop_button_pauses_by_name() -> None:
    seen = board(limit_da=0, limit_slot=Constraint.STOP)
    grant = only(Controller().decide(site(0, IDLE, charger(Mode.NORMAL, seen)), 0))
    assert (grant.access, grant.reason.constraint) == (Access.PAUSE, Constraint.STOP)


def test_override_applies_in_normal_and_smart_only() -> None:
    for mode in (Mode.NORMAL, Mode.SMART):
        grant = only(Controller().decide(site(0, IDLE, charger(mode, override_da=80)), 0))
        assert (grant.limit_da, grant.reason.constraint) == (80, Constraint.OVERRIDE)


def test_smart_offers_what_the_mains_leave_and_names_the_phase() -> None:
    grant = only(Controller().decide(site(0, (20, 130, 20), charger(Mode.SMART)), 0))
    assert grant.limit_da == 120
    assert (grant.reason.constraint, grant.reason.phase) == (Constraint.MAINS, 1)


def test_rotation_moves_the_phase_that_counts() -> None:
    one = charger(Mode.SMART, board(phases=1), c2=C2Mode.ALWAYS_OFF, rotation=1)
    grant = only(Controller().decide(site(0, (200, 130, 240), one), 0))
    assert (grant.limit_da, grant.reason.phase, grant.phases) == (120, 1, 1)


def test_no_room_waits_for_room() -> None:
    grant = only(Controller().decide(site(0, (200, 20, 20), charger(Mode.SMART)), 0))
    assert (grant.access, grant.reason.constraint, grant.reason.phase) == (Access.PAUSE, Constraint.WAITING_FOR_ROOM, 0)
    assert grant.runner_up is not None
    assert grant.runner_up.constraint is Constraint.MAINS


def test_the_circuit_guards_offers_without_a_meter_of_its_own() -> None:
    settings = SiteSettings(current_max_circuit_da=100)
    grant = only(Controller().decide(site(0, IDLE, charger(Mode.NORMAL), settings=settings), 0))
    assert (grant.limit_da, grant.reason.constraint) == (100, Constraint.CIRCUIT)


def settled(controller: Controller, mains: PhaseCurrents, mode: Mode, until_ms: int = 60_000) -> int:
    """A car that draws 10 A on three phases, with the house behind `mains`, for a minute; returns the time."""
    for now in range(0, until_ms + 1, 1000):
        controller.decide(site(now, mains, charger(mode, board(100), (98, 98, 98), now)), now)
    return until_ms


def test_an_edge_lowers_at_once_by_what_is_missing() -> None:
    controller = Controller()
    now = settled(controller, (118, 118, 118), Mode.SMART) + 1000
    edge = site(now, (298, 118, 118), charger(Mode.SMART, board(100), (98, 98, 98), now))
    grant = only(controller.decide(edge, now))
    assert (grant.access, grant.limit_da) == (Access.PAUSE, 0)  # 25 - (29.8 - 9.8) = 5.0 A is less than the minimum
    milder = Controller()
    settled(milder, (118, 118, 118), Mode.SMART)
    edge = site(now, (268, 118, 118), charger(Mode.SMART, board(100), (98, 98, 98), now))
    assert only(milder.decide(edge, now)).limit_da == 80


def test_late_mains_lower_to_the_minimum_and_lost_mains_stop() -> None:
    controller = Controller()
    now = settled(controller, (118, 118, 118), Mode.SMART)
    stale = site(now, (118, 118, 118), charger(Mode.SMART, board(100), (98, 98, 98), now))
    late = only(controller.decide(stale, now + 11_001))
    assert (late.access, late.limit_da) == (Access.ALLOW, 60)
    gone = only(controller.decide(stale, now + 31_001))
    assert (gone.access, gone.reason.constraint) == (Access.PAUSE, Constraint.MAINS_GONE)
    back = site(now + 40_000, (20, 20, 20), charger(Mode.SMART, board(0), IDLE, now + 40_000))
    assert only(controller.decide(back, now + 40_000)).access is Access.ALLOW


def test_normal_goes_on_without_mains() -> None:
    controller = Controller()
    now = settled(controller, (118, 118, 118), Mode.NORMAL)
    stale = site(now, (118, 118, 118), charger(Mode.NORMAL, board(100), (98, 98, 98), now))
    assert only(controller.decide(stale, now + 60_000)).access is Access.ALLOW


def test_solar_starts_only_after_its_export_was_there() -> None:
    for export, starts in ((39, False), (40, True)):
        controller = Controller()
        grant = None
        for now in range(0, 200_000, 1000):
            one = charger(Mode.SOLAR, board(0, phases=1), IDLE, now, c2=C2Mode.ALWAYS_OFF)
            grant = only(controller.decide(site(now, (-export, 0, 0), one), now))
        assert grant is not None
        assert (grant.access is Access.ALLOW) is starts
        if not starts:
            assert grant.reason.constraint is Constraint.WAITING_FOR_SURPLUS


def solar_minute(short_da: int, stop_min: int) -> tuple[int, list[Timer]]:
    """A minute of sun, then the minimum with this import; when it stopped and which stop timers it showed."""
    controller = Controller()
    settings = SiteSettings(solar_stop_time_min=stop_min)
    offered, timers = 0, []
    for now in range(0, 900_000, 1000):
        drawn = 58 if offered else 0
        mains = (drawn - 100 if now < 90_000 else short_da, 0, 0)
        one = charger(Mode.SOLAR, board(offered, phases=1), (drawn, 0, 0), now, c2=C2Mode.ALWAYS_OFF)
        grant = only(controller.decide(site(now, mains, one, settings=settings), now))
        offered = min(60, grant.limit_da)
        timers += [timer for timer in grant.timers if timer.what is Constraint.WAITING_FOR_SURPLUS]
        if now > 90_000 and grant.access is not Access.ALLOW:
            return now, timers
    return 900_000, timers


def test_solar_stops_after_its_time_and_says_when() -> None:
    stopped_ms, timers = solar_minute(20, 2)
    assert stopped_ms == 90_000 + 120_000
    assert {timer.due_ms for timer in timers} == {90_000 + 120_000}
    assert {timer.action for timer in timers} == {TimerAction.STOP}


def test_solar_stops_earlier_when_going_on_costs_more_than_it_brings() -> None:
    stopped_ms, _ = solar_minute(58, 10)
    assert 90_000 < stopped_ms < 200_000


def test_a_stop_time_of_zero_never_stops() -> None:
    assert solar_minute(58, 0) == (900_000, [])


mains_phase = st.integers(-300, 240)


@given(st.tuples(mains_phase, mains_phase, mains_phase), st.integers(-200, 200), st.integers(0, 600))
@settings(deadline=None)
def test_battery_and_mains_together_change_nothing_in_solar(mains: PhaseCurrents, battery: int, x: int) -> None:
    """Adding x to the battery and to the mains sum leaves the surplus as it was while no hard limit binds."""
    wide = SiteSettings(current_main_da=5000, current_max_circuit_da=5000)

    def run(shift: int) -> list[ChargerGrant]:
        controller = Controller()
        grants: list[ChargerGrant] = []
        for now in range(0, 40_000, 1000):
            offered = grants[-1].limit_da if grants else 0
            one = charger(Mode.SOLAR, board(offered), (max(0, offered - 2),) * 3, now)
            shifted = (mains[0] + shift, mains[1], mains[2])
            seen = site(now, shifted, one, battery_da=battery + shift, settings=wide)
            grants.append(only(controller.decide(seen, now)))
        return grants

    assert run(0) == run(x)


def test_decisions_do_not_depend_on_how_often_they_are_asked_for() -> None:
    """Filters integrate time between samples, never calls."""

    def at(now: int) -> Observation:
        sample = now - now % 1000
        mains = (-100, -100, -100) if sample < 30_000 else (60, 60, 60)
        return site(sample, mains, charger(Mode.SMART, board(60), (58, 58, 58), sample))

    often, seldom = Controller(), Controller()
    for now in range(0, 60_000, 250):
        decision = often.decide(at(now), now)
        if now % 1000 == 0:
            assert decision == seldom.decide(at(now), now)


def test_ev_meter_lost_warns_and_goes_on() -> None:
    controller = Controller()
    now = settled(controller, (118, 118, 118), Mode.SMART)
    for later in range(now + 1000, now + 66_000, 1000):
        decision = controller.decide(
            site(later, (118, 118, 118), charger(Mode.SMART, board(100), (98,) * 3, now)), later
        )
    assert any("EV meter" in warning for warning in decision.warnings)
    assert only(decision).access is Access.ALLOW


def test_a_mains_sample_may_be_old_when_it_is_first_seen() -> None:
    """The host stood still between the sample and the pass, a suspended laptop for one."""
    controller = Controller()
    now_ms = 100_000
    decision = controller.decide(site(0, (20, 20, 20), charger()), now_ms)
    assert decision.warnings == (Constraint.MAINS_GONE.value,)
    assert controller.decide(site(now_ms, (20, 20, 20), charger()), now_ms).grants[0].limit_da > 0
