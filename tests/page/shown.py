"""A server that shows hand-made snapshots, and can be cut off and come back at the same address."""

from __future__ import annotations

from dataclasses import replace

from evse_tui.api.app import make_app
from evse_tui.api.listen import listen
from evse_tui.api.security import Security
from evse_tui.api.server import RunningServer, start_server
from evse_tui.site.memory import Memory
from evse_tui.site.snapshot import Snapshot
from tests.page.day import DayMemory
from tests.ui.fake_site import FakeSite, FrozenClock

PORT_OF_CHOICE = 0


class Shown:
    """The API on a site in memory. Each snapshot that it shows is newer than the one before."""

    def __init__(self, snapshot: Snapshot, *, security: Security | None = None, memory: Memory | None = None) -> None:
        self.site = FakeSite(_in_a_zone(snapshot), memory or DayMemory())
        self._security = security
        self._port = PORT_OF_CHOICE
        self._server: RunningServer | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def serve(self) -> None:
        """Answers, from the second time on where it did before."""
        app = make_app(self.site, clock=FrozenClock(), security=self._security)
        self._server = await start_server(app, listen("127.0.0.1", self._port))
        self._port = self._server.port

    async def cut(self) -> None:
        """Answers no more; open connections end."""
        if self._server is not None:
            await self._server.stop()
            self._server = None

    def show(self, snapshot: Snapshot) -> None:
        """Publishes `snapshot` as the newest."""
        self.site.show(_in_a_zone(replace(snapshot, number=self.site.snapshot.number + 1)))


def _in_a_zone(snapshot: Snapshot) -> Snapshot:
    """The zone of the browser, unless it says another."""
    return replace(snapshot, zone=snapshot.zone or "UTC")
