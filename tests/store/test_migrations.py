"""Databases of every earlier layout open and keep what they hold. The dumps are of those layouts and never change."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from evse_tui.store import FILE_NAME, BoardEvent, Energy, Store
from evse_tui.store.database import ROWS_KEPT, Database
from evse_tui.store.history import Span
from evse_tui.store.schema import MIGRATIONS

DUMPS = Path(__file__).parent / "dumps"


def _restore(version: int, directory: Path) -> Path:
    path = directory / FILE_NAME
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DUMPS / f"version_{version}.sql").read_text(encoding="utf-8"))
    return path


def _layout(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
        ).fetchall()


def test_every_earlier_layout_has_a_dump() -> None:
    assert sorted(DUMPS.glob("*.sql")) == [DUMPS / f"version_{number}.sql" for number in range(1, len(MIGRATIONS))]


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
async def test_an_older_database_keeps_everything(version: int, tmp_path: Path) -> None:
    path = _restore(version, tmp_path)
    store = await Store.open(tmp_path)
    stored = store.stored
    assert stored.settings == {(None, "current_main"): 20, ("1", "mode"): 3, ("1", "current_max"): 16}
    assert stored.energy == {
        "1": Energy("1", 123_456_789_012_345, 1_700_000_000.5, True, 5_000_000, 3_000_000, 25_200_000_000, True, None),
        "garage": Energy("garage", 0),
    }
    assert [line.text for line in stored.log] == [f"line {number}, with a 'quote' and an ü" for number in range(1, 7)]
    assert stored.board_events == tuple(
        BoardEvent(1001, 1, number, number * 100, 1, 2, number, 1_700_000_000.25) for number in range(3)
    )
    assert [entry.number for entry in await store.events(charger_id="1", limit=2)] == [5, 3]
    assert [session.card for session in await store.sessions()] == (["BBCC"] if version >= 3 else [])
    if version >= 2:
        assert stored.schedules["1"].start == "2026-03-01T23:30"
        assert dict(stored.cards) == {"04AABBCC": 1_700_000_000.0}
    await store.remember([Span(None)], [])
    await store.close()
    (tmp_path / "new").mkdir()
    Database(tmp_path / "new" / FILE_NAME).close()
    assert _layout(path) == _layout(tmp_path / "new" / FILE_NAME)


async def test_a_full_log_is_taken_over(tmp_path: Path) -> None:
    path = _restore(1, tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO log (number, wall_s, charger, level, text) VALUES (?, ?, ?, 'info', ?)",
            [(number, float(number), str(number % 7), f"line {number}") for number in range(7, ROWS_KEPT)],
        )
    store = await Store.open(tmp_path)
    seventh = await store.events(charger_id="6", limit=1_000)
    assert [line.text for line in seventh] == [f"line {number}" for number in range(ROWS_KEPT - 1, 6, -1)
                                               if number % 7 == 6][:1_000]  # fmt: skip
    await store.close()


async def test_card_numbers_of_the_past_are_cut(tmp_path: Path) -> None:
    path = _restore(3, tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for number in (7, 8):
            connection.execute(
                "INSERT INTO board_events (serial, boot, number, board_ms, kind, code, value, wall_s) "
                "VALUES (1001, 1, ?, 700, 9, 0, ?, 1.0)",
                (number, 0x04A3B2C1),
            )
    store = await Store.open(tmp_path)
    assert [(event.number, event.value) for event in store.stored.board_events[-2:]] == [(7, 0xB2C1), (8, 0xB2C1)]
    await store.close()
