"""`GET /`: the status page. One self-contained document; what it shows comes from `/api/v1`."""

from __future__ import annotations

from aiohttp import web

from evse_tui.api.keys import ACCESS
from evse_tui.api.page.assemble import PAGE, PAGE_OF_SESSION, POLICY
from evse_tui.api.responses import answer


async def get_page(request: web.Request) -> web.Response:
    logged_in = request.app[ACCESS].session(request) is not None
    response = answer(PAGE_OF_SESSION if logged_in else PAGE, "text/html")
    response.charset = "utf-8"
    response.headers["Content-Security-Policy"] = POLICY
    return response
