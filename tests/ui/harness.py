"""The real application over a site in memory and a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC

from textual.content import Content
from textual.pilot import Pilot

from evse_tui.site.memory import Memory
from evse_tui.site.snapshot import Snapshot
from evse_tui.ui.app import EvseApp
from evse_tui.ui.preferences import Preferences
from evse_tui.ui.widgets.panel import Panel
from tests.ui.fake_site import FakeSite, FrozenClock


def make_app(
    snapshot: Snapshot, *, theme: str = "evse-dark", memory: Memory | None = None
) -> tuple[EvseApp, FakeSite, FrozenClock]:
    """The application as the command line makes it, without animations."""
    site = FakeSite(snapshot, memory)
    clock = FrozenClock()
    app = EvseApp(site, title="evse-tui", api_url="http://127.0.0.1:8080", clock=clock, zone=UTC)
    app.animation_level = "none"
    app.theme = theme
    return app, site, clock


class Driven:
    """A running application with its site and clock."""

    def __init__(self, pilot: Pilot[None], site: FakeSite, clock: FrozenClock) -> None:
        self.pilot = pilot
        self.site = site
        self.clock = clock

    @property
    def app(self) -> EvseApp:
        app = self.pilot.app
        assert isinstance(app, EvseApp)
        return app

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def flows_end(self) -> None:
        """Waits for whatever the last keys started."""
        for worker in list(self.app.workers):
            if worker.group == "flow":
                await worker.wait()
        await self.pilot.pause()

    async def show(self, snapshot: Snapshot) -> None:
        self.site.show(snapshot)
        await self.pilot.pause()

    def text(self, panel: type[Panel]) -> str:
        content = self.app.screen_stack[0].query(panel).first().content
        assert isinstance(content, Content)
        return content.plain


@asynccontextmanager
async def driven(
    snapshot: Snapshot,
    size: tuple[int, int] = (80, 24),
    *,
    memory: Memory | None = None,
    preferences: Preferences | None = None,
) -> AsyncIterator[Driven]:
    app, site, clock = make_app(snapshot, memory=memory)
    if preferences is not None:
        app.prefer(preferences)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Driven(pilot, site, clock)
