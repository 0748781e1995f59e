"""Time from the start of the process to the first frame of the terminal app, against a bare interpreter."""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks.load.process import cpu_s
from benchmarks.table import show

RUNS = 7
FIRST_FRAME = b"\x1b[?1049h"
"""The alternate screen; the frame follows it in the same flush or the next."""


@dataclass(frozen=True, slots=True)
class Start:
    """A start to the first frame with numbers: seconds of wall time, and of CPU, which a busy machine changes less."""

    wall_s: float
    cpu_s: float


def first_frame(command: list[str]) -> Start:
    """From the start of the process until its terminal shows the mains."""
    screen, tty = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once, not at each start
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=tty, stdout=tty, stderr=tty, env=environment)
    os.close(tty)
    seen = b""
    try:
        while b"Smart" not in seen and b"mains" not in seen.lower().partition(FIRST_FRAME)[2]:
            ready, _, _ = select.select([screen], [], [], 30)
            if not ready:
                raise TimeoutError("no frame in 30 s")
            seen += os.read(screen, 65536)
        return Start(time.perf_counter() - start, cpu_s(process.pid))
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def _wall_s(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def run() -> None:
    """Prints the table."""
    bare = statistics.median(_wall_s([sys.executable, "-c", "pass"]) for _ in range(RUNS))
    textual = statistics.median(_wall_s([sys.executable, "-c", "import textual.app"]) for _ in range(RUNS))
    demo = [sys.executable, "-m", "evse_tui", "demo", "--listen", "127.0.0.1:0"]
    first_frame(demo)  # compiles what has changed
    ours = [first_frame(demo) for _ in range(RUNS)]
    show(
        "Start to first frame, median of 7 (aim: <= 1.0 s)",
        ("", "s"),
        [
            ["evse-tui demo, first frame with numbers", f"{statistics.median(start.wall_s for start in ours):.2f}"],
            ["the same, of CPU", f"{statistics.median(start.cpu_s for start in ours):.2f}"],
            ["baseline: python -c 'import textual.app'", f"{textual:.2f}"],
            ["baseline: python -c pass", f"{bare:.2f}"],
        ],
    )
