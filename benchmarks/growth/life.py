"""Days in the life of a site, in virtual time; one JSON line at the end of each: what the process holds.

The host is the real one, as `evse-tui serve` puts it together: site, wiretap, store on disk, API on a port. The board
is the shipped firmware, its cars come six times a day, house, roof and battery are the demo's. Every day is the same
but for the weather and the cars' batteries, and every fourth hour ends in the same state, with no car and no guest:

- every hour: every command, every page and table of the API, five minutes of the event stream for a guest, a pulled
  adapter for half a minute (once a day for a quarter of an hour), a board that is silent for twenty seconds;
- every third hour the meters are silent for a minute; every fourth the board overheats, sees a residual current and is
  reset by its watchdog; every sixth a guest asks for the stream and never reads;
- one reader of the stream for the whole time.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.growth.plan import looks, orders
from benchmarks.growth.windows import Api
from benchmarks.load.process import rss_mb
from evse_protocol.messages import ResetReason
from evse_tui.api.app import make_app
from evse_tui.api.listen import listen
from evse_tui.api.server import start_server
from evse_tui.cli.assemble import DEMO_INITIAL, DEMO_SITE, tapped
from evse_tui.clock import LoopClock
from evse_tui.config import ChargerConfig, default_config
from evse_tui.sim.demo import DemoParameters, DemoWorld
from evse_tui.sim.virtual_time import run_virtual
from evse_tui.site.commands import Measurement, Source
from evse_tui.site.site import Site
from evse_tui.store import Store

DAYS: Final = 7
CHARGER: Final = "1"
START_S: Final = 1_751_328_000
"""2025-07-01 00:00 UTC."""
DAY_S: Final = 86_400
CYCLE_HOURS: Final = 4
"""Of one car and all troubles; a day has six."""
_HOUR_MS: Final = 3_600_000
_MINUTE_MS: Final = 60_000
_STAY_MS, _AWAY_MS = 3 * _HOUR_MS, _HOUR_MS
_ALWAYS_MS, _GUEST_MS = 10_000, 500
"""Intervals of the two readers of the stream."""
_METER_MS: Final = 10_000
"""Slow meters: the site ticks and renews its grants every second anyway."""
_HOT_DC, _COOL_DC = 900, 250


class InterruptedSite(Site):
    """The site; while `deaf`, what meters say does not reach it."""

    deaf = False

    def feed(self, measurement: Measurement, source: Source = Source.OUTSIDE) -> None:
        if not self.deaf:
            super().feed(measurement, source)


@dataclass(frozen=True)
class Host:
    """All that runs."""

    clock: LoopClock
    world: DemoWorld
    site: InterruptedSite
    api: Api
    folder: Path


@asynccontextmanager
async def host(folder: Path) -> AsyncIterator[Host]:
    """From the first to the last decision; the boards' invariants are checked."""
    clock = LoopClock(START_S)
    stay, away = (_STAY_MS, _STAY_MS), (_AWAY_MS, _AWAY_MS)
    world = DemoWorld(clock, DemoParameters(start_hour=0.0, period_ms=_METER_MS, stay_ms=stay, away_ms=away))
    chargers = tuple(
        ChargerConfig(name, opener.port, rotation=world.rotation(name), settings=DEMO_INITIAL)
        for name, opener in world.openers.items()
    )
    config = replace(default_config(), name="Home", timezone="UTC", settings=DEMO_SITE, chargers=chargers)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(world.stop)
        _, openers = tapped(config, clock, world.openers)
        site = InterruptedSite(config, await Store.open(folder), clock, openers, demo=True)
        stack.push_async_callback(site.stop)
        await site.start()
        world.start(site)
        server = await start_server(make_app(site, clock=clock, zone=UTC), listen("127.0.0.1", 0))
        stack.push_async_callback(server.stop)
        yield Host(clock, world, site, Api(server.port), folder)
        world.assert_invariants()


async def hours(host: Host, first: int, count: int) -> None:
    """Some hours from now on, which is the hour `first` of the day."""
    async with asyncio.TaskGroup() as group:
        for routine in (_orders, _looks, _guests, _deaf_guests, _links, _meters, _troubles):
            group.create_task(_hourly(host, routine, first, count), name=routine.__name__)
        group.create_task(host.clock.sleep_ms(count * _HOUR_MS))


Routine = Callable[[Host, int, int], Awaitable[None]]
"""Takes the hour of the day and when it begins, ms on the host's clock; shorter than an hour."""


async def _hourly(host: Host, routine: Routine, first: int, count: int) -> None:
    now_ms = host.clock.now_ms()
    for number in range(count):
        begin_ms = now_ms + number * _HOUR_MS
        await _until(host, begin_ms)
        await routine(host, (first + number) % 24, begin_ms)


async def _until(host: Host, when_ms: int) -> None:
    await host.clock.sleep_ms(max(0, when_ms - host.clock.now_ms()))


async def _orders(host: Host, _hour: int, begin_ms: int) -> None:
    date = datetime.fromtimestamp(host.clock.wall_s(), UTC).date().isoformat()
    for number, request in enumerate(orders(date)):
        await _until(host, begin_ms + 5 * _MINUTE_MS + number * 20_000)
        await host.api.ask(*request)


async def _looks(host: Host, _hour: int, begin_ms: int) -> None:
    await _until(host, begin_ms + 30 * _MINUTE_MS)
    now_s = int(host.clock.wall_s())
    for path in looks(now_s - DAY_S, now_s):
        await host.api.ask("GET", path)


async def _guests(host: Host, _hour: int, begin_ms: int) -> None:
    await _until(host, begin_ms + 10 * _MINUTE_MS)
    with suppress(TimeoutError):
        async with asyncio.timeout(300):
            await host.api.follow(_GUEST_MS)


async def _deaf_guests(host: Host, hour: int, begin_ms: int) -> None:
    if hour % 6 == 2:
        await _until(host, begin_ms + 35 * _MINUTE_MS)
        await host.api.ignore(host.clock, 5 * _MINUTE_MS)


async def _links(host: Host, hour: int, begin_ms: int) -> None:
    opener = host.world.openers[CHARGER]
    await _until(host, begin_ms + 20 * _MINUTE_MS)
    opener.unplug_adapter()
    await host.clock.sleep_ms(15 * _MINUTE_MS if hour == 12 else 30_000)
    opener.plug_adapter()
    await _until(host, begin_ms + 40 * _MINUTE_MS)
    opener.charger.board.set_mute(True)
    await host.clock.sleep_ms(20_000)
    opener.charger.board.set_mute(False)


async def _meters(host: Host, hour: int, begin_ms: int) -> None:
    if hour % 3 == 1:
        await _until(host, begin_ms + 45 * _MINUTE_MS)
        host.site.deaf = True
        await host.clock.sleep_ms(_MINUTE_MS)
        host.site.deaf = False


async def _troubles(host: Host, hour: int, begin_ms: int) -> None:
    board = host.world.chargers[CHARGER].board
    if hour % CYCLE_HOURS == 1:
        await _until(host, begin_ms + 45 * _MINUTE_MS)
        board.set_temperature_dc(_HOT_DC)
        await host.clock.sleep_ms(5 * _MINUTE_MS)
        board.set_temperature_dc(_COOL_DC)
    if hour % CYCLE_HOURS == 2:
        await _until(host, begin_ms + 50 * _MINUTE_MS)
        board.set_residual_current(True)  # the car goes on the hour; then the next order acknowledges
        await host.clock.sleep_ms(_MINUTE_MS)
        board.set_residual_current(False)
    if hour % CYCLE_HOURS == 3:
        await _until(host, begin_ms + 50 * _MINUTE_MS)
        board.reset(ResetReason.WATCHDOG)


def held(host: Host) -> dict[str, float]:
    """What the process holds now, when nothing is under way: see `benchmarks.growth`."""
    gc.collect()
    return {
        "rss_mb": rss_mb(os.getpid()),
        "objects": len(gc.get_objects()),
        "blocks": sys.getallocatedblocks(),
        "descriptors": sum(1 for _ in Path("/proc/self/fd").iterdir()) - 1,
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
        "store_mb": sum(file.stat().st_size for file in host.folder.iterdir()) / 1e6,
        "asked": host.api.asked,
        "refused": host.api.refused,
        "frames": host.api.frames,
        "charged_kwh": sum(charger.ev_wh for charger in host.world.chargers.values()) / 1000,
    }


async def live(samples: int, hours_each: int) -> AsyncIterator[dict[str, float]]:
    """What is held at the end of each of as many parts of a life."""
    with tempfile.TemporaryDirectory() as folder:
        async with host(Path(folder)) as running:
            reader = asyncio.create_task(running.api.follow(_ALWAYS_MS))
            try:
                for number in range(samples):
                    start_s = time.monotonic()
                    await hours(running, number * hours_each % 24, hours_each)
                    yield {**held(running), "wall_s": time.monotonic() - start_s}
                    if reader.done():
                        reader.result()
            finally:
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)


async def _print(samples: int, hours_each: int, *, kinds: bool) -> None:
    before: Counter[str] = Counter()
    async for line in live(samples, hours_each):
        print(json.dumps(line), flush=True)  # noqa: T201  # the answer to who started this
        if kinds:
            now = Counter(type(each).__qualname__ for each in gc.get_objects())
            sys.stderr.write(f"{json.dumps(dict((now - before).most_common(15)))}\n")
            before = now


def main() -> None:
    """Prints a line for each part."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=int, default=DAYS, help="lines")
    parser.add_argument("--hours", type=int, default=24, help="of the site's time for each; a multiple of 4")
    parser.add_argument("--kinds", action="store_true", help="also, on stderr, of which kinds objects became more")
    options = parser.parse_args()
    run_virtual(_print(options.samples, options.hours, kinds=options.kinds))


if __name__ == "__main__":
    main()
