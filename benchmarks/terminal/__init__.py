"""What the terminal app costs and how fast it answers, with eight boards that send ten STATUS a second each.

The boards are a process of their own. The app is measured twice: `attach`, a process that is nothing but the terminal,
and the app in the process of the site, from which the same site under `serve` is subtracted. Each figure has a target,
that of a bare Textual app beside it where there is one, and the median of each screen and size with its rounds.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

from benchmarks import startup
from benchmarks.load.process import Share, rss_mb
from benchmarks.table import percentile, show
from benchmarks.terminal.host import House, house, serving
from benchmarks.terminal.screen import Screen, on_screen
from benchmarks.trend import growth_percent

SIZES: Final = ((80, 24), (200, 60))
NAMES: Final = ("Dashboard", "Charger", "History", "Events", "Diagnostics", "Settings")
ROUNDS: Final = 3
ROUND_S: Final = 2.0
KEYS: Final = 30
"""On each screen and at each size."""
SETTLED_S: Final = 3.0
DAY: Final = 3
"""Growth is what comes after the first two days, in which bounded caches fill; the course of all days is shown."""
START_S, CPU_PERCENT, RSS_MB, KEY_MS, GROWTH_PERCENT = 1.0, 5.0, 150.0, 50.0, 1.0
"""The targets. Growth: of memory and of objects, over all days from `DAY` on."""


@dataclass
class Cost:
    """What was measured of one program: CPU in percent of a core per round, ms per key, MB at the end."""

    cpu: dict[tuple[str, tuple[int, int]], list[float]] = field(default_factory=dict)
    keys: dict[tuple[str, tuple[int, int]], list[float]] = field(default_factory=dict)
    key_cpu: dict[tuple[str, tuple[int, int]], float] = field(default_factory=dict)
    """ms of CPU for one key, without what the app costs meanwhile anyway."""
    visits: list[float] = field(default_factory=list)
    """The first visit of a screen: it is imported, composed and styled."""
    switches: list[float] = field(default_factory=list)
    """Later visits."""
    rss: list[float] = field(default_factory=list)


def keys_of(screen: str, size: tuple[int, int], boards: int = 8) -> Iterator[tuple[bytes, bytes]]:
    """A key that does something on this screen, again and again, and what only its effect writes."""
    bays = cycle((*range(2, boards + 1), 1))
    wide = size[0] > 130
    if screen == "Events":
        return cycle([(b"v", b"Level: warnings"), (b"v", b"Level: faults"), (b"v", b"Level: all")])
    if screen == "History":
        return cycle([(b"d", b", so far"), (b"d", b", today so far")])
    if screen == "Settings":
        return cycle([(b"\x1b[B", b"Possible: ")] * 6 + [(b"\x1b[A", b"Possible: ")] * 6)
    if screen == "Charger":
        return ((b"n", f" Bay {bay} ".encode()) for bay in bays)
    if screen == "Diagnostics" and wide:
        return ((b"n", f"Link of Bay {bay} ".encode()) for bay in bays)
    return ((b"n", f"▸ Bay {bay}".encode()) for bay in bays)


def _go(screen: Screen, number: int) -> float:
    return screen.press(str(number).encode(), f"▸{number} {NAMES[number - 1]}".encode())


def _measure(command: Sequence[str], site: House, seed: int = 1) -> Cost:
    """All screens at all sizes, one process for each size."""
    cost, rng = Cost(), random.Random(seed)
    for size in SIZES:
        with on_screen(command, size, site.environment) as screen:
            screen.until(b"Bay 1")
            site.wait_for_boards()
            time.sleep(SETTLED_S)
            numbers = range(2, len(NAMES) + 1)
            for number in (*numbers, 1):
                (cost.visits if number != 1 else cost.switches).append(_go(screen, number))
                time.sleep(0.5)
            for number, name in enumerate(NAMES, 1):
                if number != 1:
                    cost.switches.append(_go(screen, number))
                time.sleep(1.0)
                cost.cpu[name, size] = _shares(screen.pid)
                keys = keys_of(name, size)
                if name in ("Charger", "Diagnostics"):  # the selection stays where the screen before has left it
                    keys = _onward(keys, KEYS * (1 if name == "Charger" else 2))
                found = cost.keys[name, size] = []
                used = Share(screen.pid)
                for _ in range(KEYS):
                    found.append(screen.press(*next(keys)))
                    time.sleep(rng.uniform(0.05, 0.25))  # anywhere between two paints
                idle = statistics.median(cost.cpu[name, size]) / 100
                cost.key_cpu[name, size] = 1000 * (used.cpu_s() - idle * used.wall_s()) / KEYS
            cost.rss.append(rss_mb(screen.pid))
    return cost


def _onward(keys: Iterator[tuple[bytes, bytes]], count: int) -> Iterator[tuple[bytes, bytes]]:
    for _ in range(count):
        next(keys)
    return keys


def _shares(pid: int) -> list[float]:
    shares = []
    for _ in range(ROUNDS):
        share = Share(pid)
        time.sleep(ROUND_S)
        shares.append(100 * share.so_far())
    return shares


def _bare() -> Cost:
    cost, size = Cost(), SIZES[0]
    with on_screen([sys.executable, "-m", "benchmarks.terminal.bare"], size) as screen:
        screen.until(b"mains")
        time.sleep(SETTLED_S)
        cost.cpu["Bare", size] = _shares(screen.pid)
        found = cost.keys["Bare", size] = []
        for number in range(1, KEYS + 1):
            found.append(screen.press(b"n", b"<%d>" % number))
            time.sleep(0.1)
        cost.rss.append(rss_mb(screen.pid))
    return cost


def _weeks() -> list[dict[str, float]]:
    """Memory and objects at the end of each simulated day, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.terminal.weeks"]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in found.stdout.splitlines()]


def _row(
    name: str, target: float | None, measured: float, unit: str, rounds: str = "", baseline: str = ""
) -> list[str]:
    verdict = "" if target is None else "met" if measured <= target else "MISSED"
    aim = "" if target is None else f"<= {target:g} {unit}"
    return [name, aim, f"{measured:.2f} {unit}" if unit == "s" else f"{measured:.1f} {unit}", verdict, baseline, rounds]


def _spread(values: Sequence[float], digits: int = 1) -> str:
    return f"{min(values):.{digits}f}..{max(values):.{digits}f}"


def _per_screen(cost: Cost, bare: Cost, less: Sequence[float], name: str) -> list[list[str]]:
    rows = []
    idle = statistics.median(next(iter(bare.cpu.values())))
    waiting = percentile(next(iter(bare.keys.values())), 95)
    for (screen, size), shares in cost.cpu.items():
        site = statistics.median(less) if less else 0.0
        share = statistics.median(shares) - site
        title = f"{name}, {screen} {size[0]}x{size[1]}"
        spread = _spread([value - site for value in shares])
        rows.append(_row(f"CPU: {title}", CPU_PERCENT, share, "%", spread, f"{idle:.1f}"))
    for (screen, size), found in cost.keys.items():
        title = f"{name}, {screen} {size[0]}x{size[1]}"
        spread = f"p50 {percentile(found, 50):.1f}, worst {max(found):.0f}, CPU {cost.key_cpu[screen, size]:.0f}"
        rows.append(_row(f"key p95: {title}", KEY_MS, percentile(found, 95), "ms", spread, f"{waiting:.1f}"))
    for what, values in (("first visit of a screen", cost.visits), ("later visits", cost.switches)):
        rows.append(_row(f"key p50: {name}, {what}", None, percentile(values, 50), "ms", _spread(values)))
    return rows


def _start_row() -> list[str]:
    demo = [sys.executable, "-m", "evse_tui", "demo", "--listen", "127.0.0.1:0"]
    bare = [sys.executable, "-m", "benchmarks.terminal.bare"]
    ours, theirs = ([startup.first_frame(command) for _ in range(startup.RUNS)] for command in (demo, bare))
    median = statistics.median(start.wall_s for start in ours)
    baseline = statistics.median(start.wall_s for start in theirs)
    cpu = statistics.median(start.cpu_s for start in ours)
    rounds = f"{_spread([start.wall_s for start in ours], 2)}, CPU {cpu:.2f}"
    return _row("start to first frame, demo", START_S, median, "s", rounds, f"{baseline:.2f}")


def _growth_rows(days: Sequence[dict[str, float]]) -> list[list[str]]:
    """Judged by the trend of all days from the third on, not by the last against the third: objects can swing by 2 %
    from day to day, by what a screen holds and when the collector ran, so that two single days differ by more than
    the target while nothing grows, or hide what does. See `growth_percent`; the target is the same.
    """
    rows = []
    for key, name, unit in (("rss_mb", "RSS", "MB"), ("objects", "objects", ""), ("blocks", "memory blocks", "")):
        growth = growth_percent([day[key] for day in days[DAY - 1 :]])
        course = " ".join(f"{day[key]:.0f}" if unit else f"{day[key] / 1000:.0f}k" for day in days)
        rows.append(_row(f"growth, day {DAY} to {len(days)}: {name}", GROWTH_PERCENT, growth, "%", course))
    return rows


def _worst(cost: Cost, bare: Cost, less: Sequence[float], name: str) -> list[list[str]]:
    """The aims: the worst screen and size for CPU, every key, the largest memory."""
    site = statistics.median(less) if less else 0.0
    shares = {where: statistics.median(values) - site for where, values in cost.cpu.items()}
    screen, size = max(shares, key=lambda where: shares[where])
    idle = statistics.median(next(iter(bare.cpu.values())))
    every = [value for found in cost.keys.values() for value in found]
    waiting = percentile(next(iter(bare.keys.values())), 95)
    cpu = statistics.median(cost.key_cpu.values())
    rounds = f"p50 {percentile(every, 50):.1f}, worst {max(every):.0f}, CPU {cpu:.0f}"
    where = f"most of {len(shares)}: {screen} {size[0]}x{size[1]}"
    return [
        _row(f"CPU: {name}", CPU_PERCENT, shares[screen, size], "%", where, f"{idle:.1f}"),
        _row(f"key to paint p95: {name}", KEY_MS, percentile(every, 95), "ms", rounds, f"{waiting:.1f}"),
        _row(f"RSS: {name}", RSS_MB, max(cost.rss), "MB", _spread(cost.rss), f"{max(bare.rss):.1f}"),
    ]


def run() -> None:
    """Prints the tables."""
    rows = [_start_row()]
    bare = _bare()
    with house() as site:
        with serving(site) as pid:
            time.sleep(SETTLED_S)
            alone = _shares(pid)
            attached = _measure([sys.executable, "-m", "evse_tui", "attach", site.url], site)
        within = _measure([sys.executable, "-m", "evse_tui", "--config", str(site.config)], site)
    rows += _worst(attached, bare, [], "attach")
    rows += _worst(within, bare, alone, "in the site")
    rows += _growth_rows(_weeks())
    header = ("", "target", "measured", "", "bare", "rounds")
    show(
        "The terminal app, 8 boards at 10 Hz: the aims",
        header,
        rows,
        f'Baseline ("bare"): Textual with one widget, 80x24. "in the site" is less the same site under '
        f"`serve`, {statistics.median(alone):.1f} % ({_spread(alone)}). CPU of a key in ms.",
    )
    details = _per_screen(attached, bare, [], "attach") + _per_screen(within, bare, alone, "in the site")
    show("Each screen and size", header, details, f"CPU: rounds of {ROUND_S:g} s.")
