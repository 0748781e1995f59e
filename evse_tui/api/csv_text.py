"""Rows as CSV text (RFC 4180). Pure, so that windows without a web server can use it, too.

A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV Injection): log lines and
reasons may quote what others have sent.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA: Final = frozenset("=+-@\t\r\n")

Cell = str | int | float | None


def lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV, each ended by CR LF; None is an empty cell."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    # blanks are skipped, and full-width signs read as the narrow ones
    first = unicodedata.normalize("NFKC", value.lstrip(" ")[:1])
    return f"'{value}" if first in _FORMULA else value
