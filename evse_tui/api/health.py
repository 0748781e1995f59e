"""`GET /healthz`: 200 once the API listens and control has ticked, boards connected or not; else 503."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from evse_tui.api.keys import CLOCK, SITE
from evse_tui.api.problems import problem
from evse_tui.api.responses import answer_json
from evse_tui.site.snapshot import Snapshot

STUCK_MS: Final = 30_000
"""Age of the newest snapshot beyond which nobody can claim that control is ticking; the longest lease."""


def ailment(snapshot: Snapshot, now_ms: int) -> str:
    """What keeps the site from being healthy, one sentence; empty if nothing."""
    if snapshot.number == 0:
        return "Control has not ticked yet."
    if now_ms - snapshot.at_ms > STUCK_MS:
        return f"Control has not ticked for {(now_ms - snapshot.at_ms) // 1000} s."
    return ""


async def get_health(request: web.Request) -> web.Response:
    snapshot = request.app[SITE].snapshot
    detail = ailment(snapshot, request.app[CLOCK].now_ms())
    return problem(503, detail) if detail else answer_json({"status": "ok", "chargers": len(snapshot.chargers)})
