"""The application as a user drives it: by keyboard only, and by mouse."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from rich.segment import Segments
from textual.content import Content
from textual.events import MouseDown
from textual.widgets import Input, OptionList

from evse_tui.control.types import C2Mode, Mode
from evse_tui.site.commands import (
    BoardAction,
    Command,
    DoBoardAction,
    Outcome,
    SetC2,
    SetLockHold,
    SetMode,
    SetOverride,
)
from evse_tui.site.snapshot import Snapshot
from evse_tui.ui.actions import ACTIONS, possible
from evse_tui.ui.modals.amount import AskAmps
from evse_tui.ui.modals.choose import Choose
from evse_tui.ui.modals.confirm import Confirm
from evse_tui.ui.modals.palette import matching
from evse_tui.ui.screens.dashboard import Dashboard
from evse_tui.ui.screens.help import HelpScreen
from evse_tui.ui.widgets.charger_card import ChargerCard
from evse_tui.ui.widgets.event_log import EventLog
from evse_tui.ui.widgets.header import Header
from evse_tui.ui.widgets.keys import Keys, draw_keys
from evse_tui.ui.widgets.panel import Panel
from evse_tui.ui.widgets.tabs import Tabs
from tests.ui import snapshots
from tests.ui.harness import driven

COMMANDS: Final[tuple[tuple[Snapshot, str, Command], ...]] = (
    (snapshots.first_start(), "m down enter", SetMode("1", Mode.NORMAL)),
    (snapshots.normal(), "p", SetMode("1", Mode.PAUSE)),
    (snapshots.normal(), "c end enter", SetC2("1", C2Mode.AUTO)),
    (snapshots.normal(), "o 1 0 enter", SetOverride("1", 100)),
    (snapshots.normal(), "o up up enter", SetOverride("1", 70)),
    (snapshots.at_limit(), "o down enter", SetOverride("1", 150)),
    (snapshots.at_limit(), "o ctrl+u 0 enter", SetOverride("1", 0)),
    (snapshots.fault(), "a y", DoBoardAction("1", BoardAction.ACKNOWLEDGE)),
    (snapshots.first_start(), "R y", DoBoardAction("1", BoardAction.REBOOT)),
    (snapshots.paused(), "u right enter", DoBoardAction("1", BoardAction.UNLOCK)),
    (snapshots.first_start(), "l", SetLockHold("1", True)),
    (snapshots.stopped(), "r y", DoBoardAction("1", BoardAction.RESUME)),
    (snapshots.four_chargers(), "n p", SetMode("2", Mode.PAUSE)),
    (snapshots.four_chargers(), "down a y", DoBoardAction("3", BoardAction.ACKNOWLEDGE)),
    (snapshots.four_chargers(), "down m down enter", SetMode("4", Mode.NORMAL)),
    (snapshots.four_chargers(), "down up up k j m down enter", SetMode("3", Mode.PAUSE)),
)

SECOND_THOUGHTS: Final[tuple[tuple[Snapshot, str], ...]] = (
    (snapshots.first_start(), "m down escape"),
    (snapshots.normal(), "o 1 0 escape"),
    (snapshots.fault(), "a enter"),
    (snapshots.fault(), "a n"),
    (snapshots.first_start(), "R escape"),
    (snapshots.first_start(), "o p r a u"),
    (snapshots.empty(), "m c p b down"),
)


async def test_every_command_by_keyboard() -> None:
    async with driven(snapshots.empty()) as user:
        for snapshot, keys, expected in COMMANDS:
            await user.show(snapshot)
            await user.press(*keys.split())
            assert user.site.commands == [expected], keys
            user.site.commands.clear()


async def test_changing_ones_mind_sends_nothing() -> None:
    async with driven(snapshots.empty()) as user:
        for snapshot, keys in SECOND_THOUGHTS:
            await user.show(snapshot)
            await user.press(*keys.split())
            assert user.site.commands == [], keys
            assert isinstance(user.app.screen, Dashboard)


async def test_an_impatient_answer_counts_once() -> None:
    async with driven(snapshots.fault()) as user:
        await user.press("a")
        for key in ("y", "y", "escape"):
            user.app.simulate_key(key)
        await user.pilot.pause()
        assert user.site.commands == [DoBoardAction("1", BoardAction.ACKNOWLEDGE)]
        assert isinstance(user.app.screen, Dashboard)


async def test_resume_goes_back_to_the_mode_before_the_pause() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("p")
        await user.show(snapshots.paused())
        await user.press("p")
        assert user.site.commands == [SetMode("1", Mode.PAUSE), SetMode("1", Mode.SMART)]


async def test_resume_of_an_older_pause_asks_for_the_mode() -> None:
    async with driven(snapshots.paused()) as user:
        await user.press("p")
        assert isinstance(user.app.screen, Choose)


async def test_a_wrong_amount_is_explained_where_it_was_typed() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("o", "9", "9", "enter")
        assert isinstance(user.app.screen, AskAmps)
        assert user.app.screen.query_one("#complaint").display
        user.app.screen.query_one(Input).value = "8"
        await user.press("enter")
        assert user.site.commands == [SetOverride("1", 80)]


async def test_solar_and_smart_can_not_be_picked_without_a_mains_meter() -> None:
    first = snapshots.first_start()
    async with driven(replace(first, mains=replace(first.mains, kind="Disabled"))) as user:
        await user.press("m")
        options = user.app.screen.query_one(OptionList)
        assert [options.get_option_at_index(index).disabled for index in range(5)] == [False, False, True, True, False]


async def test_a_refusal_is_shown() -> None:
    async with driven(snapshots.normal()) as user:
        user.site.outcome = Outcome(False, "No.")
        await user.press("p")
        assert [(note.message, note.severity) for note in user.app._notifications] == [("No.", "error")]


async def test_a_key_that_makes_no_sense_now_says_why() -> None:
    async with driven(snapshots.first_start()) as user:
        await user.press("o")
        assert [note.message for note in user.app._notifications] == [
            "An override works in the modes Normal and Smart."
        ]


async def test_quitting_while_a_car_charges_asks() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("q")
        assert isinstance(user.app.screen, Confirm)
        await user.press("enter")
        assert isinstance(user.app.screen, Dashboard)
        assert user.app.is_running
        await user.press("ctrl+c", "y")
        assert user.app._exit


async def test_quitting_while_nothing_charges_does_not_ask() -> None:
    async with driven(snapshots.first_start()) as user:
        await user.press("q")
        assert user.app._exit


async def test_freezing_holds_the_tables_and_not_the_header() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("f")
        user.clock.ms += 1000
        await user.show(replace(snapshots.fault(), at_ms=user.clock.ms))
        assert "FROZEN at 08:53:20" in user.text(Header)
        assert "FAULT" in user.text(Header)
        assert "Charging" in user.text(ChargerCard)
        await user.press("f")
        assert "FROZEN" not in user.text(Header)
        assert "FAULT" in user.text(ChargerCard)


async def test_a_silent_site_is_called_stale() -> None:
    async with driven(snapshots.normal()) as user:
        user.clock.ms += 7000
        user.app.paint()
        assert "STALE: no update for 7 s" in user.text(Header)
        assert "The board's values are 7 s old." in user.text(ChargerCard)


async def test_urgent_news_are_painted_at_once_and_measurements_wait() -> None:
    async with driven(snapshots.normal()) as user:
        calm = snapshots.normal()
        user.site.show(replace(calm, warnings=("Something is wrong.",)))
        await user.pilot.pause()
        assert user.app.screen.query_one("#warnings").display
        user.site.show(snapshots.fault())
        await user.pilot.pause()
        assert "FAULT" in user.text(ChargerCard)


async def test_a_panel_whose_text_stays_is_not_painted_again() -> None:
    async with driven(snapshots.four_chargers(), (200, 60)) as user:
        panels = list(user.app.screen.query(Panel))
        before = [panel.paints for panel in panels]
        for _ in range(5):
            await user.show(replace(user.site.snapshot, number=user.site.snapshot.number + 1))
            user.app.paint()
        assert [panel.paints for panel in panels] == before


async def test_chargers_come_and_go() -> None:
    async with driven(snapshots.empty()) as user:
        assert user.app.screen.query_one("#nothing").display
        await user.show(snapshots.four_chargers())
        assert [card.charger_id for card in user.app.screen.query(ChargerCard)] == ["1", "2", "3", "4"]
        await user.press("n", "n", "n")
        assert user.app.selected().id == "4"
        await user.show(snapshots.normal())
        assert user.app.selected().id == "1"
        await user.show(snapshots.empty())
        assert not user.app.screen.query(ChargerCard)


async def test_a_click_selects_a_charger() -> None:
    async with driven(snapshots.four_chargers()) as user:
        await user.pilot.click(user.app.screen.query(ChargerCard)[2])
        await user.pilot.pause()
        assert user.app.selected().id == "3"


async def test_the_footer_can_be_clicked() -> None:
    async with driven(snapshots.normal()) as user:
        keys = user.app.screen.query_one(Keys)
        await user.pilot.click(keys, offset=(draw_keys(keys.offers).plain.index("Mode"), 0))
        await user.pilot.pause()
        assert isinstance(user.app.screen, Choose)


async def test_help_is_about_what_has_the_focus() -> None:
    async with driven(snapshots.normal()) as user:
        user.app.screen.query_one(EventLog).focus()
        await user.press("question_mark")
        assert isinstance(user.app.screen, HelpScreen)
        assert user.app.screen.query_one("#help").border_title == "Help: Events"
        await user.press("escape")
        assert isinstance(user.app.screen, Dashboard)


async def test_tab_reaches_every_panel_and_comes_back() -> None:
    async with driven(snapshots.normal()) as user:
        seen = []
        for _ in range(7):
            seen.append(type(user.app.focused).__name__)
            await user.press("tab")
        assert len(set(seen[:6])) == 6
        assert seen[6] == seen[0]


async def test_the_palette_offers_only_what_is_possible_and_does_it() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("ctrl+p")
        options = user.app.screen.query_one(OptionList)
        offered = {options.get_option_at_index(index).id for index in range(options.option_count)}
        assert offered == {action.name for action in possible(user.app.situation())} - {"palette"}
        await user.press("p", "a", "u", "s", "down", "up", "enter")
        assert user.site.commands == [SetMode("1", Mode.PAUSE)]


def test_the_palette_finds_words_and_prefers_titles() -> None:
    assert [action.name for action in matching(ACTIONS, "faults cause")] == ["acknowledge"]
    assert matching(ACTIONS, "lock")[0].name == "unlock"
    assert matching(ACTIONS, "no such thing") == []


async def test_theme() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("t", "down", "enter")
        assert user.app.theme == "evse-light"


async def test_keys_can_be_remapped_by_action_name() -> None:
    async with driven(snapshots.first_start()) as user:
        user.app.set_keymap({"mode": "f2"})
        await user.press("f2")
        assert isinstance(user.app.screen, Choose)


async def test_a_larger_window_is_filled_without_gaps() -> None:
    async with driven(snapshots.normal()) as user:
        await user.pilot.resize_terminal(200, 60)
        await user.pilot.pause()
        for panel in user.app.screen.query(Panel):
            if panel.id in ("flow", "mains"):
                assert isinstance(panel.content, Content)
                assert panel.size.height == len(panel.content.split("\n")), panel.id


async def test_a_click_on_what_is_just_being_removed_is_survived() -> None:
    async with driven(snapshots.normal()) as user:
        panel = user.app.screen.query_one(Header)
        _removal = panel.remove()
        for _ in range(100):
            if panel.parent is None:
                break
            await asyncio.sleep(0)
        assert user.app.screen.get_widget_at(1, 0)[0] is panel  # not laid out again yet
        down = MouseDown(user.app.screen, 1, 0, 0, 0, 1, False, False, False, screen_x=1, screen_y=0)
        user.app.screen._forward_event(down)
        await user.press("2")
        assert user.app.screen.query_one(Tabs).is_attached


async def test_an_error_of_the_program_is_shown_without_the_values_of_variables() -> None:
    card = "".join(reversed("086E5D4C3B2A40"))
    async with driven(snapshots.normal()) as user:
        try:
            len(card) // 0
        except ZeroDivisionError:
            user.app._fatal_error()
        (shown,) = user.app._exit_renderables
    assert isinstance(shown, Segments)
    words = "".join(segment.text for segment in shown.segments)
    assert "ZeroDivisionError" in words
    assert card not in words
