"""The wire on the diagnostics screen: frames, capture; and a recording in a site's place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evse_protocol.framing import Frame as WireFrame
from evse_protocol.framing import encode_frame
from evse_protocol.messages import EventKind
from evse_protocol.payloads import Event, Hello, Payload, encode_payload
from evse_tui.board.recording import RecordingState
from evse_tui.board.recording_file import CaptureError, Direction
from evse_tui.board.wiretap import Piece
from evse_tui.ui.actions import ACTIONS, Situation, possible
from evse_tui.ui.app import EvseApp
from evse_tui.ui.modals.line import AskLine
from evse_tui.ui.playing import banner, moment
from evse_tui.ui.screens.registry import SCREENS
from evse_tui.ui.widgets.diagnosis_panels import CapturePanel
from evse_tui.ui.widgets.frames import FramesPanel
from evse_tui.ui.widgets.header import Header
from tests.ui import snapshots
from tests.ui.fake_site import FakeSite, FrozenClock
from tests.ui.harness import Driven


def frame(payload: Payload, sequence: int = 0) -> bytes:
    message_id, data = encode_payload(payload)
    return encode_frame(WireFrame(message_id, 0, 7, sequence, data))


HELLO = frame(Hello(host_id=0xC0FFEE, protocol=1))
CARD = frame(Event(boot=1, number=2, board_ms=3, kind=EventKind.CARD, code=0, value=0x04A1B2C3))


class FakeWires:
    """Implements WireView."""

    def __init__(self) -> None:
        self.kept: list[Piece] = [
            Piece(snapshots.AT_MS - 20, Direction.TO_BOARD, b"\0"),
            Piece(snapshots.AT_MS - 10, Direction.TO_BOARD, HELLO),
            Piece(snapshots.AT_MS, Direction.FROM_BOARD, b"rubbish\0"),
            Piece(snapshots.AT_MS, Direction.FROM_BOARD, CARD),
        ]
        self.recording: RecordingState | None = None
        self.obstacle = ""
        self.refusal = ""

    def pieces(self, charger_id: str) -> Sequence[Piece]:
        return self.kept if charger_id == "1" else ()

    def wall_s(self, at_ms: int) -> float:
        return snapshots.WALL_S + (at_ms - snapshots.AT_MS) / 1000

    async def start(self, path: Path) -> None:
        if self.refusal:
            raise CaptureError(self.refusal)
        self.recording = RecordingState(path, True, 1234, 17, snapshots.WALL_S)

    async def stop(self) -> None:
        assert self.recording is not None
        self.recording = replace(self.recording, running=False)


class FakePlayer:
    """Implements Playing."""

    def __init__(self) -> None:
        self.playing = True
        self.speed = 1.0
        self.start_s = snapshots.WALL_S - 100
        self.end_s = snapshots.WALL_S + 100
        self.read_percent = 100
        self.moved: list[int] = []

    def toggle(self) -> None:
        self.playing = not self.playing

    def move(self, by_ms: int) -> None:
        self.moved.append(by_ms)

    def change_speed(self, step: int) -> None:
        self.speed *= 2**step


def app_with(wires: FakeWires | None = None, player: FakePlayer | None = None) -> tuple[EvseApp, FakeSite, FrozenClock]:
    site, clock = FakeSite(snapshots.normal()), FrozenClock()
    app = EvseApp(
        site, title="evse-tui", api_url=None, clock=clock, zone=snapshots.UTC, wires=wires, player=player, decides=False
    )
    app.animation_level = "none"
    return app, site, clock


async def test_frames_are_shown_decoded_and_stand_still_while_frozen() -> None:
    wires = FakeWires()
    app, site, clock = app_with(wires)
    async with app.run_test(size=(100, 24)) as pilot:
        user = Driven(pilot, site, clock)
        await user.press("5", "v")
        await user.flows_end()
        shown = user.text(FramesPanel)
        assert "08:53:19.990 > HELLO         host_id 00c0ffee, protocol 1" in shown
        assert "< damaged       7 bytes" in shown
        assert "EVENT from the board" in shown  # the newest one in full
        assert shown.count("value ..B2C3") == 2
        await user.press("f")
        wires.kept.append(Piece(snapshots.AT_MS + 5, Direction.TO_BOARD, HELLO))
        app.paint()
        assert user.text(FramesPanel) == shown
        await user.press("f")
        await user.press("end")
        app.paint()
        assert "HELLO to the board" in user.text(FramesPanel)
        await user.press("up")
        assert "EVENT from the board" in user.text(FramesPanel)
        await user.press("v")
        await user.flows_end()
        assert not app.screen.query_one(FramesPanel).display


async def test_a_terminal_far_from_the_wire_says_so() -> None:
    app, site, clock = app_with(None)
    async with app.run_test(size=(80, 24)) as pilot:
        user = Driven(pilot, site, clock)
        await user.press("5", "v")
        await user.flows_end()
        assert "attached to a site elsewhere" in user.text(FramesPanel).replace("\n", " ")
        await user.press("C")
        await user.flows_end()
        assert any("where the boards are connected" in note.message for note in app._notifications)


async def test_a_capture_is_begun_and_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wires = FakeWires()
    app, site, clock = app_with(wires)
    async with app.run_test(size=(120, 60)) as pilot:
        user = Driven(pilot, site, clock)
        await user.press("5", "C")
        assert isinstance(app.screen, AskLine)
        await user.press("enter")
        await user.flows_end()
        app.paint()
        assert wires.recording is not None
        assert wires.recording.path.name == "evse-tui-capture-20251009-085320.pcapng"
        assert "being made" in user.text(CapturePanel)
        await user.press("C")
        await user.flows_end()
        app.paint()
        assert "finished" in user.text(CapturePanel)
        assert any("Captured 17 frames" in note.message for note in app._notifications)
        wires.refusal = "No room."
        await user.press("C", "enter")
        await user.flows_end()
        assert any(note.message == "No room." for note in app._notifications)


async def test_a_report_has_the_newest_frames_but_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app, site, clock = app_with(FakeWires())
    async with app.run_test(size=(80, 24)) as pilot:
        user = Driven(pilot, site, clock)
        await user.press("5", "x", "enter")
        await user.flows_end()
    written = (tmp_path / "evse-tui-report-20251009-085320.txt").read_text(encoding="utf-8")
    assert "HELLO         host_id 00c0ffee" in written
    assert "kind CARD, code 0, value ..B2C3" in written
    assert str(0x04A1B2C3) not in written


async def test_a_recording_is_played_and_not_commanded() -> None:
    player = FakePlayer()
    app, site, clock = app_with(FakeWires(), player)
    async with app.run_test(size=(120, 24)) as pilot:
        user = Driven(pilot, site, clock)
        assert "REPLAY 10-09 08:53:20 to 08:55:00" in user.text(Header)
        await user.press("space", "full_stop", "comma", "greater_than_sign", "less_than_sign")
        await user.press("right_square_bracket", "right_square_bracket", "left_square_bracket")
        await user.flows_end()
        assert player.moved == [10_000, -10_000, 60_000, -60_000]
        assert "x2, paused" in user.text(Header)
        site._snapshot = snapshots.fault()  # of another time
        await user.press("full_stop")
        await user.flows_end()
        assert app.live is site._snapshot
        await user.press("m")
        assert any(note.message.startswith("This is a recording") for note in app._notifications)
        await user.press("g", *"08:54", "enter")
        await user.flows_end()
        assert player.moved[-1] == 40_000
        await user.press("q")
        await asyncio.wait_for(pilot._wait_for_screen(), 5)
    assert site.commands == []


def test_nothing_that_commands_is_offered_in_a_recording() -> None:
    for make in snapshots.MATRIX.values():
        snapshot = make()
        for charger in snapshot.chargers or (None,):
            for entry in SCREENS:
                now = Situation(snapshot, charger, entry.name, recorded=True)
                names = {action.name for action in possible(now)}
                assert names.isdisjoint({"mode", "override", "pause", "boost", "schedule", "reboot", "edit", "default"})
                assert "play" in names
                keys = [key for action in possible(now) for key in action.keys.split(",")]
                assert len(keys) == len(set(keys)), entry.name
    assert all(action.name for action in ACTIONS)


def test_the_banner_says_what_is_looked_at() -> None:
    player = FakePlayer()
    player.playing, player.speed, player.read_percent = False, 0.5, 43
    assert (
        banner(player, snapshots.WALL_S, snapshots.UTC) == "REPLAY 10-09 08:53:20 to 08:55:00, x0.5, paused, read 43 %"
    )


@pytest.mark.parametrize(("typed", "after_s"), [("08:54", 40), ("8:53:21", 1), (" 08:52:00 ", -80)])
def test_times_of_day_lead_into_the_recording(typed: str, after_s: int) -> None:
    assert moment(typed, snapshots.WALL_S, FakePlayer(), snapshots.UTC) == snapshots.WALL_S + after_s


@pytest.mark.parametrize("typed", ["", "now", "25:00", "08:61", "09:30"])
def test_other_times_are_explained(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        moment(typed, snapshots.WALL_S, FakePlayer(), snapshots.UTC)


def test_the_recording_over_midnight_is_found() -> None:
    player = FakePlayer()
    player.end_s = player.start_s + 20 * 3600
    found = moment("01:00", player.start_s, player, snapshots.UTC)
    assert player.start_s < found < player.end_s
