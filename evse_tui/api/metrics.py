"""`GET /metrics` for Prometheus: the newest snapshot and this process, in the text format 0.0.4.

The library is imported by the first request, and the text is made in a worker thread: whoever has no Prometheus pays
for neither, and the control loop does not wait.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import Final

from aiohttp import web

from evse_tui.api.keys import SITE
from evse_tui.api.responses import HEADERS
from evse_tui.site.snapshot import Snapshot

TEXT: Final = "text/plain"
_CONTENT_TYPE: Final = f"{TEXT}; version=0.0.4; charset=utf-8"


async def get_metrics(request: web.Request) -> web.Response:
    body = await asyncio.to_thread(_exposition, request.app[SITE].snapshot)
    return web.Response(body=body, headers=HEADERS | {"Content-Type": _CONTENT_TYPE})


def _exposition(snapshot: Snapshot) -> bytes:
    body: bytes = importlib.import_module("evse_tui.api.exposition").exposition(snapshot)
    return body
