"""POST /currents on `serve` to a changed duty cycle on the board over a pty, falling steps.

The clock starts when the request is written and stops when the board's JSON line with the lower duty cycle has been
read, so both process switches and the printing are inside. Baseline: the same request when nothing has to change,
the time to its answer.
"""

from __future__ import annotations

import http.client
import json
import os
import pty
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.table import percentile, show

STEPS = 98
MAIN_DA = 250
QUIET_DA = 20
SETTLED_S = 20.0
FULL_DUTY = 266
"""Duty cycle of 16 A, in 0.1 %."""


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

    def house(da: int) -> None:
        """The meters of a house with this load per phase and a car that draws what it is offered."""
        charging = board.line.get("c1") is True and _number(board.line, "duty_permille") < 1000
        ev = _number(board.line, "limit_da") if charging else 0
        post(f"/ev_meter?L1={ev}&L2={ev}&L3={ev}")
        mains(da + ev)

    def mains(da: int) -> None:
        post(f"/currents?L1={da}&L2={da}&L3={da}")

    def charge_fully() -> None:
        """Feeds a quiet house until the car has drawn the maximum for longer than any filter of the controller."""
        deadline = time.monotonic() + 300
        steady_since = time.monotonic()
        while time.monotonic() - steady_since < SETTLED_S:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the car does not charge: {board.line}")
            full = board.line.get("c1") is True and _number(board.line, "duty_permille") in range(FULL_DUTY, 1000)
            if not full:
                steady_since = time.monotonic()
            house(QUIET_DA)
            time.sleep(0.5)

    post("/settings?mode=3")
    board.say("plug")
    board.say("ready")
    falling: list[float] = []
    idle: list[float] = []
    while len(falling) < STEPS:
        charge_fully()
        for target in range(158, 60, -2):  # down in steps of 0.2 A, then all the way up again
            duty = _number(board.line, "duty_permille")
            ev = _number(board.line, "limit_da")
            post(f"/ev_meter?L1={ev}&L2={ev}&L3={ev}")
            start = time.perf_counter_ns()
            mains(MAIN_DA - target + ev)
            at_ns = board.wait(lambda line, before=duty: _number(line, "duty_permille") < before, 5)  # type: ignore[misc]
            falling.append((at_ns - start) / 1e6)
            start = time.perf_counter_ns()
            post("/settings")
            idle.append((time.perf_counter_ns() - start) / 1e6)
    connection.close()
    return falling, idle


@contextmanager
def _host(home: Path, link: Path, terminal: bool, environment: dict[str, str]) -> Iterator[str]:
    """The host under test, listening; its address. The terminal app draws into a pty that a thread empties."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = home / "site.toml"
    site.write_text(f'[listen]\nport = {port}\n[[charger]]\nport = "{link}"\ncurrent_max = 16\n')
    screen, tty = pty.openpty()
    command = [sys.executable, "-m", "evse_tui", *(() if terminal else ("serve",)), "--config", str(site)]
    process = subprocess.Popen(command, stdin=tty, stdout=tty, stderr=tty, env=environment)
    os.close(tty)
    drain = threading.Thread(target=_drain, args=(screen,), daemon=True)
    drain.start()
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        drain.join()
        os.close(screen)


def _drain(descriptor: int) -> None:
    with suppress(OSError):  # EIO: the process has closed its end
        while os.read(descriptor, 65536):
            pass


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the host does not listen")


def _run(terminal: bool) -> tuple[list[float], list[float]]:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        environment = {**os.environ, "XDG_DATA_HOME": name, "XDG_CONFIG_HOME": name, "TERM": "xterm-256color"}
        board = _Board(home, environment)
        try:
            board.wait(lambda line: True)
            with _host(home, board.link, terminal, environment) as url:
                return _measure(board, url)
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
