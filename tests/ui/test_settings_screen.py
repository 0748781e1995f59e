"""The settings screen as a user drives it."""

from __future__ import annotations

from dataclasses import replace

from textual.widgets import Input, Static

from evse_tui.site.commands import Outcome, SetSetting
from evse_tui.site.snapshot import CommandSnapshot, CommandState
from evse_tui.ui.widgets.setting_editor import SettingEditor
from evse_tui.ui.widgets.setting_list import SettingList
from evse_tui.ui.widgets.tabs import draw_tabs
from tests.ui import snapshots
from tests.ui.harness import Driven, driven


def said(user: Driven, name: str) -> str:
    found = user.app.screen.query_one(f"#{name}", Static)
    return str(found.content) if found.display else ""


async def test_a_number_a_choice_a_colour_and_a_default() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("6")
        for keys, expected in (
            ("enter ctrl+u 3 2 enter", SetSetting("current_main", 32)),
            ("slash p o l i c y enter e down enter", SetSetting("battery_policy", 1)),
            ("slash ctrl+u c u s t o m down e ctrl+u f f 0 0 0 1 enter", SetSetting("color_custom", 0xFF0001, "1")),
            ("slash ctrl+u t h i s space c a r enter d", SetSetting("current_max", 13, "1")),
        ):
            await user.press(*keys.split())
            assert user.site.commands == [expected], keys
            user.site.commands.clear()


async def test_a_wrong_value_is_explained_below_the_field_and_escape_forgets_it() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press("6", "e", "ctrl+u", "3", "enter")
        assert said(user, "complaint") == "! 3 is below the range: 10 to 200 A."
        await user.press("0")
        assert said(user, "complaint") == ""
        await user.press("escape")
        assert isinstance(user.app.focused, SettingList)
        assert user.site.commands == []


async def test_a_refusal_and_a_contradiction_are_explained_where_they_were_typed() -> None:
    async with driven(snapshots.normal()) as user:
        await user.press(
            "6", *["slash", "l", "o", "w", "e", "s", "t", "space", "c", "u", "enter", "e", "ctrl+u", "1", "6", "enter"]
        )
        assert user.site.commands == [SetSetting("current_min", 16, "1")]
        user.site.commands.clear()
        low = replace(snapshots.charging(), settings=snapshots.CHARGER_SETTINGS | {"current_max": 10})
        await user.show(snapshots.site(low))
        user.app.paint()
        await user.press("e", "ctrl+u", "1", "1", "enter")
        assert "current_min of 11 A is above current_max of 10 A" in said(user, "complaint")
        assert user.site.commands == []
        user.site.outcome = Outcome(False, "the disk is full")
        await user.press("ctrl+u", "7", "enter")
        assert said(user, "complaint") == "! The disk is full."
        user.site.outcome = Outcome(False, "http://a:1 can't be reached; is it running?")
        await user.press("ctrl+u", "7", "enter")
        assert said(user, "complaint") == "! http://a:1 can't be reached; is it running?"


async def test_a_change_is_followed() -> None:
    async with driven(snapshots.normal()) as user:
        user.site.outcome = Outcome(True, command_id=77)
        await user.press("6", "e", "ctrl+u", "2", "0", "enter")
        for state, words in (
            (CommandState.REQUESTED, "requested > (accepted) > (observed)"),
            (CommandState.ACCEPTED, "requested > accepted > (observed)"),
            (CommandState.OBSERVED, "requested > accepted > observed"),
        ):
            command = CommandSnapshot(77, "current_main 20 A", state, 100)
            await user.show(replace(snapshots.normal(), commands=(command,)))
            assert said(user, "progress") == f"current_main 20 A: {words}"


async def test_a_change_is_shown_before_anybody_has_heard_of_it() -> None:
    """Over the network the answer takes a while, and the next snapshot another."""
    async with driven(snapshots.normal()) as user:
        user.site.outcome = Outcome(True, command_id=77)
        user.site.hold.clear()
        await user.press("6", "e", "ctrl+u", "2", "0", "enter")
        assert said(user, "progress") == "current_main 20 A: requested > (accepted) > (observed)"
        user.site.hold.set()
        await user.flows_end()
        assert said(user, "progress") == "current_main 20 A: requested > accepted > (observed)"
        done = CommandSnapshot(77, "current_main 20 A", CommandState.OBSERVED, 100)
        await user.show(replace(snapshots.normal(), commands=(done,)))
        assert said(user, "progress") == "current_main 20 A: requested > accepted > observed"
        await user.show(snapshots.normal())
        user.app.paint()
        assert said(user, "progress") == ""


async def test_the_charger_of_the_settings_can_be_chosen_and_may_be_gone() -> None:
    async with driven(snapshots.four_chargers()) as user:
        await user.press("6", "n", *["slash", "p", "r", "i", "o", "enter", "e", "ctrl+u", "5", "enter"])
        assert user.site.commands == [SetSetting("priority", 5, "2")]
        await user.show(snapshots.empty())
        user.app.paint()
        await user.press("e")
        assert not user.app.screen.query_one(SettingEditor).query_one("#field").display
        assert len(user.site.commands) == 1


async def test_the_mouse_edits_too() -> None:
    async with driven(snapshots.normal()) as user:
        await user.pilot.click("#tabs", offset=(draw_tabs("settings").plain.index("Settings"), 0))
        await user.pilot.pause()
        await user.pilot.click(SettingList, offset=(5, 2))
        await user.pilot.pause()
        assert isinstance(user.app.focused, Input)
        assert user.app.focused.id == "value"
