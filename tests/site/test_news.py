"""What every window shows at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evse_tui.board.model import LinkState
from evse_tui.control.types import Mode
from evse_tui.site.news import facts_of
from evse_tui.site.snapshot import EventEntry, Level, RfidSnapshot, ScheduleSnapshot, Snapshot
from tests.ui import snapshots


def with_charger(snapshot: Snapshot, **facts: Any) -> Snapshot:
    return replace(snapshot, chargers=(replace(snapshot.chargers[0], **facts),))


def test_measurements_ages_and_explanations_may_wait() -> None:
    before = snapshots.normal()
    after = with_charger(replace(before, mains=snapshots.meter(1, 2, 3)), ev=snapshots.meter(1, 2, 3))
    step = EventEntry(1_000, before.wall_s, "1", Level.INFO, "6.0 A -> 8.0 A")
    assert facts_of(replace(after, at_ms=before.at_ms + 900, events=(*before.events, step))) == facts_of(before)


@pytest.mark.parametrize(
    "facts",
    [
        {"mode": Mode.OFF},
        {"link": LinkState.WAITING},
        {"board": snapshots.board(120, faults=4)},
        {"board": None},
        {"no_power": True},
        {"plugged": False},
        {"settings": {"current_max": 10}},
        {"schedule": ScheduleSnapshot(1.0, None, daily=True, open=False)},
        {"authorised": False},
        {"lock_hold": True},
        {"rfid": RfidSnapshot("Card Stored", "04A3B2C1")},
        {"commands": snapshots.fault().chargers[0].commands},
        {"grant": None},
    ],
)
def test_what_a_charger_is_and_should_be_may_not(facts: dict[str, object]) -> None:
    before = snapshots.normal()
    assert facts_of(before) != facts_of(with_charger(before, **facts))


def test_nor_may_what_the_site_warns_of() -> None:
    before = snapshots.normal()
    lost = EventEntry(1_000, before.wall_s, None, Level.WARNING, "mains data are lost")
    for after in (
        replace(before, warnings=("the disk is full",)),
        replace(before, settings={**before.settings, "current_main": 20}),
        replace(before, grid_relay=True),
        replace(before, events=(*before.events, lost)),
        replace(before, commands=snapshots.fault().chargers[0].commands),
    ):
        assert facts_of(before) != facts_of(after)
