"""Wiretaps and recordings of a link in memory."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from evse_protocol.framing import DELIMITER, LARGEST_STUFFED
from evse_protocol.messages import CONFIG, CONFIG_GET, HELLO, IDENTITY
from evse_tui.board import recording
from evse_tui.board.client import BoardClient
from evse_tui.board.recording import Wires
from evse_tui.board.recording_file import Capture, CaptureError, Direction, Link, Record
from evse_tui.board.wiretap import KEPT, TappedOpener, Wiretap
from evse_tui.clock import LoopClock
from evse_tui.sim.virtual_time import run_virtual
from tests.board.memory import MemoryOpener
from tests.protocol.scripted import HOST_ID

_T = TypeVar("_T")
LINK = Link("memory", "1", "Garage")


def at_once(function: Callable[[], _T], _dispose: Callable[[_T], None] | None = None) -> asyncio.Future[_T]:
    """`in_thread` without a thread: in virtual time a disk takes no time."""
    future: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
    try:
        future.set_result(function())
    except OSError as error:
        future.set_exception(error)
    return future


@pytest.fixture(autouse=True)
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "in_thread", at_once)


def in_virtual_time(story: Callable[[Wires, Wiretap, MemoryOpener], Coroutine[Any, Any, None]]) -> None:
    """A client that greeted its board through a wiretap; wires that could record it."""

    async def run() -> None:
        clock = LoopClock(1_700_000_000.25)
        tap, opener = Wiretap(clock), MemoryOpener()
        client = BoardClient(TappedOpener(opener, tap), clock, on_event=lambda _: None, host_id=HOST_ID)
        task = asyncio.create_task(client.run())
        wires = Wires(clock, {"1": (LINK, tap)})
        try:
            await asyncio.sleep(1)
            await story(wires, tap, opener)
        finally:
            await wires.close()
            task.cancel()
            await asyncio.wait((task,))

    run_virtual(run())


def records(path: Path) -> list[Record]:
    with path.open("rb") as file:
        return [found for _, found in Capture(file, str(path)).records() if isinstance(found, Record)]


def test_all_bytes_of_both_directions_are_kept_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"

    async def story(wires: Wires, tap: Wiretap, opener: MemoryOpener) -> None:
        await wires.start(path)
        begin = len(opener.written)
        assert wires.recording is not None
        assert wires.recording.running
        await asyncio.sleep(5)
        sent = opener.written[begin:]
        assert wires.pieces("1")[-1] is tap.pieces[-1]
        assert wires.pieces("nobody") == ()
        await wires.stop()
        assert not wires.recording.running
        written = [record for record in records(path) if record.comment == ""]
        assert b"".join(record.data for record in written if record.direction is Direction.TO_BOARD) == sent
        assert len([record for record in written if record.direction is Direction.FROM_BOARD]) >= 5
        assert [record.at_ms for record in written] == sorted(record.at_ms for record in written)
        assert wires.recording.size == path.stat().st_size

    in_virtual_time(story)


def test_a_capture_begun_late_has_the_greeting(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"

    async def story(wires: Wires, _tap: Wiretap, _opener: MemoryOpener) -> None:
        await wires.start(path)
        await wires.stop()
        opened, hello, identity = records(path)
        assert opened.comment == "opened"
        assert (hello.comment, identity.comment) == ("remembered", "remembered")
        assert (hello.direction, identity.direction) == (Direction.TO_BOARD, Direction.FROM_BOARD)

    in_virtual_time(story)


async def test_what_a_board_can_do_is_part_of_the_greeting_until_the_next_hello() -> None:
    tap = Wiretap(LoopClock())
    hello, identity, ask, answer = (
        bytes((3, message.id, 1)) + DELIMITER for message in (HELLO, IDENTITY, CONFIG_GET, CONFIG)
    )
    for direction, data in (
        (Direction.TO_BOARD, hello),
        (Direction.FROM_BOARD, identity),
        (Direction.TO_BOARD, ask),
        (Direction.FROM_BOARD, answer),
    ):
        tap.heard(direction, data)
    assert [piece.data for piece in tap.greeting()] == [hello, identity, ask, answer]
    tap.heard(Direction.TO_BOARD, hello)
    assert [piece.data for piece in tap.greeting()] == [hello]


def test_a_lost_port_and_its_return_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"

    async def story(wires: Wires, tap: Wiretap, opener: MemoryOpener) -> None:
        await wires.start(path)
        assert opener.transport is not None
        opener.transport.lose(None)
        await asyncio.sleep(0.1)
        assert not tap.is_open
        assert tap.greeting() == []
        await asyncio.sleep(3)
        await wires.stop()
        marks = [record.comment for record in records(path) if record.direction is None]
        assert marks == ["opened", "closed", "opened"]

    in_virtual_time(story)


def test_a_power_cut_loses_at_most_a_second(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"

    async def story(wires: Wires, tap: Wiretap, _opener: MemoryOpener) -> None:
        await wires.start(path)
        for _ in range(20):
            tap.heard(Direction.FROM_BOARD, b"\x01" + DELIMITER)
            count = tap.count
            await asyncio.sleep(1)
            on_disk = len([record for record in records(path) if record.comment == ""])
            assert on_disk >= count - before

    before = 0

    async def measured(wires: Wires, tap: Wiretap, opener: MemoryOpener) -> None:
        nonlocal before
        before = tap.count
        await story(wires, tap, opener)

    in_virtual_time(measured)


def test_a_file_is_never_overwritten_and_one_capture_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(b"somebody's")

    async def story(wires: Wires, _tap: Wiretap, _opener: MemoryOpener) -> None:
        with pytest.raises(CaptureError, match="exists already"):
            await wires.start(path)
        with pytest.raises(CaptureError, match="can't be made"):
            await wires.start(tmp_path / "no" / "where")
        await wires.start(tmp_path / "b.pcapng")
        with pytest.raises(CaptureError, match="being made"):
            await wires.start(tmp_path / "c.pcapng")
        await wires.stop()
        await wires.start(tmp_path / "c.pcapng")

    in_virtual_time(story)
    assert path.read_bytes() == b"somebody's"


def test_a_full_disk_ends_the_capture_not_the_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def story(wires: Wires, tap: Wiretap, _opener: MemoryOpener) -> None:
        await wires.start(tmp_path / "a.pcapng")
        monkeypatch.setattr(os, "write", full)
        await asyncio.sleep(3)
        monkeypatch.undo()
        monkeypatch.setattr(recording, "in_thread", at_once)
        assert wires.recording is not None
        assert "No space left" in wires.recording.trouble
        assert tap.listener is None
        count = tap.count
        await asyncio.sleep(3)
        assert tap.count > count

    in_virtual_time(story)


def test_memory_is_bounded_while_the_disk_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pcapng"
    monkeypatch.setattr(recording, "_MOST_WAITING", 4_000)

    async def story(wires: Wires, tap: Wiretap, _opener: MemoryOpener) -> None:
        await wires.start(path)
        before = tap.count
        for _ in range(1_000):
            tap.heard(Direction.FROM_BOARD, b"\x02\x01" + DELIMITER)
        await asyncio.sleep(1)
        tap.heard(Direction.FROM_BOARD, b"\x02\x02" + DELIMITER)
        await wires.stop()
        assert wires.recording is not None
        assert "missing" in wires.recording.trouble
        kept = records(path)
        lost = [int(record.comment.split()[1]) for record in kept if record.comment.startswith("lost ")]
        assert sum(lost) > 900
        assert sum(lost) + len([record for record in kept if record.direction and not record.comment]) == (
            tap.count - before
        )

    in_virtual_time(story)
    assert path.stat().st_size < 8_000


def test_a_capture_ends_before_it_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "LARGEST_FILE", 2_000)

    async def story(wires: Wires, _tap: Wiretap, _opener: MemoryOpener) -> None:
        await wires.start(tmp_path / "a.pcapng")
        await asyncio.sleep(30)
        assert wires.recording is not None
        assert not wires.recording.running
        assert "ended" in wires.recording.trouble

    in_virtual_time(story)
    assert (tmp_path / "a.pcapng").stat().st_size < 2_200


async def test_pieces_are_bounded_whatever_comes() -> None:
    tap = Wiretap(LoopClock())
    for _ in range(50):
        tap.heard(Direction.FROM_BOARD, b"\x55" * 5_000)
    assert max(len(piece.data) for piece in tap.pieces) <= 5_000
    tap.heard(Direction.FROM_BOARD, DELIMITER * 2_000)
    assert len(tap.pieces) == KEPT
    tap.heard(Direction.FROM_BOARD, b"\x01" * LARGEST_STUFFED)
    count = tap.count
    tap.closed()
    assert tap.count == count + 1
