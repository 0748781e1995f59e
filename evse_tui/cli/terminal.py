"""The terminal app on a running site, in the site's own event loop, and the API beside it."""

from __future__ import annotations

import asyncio
import signal

from evse_tui.cli.assemble import Running, serve_api
from evse_tui.ui.app import EvseApp


async def run_terminal(running: Running, title: str, duration_s: float | None = None) -> None:
    """Shows the app until the user quits, `duration_s` of wall time are over, or a part of the site fails."""
    app = EvseApp(running.site, title=title, api_url=running.listener.url, clock=running.clock)

    async def guard() -> None:
        try:
            await asyncio.wait_for(running.site.watch(), duration_s)
        except TimeoutError:
            app.exit()

    async def answer() -> None:
        await app.painted.wait()  # clients can wait a moment longer than the user
        async with serve_api(running):
            await asyncio.Event().wait()

    background = [
        asyncio.create_task(guard(), name="guard of the site"),
        asyncio.create_task(answer(), name="API"),
    ]
    shown = asyncio.create_task(app.run_async(), name="terminal app")
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.exit)
    try:
        await asyncio.wait((*background, shown), return_when=asyncio.FIRST_COMPLETED)
        if any(task.done() and task.exception() is not None for task in background):
            app.exit()
        await shown
        for task in background:
            if task.done():
                task.result()
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
