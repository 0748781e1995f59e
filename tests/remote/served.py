"""A real API in this process, and the remote site on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

from evse_tui.api.app import make_app
from evse_tui.api.listen import listen
from evse_tui.api.security import Security
from evse_tui.api.server import RunningServer, start_server
from evse_tui.clock import Clock, LoopClock
from evse_tui.control.types import ChargerGrant
from evse_tui.remote.site import RemoteSite, attached
from evse_tui.site.commands import SiteView
from evse_tui.site.snapshot import Snapshot

PATIENCE_S = 20.0
"""After which a wait has failed; never waited out."""


@asynccontextmanager
async def serving(site: SiteView, *, port: int = 0, security: Security | None = None) -> AsyncIterator[RunningServer]:
    """The API of `site` on loopback; port 0 takes a free one."""
    server = await start_server(make_app(site, clock=LoopClock(), security=security), listen("127.0.0.1", port))
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def following(url: str, token: str = "", clock: Clock | None = None) -> AsyncIterator[RemoteSite]:
    """A remote site that follows; a failure of following fails the test."""
    async with attached(url, token, clock or LoopClock()) as site:
        task = asyncio.create_task(site.follow())
        try:
            yield site
        finally:
            task.cancel()
            await asyncio.wait((task,))
            if not task.cancelled():
                task.result()


async def until(site: RemoteSite, wanted: Callable[[Snapshot], bool]) -> Snapshot:
    """The first snapshot from now on that is `wanted`."""
    async with asyncio.timeout(PATIENCE_S), aclosing(site.snapshots()) as snapshots:
        async for snapshot in snapshots:
            if wanted(snapshot):
                return snapshot
    raise AssertionError("snapshots have no end")


def connected(snapshot: Snapshot) -> bool:
    """Whether a remote snapshot is not one of a lost connection."""
    return not any(warning.startswith("Connection lost") for warning in snapshot.warnings)


def moved(snapshot: Snapshot, by_ms: int) -> Snapshot:
    """The same picture on a clock that is `by_ms` ahead."""

    def grant(grant: ChargerGrant | None) -> ChargerGrant | None:
        if grant is None:
            return None
        return replace(grant, timers=tuple(replace(timer, due_ms=timer.due_ms + by_ms) for timer in grant.timers))

    return replace(
        snapshot,
        at_ms=snapshot.at_ms + by_ms,
        decided_ms=None if snapshot.decided_ms is None else snapshot.decided_ms + by_ms,
        chargers=tuple(replace(charger, grant=grant(charger.grant)) for charger in snapshot.chargers),
    )
