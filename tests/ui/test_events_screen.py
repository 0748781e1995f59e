"""The event log as a user reads it."""

from __future__ import annotations

from dataclasses import replace

from textual.widgets import Static

from evse_tui.site.snapshot import EventEntry, Level
from evse_tui.store import LogEntry
from evse_tui.ui.event_filter import EventFilter, Importance, KnownLines
from evse_tui.ui.widgets.event_list import EventList
from tests.ui import snapshots
from tests.ui.fake_past import LogPast
from tests.ui.harness import Driven, driven

OLD = tuple(
    LogEntry(number, snapshots.WALL_S - 100_000 + number, "2" if number % 2 else None, "info", f"old line {number}")
    for number in range(1, 501)
)
PAST = (*OLD, *(LogEntry(500 + e.number, e.wall_s, e.charger_id, e.level.value, e.text) for e in snapshots.EVENTS))


def rows(user: Driven) -> list[str]:
    found = user.app.screen.query_one(EventList)
    return [str(option.prompt) for option in found.options if option.id is not None]


def top(user: Driven) -> str:
    return str(user.app.screen.query_one(EventList).options[0].prompt)


async def test_older_pages_join_the_live_lines_without_a_gap_or_a_repetition() -> None:
    past = LogPast(PAST)
    async with driven(snapshots.normal(), memory=past) as user:
        await user.press("4")
        assert len(rows(user)) == len(snapshots.EVENTS)
        await user.press("home", "up")
        assert len(rows(user)) == 200 - 1 + len(snapshots.EVENTS)
        await user.press("h", "h", "h")
        assert [row.split(" ", 3)[-1] for row in rows(user)[:2]] == ["   old line 1", "old line 2"]
        assert len(rows(user)) == len(PAST)
        assert top(user) == "Nothing older is remembered."
        asked = past.requests
        await user.press("h")
        assert past.requests == asked


async def test_a_filter_reads_pages_of_its_own() -> None:
    async with driven(snapshots.normal(), memory=LogPast(PAST)) as user:
        await user.press("4", "slash", *"old", "space", *"7", "enter", "h", "h", "h")
        wanted = [line for line in OLD if "7" in line.text]
        assert len(rows(user)) == len(wanted)
        await user.press("escape", "v")
        assert len(rows(user)) == 1
        assert "Level: warnings" in str(user.app.screen.query_one("#chosen", Static).content)
        await user.press("v", "v", "x")
        assert all(" site " in row for row in rows(user))


async def test_following_stops_when_the_user_walks_and_goes_on_at_the_end() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("4")
        found = user.app.screen.query_one(EventList)
        await user.press("up", "up")
        place = found.highlighted
        new = EventEntry(99, snapshots.WALL_S, "1", Level.INFO, "News.")
        await user.show(replace(snapshots.normal(), events=(*snapshots.EVENTS, new)))
        user.app.paint()
        assert rows(user)[-1].endswith("News.")
        assert found.highlighted == place
        await user.press("z")
        assert found.highlighted == found.option_count - 1


async def test_a_past_that_can_not_be_read_is_said_once_per_attempt() -> None:
    async with driven(snapshots.normal(), memory=LogPast(broken=True)) as user:
        await user.press("4", "h")
        assert [note.message for note in user.app._notifications] == ["The disk is gone."]
        assert top(user) == "Older events: walk up or press h."


async def test_frozen_events_stay() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("4", "f")
        await user.show(snapshots.fault())
        user.app.paint()
        assert not any("Residual" in row for row in rows(user))
        await user.press("f")
        assert any("Residual" in row for row in rows(user))


def test_a_log_that_begins_anew_replaces_what_was_known() -> None:
    lines = KnownLines()
    assert lines.take_live(snapshots.EVENTS)
    assert not lines.take_live(snapshots.EVENTS)
    assert lines.take_live(snapshots.EVENTS[:1])
    assert lines.all() == snapshots.EVENTS[:1]


def test_filters() -> None:
    warning = snapshots.EVENTS[4]
    assert EventFilter(importance=Importance.WARNINGS).matches(warning)
    assert not EventFilter(importance=Importance.FAULTS).matches(warning)
    assert EventFilter(charger_id="").matches(warning)
    assert not EventFilter(charger_id="1").matches(warning)
    assert EventFilter(text="site LATE warning").matches(warning)


async def test_who_follows_for_long_keeps_the_newest_lines_and_can_still_walk_back() -> None:
    log = [LogEntry(n, snapshots.WALL_S + n, None, "info", f"line {n}") for n in range(1, 222)]
    calm = replace(snapshots.normal(), events=())
    live = [EventEntry(line.number, line.wall_s, None, Level.INFO, line.text) for line in log]
    async with driven(calm, memory=LogPast(log)) as user:
        await user.press("4")
        for end in (110, 220):
            await user.show(replace(calm, events=tuple(live[end - 110 : end])))
            user.app.paint()
        assert len(rows(user)) == 220
        await user.show(replace(calm, events=tuple(live[121:])))
        user.app.paint()
        assert [row.split()[-1] for row in rows(user)] == [str(n) for n in range(22, 222)]
        assert len(user.app.screen.query_one(EventList)._rows) == 200, "what is let go is not kept as it was drawn"
        await user.press("home", "up", "h")
        assert [row.split()[-1] for row in rows(user)] == [str(n) for n in range(1, 222)]
        await user.press("home")
        await user.show(replace(calm, events=(*live[121:], replace(live[-1], number=222))))
        user.app.paint()
        assert len(rows(user)) == 222


async def test_lines_that_a_filter_hid_come_back_as_they_were_drawn() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("4")
        events = user.app.screen.query_one(EventList)
        before = {option.id: option for option in events.options if option.id is not None}
        await user.press("v")
        assert 0 < len([option for option in events.options if option.id is not None]) < len(before)
        await user.press("v", "v")
        after = {option.id: option for option in events.options if option.id is not None}
        assert list(after) == list(before)
        assert all(after[name] is before[name] for name in before)
