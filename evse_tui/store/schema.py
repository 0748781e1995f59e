"""The database layout as the list of steps that led to it. Released steps never change; a change is a new step."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x45565345
"""`EVSE`, in the header of the file."""

# The layout of step 3, the same for each resolution; part of a released step.
_SITE_COLUMNS: Final = """
    start INTEGER PRIMARY KEY, mains_ms INTEGER NOT NULL, mains_l1 INTEGER NOT NULL, mains_l2 INTEGER NOT NULL,
    mains_l3 INTEGER NOT NULL, mains_min_l1 INTEGER, mains_min_l2 INTEGER, mains_min_l3 INTEGER, mains_max_l1 INTEGER,
    mains_max_l2 INTEGER, mains_max_l3 INTEGER, removed INTEGER NOT NULL, imported_mj INTEGER NOT NULL,
    exported_mj INTEGER NOT NULL, battery_ms INTEGER NOT NULL, battery INTEGER NOT NULL, soc_ms INTEGER NOT NULL,
    soc INTEGER NOT NULL, pv_ms INTEGER NOT NULL, pv_mj INTEGER NOT NULL, price_ms INTEGER NOT NULL,
    price INTEGER NOT NULL, charged_mj INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL,
    cost_u INTEGER NOT NULL, main_da INTEGER, circuit_da INTEGER, capacity_da INTEGER
"""
_CHARGER_COLUMNS: Final = """
    subject INTEGER NOT NULL, start INTEGER NOT NULL, online_ms INTEGER NOT NULL, offered INTEGER NOT NULL,
    offered_min_da INTEGER, offered_max_da INTEGER, granted INTEGER NOT NULL, plugged_ms INTEGER NOT NULL,
    charging_ms INTEGER NOT NULL, three_ms INTEGER NOT NULL, ev_ms INTEGER NOT NULL, ev_l1 INTEGER NOT NULL,
    ev_l2 INTEGER NOT NULL, ev_l3 INTEGER NOT NULL, ev_max_da INTEGER, modelled_ms INTEGER NOT NULL,
    charged_mj INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL, cost_u INTEGER NOT NULL,
    reason INTEGER NOT NULL, reason_ms INTEGER NOT NULL, PRIMARY KEY (subject, start)
"""

HISTORY_TABLES: Final = frozenset(
    f"{subject}_{level}" for subject in ("site", "charger") for level in ("minutes", "quarters", "hours", "days")
)
"""Large, and nothing depends on them."""

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
    (
        "history, sessions",
        (
            # charger ids and reasons, so that rows hold small numbers
            "CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
            f"CREATE TABLE site_minutes ({_SITE_COLUMNS}) WITHOUT ROWID",
            f"CREATE TABLE site_quarters ({_SITE_COLUMNS}) WITHOUT ROWID",
            f"CREATE TABLE site_hours ({_SITE_COLUMNS}) WITHOUT ROWID",
            f"CREATE TABLE site_days ({_SITE_COLUMNS}) WITHOUT ROWID",
            f"CREATE TABLE charger_minutes ({_CHARGER_COLUMNS}) WITHOUT ROWID",
            f"CREATE TABLE charger_quarters ({_CHARGER_COLUMNS}) WITHOUT ROWID",
            f"CREATE TABLE charger_hours ({_CHARGER_COLUMNS}) WITHOUT ROWID",
            f"CREATE TABLE charger_days ({_CHARGER_COLUMNS}) WITHOUT ROWID",
            # one row for each plug-in; under way while `ended_s` is null
            """
            CREATE TABLE sessions (
                id INTEGER PRIMARY KEY, charger TEXT NOT NULL, started_s REAL NOT NULL, ended_s REAL,
                duration_ms INTEGER NOT NULL, charging_ms INTEGER NOT NULL, energy_wh INTEGER NOT NULL,
                estimated INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL,
                cost_u INTEGER NOT NULL, max_da INTEGER NOT NULL, phases INTEGER NOT NULL, card TEXT NOT NULL,
                mode INTEGER NOT NULL, UNIQUE (charger, started_s)
            )
            """,
            "CREATE INDEX sessions_started ON sessions (started_s)",
            "CREATE INDEX sessions_open ON sessions (charger) WHERE ended_s IS NULL",
            "CREATE INDEX log_charger ON log (charger)",
        ),
    ),
    (
        "no card numbers in the boards' events",
        # kind 9 is a card at the reader
        ("UPDATE OR REPLACE board_events SET value = value & 65535 WHERE kind = 9",),
    ),
)
