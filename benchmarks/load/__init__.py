"""Many windows at once: polling against bare aiohttp, 200 event streams, and what control notices of them.

`serve` with one board on a pty and a charging car, confined to one core. Everything is measured in rounds that take
turns, because other programs use the machine too; beside the wall time stands the CPU time, which they disturb less.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

from benchmarks.latency import Host, House, board_and_host, free_port, wait_for
from benchmarks.load.process import Share, cpu_s, pin, rss_mb
from benchmarks.load.requests import CONNECTIONS, Requester, hammering
from benchmarks.table import percentile, show

STREAMS = 200
ROUNDS = 5
TURNS = 300
STREAM_ROUNDS = 3
STREAM_ROUND_S = 5.0
LATENCY_ROUNDS = 3
TARGETS_DA = range(159, 60, -1)
QUIET, STREAMED, HAMMERED = LOADS = (
    "alone",
    f"{STREAMS} streams",
    f"{STREAMS} streams, GET /settings without a pause",
)
FEEDS_PER_S = 10
STREAMS_LEFT_S = 2.0
"""The server notices that streams are gone; before that it has no room for as many new ones."""
FRAMES_PER_S = 2.0


@contextmanager
def _bare(body: bytes) -> Iterator[tuple[int, int]]:
    """Port and process of the baseline, on the same core."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.load.bare", str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        assert process.stdin is not None
        process.stdin.write(body)
        process.stdin.close()
        wait_for(port)
        pin(process.pid)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


class _Streams:
    """The process with the listeners."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def report(self) -> dict[str, Any]:
        """Frames of each so far, bytes of all, and how many are still open."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("report\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


@contextmanager
def _streams(port: int) -> Iterator[_Streams]:
    command = [sys.executable, "-m", "benchmarks.load.listeners", str(port), str(STREAMS)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        streams = _Streams(process)
        while min(streams.report()["frames"]) == 0:  # their coming, all at once, is not what is measured
            time.sleep(0.1)
        yield streams
    finally:
        process.kill()
        process.wait()
        time.sleep(STREAMS_LEFT_S)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _polling(host: Host, port: int) -> list[list[str]]:
    """GET /settings against bare aiohttp with the same document: as JSON handlers do it, and with ready bytes."""
    with urllib.request.urlopen(f"{host.url}/settings") as answer:  # noqa: S310  # our own
        body = answer.read()
    with _bare(body) as (bare_port, bare_pid), ExitStack() as stack:
        subjects = [
            (Requester(port, "/settings"), host.pid),
            (Requester(bare_port, "/bytes"), bare_pid),
            (Requester(bare_port, "/json"), bare_pid),
        ]
        for requester, _ in subjects:
            stack.callback(requester.close)
            requester.run(50)
        rates: list[list[float]] = [[], [], []]
        costs: list[list[float]] = [[], [], []]
        for _ in range(ROUNDS):
            for number, (requester, pid) in enumerate(subjects):
                before_s = cpu_s(pid)
                rates[number].append(requester.run(TURNS))
                costs[number].append((cpu_s(pid) - before_s) / (TURNS * CONNECTIONS) * 1e6)
    usual = [ours / bare for ours, bare in zip(rates[0], rates[2], strict=True)]
    least = [ours / bare for ours, bare in zip(rates[0], rates[1], strict=True)]
    rows = [
        _row("GET /settings / bare aiohttp, json_response", usual, ">= 0.8", statistics.median(usual) >= 0.8),
        _row("GET /settings / bare aiohttp, ready bytes", least, ">= 0.8", statistics.median(least) >= 0.8),
        _row("  CPU of bare aiohttp, ready bytes / ours", [b / a for a, b in zip(costs[0], costs[1], strict=True)]),
    ]
    for name, found in zip(("GET /settings", "bare, ready bytes", "bare, json_response"), rates, strict=True):
        rows.append(_row(f"  {name}, requests/s ({len(body)} bytes)", found, digits=0))
    return rows


def _streaming(host: Host, port: int, house: House) -> list[list[str]]:
    """Event streams while measurements pour in."""
    quiet, loaded, frames, slowest, sizes = [], [], [], [], []
    before_mb = rss_mb(host.pid)
    during: list[float] = []
    after: list[float] = []
    for _ in range(STREAM_ROUNDS):
        share = Share(host.pid)
        _feed(house, STREAM_ROUND_S)
        quiet.append(share.so_far())
        with _streams(port) as streams:
            _feed(house, 1.0)
            begin, begun_s, share = streams.report(), time.monotonic(), Share(host.pid)
            _feed(house, STREAM_ROUND_S)
            loaded.append(share.so_far())
            end, elapsed_s = streams.report(), time.monotonic() - begun_s
            during.append(rss_mb(host.pid))
        _feed(house, 2.0)  # the server notices that they are gone
        after.append(rss_mb(host.pid))
        per_client = [b - a for a, b in zip(begin["frames"], end["frames"], strict=True)]
        frames.append(sum(per_client) / elapsed_s / STREAMS)
        slowest.append(min(per_client) / elapsed_s)
        sizes.append((end["received"] - begin["received"]) / max(1, sum(per_client)))
        assert end["open"] == STREAMS
    worst = math.floor(FRAMES_PER_S * STREAM_ROUND_S - 1) / STREAM_ROUND_S
    return [
        _row(f"{STREAMS} streams: frames/s each", frames, ">= 1.8", statistics.median(frames) >= 1.8),
        _row("  of the client with the fewest", slowest, f">= {worst:g}", min(slowest) >= worst),
        _row("  CPU of serve, cores", loaded, "< 1", max(loaded) < 1),
        _row("  CPU of serve without them, cores", quiet),
        _row("  bytes a frame", sizes, digits=0),
        _row("  RSS, MB, before", [before_mb], digits=1),
        _row("  RSS, MB, with them", during, digits=1),
        _row("  RSS, MB, when they are gone", after, "<= + 20 MB", max(after) <= before_mb + 20, digits=1),
    ]


def _feed(house: House, duration_s: float) -> None:
    """Values of all meters, several times a second."""
    ends_s = time.monotonic() + duration_s
    while time.monotonic() < ends_s:
        house.feed()
        time.sleep(1 / FEEDS_PER_S)


def _control(port: int, house: House) -> list[list[str]]:
    """Falling steps from the request to the board, with and without the others: a third of each descent."""
    third = len(TARGETS_DA) // 3
    rounds: dict[str, list[list[float]]] = {name: [] for name in LOADS}
    for turn in range(LATENCY_ROUNDS):
        house.charge_fully()
        for part in range(3):
            name = LOADS[(part + turn) % 3]
            with ExitStack() as stack:
                if name != QUIET:
                    stack.enter_context(_streams(port))
                if name == HAMMERED:
                    stack.enter_context(hammering(port, "/settings"))
                rounds[name].append(house.fall(TARGETS_DA[part * third : (part + 1) * third])[0])
    rows = []
    for name, found in rounds.items():
        every = [value for values in found for value in values]
        worst = [max(values) for values in found]
        row = _row(f"slowest of {third} steps, ms: {name}", worst, "<= 10", statistics.median(worst) <= 10, digits=1)
        row[-1] += "; of all p50 " + ", p95 ".join(f"{percentile(every, percent):.1f}" for percent in (50, 95))
        row[-1] += f", p99 {percentile(every, 99):.1f}"
        rows.append(row)
    return rows


def _row(name: str, rounds: list[float], target: str = "", met: bool = False, digits: int = 2) -> list[str]:
    verdict = ("met" if met else "missed") if target else ""
    return [
        name,
        f"{statistics.median(rounds):.{digits}f}",
        target,
        verdict,
        " ".join(f"{value:.{digits}f}" for value in rounds),
    ]


def run() -> None:
    """Prints the tables."""
    with board_and_host() as (board, host):
        pin(host.pid)
        port = urlsplit(host.url).port
        assert port is not None
        house = House(board, host.url)
        house.charge_fully()
        _show(f"Polling, {CONNECTIONS} connections", _polling(host, port))
        _show("Event streams, read by another process", _streaming(host, port, house))
        _show("POST /currents to lower duty on the board", _control(port, house))
        house.close()


def _show(title: str, rows: list[list[str]]) -> None:
    show(f"{title}: `serve` on one core, median of rounds", ("", "median", "target", "", "rounds"), rows)
