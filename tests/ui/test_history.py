"""The History screen as a user drives it, over the real store in memory."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from textual.widgets import Input

from evse_tui.site.memory import Memory
from evse_tui.site.snapshot import SessionSnapshot, Snapshot
from evse_tui.store import SiteBucket, Store
from evse_tui.store.history import Span
from evse_tui.ui.app import EvseApp
from evse_tui.ui.modals.save_as import SaveAs
from evse_tui.ui.screens.history import History
from evse_tui.ui.widgets.chart_panel import HistoryChart, Totals
from evse_tui.ui.widgets.panel import Panel
from evse_tui.ui.widgets.session_table import SessionTable
from tests.ui import snapshots
from tests.ui.fake_site import FakeSite, FrozenClock
from tests.ui.harness import Driven
from tests.ui.pasts import Counting, Unreadable, remember_charger, remember_days, sessions

TODAY: Final = date(2025, 10, 9)
MIDNIGHT_S: Final = int(datetime(2025, 10, 9, tzinfo=UTC).timestamp())
EVENING_S: Final = MIDNIGHT_S + 20 * 3600 + 720


def evening(**facts: object) -> Snapshot:
    """12 minutes past eight."""
    return replace(snapshots.normal(), wall_s=float(EVENING_S), **facts)  # type: ignore[arg-type]  # Snapshot's own


@asynccontextmanager
async def history(
    memory: Memory,
    snapshot: Snapshot | None = None,
    size: tuple[int, int] = (80, 24),
    zone: tzinfo = UTC,
) -> AsyncIterator[Driven]:
    """The application on its History screen."""
    site, clock = FakeSite(snapshot or evening(), memory), FrozenClock(wall_s=EVENING_S)
    app = EvseApp(site, title="evse-tui", api_url=None, clock=clock, zone=zone)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        user = Driven(pilot, site, clock)
        await user.press("3")
        await pilot.pause()
        assert isinstance(app.screen, History)
        yield user


@asynccontextmanager
async def house() -> AsyncIterator[Store]:
    """A store with the evening of today, and the first week of the month in quarters of an hour."""
    store = await Store.open(None)
    await remember_days(store, TODAY, 1, UTC, until_s=EVENING_S, length_s=900)
    await remember_days(store, date(2025, 10, 1), 7, UTC, length_s=900)
    await store.remember([], sessions(MIDNIGHT_S))
    yield store
    await store.close()


def title(user: Driven) -> str:
    return str(user.app.screen.query_one(HistoryChart).border_title).strip()


def table(user: Driven) -> list[str]:
    """The header and the rows."""
    texts = [panel.content for panel in user.app.screen.query_one(SessionTable).query(Panel)]
    return [row for text in texts for row in text.plain.splitlines()]


def messages(user: Driven) -> list[str]:
    return [note.message for note in user.app._notifications]


async def flows_done(user: Driven) -> None:
    """What an action started is over."""
    for worker in [worker for worker in user.app.workers if worker.group == "flow"]:
        await worker.wait()


async def test_today_with_its_limit_totals_and_sessions() -> None:
    async with house() as store, history(store) as user:
        assert title(user) == "Thu 9 Oct 2025, today so far"
        chart = user.text(HistoryChart)
        assert [row.split()[0] for row in chart.splitlines() if row[0] != " "][::2] == [
            "Mains",
            "Cars",
            "PV",
            "Battery",
        ]
        assert "╌25 A" in chart.splitlines()[0]
        assert "▲" in chart
        assert "╵12:00" in chart.splitlines()[-1]
        totals = user.text(Totals)
        for words in ("Charged 31.39 kWh, 35 % solar", "Imported", "Exported", "Highest 27.1 A L2 OVER", "Cost 6."):
            assert words in totals
        assert "Known 18 h 30 min of 20 h 12 min" in totals
        header, *rows = table(user)
        assert header.split() == ["Began", "Charger", "Energy", "Solar", "Cost", "Connected", "Mode"]
        assert [row.split() for row in rows] == [
            ["Thu", "9", "17:15", "1", "Garage", "~18.98", "kWh", "0", "%", "-", "2", "h", "30", "min", "..", "Smart"],
            ["Thu", "9", "15:00", "1", "Garage", "0", "Wh", "-", "0.00", "12", "min", "00", "s", "-"],
            ["Thu", "9", "10:45", "1", "Garage", "12.42", "kWh", "97", "%", "0.13", "3", "h", "45", "min", "Solar"],
        ]


async def test_a_plug_in_that_goes_on_is_as_new_as_everything_else() -> None:
    began_s = MIDNIGHT_S + 17.25 * 3600
    known = SessionSnapshot(began_s, 10_800_000, 9_900_000, 20_400, estimated=True)
    async with house() as store, history(store, evening(chargers=(snapshots.charging(session=known),))) as user:
        rows = table(user)
        assert rows[1].split()[:8] == ["Thu", "9", "17:15", "1", "Garage", "~20.40", "kWh", "0"]
        assert "3 h 00 min .." in rows[1]


async def test_a_wide_table_says_more() -> None:
    async with house() as store, history(store, size=(200, 60)) as user:
        header, *rows = table(user)
        assert header.split()[-4:] == ["Charging", "Highest", "Phases", "Card"]
        assert rows[2].split()[-8:] == ["3", "h", "00", "min", "6.2", "A", "3", "..4F2A"]
        assert user.text(HistoryChart).count("Mains L") == 3


async def test_one_charger_with_its_offer_as_a_line() -> None:
    async with house() as store:
        await remember_charger(store, "1", MIDNIGHT_S, 900)
        async with history(store) as user:
            await user.press("v")
            assert title(user) == "1 Garage: Thu 9 Oct 2025, today so far"
            chart = user.text(HistoryChart)
            names = [row.split()[0] for row in chart.splitlines() if row[0].isalpha()]
            assert [name for name in names if name not in ("A", "kW")] == ["Car", "Power", "Phases"]
            assert "╌" in chart.splitlines()[0]
            totals = user.text(Totals)
            for words in ("Charged 20.70 kWh", "Charging 3 h 00 min", "Highest 10.4 A", "maximum 75 %, mains 25 %"):
                assert words in totals
            assert "Imported" not in totals
            assert len(table(user)) == 4
            await user.press("d")
            assert title(user) == "1 Garage: October 2025, so far"
            assert user.text(HistoryChart).startswith("Charged")
            await user.press("v")
            assert title(user) == "October 2025, so far"


async def test_the_selected_charger_is_the_one_that_is_shown() -> None:
    async with (
        house() as store,
        history(store, replace(evening(), chargers=snapshots.four_chargers().chargers)) as user,
    ):
        await user.press("v", "n")
        assert title(user).startswith("2 Carport left: Thu 9 Oct")
        assert table(user)[1:] == ["No car was plugged in."]
        await user.press("N")
        assert len(table(user)) == 4


async def test_days_are_those_of_the_site_wherever_the_window_is() -> None:
    async with house() as store, history(store, evening(zone="Pacific/Auckland"), zone=UTC) as user:
        assert title(user) == "Fri 10 Oct 2025, today so far"
        await user.show(evening(zone="Somewhere/Unknown"))
        user.app.paint()
        assert title(user) == "Thu 9 Oct 2025, today so far"


async def test_days_and_months_by_key() -> None:
    async with house() as store, history(store) as user:
        await user.press("left", "left")
        assert title(user) == "Tue 7 Oct 2025"
        assert "Charged 31.39 kWh" in user.text(Totals)
        assert "Known 22 h 30 min of 1 d 0 h" in user.text(Totals)
        await user.press("d")
        assert title(user) == "October 2025, so far"
        assert user.text(HistoryChart).startswith("Peak")
        await user.press("left")
        assert title(user) == "September 2025"
        assert user.text(HistoryChart) == "No data for this month."
        await user.press("right", "d")
        assert title(user) == "Thu 9 Oct 2025, today so far"
        await user.press("left")
        assert title(user) == "Wed 8 Oct 2025"
        assert user.text(HistoryChart) == "No data for this day."
        assert user.text(Totals) == ""
        assert table(user)[1:] == ["No car was plugged in."]
        await user.press("home", "right")
        assert title(user) == "Thu 9 Oct 2025, today so far"
        assert messages(user) == ["There is nothing after today."]


async def test_a_plug_in_before_the_first_measurement_is_listed_below_a_sentence() -> None:
    store = await Store.open(None)
    await store.remember([], sessions(MIDNIGHT_S - 86_400)[:1])
    async with history(store) as user:
        await user.press("left")
        assert user.text(HistoryChart) == "No data for this day."
        assert len(table(user)) == 2
        await user.press("d")
        assert user.text(HistoryChart).startswith("No data for this month yet")
    await store.close()


async def test_the_past_of_a_demo_says_that_it_is_simulated() -> None:
    async with house() as store, history(store, evening(demo=True)) as user:
        assert title(user) == "Thu 9 Oct 2025, today so far, simulated"


async def test_a_past_that_can_not_be_read_is_one_sentence_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with house() as store, history(Unreadable()) as user:
        assert user.text(HistoryChart) == "The history can't be read: disk I/O error."
        await user.press("x", "end", "enter", "enter")
        await flows_done(user)
        assert messages(user) == ["The history can't be read: disk I/O error."]
        user.site._memory = store
        await user.show(evening())
        assert user.text(HistoryChart) == "The history can't be read: disk I/O error."
        user.site.show(replace(evening(), wall_s=EVENING_S + 60.0, warnings=("urgent",)))
        await user.pilot.pause()
        await user.pilot.pause()
        assert user.text(HistoryChart).startswith("Mains")


async def test_it_asks_once_a_minute_while_the_period_goes_on_and_never_again_for_the_past() -> None:
    async with house() as store:
        memory = Counting(store)
        async with history(memory) as user:
            for second in range(0, 120, 20):
                user.site.show(replace(evening(), wall_s=EVENING_S + float(second)))
                await user.pilot.pause()
                user.app.paint()
                await user.pilot.pause()
            assert len(memory.asked) == 3  # 20:12 is under way in the first two seconds
            await user.press("left", "left")
            memory.asked.clear()
            for second in range(120, 600, 60):
                user.site.show(replace(evening(), wall_s=EVENING_S + float(second)))
                await user.pilot.pause()
                user.app.paint()
                await user.pilot.pause()
            assert memory.asked == []


async def test_a_minute_that_was_kept_meanwhile_appears() -> None:
    async with house() as store, history(store) as user:
        newest = SiteBucket(EVENING_S // 900 * 900, 900, 300_000, charged_mj=10 * 3_600_000_000)
        await store.remember([Span(newest)], [])
        user.site.show(replace(evening(), wall_s=EVENING_S + 300.0))
        await user.pilot.pause()
        user.app.paint()
        await user.pilot.pause()
        assert "Charged 41.40 kWh" in user.text(Totals)


async def test_midnight_leads_to_the_new_day_unless_another_one_was_chosen() -> None:
    async with house() as store, history(store) as user:
        tomorrow = replace(evening(), wall_s=MIDNIGHT_S + 86_400 + 5.0)
        user.site.show(tomorrow)
        await user.pilot.pause()
        user.app.paint()
        await user.pilot.pause()
        assert title(user) == "Fri 10 Oct 2025, today so far"
        await user.press("left")
        user.site.show(replace(tomorrow, wall_s=MIDNIGHT_S + 2 * 86_400 + 5.0))
        await user.pilot.pause()
        user.app.paint()
        assert title(user) == "Thu 9 Oct 2025"


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25)])
async def test_a_day_when_the_clocks_change(day: date, hours: int) -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    store = await Store.open(None)
    await remember_days(store, day, 1, zone, length_s=900, gap_h=(0, 0))
    end_s = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone).timestamp()
    async with history(store, replace(evening(), wall_s=end_s), (200, 60), zone) as user:
        chart = user.text(HistoryChart)
        assert chart.splitlines()[-1].count("╵") == (25 if hours == 25 else 23)
        assert chart.splitlines()[-1].count("02:00") == hours - 23
        assert "Known" not in user.text(Totals)
    (total,) = await store.totals("", [round(end_s) + 1 - hours * 3600, round(end_s) + 1])
    assert total.known_ms == hours * 3_600_000
    await store.close()


async def test_frozen_tables_do_not_ask_and_what_looks_the_same_is_not_painted_again() -> None:
    async with house() as store:
        memory = Counting(store)
        async with history(memory) as user:
            panels = list(user.app.screen.query(Panel))
            before = [panel.paints for panel in panels]
            for number in range(5):
                user.site.show(replace(evening(), number=number + 1_000))
                await user.pilot.pause()
                user.app.paint()
            assert [panel.paints for panel in panels] == before
            await user.press("f")
            asked = len(memory.asked)
            user.site.show(replace(evening(), wall_s=EVENING_S + 600.0))
            await user.pilot.pause()
            user.app.paint()
            await user.pilot.pause()
            assert len(memory.asked) == asked


async def test_another_size_asks_for_as_many_points_as_it_shows() -> None:
    async with house() as store:
        memory = Counting(store)
        async with history(memory) as user:
            await user.pilot.resize_terminal(140, 50)
            await user.pilot.pause()
            assert [points for _, _, points in memory.asked] == [2 * (80 - 16 - 2), 2 * (140 - 16 - 2)]


async def test_export_by_keyboard_also_after_second_thoughts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.csv").touch()
    async with house() as store, history(store) as user:
        await user.press("x", "escape", "x", "down", "enter", "escape")
        assert isinstance(user.app.screen, History)
        await user.press("x", "enter")
        assert isinstance(user.app.screen, SaveAs)
        field = user.app.screen.query_one(Input)
        assert field.value == "evse-sessions-2025-10-09.csv"
        field.value = "taken.csv"
        await user.press("enter")
        complaint = user.app.screen.query_one("#complaint")
        assert complaint.display
        field.value = "mine.csv"
        await user.press("enter")
        await flows_done(user)
        assert messages(user) == [f"3 rows in {tmp_path / 'mine.csv'}"]
    assert sorted(os.listdir(tmp_path)) == ["mine.csv", "taken.csv"]  # noqa: PTH208  # nothing waits for it any more


async def test_sessions_scroll_and_help_is_about_them() -> None:
    store = await Store.open(None)
    model = sessions(MIDNIGHT_S)[0]
    await store.remember([], [replace(model, started_s=MIDNIGHT_S + 600.0 * number) for number in range(60)])
    async with history(store) as user:
        listed = user.app.screen.query_one(SessionTable)
        listed.focus()
        await user.press("down", "pagedown")
        await user.pilot.pause()
        assert listed.scroll_y > 1
        assert messages(user) == []
        assert user.app.focused_help()[1] == SessionTable.HELP
    await store.close()
