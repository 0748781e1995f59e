"""Pareto data: what a knob trades, as CSV and as two plots."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from benchmarks.control.plots import Series, plot


class Point(NamedTuple):
    """One run: of which plot and law, with which value of the knob, and what came out."""

    plot: str
    """overload or solar."""
    law: str
    knob: str
    """Its value with a unit; empty for a law without one."""
    x: float
    """Overload in A s, or phase switches."""
    y: float
    """Energy of the zero-lag optimum in percent, or used - import in kWh."""


def write(points: Sequence[Point], path: Path) -> None:
    """Writes the points as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Point._fields)
        writer.writerows((*point[:3], f"{point.x:.0f}", f"{point.y:.2f}") for point in points)


def read(path: Path) -> list[Point]:
    """The points of a file that `write` made."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Point(row["plot"], row["law"], row["knob"], float(row["x"]), float(row["y"]))
            for row in csv.DictReader(file)
        ]


def draw(points: Sequence[Point]) -> dict[str, str]:
    """The plots by file name; coordinates are those of the CSV, so that one can be made from the other."""
    rounded = [point._replace(x=round(point.x), y=round(point.y, 2)) for point in points]

    def series(name: str) -> list[Series]:
        chosen = [point for point in rounded if point.plot == name]
        return [
            Series(law, [(point.x, point.y, point.knob) for point in group], below=law == "ours")
            for law, group in groupby(chosen, attrgetter("law"))
        ]

    return {
        "pareto-overload.svg": plot(
            "Two cars of 16 A on a 25 A connection, 9 h: overload against headroom",
            "overload caused by the cars, A s",
            "energy, % of the zero-lag optimum",
            series("overload"),
        ),
        "pareto-solar.svg": plot(
            "Four days of sun: net energy against phase switches, by what a switch must be worth",
            "phase switches",
            "used - import, kWh",
            series("solar"),
        ),
    }
