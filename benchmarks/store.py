"""Ten years and more of history through the store's own code: size of the file, and what reading and keeping it costs.

Every resolution is filled to what it keeps, in the order of time and all subjects side by side, as it would be by ten
years of service; then minutes go on for a month more, so that oldest rows go while new ones come.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.table import show
from evse_tui.store import history
from evse_tui.store.buckets import MJ_PER_WH, SITE, ChargerBucket, SiteBucket
from evse_tui.store.database import Database
from evse_tui.store.history import LEVELS, Span, SubjectBucket

END_S: Final = 1_800_000_000 // 86_400 * 86_400
DAY_S: Final = 86_400
MORE_DAYS: Final = 30
_BATCH: Final = 2_000
_REASONS: Final = ("mains", "surplus", "maximum", "share")


def site_bucket(rng: random.Random, start_s: int, length_s: int) -> SiteBucket:
    """A house with three phases, a battery, PV and a tariff: every value present, as wide as in service."""
    ms = length_s * 1_000
    mains = [rng.randrange(-150, 200) for _ in range(3)]
    l1, l2, l3 = (value * ms + rng.randrange(ms) for value in mains)
    low1, low2, low3 = (value - 20 for value in mains)
    high1, high2, high3 = (value + 40 for value in mains)
    power_mj = sum(mains) * 23 * ms
    return SiteBucket(
        start_s, length_s, ms, l1, l2, l3, low1, low2, low3, high1, high2, high3,
        removed=rng.randrange(-100, 100) * ms, imported_mj=max(0, power_mj), exported_mj=max(0, -power_mj),
        battery_ms=ms, battery=rng.randrange(-100, 100) * ms, soc_ms=ms, soc=rng.randrange(1_000) * ms,
        pv_ms=ms, pv_mj=rng.randrange(5_000) * ms, price_ms=ms, price=rng.randrange(400) * ms,
        charged_mj=7_000 * ms, solar_mj=3_000 * ms, cost_u=7 * ms, main_da=250, circuit_da=160, capacity_da=500,
    )  # fmt: skip


def charger_bucket(rng: random.Random, number: int, start_s: int, length_s: int) -> ChargerBucket:
    """A charger that is free for half of the hours and charges in a quarter of them."""
    ms = length_s * 1_000
    use = random.Random(start_s // 3_600 * 1_009 + number).random()  # the same at each resolution
    if use < 0.5:
        return ChargerBucket(
            start_s, length_s, ms, 0, 0, 0, ev_ms=ms, ev_max_da=0, reason="not connected", reason_ms=ms
        )
    if use < 0.75:
        return ChargerBucket(
            start_s, length_s, ms, 0, 0, 0, plugged_ms=ms, ev_ms=ms, ev_max_da=0, reason="waiting for surplus",
            reason_ms=ms,
        )  # fmt: skip
    amps = rng.randrange(60, 320)
    total = amps * ms - rng.randrange(ms)
    return ChargerBucket(
        start_s, length_s, ms, amps * ms, amps - 20, amps + 20, amps * ms, ms, ms, ms, ms, total, total, total,
        ev_max_da=amps + 5, charged_mj=total * 69, solar_mj=total * 30, cost_u=total * 39 // MJ_PER_WH * 300,
        reason=rng.choice(_REASONS), reason_ms=ms,
    )  # fmt: skip


def spans(chargers: int, from_s: int, to_s: int, length_s: int, seed: int = 1) -> Iterator[list[Span]]:
    """Batches of spans in the order of time."""
    rng = random.Random(seed)
    batch: list[Span] = []
    for start_s in range(from_s, to_s, length_s):
        parts = tuple(SubjectBucket(str(n), charger_bucket(rng, n, start_s, length_s)) for n in range(1, chargers + 1))
        batch.append(Span(site_bucket(rng, start_s, length_s), parts))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def fill(database: Database, chargers: int) -> None:
    """Fills every resolution to what it keeps: first the coarsest, last the minutes up to `END_S`."""
    begins = [END_S - level.kept * level.length_s for level in LEVELS]
    ends = [END_S, *begins[:-1]]
    for level, begin_s, end_s in reversed(list(zip(LEVELS, begins, ends, strict=True))):
        for batch in spans(chargers, begin_s, end_s, level.length_s):
            database.write(history.add, batch)
    _trim_all(database, chargers)


def _trim_all(database: Database, chargers: int) -> None:
    for turn in range(len(LEVELS) * (chargers + 1)):
        database.write(history.trim, turn)


def _ms(work: Callable[[], object]) -> str:
    start = time.perf_counter()
    work()
    return f"{(time.perf_counter() - start) * 1000:.1f}"


def _size(path: Path) -> int:
    return path.stat().st_size


def _measure(chargers: int, directory: Path) -> list[str]:
    path = directory / f"{chargers}.sqlite3"
    start = time.perf_counter()
    database = Database(path)
    fill(database, chargers)
    database.close()
    filled_s = time.perf_counter() - start
    full = _size(path)
    database = Database(path)
    for batch in spans(chargers, END_S, END_S + MORE_DAYS * DAY_S, 60):
        database.write(history.add, batch)
        _trim_all(database, chargers)
    minute = next(spans(chargers, END_S + 40 * DAY_S, END_S + 40 * DAY_S + 60, 60))
    write = _ms(lambda: database.write(history.add, minute))
    day, years = (END_S, END_S + DAY_S), (END_S - 3_653 * DAY_S, END_S)
    cells = [
        write,
        _ms(lambda: database.read(history.read, "1", *day, 1_500, 60)),
        _ms(lambda: database.read(history.read, SITE, *years, 1_000, 60)),
        _ms(lambda: database.read(history.read, "1", *years, 1_000, 60)),
        _ms(lambda: database.read(history.totals, SITE, range(END_S - 366 * DAY_S, END_S + 1, DAY_S))),
    ]
    database.close()
    opened = _ms(lambda: Database(path).close())
    return [
        f"{chargers} charger{'s' if chargers > 1 else ''}",
        f"{full / 1e6:.1f}",
        f"{_size(path) / 1e6:.1f}",
        *cells,
        opened,
        f"{filled_s:.0f}",
    ]


def run() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as directory:
        rows = [_measure(chargers, Path(directory)) for chargers in (1, 8)]
    show(
        "Ten years of history: minutes for 14 days, quarter hours for 2 years, hours for 10, days for 20",
        (
            "",
            "MB",
            f"MB {MORE_DAYS} d later",
            "commit a minute, ms",
            "a day in minutes, ms",
            "site 10 y, ms",
            "charger 10 y, ms",
            "366 day totals, ms",
            "open, ms",
            "filled in, s",
        ),
        rows,
    )
