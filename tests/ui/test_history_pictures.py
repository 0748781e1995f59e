"""What the History screen looks like (`pytest --snapshot-update` approves)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

import pytest
from textual.pilot import Pilot

from evse_tui.store import Store
from evse_tui.ui.app import EvseApp
from tests.ui import snapshots
from tests.ui.fake_site import FakeSite, FrozenClock
from tests.ui.pasts import remember_days, sessions

Compare = Callable[..., bool]
MIDNIGHT_S: Final = int(datetime(2025, 10, 9, tzinfo=UTC).timestamp())
EVENING_S: Final = MIDNIGHT_S + 20 * 3600 + 720


async def _house(*, empty: bool) -> Store:
    store = await Store.open(None)
    if not empty:
        await remember_days(store, date(2025, 10, 9), 1, UTC, until_s=EVENING_S, length_s=900)
        await remember_days(store, date(2025, 10, 1), 7, UTC, length_s=900)
        await store.remember([], sessions(MIDNIGHT_S))
    return store


def picture(theme: str = "evse-dark", *, empty: bool = False) -> EvseApp:
    """The application on a store in memory, which needs no thread and no end."""
    store = asyncio.run(_house(empty=empty))
    snapshot = replace(snapshots.normal(), wall_s=float(EVENING_S), demo=empty)
    app = EvseApp(
        FakeSite(snapshot, store),
        title="evse-tui",
        api_url="http://127.0.0.1:8080",
        clock=FrozenClock(wall_s=EVENING_S),
        zone=UTC,
    )
    app.animation_level = "none"
    app.theme = theme
    return app


async def _go(pilot: Pilot[None], *keys: str) -> None:
    await pilot.pause()
    await pilot.press("3", *keys)
    await pilot.pause()


async def _month(pilot: Pilot[None]) -> None:
    await _go(pilot, "d")


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_day_in_a_small_dark_terminal(snap_compare: Compare) -> None:
    assert snap_compare(picture(), terminal_size=(80, 24), run_before=_go)


def test_day_in_a_large_light_terminal(snap_compare: Compare) -> None:
    assert snap_compare(picture("evse-light"), terminal_size=(200, 60), run_before=_go)


def test_day_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(picture(), terminal_size=(80, 24), run_before=_go)


def test_month(snap_compare: Compare) -> None:
    assert snap_compare(picture(), terminal_size=(120, 40), run_before=_month)


def test_nothing_yet(snap_compare: Compare) -> None:
    assert snap_compare(picture(empty=True), terminal_size=(80, 24), run_before=_go)
