from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evse_tui.board.model import LinkState
from evse_tui.control.types import Mode
from evse_tui.site.snapshot import Snapshot
from evse_tui.ui.frame import Frame, is_urgent
from tests.ui import snapshots


def with_charger(snapshot: Snapshot, **facts: Any) -> Snapshot:
    return replace(snapshot, chargers=(replace(snapshot.chargers[0], **facts),))


def test_the_first_snapshot_is_urgent_and_measurements_are_not() -> None:
    before = snapshots.normal()
    after = with_charger(replace(before, mains=snapshots.meter(1, 2, 3)), ev=snapshots.meter(1, 2, 3))
    assert is_urgent(None, before)
    assert not is_urgent(before, after)


@pytest.mark.parametrize(
    "facts",
    [
        {"mode": Mode.OFF},
        {"link": LinkState.WAITING},
        {"board": snapshots.board(120, faults=4)},
        {"board": None},
        {"no_power": True},
        {"commands": snapshots.fault().chargers[0].commands},
        {"grant": None},
    ],
)
def test_states_faults_wishes_and_commands_are_urgent(facts: dict[str, object]) -> None:
    before = snapshots.normal()
    assert is_urgent(before, with_charger(before, **facts))


def test_ages_grow_while_no_snapshot_comes() -> None:
    snapshot = snapshots.normal()
    charger = snapshot.chargers[0]
    now = Frame(snapshot, snapshot.at_ms, "1")
    later = Frame(snapshot, snapshot.at_ms + 3001, "1")
    assert now.board_live(charger)
    assert now.meter_live(charger.ev)
    assert not now.stale
    assert later.stale
    assert not later.board_live(charger)
    assert not later.meter_live(charger.ev)
    assert later.board_age_ms(charger) == 3121
    assert later.meter_age_ms(charger.ev) == 3401


def test_a_clock_behind_the_snapshot_makes_nothing_younger() -> None:
    snapshot = snapshots.normal()
    assert Frame(snapshot, snapshot.at_ms - 50, "1").behind_ms == 0


def test_selected() -> None:
    snapshot = snapshots.four_chargers()
    selected = Frame(snapshot, snapshot.at_ms, "2").selected
    assert selected is not None
    assert selected.name == "Carport left"
    assert Frame(snapshot, snapshot.at_ms, "9").selected is None
