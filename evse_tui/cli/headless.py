"""Status lines for a site without a terminal, until a signal, a time or a failure ends it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator

from evse_tui.board.model import LinkState
from evse_tui.board.wording import greeting
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


class Complaints:
    """The sentences that say what is wrong and the way out, each when it begins to hold."""

    def __init__(self) -> None:
        self._links: dict[str, str] = {}
        self._warnings: tuple[str, ...] = ()

    def lines(self, snapshot: Snapshot) -> list[str]:
        """New sentences about links and about the site."""
        new = [warning for warning in snapshot.warnings if warning not in self._warnings]
        self._warnings = snapshot.warnings
        for charger in snapshot.chargers:
            if charger.link is LinkState.ONLINE:
                self._links.pop(charger.id, None)
            elif _is_wrong(charger) and charger.link_detail != self._links.get(charger.id):
                self._links[charger.id] = charger.link_detail
                new.append(charger.link_detail)
        return new


def _is_wrong(charger: ChargerSnapshot) -> bool:
    """Whether the sentence is more than that a board is being looked for."""
    if charger.link in (LinkState.OPENING, LinkState.CLOSED):
        return False
    return charger.link_detail not in ("", greeting(charger.port, 0, 0, 0))


async def run_headless(running: Running, duration_s: float | None = None, *, outlives_reader: bool = False) -> None:
    """Prints the address, lines, and on stderr what is wrong, until SIGTERM, SIGINT or `duration_s` of wall time.

    When nobody reads its pipe or terminal any more it goes on without lines if `outlives_reader`, and ends otherwise.

    Raises:
        whatever ended a background task of the site; a host that has lost a part must not pretend to run.
    """

    async def follow(ended: asyncio.Event) -> None:
        status, complaints = StatusLines(), Complaints()
        try:
            async for snapshot in running.site.snapshots():
                for sentence in complaints.lines(snapshot):
                    sys.stderr.write(f"evse-tui: {sentence}\n")
                    sys.stderr.flush()
                for line in status.lines(snapshot):
                    _say(line)
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.EIO):  # EIO: its terminal is gone
                raise
            _let_go()
            if not outlives_reader:
                ended.set()

    async with ended_by_signal() as ended, asyncio.TaskGroup() as group:
        announce(running)  # from now on a signal ends it in order
        tasks = [group.create_task(follow(ended)), group.create_task(running.site.watch())]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), duration_s)
        for task in tasks:
            task.cancel()


def announce(running: Running) -> None:
    """The one line that says where the API is: it listens, and control has ticked."""
    _say(f"serving {running.listener.url}" + " on every address of this machine" * running.listener.everywhere)
    if not running.config.chargers:
        _say("no charger: name one with --board PORT or in the configuration (evse-tui config init)")


def _let_go() -> None:
    """Points what was a pipe or a terminal at nothing, so that the interpreter's last flush does not fail too."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if stream is sys.stdout or stat.S_ISCHR(os.fstat(stream.fileno()).st_mode):
            os.dup2(nothing, stream.fileno())
    os.close(nothing)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
