"""Every screen by keyboard alone, and keys and clicks at random while boards come and go."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from textual.app import ScreenStackError
from textual.errors import NoWidget
from textual.events import MouseScrollDown, MouseScrollUp
from textual.strip import Strip

from evse_tui.store import Store
from evse_tui.ui.actions import ACTIONS, GO, POSSIBLE
from evse_tui.ui.screens.help import HelpScreen
from evse_tui.ui.screens.registry import SCREENS
from evse_tui.ui.screens.screen import SiteScreen
from tests.ui import snapshots
from tests.ui.harness import Driven, driven

EVENTS: Final = int(os.environ.get("EVSE_TUI_RANDOM_EVENTS", "200"))
"""10,000 take some minutes."""
KEYS: Final = (
    *"mopcarulRfntNbswivxzhed?q1234561234567890yn",
    *("up", "down", "left", "right", "tab", "shift+tab", "enter", "escape", "space", "backspace", "delete", "slash"),
    *("home", "end", "pageup", "pagedown", "ctrl+p", "ctrl+u", "f5"),
)
SIZES: Final = ((80, 24), (120, 40), (40, 10))


@pytest.fixture
async def memory() -> AsyncIterator[Store]:
    store = await Store.open(None)
    yield store
    await store.close()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports and exports that are saved by accident."""
    monkeypatch.chdir(tmp_path)


def shown(user: Driven) -> SiteScreen:
    screen = user.app.screen_stack[0]
    assert isinstance(screen, SiteScreen)
    return screen


async def test_every_screen_by_keyboard_only(memory: Store) -> None:
    async with driven(snapshots.rich(), memory=memory) as user:
        for entry in (*SCREENS, SCREENS[0]):
            await user.press(entry.key)
            assert entry.name == shown(user).NAME
            stops = []
            for _ in range(30):
                await user.press("tab")
                if user.app.focused in stops:
                    break
                stops.append(user.app.focused)
            assert stops, entry.name
            assert user.app.focused_help()[1], entry.name
            await user.press("escape")
            shown(user).set_focus(None)
            await user.press("f1")
            assert isinstance(user.app.screen, HelpScreen)
            await user.press("escape")
            assert not user.app.screen.is_modal


async def test_what_belongs_to_one_screen_is_offered_there_only(memory: Store) -> None:
    async with driven(snapshots.rich(), memory=memory) as user:
        for entry in SCREENS:
            await user.press(entry.key)
            for action in ACTIONS:
                if action.screen:
                    offered = action.obstacle(user.app.situation()) == POSSIBLE
                    assert not offered or action.screen == entry.name
            local = {action.name for action in ACTIONS if action.screen == entry.name}
            assert local <= set(shown(user).acts)
            assert f"{GO}{entry.name}" not in {binding.binding.id for binding in user.app.active_bindings.values()}


async def test_the_selected_charger_stays_selected_across_screens(memory: Store) -> None:
    async with driven(snapshots.four_chargers(), memory=memory) as user:
        await user.press("n", "n", "enter")
        assert shown(user).NAME == "charger"
        await user.press("n", "5", "1")
        assert user.app.selected().id == "4"
        await user.press("down")
        assert user.app.selected().id == "1"


async def test_random_keys_and_mouse_while_boards_come_and_go(memory: Store) -> None:
    """Without waiting for what they do; leaving the program by accident starts it again. No task outlives it."""
    dice = random.Random(1)  # repeatable, not secret
    states = [*snapshots.MATRIX.values(), snapshots.stopped]
    left = EVENTS
    before = asyncio.all_tasks()
    while left:
        async with driven(dice.choice(states)(), dice.choice(SIZES), memory=memory) as user:
            while left and not user.app._exit:
                left -= 1
                if dice.random() < 0.15:
                    user.site.show(dice.choice(states)())
                if dice.random() < 0.25:
                    await _mouse(user, dice)
                else:
                    user.app.simulate_key(dice.choice(KEYS))
                await asyncio.sleep(0)
                if left % 10 == 0:
                    await user.pilot.pause()
                    user.app.paint()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before


async def _mouse(user: Driven, dice: random.Random) -> None:
    """A click or a turn of the wheel somewhere on the screen."""
    width, height = user.app.size
    x, y = dice.randrange(width), dice.randrange(height)
    kind = dice.choice((None, MouseScrollUp, MouseScrollDown))
    with contextlib.suppress(NoWidget, ScreenStackError):  # between two screens
        if kind is None:
            await user.pilot.click(offset=(x, y))
            return
        widget, _region = user.app.screen.get_widget_at(x, y)
        widget.post_message(kind(widget, x, y, 0, 0, 0, False, False, False, screen_x=x, screen_y=y))


async def test_closed_dialogs_leave_nothing_behind() -> None:
    async with driven(snapshots.normal()) as user:
        kept = []
        for _ in range(3):
            for key in ("question_mark", "m", "ctrl+p"):
                await user.press(key)
                await user.press("escape")
            gc.collect()
            kept.append(sum(isinstance(thing, Strip) for thing in gc.get_objects()))
        assert kept[2] <= kept[1]
