"""Days to judge on: real one-minute data from a folder, or seeded synthetic days; both with seeded sub-minute edges."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.control.plant import HOUSE_SPLIT, VOLTS, Phases

FOUR_DAYS = (
    ("volatile", "2008-06-11"),
    ("cloudy-morning", "2010-05-20"),
    ("mixed", "2009-04-15"),
    ("clear", "2008-06-11"),
)
SHARING_DAY = "2007-12-05"
PV_SCALE = 3
KETTLE_DA, OVEN_DA, HOB_DA = 87, 110, 80


@dataclass(frozen=True, slots=True)
class Day:
    """One second a row, 0.1 A per phase."""

    name: str
    house_da: list[Phases]
    pv_da: list[Phases]

    def surplus_w(self) -> list[float]:
        """PV minus house, W."""
        return [(sum(pv) - sum(house)) / 10 * VOLTS for pv, house in zip(self.pv_da, self.house_da, strict=True)]


def solar_days(folder: Path | None, seed: int, house_scale: float = 1.0, pv_scale: float = 1.0) -> list[Day]:
    """The four standard days, 05:00-21:00; synthetic ones without a folder."""
    days = []
    for i, (sky, date) in enumerate(FOUR_DAYS):
        rng = random.Random(f"{seed} {sky}")
        if folder is None:
            house, pv = _synthetic_house(rng), _synthetic_pv(rng, (0.9, 0.5, 0.3, 0.02)[i])
        else:
            house = _column(folder / f"house-{date}.csv")
            pv = [PV_SCALE * w for w in _column(folder / f"pv-{sky}.csv")]
        load = [house_scale * power for power in house[300:1260]]
        days.append(_day(sky, load, [pv_scale * power for power in pv[300:1260]], rng))
    return days


def sharing_day(folder: Path | None, seed: int) -> Day:
    """An evening with load, 15:00-24:00."""
    rng = random.Random(f"{seed} sharing")
    house = _synthetic_house(rng) if folder is None else _column(folder / f"house-{SHARING_DAY}.csv")
    house = house[900:1440]
    return _day("sharing", house, [0.0] * len(house), rng)


def _column(path: Path) -> list[float]:
    with path.open(newline="") as file:
        return [float(row[1]) for row in list(csv.reader(file))[1:]]


def _day(name: str, house_w: Sequence[float], pv_w: Sequence[float], rng: random.Random) -> Day:
    """Spreads minutes over seconds and phases, and adds the edges of appliances."""
    seconds = 60 * len(house_w)
    edges = [[0.0] * seconds for _ in range(3)]
    for _ in range(max(1, seconds // 7200)):
        _add(edges[rng.randrange(3)], rng.randrange(seconds), rng.randrange(120, 240), KETTLE_DA)
    for _ in range(max(1, seconds // 28800)):
        start, phase = rng.randrange(seconds), rng.randrange(3)
        for cycle in range(0, 2400, 120):
            _add(edges[phase], start + cycle, 60, OVEN_DA)
    for _ in range(max(1, seconds // 21600)):
        start, phase = rng.randrange(seconds), rng.randrange(3)
        for cycle in range(0, 1200, 40):
            _add(edges[phase], start + cycle, 18, HOB_DA)
    house: list[Phases] = []
    pv: list[Phases] = []
    for second in range(seconds):
        base = house_w[second // 60] / VOLTS * 10
        a, b, c = (base * share + edges[i][second] for i, share in enumerate(HOUSE_SPLIT))
        house.append((a, b, c))
        sun = pv_w[second // 60] / VOLTS * 10 / 3
        pv.append((sun, sun, sun))
    return Day(name, house, pv)


def _add(series: list[float], start: int, length: int, current_da: float) -> None:
    for second in range(start, min(start + length, len(series))):
        series[second] += current_da


def _synthetic_house(rng: random.Random) -> list[float]:
    """A day of a house in W per minute: a base, and appliances more often in the morning and evening."""
    load = [rng.uniform(150, 450)] * 1440
    for _ in range(40):
        at = int(rng.choice((rng.gauss(450, 60), rng.gauss(1110, 120), rng.uniform(0, 1440)))) % 1440
        watts = rng.choice((200, 600, 1200, 2000))
        for minute in range(at, min(1440, at + rng.randrange(3, 60))):
            load[minute] += watts
    return load


def _synthetic_pv(rng: random.Random, clouds: float) -> list[float]:
    """A day of PV in W per minute: a bell with clouds that come and go; `clouds` 0..1."""
    power = []
    cover = 0.0
    for minute in range(1440):
        x = (minute - 780) / 420
        clear = 8400 * max(0.0, 1 - x * x)
        if rng.random() < 0.12:
            cover = clouds * rng.choice((0.0, 0.3, 0.7, 0.95)) * rng.uniform(0.6, 1.0)
        power.append(clear * (1 - cover))
    return power
