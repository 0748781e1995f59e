"""`capture`, `decode` and `replay` on a real pseudo terminal with the shipped firmware behind it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from evse_protocol.framing import decode_frame
from evse_protocol.messages import CONFIG, EVENT, IDENTITY, PILOT_TRACE, STATUS
from evse_tui.board.model import LinkState
from evse_tui.board.recording_file import Capture, CaptureError, Direction, Link, Record, encode_header, encode_record
from evse_tui.cli import main
from evse_tui.clock import SystemClock
from evse_tui.replay.site import RecordedSite, recorded_site
from evse_tui.site.commands import BoardAction, DoBoardAction, EvMeasurement, TracePilot
from tests.sim.test_sim_board import running

LONG_ENOUGH_S = (1.5, 6.0, 24.0)
"""A capture lasts for a time, not until something has come: a machine that is too busy for the first gets the next."""
EVERYTHING = Counter({IDENTITY.id: 1, CONFIG.id: 1, STATUS.id: 1, EVENT.id: 2})


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second and a half of a board that nobody drives."""
    directory = tmp_path_factory.mktemp("capture")
    for number, seconds in enumerate(LONG_ENOUGH_S):
        path = directory / f"{number}.pcapng"
        with running("--pty", str(directory / "board")):
            assert main(["capture", str(directory / "board"), "-o", str(path), "--for", str(seconds)]) == 0
        if told_by_board(path) >= EVERYTHING:
            break
    return path


def records(capture: Path) -> list[Record]:
    with capture.open("rb") as file:
        return [record for _, record in Capture(file, "F").records() if isinstance(record, Record)]


def told_by_board(capture: Path) -> Counter[int]:
    """How many messages of each type."""
    pieces = [record.data[:-1] for record in records(capture) if record.direction is Direction.FROM_BOARD]
    return Counter(frame.type for frame in map(decode_frame, pieces) if frame)


@pytest.fixture
def evenly(capture: Path, tmp_path: Path) -> Path:
    """The same on a machine like no other: what came in the millisecond of the opening, or late, comes every 100 ms."""
    path = tmp_path / "evenly"
    with capture.open("rb") as file:
        read = Capture(file, "F")
    said = [replace(record, at_ms=100 * number) for number, record in enumerate(records(capture))]
    path.write_bytes(encode_header(read.links, int(read.start_s)) + b"".join(map(encode_record, said)))
    return path


def test_the_wire_is_there(capture: Path) -> None:
    with capture.open("rb") as file:
        records = [record for _, record in Capture(file, "F").records() if isinstance(record, Record)]
    assert [record.comment for record in records if record.direction is None] == ["opened", "closed"]
    ways = {record.direction for record in records}
    assert {Direction.FROM_BOARD, Direction.TO_BOARD} < ways


def test_decode_prints_it(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", str(capture)]) == 0
    printed = capsys.readouterr().out
    for words in ("# opened", "> HELLO ", "< IDENTITY ", "> CONFIG_GET", "< CONFIG ", "< STATUS ", "# closed"):
        assert words in printed
    assert " GRANT " not in printed, "a capture drives nothing"


def test_decode_of_cut_and_foreign_files(
    capture: Path, cut: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = tmp_path / "foreign"
    assert main(["decode", str(cut)]) == 0
    assert capsys.readouterr().out.endswith("# the rest of the file is damaged\n")
    foreign.write_bytes(capture.read_bytes().replace(b"evse-tui capture", b"something shorter"[:16]))
    assert main(["decode", str(foreign)]) == 1
    assert "is not a capture" in capsys.readouterr().err


def test_what_is_wrong_is_one_sentence(capture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ("capture", "/dev/ttyNOTHERE", "-o", str(capture)),
        ("capture", "/dev/ttyNOTHERE", "-o", str(tmp_path / "no" / "where")),
        ("replay", str(capture)),  # this is not a terminal
    ):
        assert main(words) == 1
        complaint = capsys.readouterr().err
        assert complaint.startswith("evse-tui: ")
        assert complaint.count("\n") == 1


def test_a_port_that_is_not_there_gives_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capture", "/dev/ttyNOTHERE", "-o", str(tmp_path / "a"), "--for", "0.2"]) == 2
    assert "There is no port /dev/ttyNOTHERE" in capsys.readouterr().err


class StandingClock(SystemClock):
    """A user who has all the time in the world."""

    def __init__(self) -> None:
        super().__init__()
        self.ms = 0

    def now_ms(self) -> int:
        return self.ms


async def all_read(site: RecordedSite) -> None:
    await asyncio.to_thread(site._progress.over.wait, 60)
    assert site.read_percent == 100


async def test_a_recording_stands_in_for_a_site(evenly: Path) -> None:
    clock = StandingClock()
    async with recorded_site(evenly, clock, UTC) as site:
        await all_read(site)
        assert site.playing
        begin_ms = site.now_ms()
        assert site.snapshot.chargers[0].link is not LinkState.ONLINE
        site.move(1_000)
        shown = site.snapshot.chargers[0]
        assert shown.link is LinkState.ONLINE
        assert shown.board is not None
        assert abs(site.wall_s() - site.start_s - 1) < 0.01
        assert site.pieces("1")[-1].at_ms <= site.now_ms()
        assert len(site.pieces("1")) > 4
        assert site.pieces("2") == ()
        site.move(-10_000)
        assert site.now_ms() == begin_ms
        clock.ms += 400
        assert site.now_ms() == begin_ms + 400
        site.toggle()
        clock.ms += 400
        assert site.now_ms() == begin_ms + 400
        assert not site.trouble


@pytest.fixture
def cut(capture: Path, tmp_path: Path) -> Path:
    """The same without its end."""
    path = tmp_path / "cut"
    path.write_bytes(capture.read_bytes()[:-7])
    return path


async def test_a_damaged_tail_is_a_warning(cut: Path) -> None:
    async with recorded_site(cut, StandingClock(), UTC) as site:
        await all_read(site)
        assert site.snapshot.warnings == ("The tail of the recording is damaged: it ends early.",)
        assert site.snapshot is site.snapshot


def test_a_site_records_its_boards_with_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    marks = [
        f" {board} {what}" for board in (1, 2) for what in ("# opened", '# note {"settings"', "> GRANT", "< STATUS")
    ]
    readings = [
        f' = {{"meter":"{meter}","source":"simulation",' for meter in ("mains", "circuit", "battery", "pv", "ev")
    ]
    for number, seconds in enumerate(LONG_ENOUGH_S):
        path = tmp_path / f"{number}.pcapng"
        words = ["demo", "--headless", "--boards", "2", "--for", str(seconds), "--listen", "127.0.0.1:0"]
        words += ["--capture", str(path)]
        assert main(words) == 0
        capsys.readouterr()
        assert main(["decode", str(path)]) == 0
        printed = capsys.readouterr().out
        missing = [what for what in marks + readings if what not in printed]
        if not missing:
            break
    assert missing == []
    assert main(words) == 1, "a file is never overwritten"
    assert "exists already" in capsys.readouterr().err


async def test_a_recording_takes_no_command(evenly: Path, tmp_path: Path) -> None:
    async with recorded_site(evenly, StandingClock(), UTC) as site:
        outcome = await site.execute(DoBoardAction("1", BoardAction.REBOOT))
        assert not outcome.accepted
        assert "recording" in outcome.detail
        assert (await site.execute(TracePilot("1", "test", 1_000))).accepted
        assert await site.memory.events() == ()
        await all_read(site)
        site.move(60_000)  # its end
        lines = await site.memory.events(levels=("info",), charger_id="1", limit=2)
        assert len(lines) == 2
        assert lines[0].number > lines[1].number
        older = await site.memory.events(before=lines[1].number)
        assert all(line.number < lines[1].number for line in older)
        assert await site.memory.events(charger_id="") == ()
        assert await site.memory.sessions() == ()
        assert await site.memory.totals("site", (0, 1)) is not None
        assert (await site.memory.history("site", 0, 86_400)).points == ()
        with pytest.raises(CaptureError):
            site.feed(EvMeasurement("1"))
        with pytest.raises(CaptureError):
            await site.start(tmp_path / "b")
        assert (await site.pilot("1")).obstacle.endswith(".")


async def test_recorded_pilot_samples_are_shown_where_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    records = [Record(0, at_ms, Direction.FROM_BOARD, trace(at_ms)) for at_ms in range(0, 5_000, 20)]
    path.write_bytes(encode_header((Link("p", "1"),), 1_700_000_000) + b"".join(map(encode_record, records)))
    async with recorded_site(path, StandingClock(), UTC) as site:
        await all_read(site)
        assert len((await site.pilot("1")).times_ms) == 1
        site.move(4_000)
        samples = await site.pilot("1")
        assert samples.times_ms[-1] == 4_000
        assert 50 < len(samples.times_ms) < 400
        assert set(samples.high_mv) == {12_000}


def trace(at_ms: int) -> bytes:
    from evse_protocol.framing import Frame, encode_frame
    from evse_protocol.payloads import PilotTrace, encode_payload

    message_id, payload = encode_payload(PilotTrace(at_ms, 1, (12_000, -12_000)))
    assert message_id == PILOT_TRACE.id
    return encode_frame(Frame(message_id, 0, 1, 0, payload))


@pytest.mark.parametrize("content", [b"", b"rubbish", encode_header((Link("p", "1"),), 0)])
async def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(CaptureError, match=str(path)):
        async with recorded_site(path, SystemClock(), UTC):
            pass
    with pytest.raises(CaptureError, match="can't be read"):
        async with recorded_site(tmp_path / "none", SystemClock(), UTC):
            pass
