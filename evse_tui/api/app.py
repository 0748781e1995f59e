"""The web application: every path in one place."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from evse_tui.api.chargers import PREFIXES
from evse_tui.api.compat.routes import ROUTES
from evse_tui.api.connections import Connections
from evse_tui.api.documents import Documents
from evse_tui.api.health import get_health
from evse_tui.api.keys import ACCESS, CLOCK, CONFIGURED, CONNECTIONS, DOCUMENTS, ROOT_CHARGER, SITE, Configured
from evse_tui.api.login import LOGOUT, get_login, post_login, post_logout
from evse_tui.api.overview import get_overview
from evse_tui.api.problems import problems
from evse_tui.api.security import LARGEST_BODY, LOGIN, Security, guard
from evse_tui.clock import Clock
from evse_tui.config import Compatibility
from evse_tui.site.commands import SiteView

DEFAULT: Final = Compatibility()


def make_app(
    site: SiteView,
    *,
    clock: Clock,
    security: Security | None = None,
    connections: Connections | None = None,
    compatibility: Compatibility = DEFAULT,
) -> web.Application:
    """The API on one site. `clock` is the one that stamps the site's snapshots."""
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
    app[ROOT_CHARGER] = compatibility.root_charger
    app.router.add_get("/", get_overview)
    app.router.add_get("/healthz", get_health)
    app.router.add_get(LOGIN, get_login)
    app.router.add_post(LOGIN, post_login)
    app.router.add_post(LOGOUT, post_logout)
    for prefix in PREFIXES:
        for route in ROUTES:
            add = app.router.add_get if route.method == "GET" else app.router.add_post
            add(f"{prefix}{route.path}", route.handler)
    return app
