"""A recording lived through once more, as fast as it goes: the site's own code on recorded bytes, readings and clock.

It runs in a loop of its own whose time is the recording's, on a thread; what windows would have seen is kept as
`Pictures`. Nothing is decided here: what the recorded host decided is on the wire and in its notes. What readings mean
before anything is decided (ages, neutralised mains) is worked out by the first stage of control, as it was live.
"""

from __future__ import annotations

import asyncio
import threading
from array import array
from collections.abc import Coroutine
from datetime import tzinfo
from pathlib import Path
from typing import Final

from evse_tui.board import recording_file as format_
from evse_tui.board.recording_file import Capture, MeterRecord, Record
from evse_tui.clock import LoopClock
from evse_tui.config import API, DISABLED, ChargerConfig, Meters, SiteConfig
from evse_tui.replay.line import RecordedLine
from evse_tui.replay.memory import MOST_LINES
from evse_tui.replay.meters import RecordedMeters
from evse_tui.replay.notes import Decided, Note, read_note
from evse_tui.replay.pictures import Pictures
from evse_tui.replay.readings import decode_reading
from evse_tui.sim.virtual_time import run_virtual
from evse_tui.site.cards import Cards
from evse_tui.site.charger import ChargerRuntime
from evse_tui.site.charger_view import charger_snapshot
from evse_tui.site.log import EventLog
from evse_tui.site.snapshot import Freshness, Level, Snapshot
from evse_tui.site.tasks import Tasks
from evse_tui.site.values import Values
from evse_tui.store import LogEntry, Store

TICK_MS: Final = 1_000
MARK_EVERY: Final = 256
"""Records between two places that are remembered, to find frames by time."""


class Progress:
    """What the thread tells others."""

    def __init__(self, start_ms: int) -> None:
        self.pictures = Pictures()
        self.times = array("q")
        """Times of some records, ascending; `places` are theirs in the file."""
        self.places = array("q")
        self.lines: list[LogEntry] = []
        """The log, oldest first."""
        self.now_ms = start_ms
        """How far it has come, on the capture's clock."""
        self.read = 0
        """Bytes of the file."""
        self.began = threading.Event()
        """There is a picture, or there will be none."""
        self.over = threading.Event()
        self.cut = False
        """Whether the recording's tail is damaged."""
        self.failure: BaseException | None = None
        self.stop = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether all of it has been read that can be."""
        return self.over.is_set()


def live_through(path: Path, zone: tzinfo, progress: Progress) -> None:
    """Reads all of a capture; for a thread. `progress.stop` ends it early."""
    try:
        with path.open("rb") as file:
            run_virtual(_live_through(Capture(file, str(path)), zone, progress))
    except BaseException as error:  # shown by the one who asked
        progress.failure = error
    finally:
        progress.over.set()
        progress.began.set()


async def _live_through(capture: Capture, zone: tzinfo, progress: Progress) -> None:
    clock = LoopClock(capture.start_s)
    first = next((record for _, record in capture.records()), None)
    await clock.sleep_ms(0 if first is None else first.at_ms)
    store = await Store.open(None)
    site = _Site(capture, clock, store, zone, progress)
    try:
        await site.play()
    finally:
        await site.close()
        await store.close()


async def _a_few_turns() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


class _Site:
    """The chargers of a recording. Implements `ChargerHost`."""

    def __init__(self, capture: Capture, clock: LoopClock, store: Store, zone: tzinfo, progress: Progress) -> None:
        self._capture = capture
        self._clock = clock
        self._progress = progress
        self._started_s = clock.wall_s()
        self._log = EventLog(())
        self._tasks = Tasks(lambda _error: None)
        self._changed = True
        self._due: asyncio.TimerHandle | None = None
        """When the next picture will be taken."""
        self._number = 0
        self._name = "Recording"
        self._demo = False
        self._decided = Decided()
        self._lines = [RecordedLine(link.port) for link in capture.links]
        kind = API if capture.has_meters else DISABLED
        config = SiteConfig(
            meters=Meters(mains=kind, circuit=kind, battery=kind, pv=kind),
            chargers=tuple(
                ChargerConfig(link.charger_id, link.port, link.name, ev_meter=kind) for link in capture.links
            ),
        )
        self._values = Values(config, store.stored)
        cards = Cards(store)
        self._chargers = [
            ChargerRuntime(
                charger,
                line,
                clock,
                self._values,
                self,
                energy=None,
                known_events=(),
                demo=True,
                zone=zone,
                cards=cards,
                stored={},
                connect=line.connect,
            )
            for charger, line in zip(config.chargers, self._lines, strict=True)
        ]
        self._meters = RecordedMeters(config.meters, self, self._values, self._chargers)

    async def play(self) -> None:
        """All of the recording."""
        for charger in self._chargers:
            self.spawn(charger.run(), f"board of {charger.id}")
        await asyncio.sleep(0)  # they wait for their ports now
        self.spawn(self._tick(), "tick")
        for number, (place, record) in enumerate(self._capture.records()):
            if self._progress.stop.is_set():
                return
            if number % MARK_EVERY == 0:
                self._progress.times.append(record.at_ms)
                self._progress.places.append(place)
                self._progress.read = place
            await self._wait_until(record.at_ms)
            if isinstance(record, MeterRecord):
                if (reading := decode_reading(record.data)) is not None:
                    self._meters.take(reading, self._clock.now_ms(), self._clock.wall_s())
            else:
                self._take(record)
                if record.direction is None:  # the client takes a port up in its own task
                    await _a_few_turns()
            self._look()
        self._progress.cut = self._capture.cut

    async def close(self) -> None:
        """Ends what was spawned."""
        if self._due is not None:
            self._due.cancel()
        failure = self._tasks.failure
        error = failure.exception() if failure.done() and not failure.cancelled() else None
        await self._tasks.close()
        if error is not None:
            raise error

    async def _wait_until(self, at_ms: int) -> None:
        wait_ms = at_ms - self._clock.now_ms()
        if wait_ms > 0:
            await self._clock.sleep_ms(wait_ms)
        else:  # what the record before has caused happens first: live there was time for it
            await _a_few_turns()

    async def _tick(self) -> None:
        while True:
            await self._clock.sleep_ms(TICK_MS)
            now_ms = self._clock.now_ms()
            for charger in self._chargers:
                charger.tick(now_ms)
            self._meters.tick(now_ms)
            self._look()

    def _take(self, record: Record) -> None:
        line = self._lines[record.link]
        if record.direction is not None:
            line.went(record.direction, record.data, self._clock.now_ms())
        elif record.comment == format_.OPENED:
            line.opened()
        elif record.comment == format_.CLOSED:
            line.closed()
        elif record.comment.startswith(format_.FAILED):
            line.failed(record.comment.removeprefix(format_.FAILED))
        elif record.comment.startswith(format_.NOTE):
            charger = self._chargers[record.link]
            text = record.comment.removeprefix(format_.NOTE)
            self._take_note(charger, read_note(text, charger.id, self._clock.now_ms()))
        elif record.comment.startswith(format_.LOST):
            pieces = record.comment.removeprefix(format_.LOST)
            self.log(None, Level.WARNING, f"{pieces} pieces are missing here: the disk was too slow")

    def _take_note(self, charger: ChargerRuntime, note: Note) -> None:
        if note.decided is not None:  # with each reading of the mains: no change that must be shown at once
            self._decided = note.decided
            return
        self._changed = True
        for name, value in (note.settings or {}).items():
            if name in self._values.charger(charger.id):
                self._values.set(charger.id, name, value)
        for name, value in (note.site_settings or {}).items():
            if name in self._values.site:
                self._values.set(None, name, value)
        if note.override_da is not None:
            charger.override_da = note.override_da
            charger.grants.newest = note.grant
        if note.ev_meter is not None:
            charger.ev.source.kind = note.ev_meter
        self._meters.tell_kinds(note.meters or {})
        if note.site_name:
            self._name = note.site_name
        self._meters.phases = note.site_phases or self._meters.phases
        self._demo = self._demo if note.demo is None else note.demo

    def _look(self) -> None:
        """A picture, at once of a change, else when one is due."""
        now_ms = self._clock.now_ms()
        self._progress.now_ms = now_ms
        wait_ms = self._progress.pictures.wait_ms(now_ms)
        if wait_ms and not self._changed:
            if self._due is None:
                self._due = self._clock.call_later_ms(wait_ms, self._look_again)
            return
        if self._due is not None:
            self._due.cancel()
            self._due = None
        change, self._changed = self._changed, False
        self._progress.pictures.add(self._snapshot(now_ms), change=change)
        self._progress.began.set()

    def _look_again(self) -> None:
        self._due = None
        self._look()

    def _snapshot(self, now_ms: int) -> Snapshot:
        wall_s = self._clock.wall_s()
        self._number += 1
        meters = self._meters.site
        mains = meters.mains.snapshot(now_ms)
        # where the mains were not recorded their absence is no news
        trust = mains.freshness if self._capture.has_meters else Freshness.FRESH
        return Snapshot(
            number=self._number,
            at_ms=now_ms,
            wall_s=wall_s,
            started_s=self._started_s,
            chargers=tuple(charger_snapshot(charger, now_ms, wall_s, trust) for charger in self._chargers),
            mains=mains,
            circuit=meters.circuit.snapshot(now_ms),
            battery=meters.battery.snapshot(now_ms),
            pv=meters.pv.snapshot(now_ms),
            surplus=self._meters.surplus,
            settings=self._values.site,
            events=self._log.shown,
            warnings=self._meters.warnings,
            demo=self._demo,
            name=self._name,
            rooms_da=self._decided.rooms_da,
            budget_da=self._decided.budget_da,
            grid_relay=self._decided.grid_relay,
            price_milli_per_kwh=meters.tariff.milli_per_kwh,
        )

    # ChargerHost

    def log(self, charger_id: str | None, level: Level, text: str) -> None:
        """Adds a line to the event log."""
        self._log.add(self._clock.wall_s(), charger_id, level, text)
        lines = self._log.pending()
        self._log.stored(lines)
        if len(self._progress.lines) < MOST_LINES:
            self._progress.lines += lines

    def touch(self, *, at_once: bool = False) -> None:
        """The snapshot has changed."""
        self._changed |= at_once

    def decide_soon(self) -> None:
        """Nothing is decided."""

    def record_soon(self) -> None:
        """Nothing is stored."""

    def spawn(self, coroutine: Coroutine[None, None, None], name: str) -> None:
        """Runs a background task to the end of the recording."""
        self._tasks.spawn(coroutine, name)
