"""`GET /healthz`: 200 once the API listens and control has ticked, boards connected or not; else 503.

Who needs a token and shows none learns the status and nothing else.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from evse_tui.api.keys import CLOCK, SITE
from evse_tui.api.problems import problem
from evse_tui.api.responses import answer_json
from evse_tui.api.security import ANONYMOUS
from evse_tui.site.snapshot import Snapshot

STUCK_MS: Final = 30_000
"""Without a decision for as long as the longest lease nobody can claim that control is ticking."""


def ailment(snapshot: Snapshot, now_ms: int) -> str:
    """What keeps the site from being healthy, one sentence; empty if nothing."""
    if snapshot.decided_ms is None:
        return "Control has not ticked yet."
    silent_ms = now_ms - snapshot.decided_ms
    return f"Control has not ticked for {silent_ms // 1000} s." if silent_ms > STUCK_MS else ""


async def get_health(request: web.Request) -> web.Response:
    snapshot = request.app[SITE].snapshot
    detail = ailment(snapshot, request.app[CLOCK].now_ms())
    if request.get(ANONYMOUS, False):
        return problem(503) if detail else answer_json({"status": "ok"})
    return problem(503, detail) if detail else answer_json({"status": "ok", "chargers": len(snapshot.chargers)})
