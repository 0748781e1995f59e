"""The terminal app in its event loop, and what runs beside it: the site of this process and its API, or another."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from evse_tui.cli import collector
from evse_tui.errors import UserError
from evse_tui.ui.app import EvseApp
from evse_tui.ui.driver import TerminalDriver
from evse_tui.ui.preferences import default_path, read

if TYPE_CHECKING:
    from evse_tui.cli.assemble import Running


async def run_terminal(running: Running, title: str, duration_s: float | None = None) -> None:
    """Shows the app until the user quits, `duration_s` of wall time are over, or a part of the site fails."""
    from evse_tui.cli.assemble import serve_api  # a site elsewhere is shown without what runs one

    app = EvseApp(
        running.site,
        title=title,
        api_url=running.listener.url,
        clock=running.clock,
        zone=running.config.zone,
        wires=running.wires,
    )

    async def guard() -> None:
        try:
            await asyncio.wait_for(running.site.watch(), duration_s)
        except TimeoutError:
            app.exit()

    async def answer() -> None:
        await app.painted.wait()  # clients can wait a moment longer than the user
        async with serve_api(running):
            collector.keep()
            await asyncio.Event().wait()

    await show(app, {"guard of the site": guard(), "API": answer()})


async def show(app: EvseApp, beside: Mapping[str, Coroutine[Any, Any, None]]) -> None:
    """Shows `app` until the user, SIGTERM or the end of its terminal ends it. What runs beside it, by name, ends with
    it and may not fail.

    Raises:
        UserError: the app itself failed, which it has printed.
        whatever ended a part.
    """
    app.driver_class = TerminalDriver
    app.screen_made = collector.keep
    app.prefer(read(default_path()))
    background = [asyncio.create_task(part, name=name) for name, part in beside.items()]
    shown = asyncio.create_task(app.run_async(), name="terminal app")
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, app.exit)
    painted = asyncio.create_task(app.painted.wait(), name="first frame")
    try:
        with collector.idle():
            await asyncio.wait((painted, *background, shown), return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait((*background, shown), return_when=asyncio.FIRST_COMPLETED)
        if any(task.done() and task.exception() is not None for task in background):
            app.exit()
        await shown
        if app.return_code:  # it has printed what went wrong
            raise UserError("the terminal app failed; the lines above say where")
        for task in background:
            if task.done():
                task.result()
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().remove_signal_handler(number)
        for task in background:
            task.cancel()
        painted.cancel()
        await asyncio.gather(*background, painted, return_exceptions=True)
