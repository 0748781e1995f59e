"""Plug-ins and the event log in the database: pages, keys, bounds."""

from __future__ import annotations

from dataclasses import replace

from evse_tui.store import LogEntry, Store, events, sessions
from evse_tui.store.buckets import MJ_PER_WH
from evse_tui.store.database import Database
from evse_tui.store.sessions import Session


def _session(number: int, charger_id: str = "1", *, over: bool = True) -> Session:
    started_s = 1_000.0 * number
    return Session(charger_id, started_s, started_s + 600 if over else None, 600_000, 300_000, 7_000 + number, False)


async def test_a_session_is_written_whole_and_again() -> None:
    store = await Store.open(None)
    row = Session("1", 5.5, None, 1, 2, 3, True, 4, 5, 6, 7, 3, "beef", 2)
    await store.remember([], [row])
    (found,) = await store.sessions_under_way()
    assert found == replace(row, id=found.id)
    ended = replace(row, ended_s=9.5, energy_wh=30, card="cafe")
    await store.remember([], [ended])
    await store.remember([], [ended])
    assert await store.sessions() == (replace(ended, id=found.id),)
    assert await store.sessions_under_way() == ()
    await store.close()


def test_solar_share_and_cost_are_rounded_for_people_only() -> None:
    row = Session("1", 0, None, 0, 0, 10, False, solar_mj=4 * MJ_PER_WH + 5, cost_u=1_500)
    assert (row.solar_wh, row.cost_milli) == (4, 2)
    assert replace(row, unpriced_mj=1).cost_milli is None
    assert replace(row, cost_u=-1_501).cost_milli == -2
    assert replace(row, solar_mj=99 * MJ_PER_WH).solar_wh == 10


async def test_pages_of_sessions_follow_each_other() -> None:
    store = await Store.open(None)
    rows = [_session(number, "1" if number % 3 else "2") for number in range(30)]
    await store.remember([], rows)
    found: list[Session] = []
    while page := await store.sessions(from_s=3_000, to_s=27_000, before=found[-1].id if found else None, limit=7):
        assert len(page) <= 7
        found += page
    assert [row.started_s for row in found] == [1_000.0 * number for number in range(26, 2, -1)]
    assert {row.charger_id for row in await store.sessions(charger_id="2")} == {"2"}
    assert await store.sessions(charger_id="3") == ()
    assert len(await store.sessions(limit=10**9)) == 30
    assert await store.sessions(before=10**30) == ()
    assert await store.sessions(limit=-1) == ()
    await store.close()


def test_sessions_are_bounded() -> None:
    database = Database(None)
    database.write(sessions.put, [_session(number) for number in range(sessions.ROWS_KEPT + 10)])
    assert database._scalar("SELECT count(*) FROM sessions") == sessions.ROWS_KEPT
    assert database._scalar("SELECT min(started_s) FROM sessions") == 10_000.0
    database.close()


async def test_pages_of_events_follow_each_other() -> None:
    store = await Store.open(None)
    levels = ("info", "warning", "fault")
    await store.record(
        [LogEntry(n, 10.0 * n, ("1", "2", None)[n % 3], levels[n // 3 % 3], f"line {n}") for n in range(60)]
    )
    found: list[LogEntry] = []
    while page := await store.events(from_s=100, to_s=500, before=found[-1].number if found else None, limit=9):
        found += page
    assert [line.text for line in found] == [f"line {n}" for n in range(49, 9, -1)]
    assert {line.charger_id for line in await store.events(charger_id="2")} == {"2"}
    assert {line.charger_id for line in await store.events(charger_id="")} == {None}
    assert len(await store.events(before=10**30, limit=10**9)) == 60
    faults = await store.events(levels={"fault", "warning"}, limit=1_000)
    assert len(faults) == 39
    assert {line.level for line in faults} == {"fault", "warning"}
    await store.close()


def test_every_page_uses_a_key() -> None:
    database = Database(None)
    names = ("charger", "from_s", "to_s", "before", "limit", "level0")

    def plan(statement: str) -> str:
        parameters = dict.fromkeys(names, 1)
        rows = database.read(lambda connection: connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))
        return " / ".join(row[3] for row in rows)

    for before in (False, True):
        started = plan(sessions.page_query(False, before))
        assert "SEARCH sessions USING INDEX sessions_started (started_s>?" in started
        charger = plan(sessions.page_query(True, before))
        assert "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (charger=? AND started_s>?" in charger
        assert "SCAN" not in started + charger
        log = plan(events.page_query(True, 1, before))
        assert log.startswith("SEARCH log USING INDEX log_charger (charger=?")
        assert "TEMP B-TREE" not in log
    # the id orders and bounds: at most the 20,000 rows that are kept are looked at, newest first
    assert plan(events.page_query(False, 1, True)) == "SEARCH log USING INTEGER PRIMARY KEY (rowid<?)"
    assert plan(events.page_query(False, 1, False)) == "SCAN log"
    assert "INDEX sessions_open" in plan(sessions.OPEN)
    database.close()
