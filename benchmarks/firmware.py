"""One step of the shipped firmware, and a whole site in virtual time: simulated seconds per second of wall time."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping

from benchmarks.table import show
from evse_tui.board.ports import Opener
from evse_tui.clock import LoopClock
from evse_tui.config import ChargerConfig, SiteConfig
from evse_tui.control.types import Mode
from evse_tui.sim.board import SimulatedBoard
from evse_tui.sim.car import Car
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.demo import DemoParameters, DemoWorld
from evse_tui.sim.fleet import Fleet
from evse_tui.sim.transport import SimulatedOpener
from evse_tui.sim.virtual_time import run_virtual
from evse_tui.site.commands import EvMeasurement, MainsMeasurement
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


async def _site(charger_ids: Iterable[str], openers: Mapping[str, Opener], rotation: Callable[[str], int]) -> Site:
    chargers = tuple(
        ChargerConfig(name, openers[name].port, rotation=rotation(name), settings={"mode": Mode.SMART})
        for name in charger_ids
    )
    site = Site(SiteConfig(chargers=chargers), await Store.open(None), LoopClock(), openers, demo=True)
    await site.start()
    return site


async def _one_board() -> None:
    """One board and its car under its host logic; mains and car meter once a second."""
    fleet = Fleet(LoopClock())
    charger = SimulatedCharger(SimulatedBoard(1))
    fleet.add(charger)
    site = await _site(["1"], {"1": SimulatedOpener(fleet, charger, "simulated:1")}, lambda _: 0)
    fleet.start()
    charger.plug(Car())
    for _ in range(HOUR_S):
        l1, l2, l3 = (round(10 * current) for current in charger.currents_a())
        site.feed(EvMeasurement("1", (l1, l2, l3)))
        site.feed(MainsMeasurement((50 + l1, 10 + l2, l3)))
        await asyncio.sleep(1)
    if not charger.view.c1:
        raise RuntimeError("the car does not charge")
    charger.board.assert_invariants()
    await site.stop()
    await fleet.stop()


async def _demo(boards: int) -> None:
    """The demo's whole world."""
    world = DemoWorld(LoopClock(), DemoParameters(boards=boards))
    site = await _site(world.openers, world.openers, world.rotation)
    world.start(site)
    await asyncio.sleep(HOUR_S)
    world.assert_invariants()
    await site.stop()
    await world.stop()


def _speed(hour: Coroutine[None, None, None]) -> str:
    start = time.perf_counter()
    run_virtual(hour)
    return f"{HOUR_S / (time.perf_counter() - start):,.0f}"


async def _waiting() -> None:
    """A loop that only waits: what the machinery of virtual time costs."""
    for _ in range(HOUR_S):
        await asyncio.sleep(1)


def run() -> None:
    """Prints the tables."""
    show(
        "Firmware step with the model of its terminals, 1 ms of simulated time",
        ("", "ns/step", "x real time"),
        [["core + link + plant + monitor", f"{_step_ns():.0f}", f"{1e6 / _step_ns():,.0f}"]],
    )
    show(
        "An hour in virtual time, in process (aim: 1,000 for one board with its host logic)",
        ("", "simulated s/s"),
        [
            ["1 board, host logic, meters at 1 Hz", _speed(_one_board())],
            ["demo with 1 board: house, sun and battery as well", _speed(_demo(1))],
            ["demo with 4 boards", _speed(_demo(4))],
            ["baseline: an event loop that wakes once a simulated second", _speed(_waiting())],
        ],
    )
