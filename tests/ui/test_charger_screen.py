"""The charger screen, and the dialogs that belong to one charger."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from evse_protocol.messages import INACTIVE_DA, Slot
from evse_tui.board.model import LinkState
from evse_tui.control.types import Mode
from evse_tui.site.commands import SetBacklight, SetBoost, SetSchedule, SwipeCard
from evse_tui.site.schedule import LocalSchedule
from evse_tui.ui import typed
from evse_tui.ui.modals.schedule import AskSchedule, parse_schedule
from evse_tui.ui.widgets.charger_panels import (
    BoardPanel,
    ChargerEventsPanel,
    DecisionPanel,
    FrontPanel,
    ReaderPanel,
    SessionPanel,
    SlotsPanel,
    StatePanel,
)
from tests.ui import snapshots
from tests.ui.harness import driven


def at(local: str) -> datetime:
    return datetime.fromisoformat(local)


NOW = at("2025-10-09 08:53")


@pytest.mark.parametrize(
    ("start", "stop", "daily", "expected"),
    [
        ("23:30", "", False, LocalSchedule(at("2025-10-09 23:30"))),
        ("07:00", "08:00", False, LocalSchedule(at("2025-10-10 07:00"), at("2025-10-10 08:00"))),
        ("23:30", "7:00", True, LocalSchedule(at("2025-10-09 23:30"), at("2025-10-10 07:00"), daily=True)),
        ("2026-03-28T23:30", "2026-03-30 06:00", False, None),
    ],
)
def test_a_time_alone_is_the_next_one(start: str, stop: str, daily: bool, expected: LocalSchedule | None) -> None:
    expected = expected or LocalSchedule(at("2026-03-28 23:30"), at("2026-03-30 06:00"))
    assert parse_schedule(start, stop, daily=daily, now=NOW) == expected


@pytest.mark.parametrize(
    ("start", "stop", "daily", "words"),
    [
        ("", "", False, "'' is no time"),
        ("25:00", "", False, "'25:00' is no time"),
        ("2026-02-30 10:00", "", False, "is no time"),
        ("10:00", "", True, "A daily schedule needs a stop."),
        ("2026-03-28 23:30", "2026-03-28 22:30", False, "The stop of a schedule must be after its start."),
        ("2026-03-28 23:30", "2026-03-30 22:30", True, "A daily schedule must stop within 24 hours of its start."),
    ],
)
def test_a_schedule_that_makes_no_sense_is_explained(start: str, stop: str, daily: bool, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_schedule(start, stop, daily=daily, now=NOW)


def test_energies_and_cards_are_read_generously() -> None:
    assert [typed.boost_energy(words) for words in ("", "10", "7,5 kWh")] == [0, 10_000, 7500]
    assert typed.card("04:a1:b2:c3") == "04A1B2C3"
    for wrong in ("0", "-1", "2000", "nan", "inf", "1e400", "much"):
        with pytest.raises(ValueError, match=r"\.$"):
            typed.boost_energy(wrong)
    for wrong in ("", "04A1B2", "xyzxyzxy"):
        with pytest.raises(ValueError, match="hex digits"):
            typed.card(wrong)


async def test_boost_schedule_card_and_light_by_keyboard() -> None:
    async with driven(snapshots.normal()) as user:
        for snapshot, keys, expected in (
            (snapshots.normal(), "b 1 0 enter", SetBoost("1", on=True, energy_wh=10_000)),
            (snapshots.normal(), "b enter", SetBoost("1", on=True)),
            (snapshots.rich(), "b", SetBoost("1", on=False)),
            (snapshots.rich(), "w 0 4 a 1 b 2 c 3 enter", SwipeCard("1", "04A1B2C3")),
            (snapshots.rich(), "i", SetBacklight("1", 100, 60)),
            (
                snapshots.normal(),
                "s 2 3 colon 3 0 tab 7 colon 0 0 tab space tab enter",
                SetSchedule("1", LocalSchedule(at("2025-10-09 23:30"), at("2025-10-10 07:00"), daily=True)),
            ),
            (snapshots.rich(), "s tab tab tab tab enter", SetSchedule("1", None)),
            (
                snapshots.rich(),
                "s enter",
                SetSchedule("1", LocalSchedule(at("2025-10-09 07:53"), at("2025-10-09 10:53"), daily=True)),
            ),
        ):
            await user.show(snapshot)
            user.app.paint()
            await user.press(*keys.split())
            assert user.site.commands == [expected], keys
            user.site.commands.clear()


async def test_a_wrong_schedule_stays_open() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("s", "9", "enter")
        assert isinstance(user.app.screen, AskSchedule)
        assert user.app.screen.query_one("#complaint").display
        await user.press("escape")
        assert user.site.commands == []


async def test_everything_known_is_on_the_screen() -> None:
    async with driven(snapshots.rich(), (160, 60)) as user:
        await user.press("2")
        assert "3 phases in 41 s if surplus stays above 4.3 kW" in " ".join(user.text(DecisionPanel).split())
        assert "cable               20.0 A" in user.text(SlotsPanel)
        assert "C1 closed, C2 closed" in user.text(BoardPanel)
        assert "04A1B2C3" in user.text(ReaderPanel)
        assert "│CHARGING   4.21kWh   │" in user.text(FrontPanel)


async def test_the_binding_slot_is_named() -> None:
    slots = [INACTIVE_DA] * len(Slot)
    slots[Slot.TEMPERATURE], slots[Slot.HOST] = 80, 120
    board = replace(snapshots.board(80), slots_da=tuple(slots), binding=Slot.TEMPERATURE)
    async with driven(snapshots.site(snapshots.charging(board=board)), (80, 60)) as user:
        await user.press("2")
        row = next(row for row in user.text(SlotsPanel).split("\n") if "binds" in row)
        assert row.startswith("temperature")


async def test_old_values_look_old_and_a_charger_may_vanish() -> None:
    async with driven(snapshots.disconnected(), (160, 60)) as user:
        await user.press("2")
        panel = user.app.screen.query_one(BoardPanel)
        assert panel.border_title == " Board, 41 s old "
        assert "C1 closed, C2 closed?" in user.text(BoardPanel)
        assert user.text(FrontPanel) == "This board has no display."
        away = replace(snapshots.rich().chargers[0], link=LinkState.WAITING)
        await user.show(snapshots.site(away))
        user.app.paint()
        assert user.app.screen.query_one(FrontPanel).border_title == " Front, not reached "
        assert "│CHARGING   4.21kWh   │" in user.text(FrontPanel)
        await user.show(snapshots.empty())
        user.app.paint()
        assert user.text(BoardPanel) == "No charger."
        await user.show(snapshots.site(snapshots.idle(board=None, identity=None)))
        user.app.paint()
        assert "Nothing heard" in user.text(BoardPanel)


async def test_a_large_terminal_shows_the_newest_events_of_this_charger_below() -> None:
    async with driven(snapshots.normal(), size=(200, 60)) as user:
        await user.press("2")
        shown = user.text(ChargerEventsPanel)
        assert "Offer lowered" in shown
        assert "Mains data" not in shown, "this is of the site"


async def test_a_small_terminal_has_no_room_for_events_of_a_charger() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("2")
        assert not user.app.screen.query_one(ChargerEventsPanel).display


async def test_neither_the_reason_nor_what_is_waited_for_is_cut_off() -> None:
    async with driven(snapshots.solar_waiting()) as user:
        await user.press("2")
        shown = user.text(StatePanel)
        assert "no current - waiting for surplus\n" in shown
        assert "· waiting for surplus in 41 s." in shown


async def test_of_a_board_that_was_never_heard_nobody_says_that_no_car_is_there() -> None:
    """Nor is its error named a second time: the sentence about the link says what to do."""
    never = snapshots.disconnected()
    charger = replace(never.chargers[0], board=None, session=None, error="Communication Error", error_id=2)
    async with driven(replace(never, chargers=(charger,))) as user:
        await user.press("2")
        assert "no car" not in user.text(SessionPanel) + user.text(StatePanel)
        assert "Communication Error" not in user.text(StatePanel)


async def test_without_mains_data_the_card_says_what_waits_for_them() -> None:
    charger = snapshots.charging(mode=Mode.SMART, error="Communication Error", error_id=2)
    async with driven(snapshots.site(charger, mains=snapshots.ABSENT)) as user:
        await user.press("2")
        assert "! No mains data arrive: Smart and Solar wait for them" in user.text(StatePanel)
