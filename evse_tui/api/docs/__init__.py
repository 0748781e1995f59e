"""`GET /docs`: the API's document to read. One page that needs nothing from anywhere else."""

from __future__ import annotations

from aiohttp import web

from evse_tui.api.docs.page import POLICY, page
from evse_tui.api.document import DESCRIPTION
from evse_tui.api.responses import answer


async def get_docs(request: web.Request) -> web.Response:
    response = answer(page(request.app[DESCRIPTION].document).encode(), "text/html")
    response.charset = "utf-8"
    response.headers["Content-Security-Policy"] = POLICY
    return response
