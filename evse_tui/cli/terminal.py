"""The terminal app on a running site, in the site's own event loop."""

from __future__ import annotations

import asyncio

from evse_tui.cli.assemble import Running
from evse_tui.ui.app import EvseApp


async def run_terminal(running: Running, title: str, duration_s: float | None = None) -> None:
    """Shows the app until the user quits, `duration_s` of wall time are over, or a part of the site fails."""
    app = EvseApp(running.site, title=title, api_url=running.server.url, clock=running.clock)

    async def guard() -> None:
        try:
            await asyncio.wait_for(running.site.watch(), duration_s)
        except TimeoutError:
            app.exit()

    guarding = asyncio.create_task(guard(), name="guard of the site")
    shown = asyncio.create_task(app.run_async(), name="terminal app")
    try:
        await asyncio.wait((guarding, shown), return_when=asyncio.FIRST_COMPLETED)
        if guarding.done() and guarding.exception() is not None:
            app.exit()
        await shown
        if guarding.done():
            guarding.result()
    finally:
        guarding.cancel()
        await asyncio.gather(guarding, return_exceptions=True)
