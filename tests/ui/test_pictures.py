"""What the screen looks like, compared with the approved pictures beside this file (`pytest --snapshot-update`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from evse_tui.ui.app import EvseApp
from tests.ui import snapshots
from tests.ui.harness import make_app

Compare = Callable[..., bool]

DARK, LIGHT = "evse-dark", "evse-light"
SMALL, MEDIUM, LARGE = (80, 24), (120, 40), (200, 60)


async def _hold_still(pilot: Pilot[None]) -> None:
    """Waits for the first frame; a blinking cursor would make every second picture different."""
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    await pilot.pause()


def picture(state: str, theme: str = DARK) -> EvseApp:
    app, _site, _clock = make_app(snapshots.MATRIX[state](), theme=theme)
    return app


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.mark.parametrize("state", list(snapshots.MATRIX))
def test_states_in_a_small_terminal(snap_compare: Compare, state: str) -> None:
    assert snap_compare(picture(state), terminal_size=SMALL, run_before=_hold_still)


@pytest.mark.parametrize("state", ["normal", "four-chargers"])
@pytest.mark.parametrize("size", [MEDIUM, LARGE], ids=["120x40", "200x60"])
def test_room_is_used(snap_compare: Compare, state: str, size: tuple[int, int]) -> None:
    assert snap_compare(picture(state), terminal_size=size, run_before=_hold_still)


@pytest.mark.parametrize("state", ["normal", "stale", "fault"])
def test_light(snap_compare: Compare, state: str) -> None:
    assert snap_compare(picture(state, LIGHT), terminal_size=SMALL, run_before=_hold_still)


@pytest.mark.parametrize("state", ["stale", "fault", "at-limit"])
def test_no_color(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(picture(state), terminal_size=SMALL, run_before=_hold_still)


def _keys(keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def press(pilot: Pilot[None]) -> None:
        for key in keys.split():
            await pilot.press(key)
            await pilot.pause()
        await _hold_still(pilot)

    return press


SCREENS: Final = (
    ("normal", "6", SMALL, DARK),
    ("normal", "6 down e 1", SMALL, LIGHT),
    ("first-start", "6 slash l i g h t enter", LARGE, DARK),
    ("rich", "2", SMALL, DARK),
    ("rich", "2", LARGE, LIGHT),
    ("disconnected", "2", MEDIUM, DARK),
    ("rich", "s", SMALL, LIGHT),
    ("fault", "4", SMALL, LIGHT),
    ("stale", "5", SMALL, DARK),
    ("four-chargers", "5 N", LARGE, LIGHT),
    ("four-chargers", "4 v slash m a i n s", MEDIUM, DARK),
)


@pytest.mark.parametrize(("state", "keys", "size", "theme"), SCREENS, ids=lambda part: str(part).replace(" ", "-"))
def test_screens(snap_compare: Compare, state: str, keys: str, size: tuple[int, int], theme: str) -> None:
    assert snap_compare(picture(state, theme), terminal_size=size, run_before=_keys(keys))


@pytest.mark.parametrize("key", ["m", "o", "q", "question_mark", "ctrl+p", "f"])
def test_dialogs_in_a_small_terminal(snap_compare: Compare, key: str) -> None:
    async def press(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await _hold_still(pilot)

    assert snap_compare(picture("normal"), terminal_size=SMALL, run_before=press)
