"""One step of the shipped firmware, and a whole site in virtual time: simulated seconds per second of wall time."""

from __future__ import annotations

import asyncio
import statistics
import time

from benchmarks.table import show
from evse_tui.clock import LoopClock
from evse_tui.config import ChargerConfig, SiteConfig
from evse_tui.sim.board import SimulatedBoard
from evse_tui.sim.demo import DemoParameters, DemoWorld
from evse_tui.sim.virtual_time import run_virtual
from evse_tui.site.site import Site
from evse_tui.store import Store

STEPS_MS = 1_000_000
ROUNDS = 5
HOUR_S = 3600


def _step_ns() -> float:
    figures = []
    with SimulatedBoard(1) as board:
        for _ in range(ROUNDS):
            end_ms = board.now_ms + STEPS_MS
            start = time.perf_counter_ns()
            while board.now_ms < end_ms:
                board.run(end_ms - board.now_ms)
                board.transmit()
            figures.append((time.perf_counter_ns() - start) / STEPS_MS)
    return statistics.median(figures)


async def _hour(boards: int) -> None:
    clock = LoopClock()
    world = DemoWorld(clock, DemoParameters(boards=boards))
    config = SiteConfig(
        chargers=tuple(
            ChargerConfig(name, opener.port, rotation=world.rotation(name), settings={"mode": 3})
            for name, opener in world.openers.items()
        )
    )
    site = Site(config, await Store.open(None), clock, world.openers, demo=True)
    await site.start()
    world.start(site)
    await asyncio.sleep(HOUR_S)
    world.assert_invariants()
    await site.stop()
    await world.stop()


def _virtual(boards: int) -> float:
    start = time.perf_counter()
    run_virtual(_hour(boards))
    return HOUR_S / (time.perf_counter() - start)


def _loop_turns() -> float:
    """Simulated seconds per second of a virtual loop that only waits: what the host may use up at most."""

    async def wait() -> None:
        for _ in range(HOUR_S):
            await asyncio.sleep(1)

    start = time.perf_counter()
    run_virtual(wait())
    return HOUR_S / (time.perf_counter() - start)


def run() -> None:
    """Prints the tables."""
    show(
        "Firmware step with the model of its terminals, 1 ms of simulated time",
        ("", "ns/step", "x real time"),
        [["core + link + plant + monitor", f"{_step_ns():.0f}", f"{1e6 / _step_ns():,.0f}"]],
    )
    show(
        "Whole site in virtual time: firmware, link, control, snapshot, house, sun, car (aim: 1,000 for one board)",
        ("", "simulated s/s"),
        [
            ["1 board", f"{_virtual(1):,.0f}"],
            ["4 boards", f"{_virtual(4):,.0f}"],
            ["baseline: an event loop that wakes once a simulated second", f"{_loop_turns():,.0f}"],
        ],
    )
