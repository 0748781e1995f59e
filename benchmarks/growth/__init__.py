"""Does the host grow? A week of a site's life in virtual time, in a process of its own: see `benchmarks.growth.life`.

Growth is what comes after the first two days, in which bounded structures fill: settings that were never changed, the
log's 200 lines, the first sessions, imports, SQLite's cache of pages. It is judged by the trend of the days that follow
(`benchmarks.trend`). What grows by intention, up to what it keeps, is the store on disk; `python -m benchmarks store`
shows where that ends.

The simulation is part of the process, and so are those who ask: they keep nothing, but a board in C and its car are in
the figures. Takes about six minutes for each day on a free core.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from benchmarks.growth.life import DAY_S
from benchmarks.table import show
from benchmarks.trend import growth_percent

DAY: Final = 3
GROWTH_PERCENT: Final = 1.0
"""The target: of memory and of objects, over all days from `DAY` on; of descriptors and tasks none at all."""

Day = dict[str, float]


def _days() -> list[Day]:
    command = [sys.executable, "-m", "benchmarks.growth.life"]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in found.stdout.splitlines()]


def course_rows(days: Sequence[Day]) -> list[list[str]]:
    """What is held at the end of each day."""
    return [
        [
            f"day {number}",
            f"{day['rss_mb']:.1f} MB",
            f"{day['objects']:.0f}",
            f"{day['blocks']:.0f}",
            f"{day['descriptors']:.0f}",
            f"{day['tasks']:.0f}",
            f"{day['store_mb']:.1f} MB",
            f"{DAY_S / day['wall_s']:.0f}",
        ]
        for number, day in enumerate(days, 1)
    ]


def growth_rows(days: Sequence[Day]) -> list[list[str]]:
    """Growth with its target and a verdict."""
    settled = days[DAY - 1 :]
    rows = []
    for key, name, most in (
        ("rss_mb", "RSS", GROWTH_PERCENT),
        ("objects", "objects", GROWTH_PERCENT),
        ("blocks", "memory blocks", GROWTH_PERCENT),
        ("descriptors", "file descriptors", 0.0),
        ("tasks", "tasks", 0.0),
    ):
        growth = growth_percent([day[key] for day in settled])
        verdict = "met" if growth <= most else "MISSED"
        rows.append([f"growth, day {DAY} to {len(days)}: {name}", f"<= {most:g} %", f"{growth:.2f} %", verdict])
    return rows


def run() -> None:
    """Prints the tables."""
    days = _days()
    last = days[-1]
    header = ("", "RSS", "objects", "blocks", "descriptors", "tasks", "store", "sim. s / s")
    show(
        "The host over simulated days: one board, its cars, faults, lost links, all of the API, event streams",
        header,
        course_rows(days),
        f"{last['asked']:.0f} requests, {last['refused']:.0f} of them refused; {last['frames']:.0f} snapshots read "
        f"from streams; {last['charged_kwh']:.0f} kWh charged.",
    )
    show("Growth", ("", "target", "measured", ""), growth_rows(days))
