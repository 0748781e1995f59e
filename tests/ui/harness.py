"""The real application over a site in memory and a clock that stands still."""

from __future__ import annotations

from datetime import UTC

from evse_tui.site.snapshot import Snapshot
from evse_tui.ui.app import EvseApp
from tests.ui.fake_site import FakeSite, FrozenClock


def make_app(snapshot: Snapshot, *, theme: str = "evse-dark") -> tuple[EvseApp, FakeSite, FrozenClock]:
    """The application as the command line makes it, without animations."""
    site = FakeSite(snapshot)
    clock = FrozenClock()
    app = EvseApp(site, title="evse-tui", api_url="http://127.0.0.1:8080", clock=clock, zone=UTC)
    app.animation_level = "none"
    app.theme = theme
    return app, site, clock
