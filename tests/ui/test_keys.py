"""The last row of the screen."""

from __future__ import annotations

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.screen import Screen

from evse_tui.store import Store
from evse_tui.ui.actions import ACTIONS
from evse_tui.ui.screens.help import HelpScreen
from evse_tui.ui.screens.registry import SCREENS
from evse_tui.ui.widgets.keys import Keys, Offer, draw_keys, fitting, offer_at, offered
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
            visible = [offer.title for offer in fitting(offers, user.app.size.width)]
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


def offers(*titles: str) -> tuple[Offer, ...]:
    return tuple(Offer("x", "x", title, enabled=True, tooltip="") for title in titles)


@pytest.mark.parametrize(
    ("width", "titles"), [(18, 3), (17, 2), (15, 2), (14, 1), (8, 1), (7, 0), (0, 0)]
)  # "x Help x Quit x Me" is 18 columns
def test_only_whole_keys_are_drawn_and_a_mark_has_room(width: int, titles: int) -> None:
    three = offers("Help", "Quit", "Me")
    found = fitting(three, width)
    assert len(found) == titles
    assert draw_keys(found).cell_length + 2 * (titles < 3 and titles > 0) <= width


async def test_a_mark_says_that_there_is_more_and_a_click_on_it_shows_it() -> None:
    async with driven(snapshots.rich(), (40, 20)) as user:
        keys = user.app.screen.query_one(Keys)
        seen = [keys.render().plain]
        assert seen[0].endswith(" …")
        while seen[-1].endswith("…"):
            await user.pilot.click(keys, offset=(39, 0))
            seen.append(keys.render().plain)
            assert len(seen[-1]) <= 40
        count = len(keys.offers) + 1
        whole = {draw_keys(keys.offers[begin:end]).plain for begin in range(count) for end in range(begin + 1, count)}
        assert {row.strip("… ") for row in seen} <= whole
        assert seen[-1].endswith(keys.offers[-1].title)
        while seen[0] != keys.render().plain:
            await user.pilot.click(keys, offset=(0, 0))
        assert not isinstance(user.app.screen, HelpScreen), "a click on the mark is none on a key"


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
        assert keys.tooltip is None, "it is on the mark"
        await user.pilot.hover(keys, offset=(2, 0))
        drawn = keys.render().plain
        first = next(offer for offer in keys.offers if drawn.startswith(f"… {offer.display} {offer.title}"))
        assert keys.tooltip == first.tooltip
        for _ in range(30):
            keys.post_message(MouseScrollUp(keys, 1, 0, 0, 0, 0, False, False, False))
        await user.pilot.pause()
        assert not keys.render().plain.startswith("…")
        assert keys.render().plain.startswith(draw_keys(keys.offers[:2]).plain)


def test_a_column_belongs_to_the_key_that_is_drawn_there() -> None:
    offers = (Offer("m", "m", "Mode", True, ""), Offer("q", "q", "Quit", True, ""))
    assert draw_keys(offers).plain == "m Mode q Quit"
    found = [offer_at(offers, column) for column in (0, 5, 6, 7, 12, 13)]
    assert found == [offers[0], offers[0], None, offers[1], offers[1], None]
