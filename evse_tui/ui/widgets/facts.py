"""Named facts in rows: the common form of the panels that list what is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from evse_tui.ui import columns

OLD: Final = "dim"
_NAME: Final = 11


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: what it is, its value, and the style of the value."""

    name: str
    value: str
    style: str = ""


def old(value: str, *, live: bool) -> str:
    """A value with `?` unless it is live; what is unknown stays `-`."""
    return value if live or value == "-" else f"{value}?"


def draw_facts(facts: Iterable[Fact], width: int, name_width: int = _NAME) -> Content:
    """Long values go on below themselves."""
    rows = []
    for fact in facts:
        first, *more = columns.wrapped(fact.value, max(12, width - name_width), 0)
        rows.append(columns.line(((f"{fact.name:<{name_width}}", OLD), (first, fact.style))))
        rows += [columns.line(((" " * name_width, ""), (row, fact.style))) for row in more]
    return columns.lines(rows)
