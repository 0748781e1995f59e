"""Plug-ins: one row each, written whole whenever it changes; under way until it has an end.

Solar share of a session = 1 - imported / energy, where in each moment the cars together count as the last load:
imported by cars = min(power of the cars, import of the site), shared among them by their power. Discharge of a home
battery therefore counts as one's own. Cost = imported energy x the price of its moment; one's own energy is free.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from evse_tui.store.buckets import MJ_PER_WH

ROWS_KEPT: Final = 50_000
"""Newest sessions kept; about 6 MB."""
MOST_ROWS: Final = 1_000
"""A page is never longer."""
_LAST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Session:
    """One plug-in of one charger. It ended at `started_s` plus its duration: the wall clock may have been set."""

    charger_id: str
    started_s: float
    ended_s: float | None
    """None while the car is connected, as far as anybody knows."""
    duration_ms: int
    charging_ms: int
    energy_wh: int
    estimated: bool
    """Whether any part of the energy was estimated from the offered current."""
    solar_mj: int = 0
    unpriced_mj: int = 0
    """Delivered by the grid without a known price: the cost is complete if it is 0."""
    cost_u: int = 0
    """Millionths of the currency."""
    max_da: int = 0
    """Highest current of any phase."""
    phases: int = 0
    """Most phases that it charged on; 0 if it never did."""
    card: str = ""
    """Last four digits of the card that was shown."""
    mode: int = 0
    """evse_tui.control.types.Mode, the last in which it charged."""
    id: int | None = None
    """None until it is stored; later plug-ins have higher ones."""

    @property
    def solar_wh(self) -> int:
        """The part of the energy that the grid did not deliver, rounded down."""
        return min(self.energy_wh, self.solar_mj // MJ_PER_WH)

    @property
    def cost_milli(self) -> int | None:
        """Thousandths of the currency, rounded half up; None if a part had no price."""
        return None if self.unpriced_mj else (self.cost_u + 500) // 1_000


_COLUMNS: Final = (
    "charger, started_s, ended_s, duration_ms, charging_ms, energy_wh, estimated, solar_mj, unpriced_mj, cost_u, "
    "max_da, phases, card, mode"
)
_CHANGING: Final = tuple(name for name in _COLUMNS.split(", ") if name not in ("charger", "started_s"))
_WRITE: Final = (
    f"INSERT INTO sessions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - our names
    f"ON CONFLICT DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _CHANGING)}"
)


def put(connection: sqlite3.Connection, rows: Iterable[Session]) -> None:
    """Writes sessions whole; must run in a transaction. Repeating it changes nothing."""
    written = [
        (
            row.charger_id,
            row.started_s,
            row.ended_s,
            row.duration_ms,
            row.charging_ms,
            row.energy_wh,
            row.estimated,
            row.solar_mj,
            row.unpriced_mj,
            row.cost_u,
            row.max_da,
            row.phases,
            row.card,
            row.mode,
        )
        for row in rows
    ]
    if written:
        connection.executemany(_WRITE, written)
        connection.execute("DELETE FROM sessions WHERE id <= (SELECT max(id) FROM sessions) - ?", (ROWS_KEPT,))


def under_way(connection: sqlite3.Connection) -> tuple[Session, ...]:
    """Sessions without an end, of each charger the oldest first."""
    rows = connection.execute(OPEN)
    return tuple(_session(row) for row in rows)


OPEN: Final = f"SELECT {_COLUMNS}, id FROM sessions WHERE ended_s IS NULL ORDER BY charger, id"  # noqa: S608 - our names


def page_query(charger: bool, before: bool) -> str:
    """The statement of a page; its parameters are :charger, :from_s, :to_s, :before and :limit."""
    return (
        f"SELECT {_COLUMNS}, id FROM sessions WHERE {'charger = :charger AND ' if charger else ''}"  # noqa: S608
        "started_s >= :from_s AND started_s < :to_s "
        f"{'AND (started_s, id) < (SELECT started_s, id FROM sessions WHERE id = :before) ' if before else ''}"
        "ORDER BY started_s DESC, id DESC LIMIT :limit"
    )


def page(
    connection: sqlite3.Connection,
    from_s: float,
    to_s: float,
    charger_id: str | None,
    before: int | None,
    limit: int,
) -> tuple[Session, ...]:
    """Sessions that began in [from_s, to_s), newest first; `before` is the id of the last one of the page before."""
    rows = connection.execute(
        page_query(charger_id is not None, before is not None),
        {
            "charger": charger_id,
            "from_s": from_s,
            "to_s": to_s,
            "before": None if before is None else max(0, min(before, _LAST_ID)),
            "limit": max(0, min(limit, MOST_ROWS)),
        },
    )
    return tuple(_session(row) for row in rows)


def _session(row: tuple[Any, ...]) -> Session:
    values = list(row)
    values[6] = bool(values[6])
    return Session(*values)
