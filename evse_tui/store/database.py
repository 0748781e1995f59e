"""The database itself: synchronous, one connection, used by one thread."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from evse_tui.errors import UserError
from evse_tui.store.records import BoardEvent, Energy, LogEntry, ScheduleRow, SettingKey, Stored
from evse_tui.store.schema import APPLICATION_ID, HISTORY_TABLES, MIGRATIONS

LOG_SHOWN: Final = 200
"""Lines of the log that a start reads back."""
ROWS_KEPT: Final = 20_000
"""Newest rows kept of the log and of the boards' events; about 4 MB together."""
_BUSY_S: Final = 5.0
_TYPES: Final = {
    "i": int,
    "I": int | None,
    "r": float | int,
    "R": float | int | None,
    "t": str,
    "T": str | None,
}

_P = ParamSpec("_P")
_T = TypeVar("_T")


class StoreError(UserError):
    """The database can't be used, or did not take a change: one sentence with the way out."""


class Database:
    """Opens, checks and migrates the file; every method is one transaction.

    A damaged file is refused, never replaced: starting without it would bring back limits that the user has changed.
    """

    def __init__(self, path: Path | None) -> None:
        """Opens `path`, or a database in memory.

        Raises:
            StoreError: the file can't be used.
        """
        self._name = "the database" if path is None else str(path)
        with self._explained():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                _make_private(path)
            self._connection = sqlite3.connect(
                ":memory:" if path is None else path, timeout=_BUSY_S, isolation_level=None
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._check()
        application = self._scalar("PRAGMA application_id")
        if application != APPLICATION_ID:
            if application != 0 or self._scalar("SELECT count(*) FROM sqlite_master") != 0:
                raise StoreError(f"{self._name} is not a database of evse-tui; name another data directory")
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._migrate()

    def _check(self) -> None:
        """Raises what SQLite finds in the tables that decide something.

        History is left out: it decides nothing, and 100 MB would delay a start by seconds. A file that has lost its end
        is refused all the same: SQLite counts its pages when it opens it. Damage within history is told when it is
        read, and that of its newest rows within a minute, by the next write.
        """
        tables = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if table not in HISTORY_TABLES and (flaw := self._scalar(f"PRAGMA quick_check({_quoted(table)})")) != "ok":
                raise sqlite3.DatabaseError(" ".join(str(flaw).splitlines()[:2]))  # a heading and the first finding

    def _migrate(self) -> None:
        with self._transaction() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS migrations "
                "(version INTEGER PRIMARY KEY, what TEXT NOT NULL, at TEXT NOT NULL)"
            )
            version = self._scalar("SELECT coalesce(max(version), 0) FROM migrations")
            if not isinstance(version, int) or version > len(MIGRATIONS):
                raise StoreError(
                    f"{self._name} was written by a newer evse-tui "
                    f"(layout {version}, this one knows {len(MIGRATIONS)}); update evse-tui"
                )
            for number, (what, statements) in enumerate(MIGRATIONS[version:], start=version + 1):
                for statement in statements:
                    connection.execute(statement)
                connection.execute("INSERT INTO migrations VALUES (?, ?, datetime('now'))", (number, what))

    def close(self) -> None:
        """Closes the file; SQLite folds the write-ahead log back into it."""
        self._connection.close()

    def load(self) -> Stored:
        """Everything a start needs."""
        with self._explained():
            settings = {
                (charger or None, name): value
                for charger, name, value in self._rows("SELECT charger, name, value FROM settings", "tti")
            }
            if self._scalar("PRAGMA user_version") not in (0, self._checksum()):
                raise sqlite3.DatabaseError("its settings have changed by themselves")
            energy = {
                row[0]: Energy(row[0], row[1], row[2], bool(row[3]), row[4], row[5], row[6], bool(row[7]), row[8])
                for row in self._rows(
                    "SELECT charger, total_mj, started_s, plugged, duration_ms, charging_ms, session_mj, estimated, "
                    "meter_start_wh FROM energy",
                    "tiRiiiiiI",
                )
            }
            log = self._rows(
                "SELECT id, wall_s, nullif(charger, ''), level, text FROM log ORDER BY id DESC LIMIT ?",
                "irTtt",
                LOG_SHOWN,
            )
            events = self._rows(
                "SELECT serial, boot, number, board_ms, kind, code, value, wall_s FROM board_events "
                "ORDER BY id DESC LIMIT ?",
                "iiiiiiir",
                LOG_SHOWN * 10,
            )
            schedules = {
                charger: ScheduleRow(charger, start, stop, bool(daily))
                for charger, start, stop, daily in self._rows(
                    "SELECT charger, start, stop, daily FROM schedules", "ttTi"
                )
            }
            cards = dict(self._rows("SELECT card, added_s FROM cards", "tr"))
            return Stored(
                settings,
                energy,
                tuple(LogEntry(*row) for row in reversed(log)),
                tuple(BoardEvent(*row) for row in reversed(events)),
                schedules,
                cards,
            )

    def _rows(self, query: str, types: str, *arguments: int) -> list[Any]:
        """Rows whose columns have the right types: SQLite takes any value in any column, also from a damaged page.

        `types` has a letter for each column: integer, real, text; a capital may be null.
        """
        kinds = [_TYPES[letter] for letter in types]
        rows = self._connection.execute(query, arguments).fetchall()
        for row in rows:
            if not all(isinstance(value, kind) for value, kind in zip(row, kinds, strict=True)):
                raise sqlite3.DatabaseError("a row is garbled")
        return rows

    def set_settings(self, changes: Mapping[SettingKey, int], schedules: Mapping[str, ScheduleRow | None]) -> None:
        """Commits all changes or none; a schedule of None is removed."""
        with self._explained(), self._transaction() as connection:
            self._write_settings(changes)
            connection.executemany("DELETE FROM schedules WHERE charger = ?", [(charger,) for charger in schedules])
            connection.executemany(
                "INSERT INTO schedules VALUES (?, ?, ?, ?)",
                [(row.charger_id, row.start, row.stop, row.daily) for row in schedules.values() if row is not None],
            )
            self._seal()

    def set_cards(self, cards: Mapping[str, float], changes: Mapping[SettingKey, int]) -> None:
        """Replaces all cards and changes settings, or does nothing."""
        with self._explained(), self._transaction() as connection:
            connection.execute("DELETE FROM cards")
            connection.executemany("INSERT INTO cards VALUES (?, ?)", list(cards.items()))
            self._write_settings(changes)
            self._seal()

    def _seal(self) -> None:
        """Ends every transaction that changes what decides about currents and who may charge.

        SQLite itself finds a torn page but not a flipped bit, and 13 A must not become 80 A. The checksum stands in the
        file's header; 0 is none, of a file that an older version wrote.
        """
        self._connection.execute(f"PRAGMA user_version = {self._checksum()}")

    def _checksum(self) -> int:
        queries = (
            "SELECT * FROM settings ORDER BY 1, 2",
            "SELECT * FROM schedules ORDER BY 1",
            "SELECT * FROM cards ORDER BY 1",
        )
        found = [self._connection.execute(query).fetchall() for query in queries]
        return zlib.crc32(repr(found).encode()) >> 1 or 1

    def _write_settings(self, changes: Mapping[SettingKey, int]) -> None:
        self._connection.executemany(
            "INSERT INTO settings VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            [(charger or "", name, value) for (charger, name), value in changes.items()],
        )

    def record(self, log: Sequence[LogEntry], board_events: Sequence[BoardEvent], energy: Sequence[Energy]) -> None:
        """Commits what happened; a row that is there already is left alone, the oldest rows go."""
        with self._explained(), self._transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO log (number, wall_s, charger, level, text) VALUES (?, ?, ?, ?, ?)",
                [(entry.number, entry.wall_s, entry.charger_id or "", entry.level, entry.text) for entry in log],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO board_events (serial, boot, number, board_ms, kind, code, value, wall_s) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(e.serial, e.boot, e.number, e.board_ms, e.kind, e.code, e.value, e.wall_s) for e in board_events],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO energy VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        e.charger_id,
                        e.total_mj,
                        e.started_s,
                        e.plugged,
                        e.duration_ms,
                        e.charging_ms,
                        e.session_mj,
                        e.estimated,
                        e.meter_start_wh,
                    )
                    for e in energy
                ],
            )
            if log:
                connection.execute("DELETE FROM log WHERE id <= (SELECT max(id) FROM log) - ?", (ROWS_KEPT,))
            if board_events:
                connection.execute(
                    "DELETE FROM board_events WHERE id <= (SELECT max(id) FROM board_events) - ?", (ROWS_KEPT,)
                )

    def write(self, work: Callable[Concatenate[sqlite3.Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Runs `work` in one transaction: all of it is committed, or nothing."""
        with self._explained(), self._transaction() as connection:
            return work(connection, *args, **kwargs)

    def read(self, work: Callable[Concatenate[sqlite3.Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Runs `work`, which changes nothing."""
        with self._explained():
            return work(self._connection, *args, **kwargs)

    def _scalar(self, query: str) -> object:
        row = self._connection.execute(query).fetchone()
        return None if row is None else row[0]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk rolls back by itself
                self._connection.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what SQLite and the system say into one sentence with the way out."""
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # ours, not the file's
        except sqlite3.Error as error:
            raise StoreError(_explain(self._name, error)) from error
        except OSError as error:
            raise StoreError(f"{self._name}: the directory can't be made: {error.strerror}") from error


def _make_private(path: Path) -> None:
    """Makes a file that is not there, for its user alone: it holds numbers of cards.

    SQLite gives its log the same mode; what can't be made is for SQLite to say.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _explain(name: str, error: sqlite3.Error) -> str:
    text = " ".join(str(error).split())[:200]  # SQLite's own findings may have several lines
    if "full" in text:
        return f"{name} can't grow: the disk is full; nothing was changed"
    if "locked" in text or "busy" in text:
        return f"{name} is in use by another process; stop it, or name another data directory"
    if "readonly" in text or "read-only" in text:
        return f"{name} is read-only; make it writable"
    if "decode" in text:
        text = "a text is garbled"
    elif isinstance(error, sqlite3.OperationalError):
        return f"{name} can't be used ({text}); check its directory and permissions"
    return f"{name} is damaged ({text}); put a copy back, or move it away to start with the configuration's values"
