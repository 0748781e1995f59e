"""The past as a CSV file: the same tables as those of the API, so the same columns and units."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from enum import Enum, unique
from pathlib import Path
from typing import Final

from evse_tui.api.csv_text import Cell, lines
from evse_tui.api.v1.tables import (
    CHARGER_HEADER,
    SESSIONS_HEADER,
    SITE_HEADER,
    TOTALS_HEADER,
    charger_row,
    session_row,
    site_row,
    total_row,
)
from evse_tui.api.v1.views.past import charger_point, session_view, site_point, total_view
from evse_tui.site.memory import Memory
from evse_tui.store import SITE, SiteSeries
from evse_tui.ui.past import Question, series_of

_PAGE: Final = 500
_MOST_POINTS: Final = 5_000
"""What the store gives at most; a day in minutes, a month in quarters of an hour."""

Row = Sequence[Cell]


@unique
class Table(Enum):
    """What can be exported; the value is part of the proposed name of the file."""

    SESSIONS = "sessions"
    TOTALS = "totals"
    HISTORY = "history"

    @property
    def title(self) -> str:
        """For a list."""
        return self.value.capitalize()

    @property
    def doc(self) -> str:
        """What the rows are."""
        return _DOCS[self]


_DOCS: Final = {
    Table.SESSIONS: "one row for each plug-in that began in it",
    Table.TOTALS: "energy and cost of each day",
    Table.HISTORY: "currents, power and limits, as fine as kept",
}


def target(typed: str, directory: Path) -> Path:
    """The file that a user means; `~` is the home folder, a name alone is in `directory`.

    Raises:
        ValueError: it can't be written there; the message is for the user.
    """
    if not typed.strip():
        raise ValueError("Type the name of a file.")
    if not typed.isprintable():
        raise ValueError("This name can't be used: it has characters that can't be seen.")
    try:
        path = directory / Path(typed.strip()).expanduser()
        if path.exists():
            raise ValueError(f"{path.name} is there already; choose another name.")
        if not path.parent.is_dir():
            raise ValueError(f"There is no folder {path.parent}.")
    except (OSError, RuntimeError) as error:  # a name that is too long, a user without a home
        raise ValueError(f"This name can't be used: {error}.") from None
    return path


def in_file_name(charger_id: str) -> str:
    """A charger's id without what a name of a file should not have."""
    return "".join(letter if letter.isalnum() else "_" for letter in charger_id)


async def save(memory: Memory, table: Table, question: Question, path: Path) -> int:
    """Writes a new file and returns the number of its rows, the header not counted.

    Raises:
        StoreError: the past can't be read; no file is left.
        OSError: the file can't be written, or exists.
    """
    rows = [row async for row in _rows(memory, table, question)]
    await asyncio.to_thread(_write, path, lines([_header(table, question.subject), *rows]))
    return len(rows)


def _header(table: Table, subject: str) -> Row:
    if table is Table.HISTORY:
        return SITE_HEADER if subject == SITE else CHARGER_HEADER
    return TOTALS_HEADER if table is Table.TOTALS else SESSIONS_HEADER


async def _rows(memory: Memory, table: Table, question: Question) -> AsyncIterator[Row]:
    subject, period, zone = question.subject, question.period, question.zone
    from_s, to_s = period.edges(zone)
    if table is Table.HISTORY:
        series = await series_of(memory, subject, from_s, to_s, _MOST_POINTS)
        if isinstance(series, SiteSeries):
            for bucket in series.points:
                yield site_row(site_point(bucket))
        else:
            for part in series.points:
                yield charger_row(charger_point(part))
    elif table is Table.TOTALS:
        for total in await memory.totals(subject, period.day_edges(zone)):
            day = datetime.fromtimestamp(total.start_s, zone).date().isoformat()
            yield total_row(total_view(total, day, of_site=subject == SITE))
    else:
        before: int | None = None
        while page := await memory.sessions(from_s, to_s, subject or None, before=before, limit=_PAGE):
            for session in page:
                yield session_row(session_view(session))
            before = page[-1].id


def _write(path: Path, content: str) -> None:
    """A file that is not whole is removed."""
    with path.open("x", encoding="utf-8", newline="") as file:
        try:
            file.write(content)
            file.flush()
        except OSError:
            path.unlink(missing_ok=True)
            raise
