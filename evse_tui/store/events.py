"""The event log, read in pages from the newest line to older ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import Final

from evse_tui.store.records import LogEntry

MOST_ROWS: Final = 1_000
"""A page is never longer."""
_LAST_ID: Final = 2**63 - 1


def page_query(charger: bool, levels: int, before: bool) -> str:
    """The statement of a page. The id orders and bounds the walk; a charger has an index of its own."""
    conditions = ["wall_s >= :from_s", "wall_s < :to_s"]
    if before:
        conditions.append("id < :before")
    if charger:
        conditions.append("charger = :charger")
    if levels:
        conditions.append(f"level IN ({', '.join(f':level{number}' for number in range(levels))})")
    return (
        "SELECT id, wall_s, nullif(charger, ''), level, text FROM log "  # noqa: S608 - our names
        f"WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT :limit"
    )


def page(
    connection: sqlite3.Connection,
    from_s: float,
    to_s: float,
    charger_id: str | None,
    levels: Collection[str],
    before: int | None,
    limit: int,
) -> tuple[LogEntry, ...]:
    """Lines of [from_s, to_s), newest first; `before` is the number of the last one of the page before.

    `charger_id` of '' means the site's own lines, None all; no `levels` means all.
    """
    rows = connection.execute(
        page_query(charger_id is not None, len(levels), before is not None),
        {
            "from_s": from_s,
            "to_s": to_s,
            "charger": charger_id,
            "before": None if before is None else max(0, min(before, _LAST_ID)),
            "limit": max(0, min(limit, MOST_ROWS)),
            **{f"level{number}": level for number, level in enumerate(levels)},
        },
    )
    return tuple(LogEntry(*row) for row in rows)
