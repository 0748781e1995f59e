"""States and errors of the SmartEVSE API."""

from __future__ import annotations

from typing import Any

import pytest

from evse_protocol.messages import Fault, Flag, Pilot
from evse_tui.control.types import Access, Constraint, Mode
from evse_tui.site.snapshot import ChargerState, Freshness
from evse_tui.site.state import ErrorId, charger_error, charger_state, lacks_power
from tests.site.samples import CHARGING, STATUS, grant, status

PLUGGED = STATUS.flags | Flag.PLUGGED


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, ChargerState.A),
        ({"flags": PLUGGED, "pilot": Pilot.B}, ChargerState.B1),
        ({"flags": PLUGGED, "pilot": Pilot.B, "offered_da": 60}, ChargerState.B),
        ({"flags": PLUGGED, "pilot": Pilot.C, "offered_da": 60}, ChargerState.B),
        (CHARGING, ChargerState.C),
        ({**CHARGING, "offered_da": 0}, ChargerState.C1),
        ({"flags": PLUGGED, "pilot": Pilot.C}, ChargerState.C1),
        ({"flags": PLUGGED, "pilot": Pilot.D}, ChargerState.D),
        ({"flags": PLUGGED, "pilot": Pilot.UNKNOWN}, ChargerState.B1),
        ({"flags": STATUS.flags, "pilot": Pilot.UNKNOWN}, ChargerState.A),
    ],
)
def test_state(changes: dict[str, Any], state: ChargerState) -> None:
    assert charger_state(status(**changes)) is state


def test_a_board_that_never_spoke_is_in_state_a() -> None:
    assert charger_state(None) is ChargerState.A


def test_a_silent_board_is_not_said_to_charge() -> None:
    assert charger_state(status(**CHARGING), live=False) is ChargerState.B1
    assert charger_state(STATUS, live=False) is ChargerState.A


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        (Fault(0), ErrorId.NONE),
        (Fault.RESIDUAL_CURRENT, ErrorId.RCM_TRIPPED),
        (Fault.OVERTEMPERATURE, ErrorId.TEMPERATURE),
        (Fault.SENSOR | Fault.RESIDUAL_CURRENT, ErrorId.RCM_TRIPPED),
        (Fault.CONFIG_CORRUPT, ErrorId.FLASH),
        (Fault.WELDED_CONTACTOR, ErrorId.TEST_IO),
    ],
)
def test_error_of_a_fault(faults: Fault, error: ErrorId) -> None:
    assert charger_error(status(faults=faults), True, Mode.NORMAL, Freshness.FRESH, Freshness.ABSENT) is error


def test_every_fault_is_an_error() -> None:
    for fault in Fault:
        assert charger_error(status(faults=fault), True, Mode.NORMAL, Freshness.FRESH, Freshness.ABSENT) > ErrorId.NONE


@pytest.mark.parametrize(
    ("mode", "mains", "error"),
    [
        (Mode.SMART, Freshness.ABSENT, ErrorId.COMMUNICATION),
        (Mode.SOLAR, Freshness.GONE, ErrorId.COMMUNICATION),
        (Mode.SMART, Freshness.LATE, ErrorId.NONE),
        (Mode.NORMAL, Freshness.ABSENT, ErrorId.NONE),
        (Mode.OFF, Freshness.GONE, ErrorId.NONE),
    ],
)
def test_error_of_the_mains(mode: Mode, mains: Freshness, error: ErrorId) -> None:
    assert charger_error(STATUS, True, mode, mains, Freshness.ABSENT) is error


def test_error_of_link_and_ev_meter() -> None:
    assert charger_error(STATUS, False, Mode.OFF, Freshness.FRESH, Freshness.FRESH) is ErrorId.COMMUNICATION
    assert charger_error(None, True, Mode.OFF, Freshness.FRESH, Freshness.FRESH) is ErrorId.COMMUNICATION
    assert charger_error(STATUS, True, Mode.OFF, Freshness.FRESH, Freshness.GONE) is ErrorId.EV_METER
    assert [error.title for error in ErrorId][:3] == ["None", "No Power Available", "Communication Error"]


def test_lack_of_power_needs_a_car_and_a_limit() -> None:
    plugged = status(flags=PLUGGED, pilot=Pilot.B)
    waiting = grant(Access.PAUSE, 0, Constraint.WAITING_FOR_SURPLUS)
    assert lacks_power(plugged, waiting)
    assert not lacks_power(STATUS, waiting)
    assert not lacks_power(plugged, grant())
    assert not lacks_power(plugged, grant(Access.PAUSE, 0, Constraint.PAUSED))
    assert not lacks_power(plugged, None)
