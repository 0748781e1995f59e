"""What handlers find in their application, typed."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from evse_tui.api.connections import Connections
from evse_tui.api.documents import Documents
from evse_tui.clock import Clock
from evse_tui.site.commands import SiteView

SITE: Final = web.AppKey("site", SiteView)
CLOCK: Final = web.AppKey("clock", Clock)
DOCUMENTS: Final = web.AppKey("documents", Documents)
CONNECTIONS: Final = web.AppKey("connections", Connections)
