"""A SiteView in memory: shows what it is given and records what it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from evse_tui.board.pilot_samples import EVERYTHING, NOT_ASKED, PilotSamples
from evse_tui.site.commands import Command, Measurement, Outcome, Source
from evse_tui.site.memory import Memory
from evse_tui.site.snapshot import Snapshot
from tests.ui.fake_past import Blank
from tests.ui.snapshots import AT_MS, WALL_S


class FakeSite:
    """Implements SiteView; `show` publishes a snapshot."""

    def __init__(self, snapshot: Snapshot, memory: Memory | None = None) -> None:
        self._snapshot = snapshot
        self._memory = memory or Blank()
        self._newer = asyncio.Event()
        self.commands: list[Command] = []
        self.outcome = Outcome(True)
        self.samples = PilotSamples(obstacle=NOT_ASKED)
        self.pulls: list[int] = []
        """The cursors with which samples were asked for."""
        self.hold = asyncio.Event()
        """Cleared: commands wait for it."""
        self.hold.set()

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    @property
    def memory(self) -> Memory:
        return self._memory

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        while True:
            self._newer.clear()
            yield self._snapshot
            await self._newer.wait()

    async def pilot(self, charger_id: str, after_ms: int = EVERYTHING) -> PilotSamples:
        self.pulls.append(after_ms)
        told = self.samples
        if told.times_ms and after_ms >= told.times_ms[-1]:
            return PilotSamples(age_ms=told.age_ms, obstacle=told.obstacle)
        return told

    async def execute(self, command: Command) -> Outcome:
        self.commands.append(command)
        await self.hold.wait()
        return self.outcome

    def feed(self, measurement: Measurement, source: Source = Source.OUTSIDE) -> None:
        raise AssertionError("the terminal measures nothing")

    def show(self, snapshot: Snapshot) -> None:
        """Publishes `snapshot`."""
        self._snapshot = snapshot
        self._newer.set()


class FrozenClock:
    """Stands still until told otherwise."""

    def __init__(self, at_ms: int = AT_MS, wall_s: float = WALL_S) -> None:
        self.ms = at_ms
        self._at_ms = at_ms
        self._wall_s = wall_s

    def now_ms(self) -> int:
        return self.ms

    def wall_s(self) -> float:
        return self._wall_s + (self.ms - self._at_ms) / 1000

    async def sleep_ms(self, duration_ms: float) -> None:
        raise AssertionError("the terminal paints by its own timer")

    def call_later_ms(self, delay_ms: float, callback: object) -> asyncio.TimerHandle:
        raise AssertionError("the terminal paints by its own timer")
