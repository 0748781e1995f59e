"""The last row of the screen."""

from __future__ import annotations

import gc

from textual.widgets._footer import FooterKey

from evse_tui.store import Store
from evse_tui.ui.actions import ACTIONS
from evse_tui.ui.screens.registry import SCREENS
from evse_tui.ui.widgets.keys import Keys
from tests.ui import snapshots
from tests.ui.harness import Driven, driven


def shown(user: Driven) -> list[str]:
    return [key.description for key in user.app.screen.query_one(Keys).query(FooterKey)]


async def test_what_is_possible_now_has_a_key() -> None:
    async with driven(snapshots.normal(), (120, 40)) as user:
        assert shown(user)[:4] == ["Help", "Quit", "Mode", "Override"]
        assert "Find" not in shown(user)
        await user.press("4")
        assert "Find" in shown(user)


async def test_help_and_quit_are_on_every_screen_of_the_smallest_terminal() -> None:
    async with driven(snapshots.rich(), memory=await Store.open(None)) as user:
        for entry in SCREENS:
            await user.press(entry.key)
            keys = user.app.screen.query_one(Keys).query(FooterKey)
            visible = [key.description for key in keys if key.region.right <= user.app.size.width]
            assert visible[:2] == ["Help", "Quit"], entry.name
            alone = {action.title for action in ACTIONS if action.screen == entry.name and action.footer}
            assert alone <= set(visible), entry.name


async def test_replaced_keys_are_not_kept() -> None:
    async with driven(snapshots.normal()) as user:
        kept = []
        for _ in range(3):
            await user.press("2", "4", "2", "4")
            gc.collect()
            kept.append(sum(isinstance(thing, FooterKey) for thing in gc.get_objects()))
        assert kept[1] == kept[2]
