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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.table import percentile, show

STEPS = 98
MAIN_DA = 250
QUIET_DA = 20
SETTLED_S = 20.0
FULL_DUTY = 266
"""Duty cycle of 16 A, in 0.1 %."""


class Board:
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


class House:
    """A house whose meters are fed over HTTP, with a car on the board."""

    def __init__(self, board: Board, url: str) -> None:
        """Plugs the car in; SMART."""
        self._board = board
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._post("/settings?mode=3")
        board.say("plug")
        board.say("ready")

    def close(self) -> None:
        self._connection.close()

    def _post(self, path: str) -> None:
        self._connection.request("POST", path)
        self._connection.getresponse().read()

    def feed(self, da: int = QUIET_DA) -> None:
        """One reading of all meters: this load per phase, and a car that draws what it is offered."""
        charging = self._board.line.get("c1") is True and _number(self._board.line, "duty_permille") < 1000
        ev = _number(self._board.line, "limit_da") if charging else 0
        self._post(f"/ev_meter?L1={ev}&L2={ev}&L3={ev}")
        self._mains(da + ev)

    def _mains(self, da: int) -> None:
        self._post(f"/currents?L1={da}&L2={da}&L3={da}")

    def charge_fully(self) -> None:
        """Feeds a quiet house until the car has drawn the maximum for longer than any filter of the controller.

        Raises:
            TimeoutError: it does not.
        """
        deadline = time.monotonic() + 300
        steady_since = time.monotonic()
        while time.monotonic() - steady_since < SETTLED_S:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the car does not charge: {self._board.line}")
            line = self._board.line
            if line.get("c1") is not True or _number(line, "duty_permille") not in range(FULL_DUTY, 1000):
                steady_since = time.monotonic()
            self.feed()
            time.sleep(0.5)

    def fall(self, targets_da: Sequence[int]) -> tuple[list[float], list[float]]:
        """Down to each of these offers: ms from the request to the lower duty, and of a request beside it."""
        falling: list[float] = []
        idle: list[float] = []
        for target in targets_da:
            duty = _number(self._board.line, "duty_permille")
            ev = _number(self._board.line, "limit_da")
            self._post(f"/ev_meter?L1={ev}&L2={ev}&L3={ev}")
            start = time.perf_counter_ns()
            self._mains(MAIN_DA - target + ev)
            at_ns = self._board.wait(lambda line, before=duty: _number(line, "duty_permille") < before, 5)  # type: ignore[misc]
            falling.append((at_ns - start) / 1e6)
            start = time.perf_counter_ns()
            self._post("/settings")
            idle.append((time.perf_counter_ns() - start) / 1e6)
        return falling, idle


def _measure(board: Board, url: str) -> tuple[list[float], list[float]]:
    house = House(board, url)
    falling: list[float] = []
    idle: list[float] = []
    while len(falling) < STEPS:  # down, then all the way up again
        house.charge_fully()
        for found, more in zip((falling, idle), house.fall(range(158, 60, -2)), strict=True):
            found.extend(more)
    house.close()
    return falling, idle


@dataclass(frozen=True)
class Host:
    """A host that listens."""

    url: str
    pid: int


@contextmanager
def host_on(home: Path, link: Path, terminal: bool, environment: dict[str, str]) -> Iterator[Host]:
    """The host under test, listening. The terminal app draws into a pty that a thread empties."""
    port = free_port()
    site = home / "site.toml"
    site.write_text(f'[listen]\nport = {port}\n[[charger]]\nport = "{link}"\ncurrent_max = 16\n')
    screen, tty = pty.openpty()
    command = [sys.executable, "-m", "evse_tui", *(() if terminal else ("serve",)), "--config", str(site)]
    process = subprocess.Popen(command, stdin=tty, stdout=tty, stderr=tty, env=environment)
    os.close(tty)
    drain = threading.Thread(target=_drain, args=(screen,), daemon=True)
    drain.start()
    try:
        wait_for(port)
        yield Host(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.kill()
        process.wait()
        drain.join()
        os.close(screen)


def _drain(descriptor: int) -> None:
    with suppress(OSError):  # EIO: the process has closed its end
        while os.read(descriptor, 65536):
            pass


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    """Until somebody listens.

    Raises:
        TimeoutError: nobody does for 20 s.
    """
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the host does not listen")


@contextmanager
def board_and_host(terminal: bool = False) -> Iterator[tuple[Board, Host]]:
    """A board on a pty and a host for it, with nothing remembered."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        environment = {**os.environ, "XDG_DATA_HOME": name, "XDG_CONFIG_HOME": name, "TERM": "xterm-256color"}
        board = Board(home, environment)
        try:
            board.wait(lambda line: True)
            with host_on(home, board.link, terminal, environment) as host:
                yield board, host
        finally:
            board.end()


def run() -> None:
    """Prints the table."""
    rows = []
    for name, terminal in (("serve", False), ("terminal app in the same process", True)):
        with board_and_host(terminal) as (board, host):
            falling, idle = _measure(board, host.url)
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
