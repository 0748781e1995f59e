"""Recording the wire: from wiretaps to a capture file, without ever holding up a link."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from evse_tui.board import recording_file as format_
from evse_tui.board.recording_file import CaptureError, Direction, Link, MeterRecord, Record
from evse_tui.board.threads import in_thread
from evse_tui.board.wiretap import Listener, Piece, Wiretap
from evse_tui.clock import Clock

FLUSH_MS: Final = 500
"""A power cut loses what is younger than this and one write."""
_MOST_WAITING: Final = 1 << 20
"""Bytes that wait for the disk, some minutes of a busy board; beyond them pieces are lost, counted and marked."""
_CLOCK_SET_S: Final = 0.1
LARGEST_FILE: Final = 1 << 30
"""A capture ends here: days of a busy board, but not all of the disk."""

Beside = Callable[["Recorder"], Coroutine[None, None, None]]
"""Runs while a capture is made and adds notes and readings to it."""


@dataclass(frozen=True, slots=True)
class RecordingState:
    """A capture that is being made, or the last one."""

    path: Path
    running: bool
    size: int
    """Bytes, those included that wait for the disk."""
    pieces: int
    started_s: float
    """Wall time."""
    trouble: str = ""
    """One sentence: why it ended by itself, or is not whole."""


class WireView(Protocol):
    """What windows see of the wire."""

    @property
    def recording(self) -> RecordingState | None:
        """The capture that is being made, or the last one."""

    @property
    def obstacle(self) -> str:
        """Why no capture can be made here, one sentence; empty if it can."""

    def pieces(self, charger_id: str) -> Sequence[Piece]:
        """The newest pieces of a charger's link, oldest first."""

    def wall_s(self, at_ms: int) -> float:
        """Wall time of a piece."""

    async def start(self, path: Path) -> None:
        """Begins a capture in a new file.

        Raises:
            CaptureError: it can't be made.
        """

    async def stop(self) -> None:
        """Ends the capture; returns when the disk has it."""


class Recorder:
    """Writes the pieces of some wiretaps to one file. Make it with `create`, `run` it, and end it with `close`."""

    def __init__(
        self, path: Path, descriptor: int, clock: Clock, taps: Sequence[tuple[Link, Wiretap]], *, meters: bool
    ) -> None:
        wall_ms = round(clock.wall_s() * 1000)
        self._path = path
        self._descriptor = descriptor
        self._clock = clock
        self._origin_ms = clock.now_ms() - wall_ms % 1000
        self._started_s = wall_ms / 1000
        self._taps = taps
        self._waiting = bytearray(format_.encode_header([link for link, _ in taps], wall_ms // 1000, meters=meters))
        self._size = len(self._waiting)
        self._pieces = 0
        self._lost = 0
        self._trouble = ""
        self._open = True
        for index, (_, tap) in enumerate(taps):
            tap.listener = _OneLink(self, index)
            if tap.is_open:
                self.mark(index, format_.OPENED)
                for piece in tap.greeting():
                    self._add(Record(index, self._at_ms, piece.direction, piece.data, format_.REMEMBERED))

    @classmethod
    async def create(
        cls, path: Path, clock: Clock, taps: Sequence[tuple[Link, Wiretap]], *, meters: bool = False
    ) -> Recorder:
        """Makes a new file and begins at once; on a thread, because the file may be anywhere.

        Only a capture with `meters` takes readings.

        Raises:
            CaptureError: the file exists or can't be made.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            descriptor = await in_thread(lambda: os.open(path, flags, 0o600), os.close)
        except FileExistsError:
            raise CaptureError(f"{path} exists already: name another file for the capture.") from None
        except OSError as error:
            raise CaptureError(f"{path} can't be made for the capture: {error.strerror or error}.") from error
        return cls(path, descriptor, clock, taps, meters=meters)

    @property
    def state(self) -> RecordingState:
        """How it stands."""
        return RecordingState(self._path, self._open, self._size, self._pieces, self._started_s, self._trouble)

    def mark(self, link: int, comment: str) -> None:
        """Something that is not on the wire."""
        self._add(Record(link, self._at_ms, None, b"", comment))

    def note(self, charger_id: str, words: str) -> None:
        """What the host means by what it sends from now on."""
        for index, (link, _) in enumerate(self._taps):
            if link.charger_id == charger_id:
                self.mark(index, format_.NOTE + words)

    def reading(self, data: bytes, comment: str = "") -> None:
        """What a meter says now."""
        self._add(MeterRecord(self._at_ms, data, comment))

    def take(self, link: int, at_ms: int, direction: Direction, data: bytes) -> None:
        """A piece of a link; `at_ms` is on the host's clock."""
        self._pieces += 1
        self._add(Record(link, max(0, at_ms - self._origin_ms), direction, data))

    async def run(self) -> None:
        """Brings what waits to the disk until cancelled, or until the capture ends by itself."""
        while self._open:
            await self._clock.sleep_ms(FLUSH_MS)
            await self._flush()

    async def close(self) -> None:
        """Writes the rest and closes the file. `run` must have ended."""
        self._end()
        await self._flush()
        with contextlib.suppress(OSError):  # it was synchronised before
            await in_thread(lambda: os.close(self._descriptor))

    @property
    def _at_ms(self) -> int:
        return self._clock.now_ms() - self._origin_ms

    def _add(self, record: Record | MeterRecord) -> None:
        if not self._open:
            return
        if isinstance(record, Record):
            data = format_.encode_record(record)
        else:
            data = format_.encode_reading(record, len(self._taps))
        if len(self._waiting) + len(data) > _MOST_WAITING:
            self._lost += 1
            return
        if self._lost:
            lost, self._lost = self._lost, 0
            self._trouble = "The disk was too slow for a moment: pieces are missing."
            self._add(Record(0, record.at_ms, None, b"", f"{format_.LOST}{lost}"))
        self._waiting += data
        self._size += len(data)
        if self._size > LARGEST_FILE:
            self._end(f"The capture ended at {LARGEST_FILE >> 20} MiB.")

    def _end(self, trouble: str = "") -> None:
        self._open = False
        self._trouble = trouble or self._trouble
        for _, tap in self._taps:
            if isinstance(tap.listener, _OneLink) and tap.listener.recorder is self:
                tap.listener = None

    async def _flush(self) -> None:
        if not self._waiting:
            return
        data = bytes(self._waiting)
        self._waiting.clear()
        descriptor = self._descriptor
        written = in_thread(lambda: _write(descriptor, data))
        try:
            await asyncio.shield(written)
        except asyncio.CancelledError:
            await asyncio.wait((written,))  # two writes must not overlap
            if not written.cancelled() and written.exception() is not None:
                self._end("The capture can't be written.")
            raise
        except OSError as error:
            self._waiting.clear()
            self._end(f"The capture ended: {error.strerror or error}.")


class _OneLink(Listener):
    def __init__(self, recorder: Recorder, link: int) -> None:
        self.recorder = recorder
        self._link = link

    def piece(self, piece: Piece) -> None:
        self.recorder.take(self._link, piece.at_ms, piece.direction, piece.data)

    def opened(self) -> None:
        self.recorder.mark(self._link, format_.OPENED)

    def closed(self) -> None:
        self.recorder.mark(self._link, format_.CLOSED)

    def failed(self, sentence: str) -> None:
        self.recorder.mark(self._link, format_.FAILED + sentence)


class Wires:
    """The links of this process: implements `WireView`. `close` it before the loop ends."""

    def __init__(self, clock: Clock, taps: Mapping[str, tuple[Link, Wiretap]], beside: Beside | None = None) -> None:
        """`taps` by charger id; `beside` adds notes and readings while a capture is made."""
        self._clock = clock
        self._taps = taps
        self._beside = beside
        self._recorder: Recorder | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._busy = asyncio.Lock()
        self._offset_s = clock.wall_s() - clock.now_ms() / 1000
        """Kept as long as nobody sets the clock: two readings at a time differ by a rounded millisecond."""

    @property
    def recording(self) -> RecordingState | None:
        return None if self._recorder is None else self._recorder.state

    @property
    def obstacle(self) -> str:
        return "" if self._taps else "There is no charger."

    def pieces(self, charger_id: str) -> Sequence[Piece]:
        return self._taps[charger_id][1].pieces if charger_id in self._taps else ()

    def wall_s(self, at_ms: int) -> float:
        offset_s = self._clock.wall_s() - self._clock.now_ms() / 1000
        if abs(offset_s - self._offset_s) > _CLOCK_SET_S:
            self._offset_s = offset_s
        return self._offset_s + at_ms / 1000

    async def start(self, path: Path) -> None:
        async with self._busy:
            if self._tasks:
                raise CaptureError("A capture is being made already.")
            taps = list(self._taps.values())
            meters = self._beside is not None
            recorder = self._recorder = await Recorder.create(path, self._clock, taps, meters=meters)
            self._tasks = [asyncio.create_task(recorder.run(), name="capture")]
            if self._beside is not None:
                self._tasks.append(asyncio.create_task(self._beside(recorder), name="notes of the capture"))

    async def stop(self) -> None:
        async with self._busy:
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if tasks and self._recorder is not None:
                await self._recorder.close()

    async def close(self) -> None:
        """Ends a capture that is being made."""
        await self.stop()


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
    os.fdatasync(descriptor)
