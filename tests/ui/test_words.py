from __future__ import annotations

from dataclasses import replace

import pytest

from evse_protocol.messages import INACTIVE_DA, Fault, Flag, Hold, Slot
from evse_tui.board.model import LinkState
from evse_tui.control.types import Access, C2Mode, ChargerGrant, Constraint, Mode, Reason
from evse_tui.site.snapshot import ChargerState, CommandSnapshot, CommandState, Snapshot
from evse_tui.ui import words
from tests.ui import snapshots


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        (snapshots.normal(), "Charging"),
        (snapshots.first_start(), "Off"),
        (snapshots.paused(), "Paused"),
        (snapshots.disconnected(), "Disconnected"),
        (snapshots.fault(), "FAULT"),
        (snapshots.solar_waiting(), "Waiting for sun"),
    ],
)
def test_headline_of_the_state_matrix(snapshot: Snapshot, expected: str) -> None:
    assert words.headline(snapshot.chargers[0]).words == expected


@pytest.mark.parametrize(
    ("mode", "state", "plugged", "expected"),
    [
        (Mode.OFF, ChargerState.B1, True, "Off, car connected"),
        (Mode.NORMAL, ChargerState.A, False, "No car"),
        (Mode.NORMAL, ChargerState.B, True, "Car connected"),
        (Mode.NORMAL, ChargerState.B1, True, "Not charging"),
        (Mode.NORMAL, ChargerState.C1, True, "Stopping"),
    ],
)
def test_headline_of_a_board_without_fault(mode: Mode, state: ChargerState, plugged: bool, expected: str) -> None:
    charger = snapshots.idle(mode=mode, state=state, plugged=plugged)
    assert words.headline(charger).words == expected


def test_a_contactor_that_opens_is_not_called_off() -> None:
    """The mode is off at once, the car needs some seconds."""
    assert words.headline(snapshots.charging(mode=Mode.OFF, state=ChargerState.C1)).words == "Stopping"


def test_stop_button_and_lack_of_power() -> None:
    stopped = snapshots.board(flags=int(Flag.STOPPED | Flag.COMMISSIONED))
    waiting = snapshots.idle(mode=Mode.SMART, plugged=True, no_power=True)
    assert words.headline(snapshots.idle(mode=Mode.NORMAL, board=stopped)).words == "Stopped by button"
    assert words.headline(waiting).words == "Waiting for power"


@pytest.mark.parametrize(("name", "expected"), [("Garage", "1 Garage"), ("Charger 1", "Charger 1"), ("", "1")])
def test_a_charger_is_called_by_its_number_once(name: str, expected: str) -> None:
    assert words.called(snapshots.charging(name=name)) == expected


def test_every_link_state_but_online_has_its_own_headline() -> None:
    found = {words.headline(snapshots.charging(link=state)).words for state in LinkState}
    assert len(found) == len(LinkState)


def test_reason_names_the_phase() -> None:
    grant = ChargerGrant("1", Access.ALLOW, 120, 3, Reason(Constraint.MAINS, phase=1, limit_da=120))
    assert words.granted(grant) == "12.0 A - mains L2"
    assert words.granted(replace(grant, access=Access.PAUSE)) == "no current - mains L2"
    assert words.granted(None) == "no decision yet"


def test_runner_up() -> None:
    grant = ChargerGrant("1", Access.ALLOW, 120, 3, Reason(Constraint.SHARE))
    assert words.runner_up(grant) == "-"
    assert words.runner_up(replace(grant, runner_up=Reason(Constraint.CABLE))) == "cable"
    assert words.runner_up(replace(grant, runner_up=Reason(Constraint.CIRCUIT, 0, 160))) == "circuit L1 16.0 A"


def test_every_hold_but_none_says_what_it_waits_for() -> None:
    sentences = {words.hold(snapshots.board(hold=hold, hold_ms=2900), 0) for hold in Hold}
    assert len(sentences) == len(Hold)
    assert "" in sentences


def test_a_hold_counts_down_between_two_status_messages() -> None:
    ramp = snapshots.board(hold=Hold.RAMP, hold_ms=2900)
    assert words.hold(ramp, 0) == "raise in 3 s"
    assert words.hold(ramp, 1200) == "raise in 2 s"


def test_a_hold_of_a_newer_firmware_is_left_out() -> None:
    assert words.hold(snapshots.board(hold=99, hold_ms=1000), 0) == ""


def test_ceiling_is_the_lowest_slot_or_setting_and_never_the_host() -> None:
    slots = [INACTIVE_DA] * len(Slot)
    slots[Slot.HOST], slots[Slot.HARDWARE], slots[Slot.CABLE] = 60, 320, 130
    charger = snapshots.idle(board=snapshots.board(slots_da=tuple(slots)))
    assert words.ceiling(charger) == (130, "cable")
    assert words.ceiling(replace(charger, board=None)) == (160, "maximum")
    assert words.ceiling(replace(charger, board=None, settings={})) == (None, "")


def test_every_fault_has_a_name_and_a_way_out() -> None:
    every = words.faults(sum(Fault))
    assert len(every) == len(Fault)
    assert all(fault.name and fault.way_out for fault in every)
    assert words.faults(0) == ()


@pytest.mark.parametrize(
    ("state", "detail", "expected"),
    [
        (CommandState.REQUESTED, "", "reboot: requested > (accepted) > (observed)"),
        (CommandState.ACCEPTED, "", "reboot: requested > accepted > (observed)"),
        (CommandState.OBSERVED, "boot 4", "reboot: requested > accepted > observed - boot 4"),
        (CommandState.FAILED, "busy", "reboot: failed - busy"),
        (CommandState.FAILED, "", "reboot: failed"),
    ],
)
def test_progress(state: CommandState, detail: str, expected: str) -> None:
    assert words.progress(CommandSnapshot(1, "reboot", state, 0, detail)) == expected


def test_every_mode_and_c2_use_is_named_and_explained() -> None:
    assert set(words.MODE_TITLES) == set(words.MODE_HELP) == set(Mode)
    assert set(words.C2_TITLES) == set(words.C2_HELP) == set(C2Mode)
