"""`GET /`: the status page. One self-contained document; what it shows comes from `/api/v1`."""

from __future__ import annotations

from aiohttp import web

from evse_tui.api.page.assemble import PAGE, POLICY
from evse_tui.api.responses import answer


async def get_page(_request: web.Request) -> web.Response:
    response = answer(PAGE, "text/html")
    response.charset = "utf-8"
    response.headers["Content-Security-Policy"] = POLICY
    return response
