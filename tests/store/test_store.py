"""The store: what is committed stays, what is damaged is said."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from evse_tui.store import FILE_NAME, BoardEvent, Energy, LogEntry, Store, StoreError
from evse_tui.store.database import LOG_SHOWN, ROWS_KEPT, Database
from evse_tui.store.schema import MIGRATIONS


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def _entry(number: int) -> LogEntry:
    return LogEntry(number, 1.5, "1", "info", f"line {number}")


def _event(number: int, board_ms: int = 0) -> BoardEvent:
    return BoardEvent(7, 1, number, board_ms, 1, 2, 3, 1.5)


async def test_a_fresh_store_is_empty(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "deep" / "data")
    assert (store.stored.settings, store.stored.energy, store.stored.log) == ({}, {}, ())
    await store.close()
    await store.close()


def test_only_its_user_can_read_it(tmp_path: Path) -> None:
    database = Database(tmp_path / FILE_NAME)
    database.set_cards({"04A3B2C1": 1.0}, {})
    modes = [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()]
    assert modes == 3 * [0o600]  # with the write-ahead log and its index
    database.close()


async def test_everything_comes_back(tmp_path: Path) -> None:
    energy = Energy("1", 10**15, 5.0, True, 6, 7, 8, True, 9)
    store = await Store.open(tmp_path)
    await store.set_setting("current_main", 20)
    await store.set_settings({("1", "mode"): 3, ("1", "current_max"): 16})
    await store.set_setting("mode", 2, "1")
    await store.record([_entry(1), _entry(2)], [_event(0)], [Energy("1", 1), energy])
    await store.close()
    store = await Store.open(tmp_path)
    assert store.stored.settings == {(None, "current_main"): 20, ("1", "mode"): 2, ("1", "current_max"): 16}
    assert store.stored.energy == {"1": energy}
    assert store.stored.log == (_entry(1), _entry(2))
    assert store.stored.board_events == (_event(0),)
    await store.close()


async def test_in_memory_needs_no_thread() -> None:
    before = threading.active_count()
    store = await Store.open(None)
    await store.set_setting("current_main", 20)
    assert threading.active_count() == before
    await store.close()


async def test_repeated_events_are_kept_once_and_a_reused_number_twice() -> None:
    store = await Store.open(None)
    await store.record(board_events=[_event(0), _event(0), _event(0, board_ms=5)])
    await store.record(board_events=[_event(0)])
    assert store._database.load().board_events == (_event(0), _event(0, board_ms=5))
    await store.close()


async def test_a_repeated_line_is_kept_once_and_two_hosts_lose_none(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    for _ in range(2):
        await store.record([_entry(1)])
    await store.close()
    store = await Store.open(tmp_path)
    await store.record([_entry(1)])
    await store.record([LogEntry(1, 2.5, None, "info", "of the other host")])
    lines = [(entry.number, entry.charger_id, entry.text) for entry in (await store._run(store._database.load)).log]
    assert lines == [(1, "1", "line 1"), (2, None, "of the other host")]
    await store.close()


async def test_logs_are_bounded() -> None:
    store = await Store.open(None)
    await store.record([_entry(n) for n in range(ROWS_KEPT + 50)], [_event(n) for n in range(ROWS_KEPT + 50)])
    count = store._database._scalar
    assert count("SELECT count(*) FROM log") == ROWS_KEPT
    assert count("SELECT count(*) FROM board_events") == ROWS_KEPT
    loaded = store._database.load()
    assert len(loaded.log) == LOG_SHOWN
    assert loaded.log[-1].text == f"line {ROWS_KEPT + 49}"
    await store.close()


_WRITER = """
import asyncio, pathlib, sys
from evse_tui.store import Store
async def main():
    store = await Store.open(pathlib.Path(sys.argv[1]))
    for value in range(1, 1_000_000):
        await store.set_setting("counter", value)
        print(value, flush=True)
asyncio.run(main())
"""


def test_what_was_confirmed_survives_sigkill(tmp_path: Path) -> None:
    for lines in (1, 7, 30):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for _ in range(lines):
                confirmed = int(process.stdout.readline())
            os.kill(process.pid, signal.SIGKILL)
            confirmed = max([confirmed, *map(int, process.stdout.read().split("\n")[:-1])])
        database = Database(tmp_path / FILE_NAME)
        # the next value may have been committed without its confirmation having got out
        assert database.load().settings[None, "counter"] in (confirmed, confirmed + 1)
        database.close()


async def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=f"{FILE_NAME} is damaged .*put a copy back, or move it away"):
        await Store.open(tmp_path)
    assert path.read_bytes() == b"not a database" * 100


async def test_damage_inside_the_file_is_found_at_the_start(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    await store.record([_entry(number) for number in range(500)])
    await store.close()
    path = tmp_path / FILE_NAME
    content = bytearray(path.read_bytes())
    content[8192:16384] = bytes(8192)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged"):
        await Store.open(tmp_path)


async def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    await store.record([_entry(number) for number in range(500)])
    await store.close()
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[:10_000])
    with pytest.raises(StoreError, match="is damaged"):
        await Store.open(tmp_path)


async def test_a_newer_layout_is_refused(tmp_path: Path) -> None:
    await (await Store.open(tmp_path)).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    with connection:
        connection.execute("INSERT INTO migrations VALUES (99, 'later', 'x')")
    connection.close()
    with pytest.raises(StoreError, match=f"newer evse-tui .layout 99, this one knows {len(MIGRATIONS)}"):
        await Store.open(tmp_path)


async def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("CREATE TABLE precious (x)")
    connection.close()
    with pytest.raises(StoreError, match="is not a database of evse-tui"):
        await Store.open(tmp_path)


async def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="the directory can't be made"):
        await Store.open(tmp_path / "file" / "data")


async def test_a_full_disk_refuses_and_keeps_the_old_value() -> None:
    store = await Store.open(None)
    await store.set_setting("current_main", 20)
    pages = store._database._scalar("PRAGMA page_count")
    store._database._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="the disk is full; nothing was changed"):
        await store.set_settings({(None, f"{number:0500}"): 1 for number in range(100)})
    await store.set_setting("current_main", 21)
    assert store._database.load().settings == {(None, "current_main"): 21}
    await store.close()


async def test_a_database_held_by_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evse_tui.store.database._BUSY_S", 0.0)
    store = await Store.open(tmp_path)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is in use by another process"):
        await store.set_setting("current_main", 20)
    other.execute("ROLLBACK")
    other.close()
    await store.set_setting("current_main", 20)
    await store.close()
