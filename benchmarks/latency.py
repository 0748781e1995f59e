"""POST /currents on `serve` to a changed duty cycle on the board over a pty, falling steps.

The clock starts when the request is written and stops when the board's JSON line with the lower duty cycle has been
read, so both process switches and the printing are inside. Baseline: the same request when nothing has to change,
the time to its answer.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.table import percentile, show

STEPS = 60
MAIN_DA = 250
SETTLED_S = 10.0
FULL_DUTY = 216
"""Duty cycle of 13 A, the default maximum, in 0.1 %."""


class _Board:
    """The board process; its lines are read on a thread with the time of their arrival."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.link = home / "board"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "evse_tui", "sim-board", "--pty", str(self.link)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.line: dict[str, object] = {}
        self.at_ns = 0
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            at_ns = time.perf_counter_ns()
            with self._news:
                self.line, self.at_ns = json.loads(text), at_ns
                self._news.notify_all()

    def say(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def wait(self, wanted: Callable[[dict[str, object]], bool], timeout_s: float = 60.0) -> int:
        """Arrival, ns, of the first line that is `wanted`."""
        with self._news:
            if not self._news.wait_for(lambda: bool(self.line) and wanted(self.line), timeout_s):
                raise TimeoutError(f"the board did not get there: {self.line}")
            return self.at_ns

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._thread.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


def _number(line: dict[str, object], key: str) -> int:
    value = line[key]
    if not isinstance(value, int):
        raise TypeError(key)
    return value


def _measure(board: _Board, url: str) -> tuple[list[float], list[float]]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)

    def post(path: str) -> None:
        connection.request("POST", path)
        connection.getresponse().read()

    def mains(da: int) -> None:
        post(f"/currents?L1={da}&L2={da}&L3={da}")

    def charge_fully() -> None:
        """Feeds a quiet house until the car has drawn the maximum for longer than any filter of the controller."""
        deadline = time.monotonic() + 120
        steady_since = time.monotonic()
        while time.monotonic() - steady_since < SETTLED_S:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the car does not charge: {board.line}")
            full = board.line.get("c1") is True and _number(board.line, "duty_permille") in range(FULL_DUTY, 1000)
            if not full:
                steady_since = time.monotonic()
            ev = _number(board.line, "limit_da") if board.line.get("c1") else 0
            post(f"/ev_meter?L1={ev}&L2={ev}&L3={ev}")
            mains(ev)
            time.sleep(0.5)

    post("/settings?mode=3")
    board.say("plug")
    board.say("ready")
    falling: list[float] = []
    idle: list[float] = []
    while len(falling) < STEPS:
        charge_fully()
        for target in range(120, 60, -10):  # down in steps of 1 A, then all the way up again
            duty = _number(board.line, "duty_permille")
            ev = target + 10
            post(f"/ev_meter?L1={ev}&L2={ev}&L3={ev}")
            start = time.perf_counter_ns()
            mains(MAIN_DA + ev - target)
            at_ns = board.wait(lambda line, before=duty: _number(line, "duty_permille") < before, 5)  # type: ignore[misc]
            falling.append((at_ns - start) / 1e6)
            start = time.perf_counter_ns()
            post("/settings")
            idle.append((time.perf_counter_ns() - start) / 1e6)
    connection.close()
    return falling, idle


def _serve_command(link: Path, terminal: bool) -> list[str]:
    if terminal:
        # the terminal app in the same process, drawing into a pseudo terminal of its own
        return [sys.executable, "-m", "benchmarks.terminal_host", str(link)]
    return [sys.executable, "-m", "evse_tui", "serve", "--board", str(link), "--listen", "127.0.0.1:0"]


def _run(terminal: bool) -> tuple[list[float], list[float]]:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        environment = {**os.environ, "XDG_DATA_HOME": name, "XDG_CONFIG_HOME": name, "PYTHONUNBUFFERED": "1"}
        board = _Board(home, environment)
        try:
            board.wait(lambda line: True)
            host = subprocess.Popen(
                _serve_command(board.link, terminal), stdout=subprocess.PIPE, text=True, env=environment
            )
            assert host.stdout is not None
            try:
                url = host.stdout.readline().split()[-1]
                return _measure(board, url)
            finally:
                host.terminate()
                host.wait()
                host.stdout.close()
        finally:
            board.end()


def run() -> None:
    """Prints the table."""
    rows = []
    for name, terminal in (("serve", False), ("terminal app in the same process", True)):
        falling, idle = _run(terminal)
        rows.append(
            [
                name,
                f"{percentile(falling, 50):.1f}",
                f"{percentile(falling, 99):.1f}",
                f"{max(falling):.1f}",
                f"{percentile(idle, 50):.1f}",
                f"{percentile(idle, 99):.1f}",
            ]
        )
    show(
        f"POST /currents to changed duty over a pty, ms, {STEPS} falling steps (aim: p99 <= 10)",
        ("", "p50", "p99", "worst", "request p50", "request p99"),
        rows,
        "Baseline: a request on the same connection that changes nothing, to its answer.",
    )
