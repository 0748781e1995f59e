"""Plain tables and robust figures for noisy machines: medians and ratios, never a single run."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence


def median_ns(work: Callable[[], object], per_round: int, rounds: int = 9) -> float:
    """Median over `rounds` of the mean duration of `per_round` calls, ns per call."""
    figures = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        for _ in range(per_round):
            work()
        figures.append((time.perf_counter_ns() - start) / per_round)
    return statistics.median(figures)


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest-rank percentile.

    Raises:
        ValueError: `values` is empty.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = max(0, min(len(ordered) - 1, round(percent / 100 * len(ordered) + 0.5) - 1))
    return ordered[rank]


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> None:
    """Prints one table; the first column is left-aligned, the others right."""
    widths = [max(len(str(row[column])) for row in (header, *rows)) for column in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        first, *rest = (str(cell) for cell in cells)
        return "  ".join(
            [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        )

    out = [f"\n{title}", line(header), line(["-" * width for width in widths]), *(line(row) for row in rows)]
    if note:
        out.append(note)
    sys.stdout.write("\n".join(out) + "\n")
    sys.stdout.flush()
