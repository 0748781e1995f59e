"""The database layout as the list of steps that led to it. Released steps never change; a change is a new step."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x45565345
"""`EVSE`, in the header of the file."""

MIGRATIONS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "settings, energy, events",
        (
            # charger is '' for the site
            """
            CREATE TABLE settings (
                charger TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (charger, name)
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE energy (
                charger TEXT PRIMARY KEY, total_mj INTEGER NOT NULL, started_s REAL, plugged INTEGER NOT NULL,
                duration_ms INTEGER NOT NULL, charging_ms INTEGER NOT NULL, session_mj INTEGER NOT NULL,
                estimated INTEGER NOT NULL, meter_start_wh INTEGER
            ) WITHOUT ROWID
            """,
            # A line may come twice, after a write that nobody waited for; two hosts may use the same numbers.
            """
            CREATE TABLE log (
                id INTEGER PRIMARY KEY, number INTEGER NOT NULL, wall_s REAL NOT NULL, charger TEXT NOT NULL,
                level TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (number, wall_s, charger, text)
            )
            """,
            # The whole event is its identity: a replaced board may count its boots from the start again.
            """
            CREATE TABLE board_events (
                id INTEGER PRIMARY KEY, serial INTEGER NOT NULL, boot INTEGER NOT NULL, number INTEGER NOT NULL,
                board_ms INTEGER NOT NULL, kind INTEGER NOT NULL, code INTEGER NOT NULL, value INTEGER NOT NULL,
                wall_s REAL NOT NULL, UNIQUE (serial, boot, number, board_ms, kind, code, value)
            )
            """,
        ),
    ),
    (
        "schedules, cards",
        (
            # local wall times, ISO 8601 without a zone
            """
            CREATE TABLE schedules (
                charger TEXT PRIMARY KEY, start TEXT NOT NULL, stop TEXT, daily INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            # the site's cards, upper-case hex digits
            "CREATE TABLE cards (card TEXT PRIMARY KEY, added_s REAL NOT NULL) WITHOUT ROWID",
        ),
    ),
)
