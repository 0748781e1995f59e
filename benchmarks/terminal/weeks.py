"""Does the app grow? Two weeks of its time in one process; one JSON line at the end of each day.

The app runs headless over the snapshots of ten minutes of the demo (eight boards, virtual time), shown again every day
with the time of the weeks and a log of its own. Every ten minutes of the weeks bring the next snapshot, a line of the
log, a paint, and what is kept of the minute in a store that the History screen reads; after three of them the user
goes to the next screen, chooses the next charger, and looks at the help.

Every day ends with the same snapshot on the same screen: two that differ hold differently many objects.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Final

from benchmarks.load.process import rss_mb
from evse_tui.cli.assemble import DEMO_INITIAL, DEMO_SITE
from evse_tui.clock import LoopClock
from evse_tui.config import ChargerConfig, default_config
from evse_tui.sim.demo import DemoParameters, DemoWorld
from evse_tui.sim.virtual_time import run_virtual
from evse_tui.site.site import Site
from evse_tui.site.snapshot import EventEntry, Level, Snapshot
from evse_tui.store import Store
from evse_tui.store.buckets import SiteBucket
from evse_tui.store.history import Span
from evse_tui.ui.app import EvseApp
from tests.ui.fake_site import FakeSite, FrozenClock

BOARDS: Final = 8
DAYS: Final = 14
STEPS: Final = 24 * 6
"""Of a day."""
STEP_S: Final = 86_400 // STEPS
RECORDED: Final = STEPS
"""Snapshots: all of them are shown every day."""
RECORDED_S: Final = 600
STAY: Final = 3
"""Steps on one screen."""
LOG: Final = 100
"""Lines in a snapshot."""
START_S: Final = 1_751_328_000
"""2025-07-01 00:00 UTC."""


async def record() -> list[Snapshot]:
    """The demo's first minutes."""
    clock = LoopClock(START_S)
    world = DemoWorld(clock, DemoParameters(boards=BOARDS))
    chargers = tuple(
        ChargerConfig(name, opener.port, rotation=world.rotation(name), settings=DEMO_INITIAL)
        for name, opener in world.openers.items()
    )
    config = replace(default_config(), name="Demo", settings=DEMO_SITE, chargers=chargers)
    store = await Store.open(None)
    site = Site(config, store, clock, world.openers, demo=True)
    await site.start()
    world.start(site)
    found = []
    try:
        for _ in range(RECORDED):
            await clock.sleep_ms(RECORDED_S * 1000 // RECORDED)
            found.append(site.snapshot)
    finally:
        await site.stop()
        await world.stop()
        await store.close()
    return found


def at_step(recorded: list[Snapshot], step: int) -> Snapshot:
    """The snapshot of a step."""
    levels = list(Level)
    events = tuple(
        EventEntry(
            number, START_S + float(STEP_S * number), str(number % BOARDS + 1), levels[number % len(levels)], "Bound."
        )
        for number in range(max(0, step - LOG), step)
    )
    return replace(recorded[step % len(recorded)], number=step, wall_s=START_S + float(STEP_S * step), events=events)


def kept(snapshot: Snapshot) -> SiteBucket:
    """The minute before a snapshot, as the site would keep it."""
    l1, l2, l3 = (da * 60_000 for da in snapshot.mains.currents_da or (0, 0, 0))
    return SiteBucket(int(snapshot.wall_s) - 60, 60, 60_000, l1, l2, l3, main_da=250)


async def live(recorded: list[Snapshot], folder: Path) -> AsyncIterator[dict[str, float]]:
    """What is in use at the end of each day."""
    store = await Store.open(folder)
    clock = FrozenClock(at_ms=recorded[0].at_ms, wall_s=START_S)
    site = FakeSite(recorded[0], store)
    app = EvseApp(site, title="Home", api_url=None, clock=clock, zone=UTC)
    async with app.run_test(size=(200, 60)) as pilot:
        for step in range(1, DAYS * STEPS + 1):
            snapshot = at_step(recorded, step)
            clock.ms, clock._at_ms, clock._wall_s = snapshot.at_ms, snapshot.at_ms, snapshot.wall_s  # noqa: SLF001
            await store.remember([Span(kept(snapshot))], [])
            site.show(snapshot)
            app.paint()
            await asyncio.sleep(0)
            if step % STAY == 0:
                await pilot.press(str(step // STAY % 6 + 1), "n", "question_mark", "escape")
                await pilot.pause()
            if step % STEPS == 0:
                gc.collect()
                objects, blocks = len(gc.get_objects()), sys.getallocatedblocks()
                yield {"rss_mb": rss_mb(os.getpid()), "objects": objects, "blocks": blocks}
    await store.close()


async def _print(recorded: list[Snapshot]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async for day in live(recorded, Path(folder)):
            print(json.dumps(day), flush=True)  # noqa: T201  # the answer to who started this


def main() -> None:
    """Prints the days."""
    asyncio.run(_print(run_virtual(record())))


if __name__ == "__main__":
    main()
