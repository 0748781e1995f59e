"""The last row of the screen."""

from __future__ import annotations

from itertools import accumulate

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.screen import Screen

from evse_tui.store import Store
from evse_tui.ui.actions import ACTIONS
from evse_tui.ui.screens.registry import SCREENS
from evse_tui.ui.widgets.keys import Keys, Offer, draw_keys, offer_at, offered
from tests.ui import snapshots
from tests.ui.harness import Driven, driven


def shown(user: Driven) -> list[str]:
    return [offer.title for offer in user.app.screen.query_one(Keys).offers]


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
            offers = user.app.screen.query_one(Keys).offers
            ends = accumulate(offer.cells + 1 for offer in offers)
            visible = [offer.title for offer, end in zip(offers, ends, strict=True) if end - 1 <= user.app.size.width]
            assert visible[:2] == ["Help", "Quit"], entry.name
            now = user.app.situation()
            alone = {a.title for a in ACTIONS if a.screen == entry.name and a.footer and not a.obstacle(now)}
            assert alone <= set(visible), entry.name


async def test_keys_are_looked_at_once_for_each_change_and_drawn_only_if_they_differ(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[tuple[Offer, ...]] = []

    def counted(screen: Screen[object]) -> tuple[Offer, ...]:
        looks.append(offered(screen))
        return looks[-1]

    monkeypatch.setattr("evse_tui.ui.widgets.keys.offered", counted)
    async with driven(snapshots.normal()) as user:
        keys = user.app.screen.query_one(Keys)
        before, looked = keys.offers, len(looks)
        for _ in range(5):
            user.app.screen.refresh_bindings()
        await user.pilot.pause()
        assert len(looks) == looked + 1
        assert keys.offers is before


async def test_the_wheel_shows_keys_that_do_not_fit_and_the_mouse_explains_them() -> None:
    async with driven(snapshots.rich(), (40, 20)) as user:
        keys = user.app.screen.query_one(Keys)
        width = user.app.size.width
        assert draw_keys(keys.offers).cell_length > width
        for _ in range(30):
            keys.post_message(MouseScrollDown(keys, 1, 0, 0, 0, 0, False, False, False))
        await user.pilot.pause()
        assert keys.render().cell_length <= width
        assert keys.render().plain.endswith(keys.offers[-1].title)
        await user.pilot.hover(keys, offset=(0, 0))
        first = next(offer for offer in keys.offers if keys.render().plain.startswith(f"{offer.display} {offer.title}"))
        assert keys.tooltip == first.tooltip
        for _ in range(30):
            keys.post_message(MouseScrollUp(keys, 1, 0, 0, 0, 0, False, False, False))
        await user.pilot.pause()
        assert keys.render().plain == draw_keys(keys.offers).plain


def test_a_column_belongs_to_the_key_that_is_drawn_there() -> None:
    offers = (Offer("m", "m", "Mode", True, ""), Offer("q", "q", "Quit", True, ""))
    assert draw_keys(offers).plain == "m Mode q Quit"
    found = [offer_at(offers, column) for column in (0, 5, 6, 7, 12, 13)]
    assert found == [offers[0], offers[0], None, offers[1], offers[1], None]
