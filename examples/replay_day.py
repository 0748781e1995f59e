#!/usr/bin/env python3
"""Feeds a running `evse-tui serve` with a day of a house and its PV over HTTP, the way a real meter does.

    evse-tui sim-board --pty /tmp/board          # type: plug, then ready
    evse-tui serve --board /tmp/board
    python examples/replay_day.py http://127.0.0.1:8080 --house house.csv --pv pv.csv --mode solar

Each minute of the day is played in `--minute` seconds (default 1). Without files a seeded day is made. The current
of the car comes from the charger itself: while it reports Charging, the replay adds its charge current to the mains,
as a car that takes all it is offered would. Only the standard library is used; read it as documentation of the API.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VOLT = 230
MODES = {"off": 0, "normal": 1, "solar": 2, "smart": 3, "pause": 4}
SPLIT = (0.50, 0.25, 0.25)
"""Share of each phase in the house's power; PV feeds all three equally."""


@dataclass(frozen=True)
class Minute:
    """Average power of one minute of the day."""

    minute: int
    house_w: float
    pv_w: float

    def mains_da(self, ev_da: Sequence[int]) -> tuple[int, int, int]:
        """Grid current per phase in 0.1 A, + import, with the car's currents on top."""
        l1, l2, l3 = (
            round((share * self.house_w - self.pv_w / 3) * 10 / VOLT) + ev
            for share, ev in zip(SPLIT, ev_da, strict=True)
        )
        return l1, l2, l3


def read_column(path: Path, column: str) -> list[float]:
    """One value a minute from a CSV file with the columns `minute` and `column`."""
    with path.open(newline="") as file:
        return [float(row[column]) for row in csv.DictReader(file)]


def seeded_house(seed: int) -> list[float]:
    """A base load with meals in it: 1440 values in W."""
    rng = random.Random(seed)  # a day to play, not a secret
    load = [rng.uniform(150, 350) for _ in range(1440)]
    for start, length, power in ((420, 8, 2000), (450, 5, 1800), (720, 15, 2200), (1080, 45, 3000), (1200, 90, 2000)):
        begin = start + rng.randrange(-10, 10)
        for minute in range(begin, begin + length):
            load[minute] += power
    return load


def seeded_pv(seed: int) -> list[float]:
    """A bell between 06:00 and 20:00 with passing clouds: 1440 values in W."""
    rng = random.Random(seed + 1)
    cloud = 1.0
    sun: list[float] = []
    for minute in range(1440):
        if rng.random() < 0.04:
            cloud = rng.choice((1.0, 1.0, 1.0, 0.7, 0.3))
        height = math.sin(math.pi * (minute - 360) / 840) if 360 <= minute <= 1200 else 0.0
        sun.append(9000 * height * cloud)
    return sun


def day(house: Path | None, pv: Path | None, pv_scale: float, seed: int) -> Iterator[Minute]:
    """The minutes to play; a file that is None is replaced by a seeded column."""
    house_w = read_column(house, "house_w") if house else seeded_house(seed)
    pv_w = [pv_scale * value for value in read_column(pv, "pv_w")] if pv else seeded_pv(seed)
    for minute, (load, sun) in enumerate(zip(house_w, pv_w, strict=False)):
        yield Minute(minute, load, sun)


class Charger:
    """The few calls of the API that a meter and a car need."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def _call(self, method: str, path: str, query: dict[str, int] | None = None) -> Any:
        address = f"{self._url}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        request = urllib.request.Request(address, method=method)  # noqa: S310  # the user's own address
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return json.load(answer)

    def settings(self) -> dict[str, Any]:
        """The whole status document."""
        document: dict[str, Any] = self._call("GET", "/settings")
        return document

    def set_mode(self, mode: str) -> None:
        """Chooses the mode by name."""
        self._call("POST", "/settings", {"mode": MODES[mode]})

    def send(self, minute: Minute) -> tuple[int, int, int]:
        """One minute's measurements: the car's own meter first, then the mains. Returns the mains in 0.1 A."""
        settings = self.settings()
        offered = int(settings["settings"]["charge_current"]) if settings["evse"]["state"] == "Charging" else 0
        phases = int(settings["evse"]["nrofphases"]) or 3
        ev = [offered if phase < phases else 0 for phase in range(3)]
        self._call("POST", "/ev_meter", dict(zip(("L1", "L2", "L3"), ev, strict=True)))
        mains = minute.mains_da(ev)
        self._call("POST", "/currents", dict(zip(("L1", "L2", "L3"), mains, strict=True)))
        return mains


def main(arguments: Sequence[str] | None = None) -> int:
    """Plays the day until it ends or is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="address of evse-tui serve")
    parser.add_argument("--house", type=Path, help="CSV with columns minute,house_w")
    parser.add_argument("--pv", type=Path, help="CSV with columns minute,pv_w")
    parser.add_argument("--pv-scale", type=float, default=3.0, help="multiplies the PV file (default 3)")
    parser.add_argument("--mode", choices=sorted(MODES), default="solar")
    parser.add_argument("--minute", type=float, default=1.0, help="seconds of wall time a minute takes (default 1)")
    parser.add_argument("--start", type=int, default=8 * 60, help="minute of the day to begin with (default 480)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)

    charger = Charger(options.url)
    charger.set_mode(options.mode)
    for minute in day(options.house, options.pv, options.pv_scale, options.seed):
        if minute.minute < options.start:
            continue
        mains = charger.send(minute)
        status = charger.settings()
        sys.stdout.write(
            f"{minute.minute // 60:02}:{minute.minute % 60:02} house {minute.house_w:5.0f} W  pv {minute.pv_w:5.0f} W"
            f"  mains {mains[0] / 10:6.1f} {mains[1] / 10:6.1f} {mains[2] / 10:6.1f} A"
            f"  {status['evse']['state']}, {status['settings']['charge_current'] / 10:.1f} A\n"
        )
        sys.stdout.flush()
        time.sleep(options.minute)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"replay_day: {error}")
