"""Status lines for a site without a terminal, until a signal, a time or a failure ends it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator

from evse_tui.cli.assemble import Running
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot
from evse_tui.site.wording import charger_line

REPEAT_MS = 10_000
"""A charger whose line did not change is printed again after this time of the site's clock."""


@contextlib.asynccontextmanager
async def ended_by_signal() -> AsyncIterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set while the block runs."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    try:
        yield ended
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


class StatusLines:
    """What to print for each snapshot: chargers whose line changed, or that were silent for a while."""

    def __init__(self) -> None:
        self._printed: dict[str, tuple[str, int]] = {}

    def lines(self, snapshot: Snapshot) -> list[str]:
        """Lines for this snapshot, without the site's other news."""
        return [line for charger in snapshot.chargers if (line := self._line(charger, snapshot))]

    def _line(self, charger: ChargerSnapshot, snapshot: Snapshot) -> str:
        line = charger_line(charger, snapshot.wall_s)
        text = line.partition(" ")[2]  # without the time
        before, at_ms = self._printed.get(charger.id, ("", 0))
        if text == before and snapshot.at_ms - at_ms < REPEAT_MS:
            return ""
        self._printed[charger.id] = (text, snapshot.at_ms)
        return line


async def run_headless(running: Running, duration_s: float | None = None) -> None:
    """Prints lines until SIGTERM, SIGINT or `duration_s` of wall time.

    Raises:
        whatever ended a background task of the site; a host that has lost a part must not pretend to run.
    """
    if not running.config.chargers:
        _say("no charger: name one with --board PORT or in the configuration (evse-tui config init)")

    async def follow() -> None:
        status = StatusLines()
        async for snapshot in running.site.snapshots():
            for line in status.lines(snapshot):
                _say(line)

    async with ended_by_signal() as ended, asyncio.TaskGroup() as group:
        tasks = [group.create_task(follow()), group.create_task(running.site.watch())]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), duration_s)
        for task in tasks:
            task.cancel()


def announce(running: Running) -> None:
    """The one line that says where the API is: it listens, and control has ticked."""
    _say(f"serving {running.listener.url}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
