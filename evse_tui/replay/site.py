"""A recording in a site's place: the same snapshots at the moment that is looked at, and nothing to command."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from bisect import bisect_right
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO, Final

from evse_protocol.framing import DELIMITER, decode_frame
from evse_protocol.messages import PILOT_TRACE
from evse_protocol.payloads import PayloadError, PilotTrace, decode_payload
from evse_tui.board.pilot_samples import EVERYTHING, PilotRing, PilotSamples
from evse_tui.board.recording import RecordingState
from evse_tui.board.recording_file import Capture, CaptureError, Record
from evse_tui.board.threads import in_thread
from evse_tui.board.wiretap import Piece
from evse_tui.clock import Clock
from evse_tui.replay.memory import RecordedMemory
from evse_tui.replay.player import Player
from evse_tui.replay.reenactment import Progress, live_through
from evse_tui.site.commands import Command, Measurement, Outcome, Source, TracePilot
from evse_tui.site.memory import Memory
from evse_tui.site.snapshot import Snapshot
from evse_tui.store import Store

NOT_HERE: Final = "This is a recording: nothing can be commanded."
_LOOK_MS: Final = 100
_SHOWN: Final = 200
_PILOT_MS: Final = 2_000
_PILOT_PIECES: Final = 400
_PILOT_LATE_MS: Final = 500
"""A full frame came every 14 ms."""


class RecordedSite:
    """Implements `SiteView`, `WireView`, `Clock` (the recording's) and `evse_tui.ui.playing.Playing`."""

    def __init__(
        self, path: Path, file: BinaryIO, memory: Memory, progress: Progress, player: Player, clock: Clock
    ) -> None:
        """`clock` is that of the user; `progress` is filled by somebody else."""
        self._path = path
        self._capture = Capture(file, str(path))
        self._memory = RecordedMemory(progress.lines, self.wall_s, memory)
        self._progress = progress
        self._player = player
        self._user = clock
        self._moved = asyncio.Event()
        self._marked: tuple[Snapshot, Snapshot] | None = None
        """A picture, and the same one with a warning."""
        self._size = max(1, path.stat().st_size)

    # SiteView

    @property
    def snapshot(self) -> Snapshot:
        found = self._progress.pictures.at(self.now_ms())
        if found is None:
            raise CaptureError(f"{self._path} has no picture yet.")
        return self._with_trouble(found)

    def _with_trouble(self, found: Snapshot) -> Snapshot:
        """The same object for the same picture: who reads snapshots looks for another one."""
        trouble = self.trouble
        if not trouble:
            return found
        if self._marked is None or self._marked[0] is not found or self._marked[1].warnings[-1] != trouble:
            self._marked = found, replace(found, warnings=(*found.warnings, trouble))
        return self._marked[1]

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        seen = None
        while True:
            if (shown := self.snapshot) is not seen:
                seen = shown
                yield seen
            self._moved.clear()
            waiting = asyncio.ensure_future(self._moved.wait())
            try:
                await asyncio.wait((waiting,), timeout=_LOOK_MS / 1000)
            finally:
                waiting.cancel()

    @property
    def memory(self) -> Memory:
        """The log of the recording, up to the moment that is looked at."""
        return self._memory

    async def pilot(self, charger_id: str, after_ms: int = EVERYTHING) -> PilotSamples:
        """The samples that were on the wire just before the moment that is looked at."""
        now_ms = self.now_ms()
        ring = PilotRing(_PILOT_MS)
        for piece in self._pieces(charger_id, now_ms - _PILOT_MS, _PILOT_PIECES):
            frame = decode_frame(piece.data.removesuffix(DELIMITER))
            if frame is not None and frame.type == PILOT_TRACE.id:
                with contextlib.suppress(PayloadError):
                    payload = decode_payload(frame.type, frame.payload)
                    if isinstance(payload, PilotTrace):
                        ring.add(payload, piece.at_ms)
        found = ring.after(after_ms, now_ms)
        if found.age_ms is not None and found.age_ms < _PILOT_LATE_MS:
            return found
        return replace(found, obstacle="The recording has no pilot samples here.")

    async def execute(self, command: Command) -> Outcome:
        """Refused, but for looking at what was traced."""
        return Outcome(True) if isinstance(command, TracePilot) else Outcome(False, NOT_HERE)

    def feed(self, measurement: Measurement, source: Source = Source.OUTSIDE) -> None:
        """Refused.

        Raises:
            CaptureError: always.
        """
        raise CaptureError(NOT_HERE)

    # WireView

    @property
    def recording(self) -> RecordingState | None:
        return None

    @property
    def obstacle(self) -> str:
        return "This is a recording already."

    async def start(self, path: Path) -> None:
        raise CaptureError(self.obstacle)

    async def stop(self) -> None:
        """There is nothing to stop."""

    def pieces(self, charger_id: str) -> Sequence[Piece]:
        """The pieces before the moment that is looked at."""
        return self._pieces(charger_id, self.now_ms(), _SHOWN)

    def _pieces(self, charger_id: str, from_ms: int, most: int) -> Sequence[Piece]:
        """At most `most` pieces of a link: those since `from_ms`, and what is read on the way there."""
        links = [link.charger_id for link in self._capture.links]
        if charger_id not in links or not self._progress.times:
            return ()
        wanted, until_ms = links.index(charger_id), self.now_ms()
        times = self._progress.times
        mark = max(0, bisect_right(times, from_ms) - 1)
        found: deque[Piece] = deque(maxlen=most)
        for _, record in self._capture.records(self._progress.places[max(0, mark - 1)]):
            if record.at_ms > until_ms:
                break
            if isinstance(record, Record) and record.link == wanted and record.direction is not None:
                found.append(Piece(record.at_ms, record.direction, record.data))
        return found

    # Clock

    def now_ms(self) -> int:
        """The moment that is looked at."""
        progress, player = self._progress, self._player
        player.end_ms, player.complete = max(progress.now_ms, player.start_ms), progress.ended
        return player.position_ms(self._user.now_ms())

    def wall_s(self, at_ms: int | None = None) -> float:
        """Wall time of the moment that is looked at, or of another."""
        return self._capture.start_s + (self.now_ms() if at_ms is None else at_ms) / 1000

    async def sleep_ms(self, duration_ms: float) -> None:
        """In the user's time."""
        await self._user.sleep_ms(duration_ms)

    def call_later_ms(self, delay_ms: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """In the user's time."""
        return self._user.call_later_ms(delay_ms, callback)

    # Playing

    @property
    def playing(self) -> bool:
        return self._player.playing

    @property
    def speed(self) -> float:
        return self._player.speed

    @property
    def start_s(self) -> float:
        """Wall time of the beginning."""
        return self.wall_s(self._player.start_ms)

    @property
    def end_s(self) -> float:
        """Wall time of the end, as far as it has been read."""
        return self.wall_s(self._player.end_ms)

    @property
    def read_percent(self) -> int:
        """How much of the file has been read."""
        return 100 if self._progress.ended else min(99, 100 * self._progress.read // self._size)

    @property
    def trouble(self) -> str:
        """One sentence if the recording is not whole."""
        if self._progress.failure is not None:
            return f"The recording can't be read on: {self._progress.failure!r}."
        return "The tail of the recording is damaged: it ends early." if self._progress.cut else ""

    def toggle(self) -> None:
        self.now_ms()
        self._player.toggle(self._user.now_ms())
        self._moved.set()

    def move(self, by_ms: int) -> None:
        self.now_ms()
        self._player.move(by_ms, self._user.now_ms())
        self._moved.set()

    def change_speed(self, step: int) -> None:
        self._player.change_speed(step, self._user.now_ms())


@asynccontextmanager
async def recorded_site(path: Path, clock: Clock, zone: tzinfo, speed: float = 1.0) -> AsyncIterator[RecordedSite]:
    """The recording in `path`, from its first picture on; the rest of it is read meanwhile.

    Raises:
        CaptureError: it can't be read.
    """
    try:
        file = await in_thread(lambda: path.open("rb"), lambda opened: opened.close())
    except OSError as error:
        raise CaptureError(f"{path} can't be read: {error.strerror or error}.") from error
    with file:
        first = next((record for _, record in Capture(file, str(path)).records()), None)
        if first is None:
            raise CaptureError(f"{path} has no frame: nothing was recorded.")
        progress = Progress(first.at_ms)
        thread = threading.Thread(target=live_through, args=(path, zone, progress), name="recording", daemon=True)
        thread.start()
        memory = await Store.open(None)
        try:
            await asyncio.to_thread(progress.began.wait)
            if not len(progress.pictures):
                raise CaptureError(f"{path} can't be played: {progress.failure!r}.") from progress.failure
            player = Player(first.at_ms, clock.now_ms(), speed)
            yield RecordedSite(path, file, memory, progress, player, clock)
        finally:
            progress.stop.set()
            await asyncio.to_thread(thread.join)
            await memory.close()
