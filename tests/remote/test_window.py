"""The terminal app on a remote site: keys go there, a lost connection is said, and leaving stops no car."""

from __future__ import annotations

import asyncio

from evse_tui.clock import LoopClock
from evse_tui.control.types import Mode
from evse_tui.site.commands import SetMode
from evse_tui.ui.app import EvseApp
from evse_tui.ui.widgets.header import Header
from evse_tui.ui.widgets.warnings import Warnings
from tests.api.live import LiveSite
from tests.remote.served import PATIENCE_S, connected, following, serving, until
from tests.ui import snapshots


async def test_a_window_on_a_charging_car() -> None:
    site, clock = LiveSite(), LoopClock()
    site.snapshot = snapshots.normal()
    async with serving(site) as server, following(server.url, clock=clock) as remote:
        app = EvseApp(remote, title="Home", api_url=server.url, clock=clock, decides=False)
        async with app.run_test(size=(120, 40)) as user, asyncio.timeout(PATIENCE_S):
            await app.painted.wait()
            assert "Charging" in str(app.screen.query_one(Header).render())
            await user.press("p")
            while not site.commands:
                await user.pause()
            assert site.commands == [SetMode(remote.snapshot.chargers[0].id, Mode.PAUSE)]
            await server.stop()
            await until(remote, lambda snapshot: not connected(snapshot))
            warnings = app.screen.query_one(Warnings)
            while not (warnings.display and "Connection lost" in str(warnings.render())):
                await user.pause()
            await user.press("q")  # the last that is known of the car is that it charges or is being paused
            assert app._exit
