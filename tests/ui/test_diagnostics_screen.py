"""The diagnostics screen and its report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evse_protocol.messages import Flag
from evse_tui.ui import diagnosis
from evse_tui.ui.frame import Frame
from evse_tui.ui.modals.line import AskLine
from evse_tui.ui.widgets.diagnosis_panels import ChecksPanel, LinkFactsPanel, SourcesPanel, WarningsPanel
from tests.ui import snapshots
from tests.ui.harness import driven


def frame(snapshot: object = None) -> Frame:
    shown = snapshots.four_chargers() if snapshot is None else snapshot
    assert isinstance(shown, type(snapshots.normal()))
    return Frame(shown, snapshots.AT_MS, "1", snapshots.UTC)


def test_the_report_has_everything_and_no_card() -> None:
    written = diagnosis.report(frame(snapshots.rich()), "evse-tui")
    for part in ("Mains", "current_main = 25", "current_max = 16", "Schema", "Control pilot", "p50 / p99", "lowered"):
        assert part in written
    assert "04A1B2C3" not in written


def test_a_board_that_is_away_looks_old() -> None:
    shown = frame(snapshots.disconnected())
    charger = shown.snapshot.chargers[0]
    facts = {fact.name: fact.value for fact in diagnosis.check_facts(charger, shown)}
    assert facts["Age"] == "41 s: the board is not live"
    assert facts["Temperature"].endswith("?")


def test_a_stale_source_says_its_age() -> None:
    facts = {fact.name: fact for fact in diagnosis.source_facts(frame(snapshots.stale()))}
    assert facts["Mains"].value.startswith("late, 14 s old: 14.2 24.8 11.8 A?")
    assert facts["Mains"].style
    assert facts["Battery"].value.startswith("gone, 1 min old: -8.7 A")


def test_a_newer_firmware_is_not_judged() -> None:
    charger = snapshots.charging(board=snapshots.board(pilot=99))
    assert [check.good for check in diagnosis.checks(charger)] == [False]
    assert diagnosis.checks(snapshots.idle(board=None)) == []


def test_another_schema_is_a_warning() -> None:
    facts = {fact.name: fact for fact in diagnosis.identity_facts(replace(snapshots.IDENTITY, schema=1))}
    assert facts["Schema"].value.startswith("00000001, here it is ")
    assert diagnosis.identity_facts(None)[0].value == "not known yet"


async def test_the_screen_follows_the_selected_charger() -> None:
    async with driven(snapshots.four_chargers(), (80, 60)) as user:
        await user.press("5")
        assert "! 4 Yard: No answer for 6 s" in user.text(WarningsPanel)
        assert "Car 1    fresh" in user.text(SourcesPanel)
        await user.press("N")
        assert "Link       silent on /dev/ttyUSB0" in user.text(LinkFactsPanel)
        assert "the board is not live" in user.text(ChecksPanel)
        await user.show(snapshots.empty())
        user.app.paint()
        assert user.text(ChecksPanel) == "No charger."


async def test_a_report_is_saved_but_never_over_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with driven(snapshots.fault()) as user:
        await user.press("5", "x", "enter")
        await user.flows_end()
        saved = tmp_path / "evse-tui-report-20251009-085320.txt"
        assert "Residual current" in saved.read_text(encoding="utf-8")
        await user.press("x", "enter")
        assert isinstance(user.app.screen, AskLine)
        assert user.app.screen.query_one("#complaint").display
        await user.press("ctrl+u", *"no/where", "enter")
        await user.flows_end()
        assert [note.title for note in user.app._notifications if note.severity == "error"] == ["Not saved"]


def test_a_board_that_is_not_commissioned_is_a_warning() -> None:
    """It charges nothing, and the screen said that nothing is wrong."""
    new = snapshots.board(flags=int(Flag.CP_CONNECTED))
    shown = frame(snapshots.site(snapshots.idle(board=new)))
    assert any("1 Garage: not commissioned" in line for line in diagnosis.warning_lines(shown))
    assert not diagnosis.warning_lines(frame(snapshots.normal()))
