"""What handlers find in their application, typed."""

from __future__ import annotations

import asyncio
from datetime import tzinfo
from functools import cached_property
from typing import Final

from aiohttp import web

from evse_tui.api.access import Access
from evse_tui.api.broadcast import Broadcast
from evse_tui.api.connections import Connections
from evse_tui.api.documents import Documents
from evse_tui.clock import Clock
from evse_tui.site.commands import SiteView
from evse_tui.site.snapshot import Snapshot


class Configured:
    """What never changes while we run: ids of chargers and kinds of meters.

    Read from any one snapshot, because building a new one takes longer than deciding on a measurement.
    """

    def __init__(self, site: SiteView) -> None:
        self._site = site

    @cached_property
    def snapshot(self) -> Snapshot:
        return self._site.snapshot


ACCESS: Final = web.AppKey("access", Access)
SITE: Final = web.AppKey("site", SiteView)
CONFIGURED: Final = web.AppKey("configured", Configured)
CLOCK: Final = web.AppKey("clock", Clock)
DOCUMENTS: Final = web.AppKey("documents", Documents)
ROOT_CHARGER: Final = web.AppKey("root_charger", str)
"""Id of the charger that answers at the root; empty is the first."""
ZONE: Final = web.AppKey("zone", tzinfo)
"""Of the local times that clients write."""
CONNECTIONS: Final = web.AppKey("connections", Connections)
BROADCAST: Final = web.AppKey("broadcast", Broadcast)
READS: Final = web.AppKey("reads", asyncio.Semaphore)
"""Held while the store answers a question about the past."""
