"""More chargers than a small terminal has rows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.geometry import Region

from evse_tui.site.snapshot import Snapshot
from evse_tui.ui.screens.dashboard import ChargerList
from evse_tui.ui.widgets.charger_card import ChargerCard
from evse_tui.ui.widgets.event_log import EventLog
from tests.ui import snapshots
from tests.ui.harness import Driven, driven


def _eight() -> Snapshot:
    make = (snapshots.charging, snapshots.idle)
    return snapshots.site(*(make[number % 2](str(number), f"Bay {number}") for number in range(1, 9)))


def _cards(user: Driven) -> Sequence[ChargerCard]:
    return list(user.app.screen.query(ChargerCard))


def _list(user: Driven) -> ChargerList:
    return user.app.screen.query_one(ChargerList)


@pytest.mark.parametrize("key", ["n", "shift+tab"])
async def test_the_chosen_card_is_seen_entirely(key: str) -> None:
    async with driven(_eight()) as user:
        seen = set()
        for _press in range(8):
            await user.press(key)
            await user.pilot.pause()
            for card in _cards(user):
                if card.has_class("-selected"):
                    seen.add(card.charger_id)
                    assert not card.compact
                    assert card.rows == card.region.height, "as high as it said before it was laid out"
                    assert _list(user).region.contains_region(card.region)
        assert len(seen) == 8 or key not in "nN"


async def test_a_key_scrolls_before_anything_is_laid_out() -> None:
    async with driven(_eight()) as user:
        await user.press("n", "n", "n")
        before = _list(user).scroll_offset.y
        user.app.select_by(3)
        user.app.paint()
        now = _list(user).scroll_offset.y
        assert now > before
        await user.pilot.pause()
        assert _list(user).scroll_offset.y == now, "and nothing is left for a second layout"


async def test_the_user_may_scroll_away_from_the_chosen_card() -> None:
    async with driven(_eight()) as user:
        _list(user).scroll_to(y=3, animate=False)
        await user.pilot.pause()
        user.app.paint()
        await user.pilot.pause()
        assert _list(user).scroll_offset.y == 3


async def test_the_newest_event_is_seen_below_eight_chargers() -> None:
    async with driven(_eight()) as user:
        log = user.app.screen.query_one(EventLog)
        assert user.app.screen.region.contains_region(log.region)
        inside = Region.from_offset(log.content_region.offset, log.content_region.size)
        assert inside.height >= 1
        assert inside.bottom < user.app.size.height, "above the footer"


async def test_a_key_works_the_styles_of_a_card_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driven(_eight()) as user:
        await user.press("n")
        nodes: list[object] = []
        apply = user.app.stylesheet.apply

        def count(node: object, **named: object) -> None:
            nodes.append(node)
            apply(node, **named)  # type: ignore[arg-type]  # passed on as it came

        monkeypatch.setattr(user.app.stylesheet, "apply", count)
        await user.press("n")
        await user.pilot.pause()
        cards = [node for node in nodes if isinstance(node, ChargerCard)]
        assert len(cards) == len(set(map(id, cards))) == 2, "the one that is left and the one that is reached"
