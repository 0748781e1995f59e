"""The site under the terminal: eight boards of another process, and meters that are fed once a second over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.latency import free_port, wait_for

_ONLINE_S = 30.0


@dataclass(frozen=True)
class House:
    """Where its configuration is, the port that its API shall have, and the environment of its programs."""

    config: Path
    port: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_for_boards(self) -> None:
        """Until all boards are online.

        Raises:
            TimeoutError: they are not.
        """
        wait_for(self.port)
        deadline = time.monotonic() + _ONLINE_S
        while time.monotonic() < deadline:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            connection.request("GET", "/api/v1/snapshot")
            chargers = json.loads(connection.getresponse().read())["chargers"]
            connection.close()
            if all(charger["link"]["state"] == "online" for charger in chargers):
                return
            time.sleep(0.2)
        raise TimeoutError("the boards are not online")


@contextmanager
def house() -> Iterator[House]:
    """The boards and a configuration for them, with nothing remembered. Who listens on the port is fed."""
    with tempfile.TemporaryDirectory() as home, _boards() as ports:
        port = free_port()
        chargers = "".join(
            f'[[charger]]\nport = "socket://127.0.0.1:{board}"\nname = "Bay {number}"\n'
            f'rotation = "L{number % 3 + 1}"\nmode = 3\n'
            for number, board in enumerate(ports, 1)
        )
        config = Path(home, "site.toml")
        config.write_text(f"[listen]\nport = {port}\n{chargers}")
        stop = threading.Event()
        feeder = threading.Thread(target=_feed, args=(port, stop), daemon=True)
        feeder.start()
        try:
            yield House(config, port, {"XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home})
        finally:
            stop.set()
            feeder.join()


@contextmanager
def _boards() -> Iterator[list[int]]:
    command = [sys.executable, "-m", "benchmarks.terminal.boards"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def _feed(port: int, stop: threading.Event) -> None:
    second = 0
    while not stop.wait(1.0):
        second += 1
        phases = [40 + (second * step) % 30 for step in (3, 5, 7)]
        query = "&".join(f"L{phase}={da}" for phase, da in enumerate(phases, 1))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with suppress(OSError, http.client.HTTPException):  # nobody listens between two programs
            connection.request("POST", f"/currents?{query}")
            connection.getresponse().read()
        connection.close()


@contextmanager
def serving(site: House) -> Iterator[int]:
    """The site without a terminal; its process."""
    command = [sys.executable, "-m", "evse_tui", "serve", "--config", str(site.config)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={**os.environ, **site.environment}
    )
    try:
        site.wait_for_boards()
        yield process.pid
    finally:
        process.kill()
        process.wait()
