"""A host that is killed while it writes: what was confirmed is there, and the file is whole.

`EVSE_TUI_KILLS=1000 pytest tests/store/test_power_cuts.py` for the long run; `EVSE_TUI_SEED` for other moments.
"""

from __future__ import annotations

import os
import random
import selectors
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from evse_tui.store import FILE_NAME
from evse_tui.store.history import LEVELS

KILLS: Final = int(os.environ.get("EVSE_TUI_KILLS", "100"))
SEED: Final = int(os.environ.get("EVSE_TUI_SEED", "1"))

# Forks a writer for each line that it reads, so that a kill does not cost the imports. A writer reports each number
# when the store has confirmed commits of every kind.
_WRITERS: Final = """
import asyncio, os, pathlib, sys
from evse_tui.store import Energy, LogEntry, Store
from evse_tui.store.buckets import SITE, ChargerBucket, SiteBucket
from evse_tui.store.history import Span, SubjectBucket
from evse_tui.store.sessions import Session

async def write(directory):
    store = await Store.open(directory)
    (known,) = await store.totals(SITE, [0, 10**9])
    number = known.imported_mj
    while True:
        number += 1
        start_s = 60 * (number % 500)
        parts = tuple(SubjectBucket(str(n), ChargerBucket(start_s, 60, charged_mj=1)) for n in range(8))
        session = Session("1", float(number // 10), None, number, 0, 0, False)
        await store.remember([Span(SiteBucket(start_s, 60, imported_mj=1), parts)], [session])
        await store.set_setting("counter", number)
        await store.record([LogEntry(number, 1.0, "1", "info", "line")], energy=[Energy("1", number)])
        os.write(1, b"%d\\n" % number)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.write(1, b"pid %d\\n" % os.getpid())
        asyncio.run(write(pathlib.Path(sys.argv[1])))
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


class _Lines:
    """Lines of a pipe as they come."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._rest = b""
        self.lines: list[bytes] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(pipe, selectors.EVENT_READ)

    def read(self, timeout_s: float) -> None:
        """Takes what comes within the time, at most one piece."""
        if self._selector.select(max(0.0, timeout_s)):
            piece = os.read(self._pipe.fileno(), 65_536)
            assert piece, "the writers have ended"
            *lines, self._rest = (self._rest + piece).split(b"\n")
            self.lines += lines

    def until(self, count: int) -> None:
        """Waits for so many lines."""
        while len(self.lines) < count:
            self.read(30)

    def close(self) -> None:
        self._selector.close()


def _kill_once(lines: _Lines, rng: random.Random) -> int | None:
    """Kills the writer at a moment of chance; returns the last number that it confirmed."""
    lines.until(1)
    pid = int(lines.lines[0].removeprefix(b"pid "))
    lines.until(1 + rng.choice((0, 0, 1, 2, 5)))
    moment_s = time.monotonic() + rng.uniform(0, 0.02)
    while (left_s := moment_s - time.monotonic()) > 0:
        lines.read(left_s)
    os.kill(pid, signal.SIGKILL)
    while not lines.lines or lines.lines[-1] != b"dead":
        lines.read(30)
    confirmed = lines.lines[1:-1]
    lines.lines.clear()
    return int(confirmed[-1]) if confirmed else None


def _check(path: Path, known: int, confirmed: int) -> int:
    """The file is whole, has what it had and all that was confirmed, and at most one commit more of each kind."""
    least = max(known, confirmed)
    with closing(sqlite3.connect(path)) as connection:

        def scalar(query: str) -> int:
            return int(connection.execute(query).fetchone()[0] or 0)

        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        known = scalar("SELECT sum(imported_mj) FROM site_minutes")
        assert known in (least, least + 1)
        for level in LEVELS:
            assert scalar(f"SELECT sum(imported_mj) FROM site_{level.name}") == known  # noqa: S608 - our names
            assert scalar(f"SELECT sum(charged_mj) FROM charger_{level.name}") == 8 * known  # noqa: S608 - our names
        assert scalar("SELECT max(duration_ms) FROM sessions") == known
        assert confirmed <= scalar("SELECT max(value) FROM settings WHERE name = 'counter'") <= known
        assert confirmed <= scalar("SELECT max(total_mj) FROM energy") <= known
        assert confirmed <= scalar("SELECT max(number) FROM log") <= known
        return known


def test_no_kill_loses_what_was_confirmed(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    known = confirmed = 0
    with subprocess.Popen(
        [sys.executable, "-c", _WRITERS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writers:
        assert writers.stdin is not None
        assert writers.stdout is not None
        lines = _Lines(writers.stdout)
        for _ in range(KILLS):
            writers.stdin.write(b"go\n")
            writers.stdin.flush()
            confirmed = _kill_once(lines, rng) or confirmed
            if confirmed:  # else the tables may not be there yet
                known = _check(tmp_path / FILE_NAME, known, confirmed)
        writers.stdin.close()
        lines.close()
    assert confirmed >= KILLS / 2  # else it was killed before it wrote
