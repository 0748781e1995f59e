"""The web application. Its paths: `evse_tui.api.endpoints`."""

from __future__ import annotations

import asyncio
from datetime import tzinfo
from typing import Final

from aiohttp import web

from evse_tui.api.broadcast import Broadcast
from evse_tui.api.connections import Connections
from evse_tui.api.document import DESCRIPTION, Description
from evse_tui.api.documents import Documents
from evse_tui.api.endpoint import register
from evse_tui.api.endpoints import ENDPOINTS
from evse_tui.api.keys import (
    ACCESS,
    BROADCAST,
    CLOCK,
    CONFIGURED,
    CONNECTIONS,
    DOCUMENTS,
    READS,
    ROOT_CHARGER,
    SITE,
    ZONE,
    Configured,
)
from evse_tui.api.problems import problems
from evse_tui.api.security import LARGEST_BODY, Security, guard
from evse_tui.api.stream import frame_of
from evse_tui.clock import Clock
from evse_tui.config import Compatibility
from evse_tui.config.zone import system_zone
from evse_tui.site.commands import SiteView

DEFAULT: Final = Compatibility()
READS_AT_ONCE: Final = 4


def make_app(
    site: SiteView,
    *,
    clock: Clock,
    security: Security | None = None,
    connections: Connections | None = None,
    compatibility: Compatibility = DEFAULT,
    zone: tzinfo | None = None,
) -> web.Application:
    """The API on one site. `clock` is the one that stamps the site's snapshots.

    `zone` is that of the site's local times, by default the system's.
    """
    connections = connections or Connections()
    security = security or Security()
    app = web.Application(
        middlewares=[connections.middleware(), problems, guard(security)], client_max_size=LARGEST_BODY
    )
    app[CONNECTIONS] = connections
    app[ACCESS] = security.access()
    app[SITE] = site
    app[CONFIGURED] = Configured(site)
    app[CLOCK] = clock
    app[DOCUMENTS] = Documents(legacy_units=compatibility.legacy_units)
    app[BROADCAST] = Broadcast(site, frame_of, connections.stopping)
    app[READS] = asyncio.Semaphore(READS_AT_ONCE)
    app[ROOT_CHARGER] = compatibility.root_charger
    app[ZONE] = zone or system_zone()
    app[DESCRIPTION] = Description(ENDPOINTS)
    register(app, ENDPOINTS)
    return app
