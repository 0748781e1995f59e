"""One-minute power traces from CSV files: a header `minute,<name>` and one row a minute, in W."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

MINUTE_MS: Final = 60_000
DAY_MS: Final = 24 * 60 * MINUTE_MS


class TraceError(ValueError):
    """A trace can't be read; the message names file and line."""


class Trace:
    """Power over a day, constant within a minute (`smooth` False) or interpolated; it repeats after its end."""

    def __init__(self, watts: tuple[float, ...], *, smooth: bool = False) -> None:
        if not watts:
            raise TraceError("a trace needs at least one minute")
        self._watts = watts
        self._smooth = smooth

    def power_w(self, time_ms: int) -> float:
        """Power at `time_ms` after the first midnight."""
        minute, rest_ms = divmod(time_ms, MINUTE_MS)
        now_w = self._watts[minute % len(self._watts)]
        if not self._smooth:
            return now_w
        return now_w + (self._watts[(minute + 1) % len(self._watts)] - now_w) * rest_ms / MINUTE_MS


def read_trace(path: Path, column: str, *, scale: float = 1.0, smooth: bool = False) -> Trace:
    """Reads `column` (`house_w` or `pv_w`) of a file.

    Raises:
        TraceError: wrong columns, a missing minute or a value that is no number.
        OSError: the file can't be read.
    """
    watts: list[float] = []
    with path.open(newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames is None or not {"minute", column} <= set(rows.fieldnames):
            raise TraceError(f"{path}: the first line must name the columns minute and {column}")
        for row in rows:
            where = f"{path}, line {rows.line_num}"
            try:
                minute, value = int(row["minute"]), float(row[column])
            except (TypeError, ValueError):
                raise TraceError(f"{where}: minute and {column} must be numbers") from None
            if minute != len(watts):
                raise TraceError(f"{where}: minute {len(watts)} expected, {minute} found")
            watts.append(value * scale)
    if not watts:
        raise TraceError(f"{path}: no rows")
    return Trace(tuple(watts), smooth=smooth)
