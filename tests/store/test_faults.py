"""Damaged files and full disks: one sentence or the committed values, nothing between."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from evse_tui.store import FILE_NAME, LogEntry, ScheduleRow, SiteBucket, Store, StoreError
from evse_tui.store.database import Database
from evse_tui.store.history import Span

SETTINGS: dict[tuple[str | None, str], int] = {("1", f"setting_{number:02}"): number for number in range(40)}
SCHEDULE = ScheduleRow("1", "2026-05-01T12:00:00", None, False)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a killed host leaves: a database whose newest commits are only in the write-ahead log."""
    directory = tmp_path_factory.mktemp("written")
    database = Database(directory / FILE_NAME)
    database.record([LogEntry(number, 1.0, "1", "info", "x" * 200) for number in range(200)], [], [])
    database._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database._connection.execute("PRAGMA wal_autocheckpoint = 0")
    for key, value in SETTINGS.items():
        database.set_settings({key: value}, {"1": SCHEDULE})
    left = tmp_path_factory.mktemp("left")
    for path in directory.iterdir():
        shutil.copy(path, left)
    database.close()
    assert (left / f"{FILE_NAME}-wal").stat().st_size > 100_000
    return left


def _open(directory: Path) -> Database | str:
    """The database, or the sentence why not."""
    try:
        return Database(directory / FILE_NAME)
    except StoreError as error:
        return str(error)


def _read(directory: Path) -> dict[tuple[str | None, str], int] | str:
    database = _open(directory)
    if isinstance(database, str):
        return database
    try:
        return dict(database.load().settings)
    except StoreError as error:
        return str(error)
    finally:
        database.close()


def _is_a_sentence(text: str) -> bool:
    return FILE_NAME in text and "\n" not in text and len(text) < 400 + text.index(FILE_NAME)


def _copy(written: Path, tmp_path: Path, number: int) -> Path:
    return Path(shutil.copytree(written, tmp_path / str(number)))


def test_the_log_of_a_killed_host_is_read(written: Path, tmp_path: Path) -> None:
    assert _read(_copy(written, tmp_path, 0)) == SETTINGS


def test_a_truncated_log_loses_the_newest_commits_only(written: Path, tmp_path: Path) -> None:
    """A disk that lied about a sync: what is read is a state that was committed once."""
    size = (written / f"{FILE_NAME}-wal").stat().st_size
    lengths = set()
    for number, length in enumerate([0, 1, 31, 32, 100, *range(200, size, size // 25)]):
        directory = _copy(written, tmp_path, number)
        with (directory / f"{FILE_NAME}-wal").open("r+b") as file:
            file.truncate(length)
        (directory / f"{FILE_NAME}-shm").unlink(missing_ok=True)
        found = _read(directory)
        assert isinstance(found, dict)
        assert found == dict(list(SETTINGS.items())[: len(found)])
        lengths.add(len(found))
    assert len(lengths) > 10


def test_a_garbled_log_never_invents_a_value(written: Path, tmp_path: Path) -> None:
    chance = random.Random(1)
    for number in range(40):
        directory = _copy(written, tmp_path, number)
        path = directory / f"{FILE_NAME}-wal"
        content = bytearray(path.read_bytes())
        at = chance.randrange(len(content))
        content[at : at + 64] = chance.randbytes(64)[: len(content) - at]
        path.write_bytes(content)
        (directory / f"{FILE_NAME}-shm").unlink(missing_ok=True)
        found = _read(directory)
        if isinstance(found, str):
            assert _is_a_sentence(found)
        else:
            assert found == dict(list(SETTINGS.items())[: len(found)])


@pytest.mark.parametrize("damage", ["truncated", "zeroed", "garbled"])
def test_a_damaged_file_gives_its_values_or_one_sentence(written: Path, tmp_path: Path, damage: str) -> None:
    whole = _copy(written, tmp_path, 0)
    assert _read(whole) == SETTINGS  # and the log is folded into the file
    chance = random.Random(2)
    content = (whole / FILE_NAME).read_bytes()
    sentences = 0
    for number in range(1, 41):
        directory = tmp_path / str(number)
        directory.mkdir()
        at = chance.randrange(1, len(content))
        match damage:
            case "truncated":
                damaged = content[:at]
            case "zeroed":
                damaged = content[:at] + bytes(min(4096, len(content) - at)) + content[at + 4096 :]
            case _:
                damaged = content[:at] + chance.randbytes(min(64, len(content) - at)) + content[at + 64 :]
        (directory / FILE_NAME).write_bytes(damaged)
        found = _read(directory)
        if isinstance(found, str):
            sentences += 1
            assert _is_a_sentence(found)
        else:
            assert found == SETTINGS
        assert (directory / FILE_NAME).exists()
    assert sentences > 10


def test_a_changed_value_in_the_file_is_found(written: Path, tmp_path: Path) -> None:
    directory = _copy(written, tmp_path, 0)
    assert isinstance(_read(directory), dict)
    connection = sqlite3.connect(directory / FILE_NAME)
    with connection:
        connection.execute("UPDATE settings SET value = 63 WHERE name = 'setting_16'")
    connection.close()
    found = _read(directory)
    assert isinstance(found, str)
    assert "is damaged" in found


@pytest.mark.parametrize("pages", [0, 1, 2, 5])
async def test_a_full_disk_loses_nothing_that_was_confirmed(tmp_path: Path, pages: int) -> None:
    store = await Store.open(tmp_path)
    await store.set_settings(SETTINGS, {"1": SCHEDULE})
    connection = store._database._connection
    limit = await store._run(lambda: connection.execute("PRAGMA page_count").fetchone()[0] + pages)
    await store._run(lambda: connection.execute(f"PRAGMA max_page_count = {limit}"))
    confirmed = 0

    async def fill() -> None:
        nonlocal confirmed
        while confirmed < 5_000:
            await store.record([LogEntry(confirmed, 1.0, None, "info", "x" * 1_000)])
            confirmed += 1

    with pytest.raises(StoreError, match="the disk is full; nothing was changed"):
        await fill()
    with pytest.raises(StoreError, match="the disk is full"):
        await store.set_settings({("2", f"{number:0400}"): 1 for number in range(100)}, {"1": None})
    await store.close()
    store = await Store.open(tmp_path)
    assert store.stored.settings == SETTINGS
    assert store.stored.schedules == {"1": SCHEDULE}
    assert len(store.stored.log) == confirmed
    await store.set_setting("current_main", 20)
    await store.close()


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.999])
async def test_history_that_has_lost_its_end_is_noticed_at_the_start(tmp_path: Path, kept: float) -> None:
    store = await Store.open(tmp_path)
    await store.set_settings(SETTINGS)
    minutes = [Span(SiteBucket(60 * number, 60, imported_mj=1)) for number in range(3_000)]
    await store.remember(minutes, [])
    await store.close()
    path = tmp_path / FILE_NAME
    size = path.stat().st_size
    os.truncate(path, int(size * kept) // 4096 * 4096)
    with pytest.raises(StoreError, match="is damaged"):
        await Store.open(tmp_path)


def _content(directory: Path) -> bytes:
    return (directory / FILE_NAME).read_bytes()


async def test_damage_of_the_newest_history_is_told_by_the_next_write(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    await store.set_settings(SETTINGS)
    await store.close()
    whole = len(_content(tmp_path))
    store = await Store.open(tmp_path)
    await store.remember([Span(SiteBucket(60 * number, 60, imported_mj=1)) for number in range(3_000)], [])
    await store.close()
    content = _content(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(content[:whole] + bytes(len(content) - whole))
    store = await Store.open(tmp_path)
    assert store.stored.settings == SETTINGS
    with pytest.raises(StoreError, match="is damaged"):
        await store.remember([Span(SiteBucket(60 * 3_000, 60, imported_mj=1))], [])
    await store.close()
