from __future__ import annotations

import pytest

from evse_protocol.messages import Capability, Flag
from evse_tui.board.model import LinkState
from evse_tui.control.types import Mode
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot
from evse_tui.ui.actions import ACTIONS, BY_NAME, GO, Situation, possible
from evse_tui.ui.flows import FLOWS, quit_question
from evse_tui.ui.screens.registry import HOME, SCREENS
from tests.ui import snapshots


def names(snapshot: Snapshot) -> set[str]:
    charger = snapshot.chargers[0] if snapshot.chargers else None
    return {action.name for action in possible(Situation(snapshot, charger))}


def names_of(charger: ChargerSnapshot) -> set[str]:
    return names(snapshots.site(charger))


def test_every_action_does_something() -> None:
    assert set(FLOWS) == {action.name for action in ACTIONS if not action.screen}
    assert len(BY_NAME) == len(ACTIONS)


def test_without_a_charger_only_the_program_itself_can_be_used() -> None:
    assert names(snapshots.empty()) == {
        *("freeze", "theme", "help", "palette", "quit"),
        *(f"{GO}{entry.name}" for entry in SCREENS if entry.name != HOME),
    }


def test_nothing_shares_a_key_while_both_are_possible() -> None:
    for make in snapshots.MATRIX.values():
        snapshot = make()
        for charger in snapshot.chargers or (None,):
            for entry in SCREENS:
                now = Situation(snapshot, charger, entry.name)
                keys = [key for action in possible(now) for key in action.keys.split(",")]
                assert len(keys) == len(set(keys)), entry.name


@pytest.mark.parametrize(
    ("mode", "offered"),
    [
        (Mode.OFF, set()),
        (Mode.NORMAL, {"override", "pause"}),
        (Mode.SOLAR, {"pause"}),
        (Mode.SMART, {"override", "pause"}),
        (Mode.PAUSE, {"resume"}),
    ],
)
def test_modes_decide_what_is_offered(mode: Mode, offered: set[str]) -> None:
    assert names_of(snapshots.idle(mode=mode)) & {"override", "pause", "resume"} == offered


def test_hazards_are_offered_only_where_they_make_sense() -> None:
    locked = snapshots.board(flags=int(Flag.COMMISSIONED | Flag.LOCKED))
    stopped = snapshots.board(flags=int(Flag.COMMISSIONED | Flag.STOPPED))
    assert "unlock" in names_of(snapshots.idle(board=locked))
    assert "unlock" not in names_of(snapshots.idle())
    assert names_of(snapshots.charging()).isdisjoint({"unlock", "reboot"})
    assert "reboot" in names_of(snapshots.idle())
    assert "clear-stop" in names_of(snapshots.idle(board=stopped))
    assert "acknowledge" in names(snapshots.fault())
    assert "acknowledge" not in names(snapshots.normal())


def test_a_board_that_is_away_gets_no_commands_but_keeps_its_wishes() -> None:
    away = snapshots.fault().chargers[0]
    offered = names_of(snapshots.idle(link=LinkState.WAITING, board=away.board, mode=Mode.NORMAL))
    assert offered.isdisjoint({"acknowledge", "unlock", "reboot", "lock-hold", "clear-stop"})
    assert {"mode", "override", "pause", "c2"} <= offered


def test_lock_hold_needs_a_lock() -> None:
    assert snapshots.IDENTITY.capabilities & Capability.SOCKET_LOCK
    assert "lock-hold" in names_of(snapshots.idle())
    assert "lock-hold" not in names_of(snapshots.idle(identity=None))


def test_every_obstacle_is_a_sentence() -> None:
    for make in (snapshots.empty, snapshots.first_start, snapshots.disconnected, snapshots.normal):
        snapshot = make()
        charger = snapshot.chargers[0] if snapshot.chargers else None
        for action in ACTIONS:
            obstacle = action.obstacle(Situation(snapshot, charger))
            assert obstacle == "" or (obstacle[0].isupper() and obstacle.endswith("."))


def test_quitting_asks_only_while_a_car_charges() -> None:
    assert quit_question(snapshots.first_start()) == ""
    assert quit_question(snapshots.solar_waiting()) == ""
    question = quit_question(snapshots.normal())
    assert question.startswith("Garage is charging.")
    assert "charging stops within 11 s" in question
    assert "evse-tui serve" in question
    assert quit_question(snapshots.four_chargers()).startswith("Garage and Carport left are charging.")
