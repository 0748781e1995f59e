"""A real site on simulated boards (the shipped firmware) and a house of our choice, faster than life."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from evse_tui.api.app import make_app
from evse_tui.api.listen import listen
from evse_tui.api.server import start_server
from evse_tui.clock import SystemClock
from evse_tui.config import ChargerConfig, SiteConfig
from evse_tui.sim.board import BoardView, SimulatedBoard
from evse_tui.sim.car import Car
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.fleet import Fleet
from evse_tui.sim.transport import SimulatedOpener
from evse_tui.site.commands import EvMeasurement, MainsMeasurement
from evse_tui.site.site import Site
from evse_tui.store import Store

SPEED = 5.0
"""Times real time. More, and a busy machine lets leases run out, or looks away while the page shows what it shows for
seconds only: late meters (9 s of the site), a command that is done (30 s)."""
_PATIENCE_S = 60.0


class LiveSite:
    """Boards with cars; meters that speak once a second of the site's clock while `meters_speak`."""

    def __init__(self, boards: int) -> None:
        self.clock = SystemClock(SPEED)
        self.fleet = Fleet(self.clock)
        self.chargers = {str(n): SimulatedCharger(SimulatedBoard(1000 + n)) for n in range(1, boards + 1)}
        for simulated in self.chargers.values():
            self.fleet.add(simulated)
            simulated.plug(Car())
        self.meters_speak = True
        self.origin = ""

    def board(self, charger_id: str = "1") -> BoardView:
        """What the board itself says."""
        return self.chargers[charger_id].board.view()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for something of the boards."""
        async with asyncio.timeout(_PATIENCE_S):
            while not condition():
                await self.clock.sleep_ms(100)

    async def live(self, site: Site) -> None:
        """The house: 2 A on every phase, and the cars."""
        while True:
            await self.clock.sleep_ms(1000)
            if not self.meters_speak:
                continue
            mains = [20, 20, 20]
            for name, simulated in self.chargers.items():
                l1, l2, l3 = (round(amps * 10) for amps in simulated.currents_a())
                site.feed(EvMeasurement(name, (l1, l2, l3), (l1 + l2 + l3) * 23, round(simulated.ev_wh)))
                mains = [total + own for total, own in zip(mains, (l1, l2, l3), strict=True)]
            site.feed(MainsMeasurement((mains[0], mains[1], mains[2])))


@asynccontextmanager
async def live_site(boards: int = 1) -> AsyncIterator[LiveSite]:
    """From the first sample to an orderly end; the invariants of every board are checked."""
    world = LiveSite(boards)
    openers = {
        name: SimulatedOpener(world.fleet, simulated, f"simulated:{name}") for name, simulated in world.chargers.items()
    }
    config = SiteConfig(
        name="Home", chargers=tuple(ChargerConfig(name, opener.port) for name, opener in openers.items())
    )
    site = Site(config, await Store.open(None), world.clock, openers)
    await site.start()
    world.fleet.start()
    feeding = asyncio.create_task(world.live(site))
    server = await start_server(make_app(site, clock=world.clock), listen("127.0.0.1", 0))
    world.origin = server.url
    try:
        yield world
        for simulated in world.chargers.values():
            simulated.board.assert_invariants()
    finally:
        await server.stop()
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
        await site.stop()
        await world.fleet.stop()
