"""Every screen in every state: the same words in each theme and without colour, and colours that can be read.

Words are compared with the approved ones beside this file (`pytest --snapshot-update`). One start of the application
serves all states and screens of a theme and size: pictures of all of them would take minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest
from rich.segment import Segment
from syrupy.assertion import SnapshotAssertion
from textual.screen import ModalScreen
from textual.theme import Theme
from textual.widgets import Button

from evse_tui.store import Store
from evse_tui.ui.preferences import Preferences
from evse_tui.ui.screens.registry import SCREENS
from evse_tui.ui.themes import DARK, LIGHT
from tests.ui import snapshots
from tests.ui.colours import contrast
from tests.ui.harness import Driven, driven
from tests.ui.pasts import remember_days, sessions

STATES: Final = ("normal", "stale", "paused", "disconnected", "fault")
SMALL, LARGE = (80, 24), (200, 60)
MIDNIGHT_S: Final = int(datetime(2025, 10, 9, tzinfo=UTC).timestamp())
LEAST: Final = 4.5
"""WCAG 2.1, AA, for text."""
DRAWN: Final = frozenset(map(chr, range(0x2500, 0x25A0)))
"""Unicode's box drawing and block elements: lines, bars and swatches are not text."""
DIALOGS: Final = ("m", "o", "s", "c", "question_mark", "ctrl+p", "q")


def rows(user: Driven) -> list[list[Segment]]:
    """What the terminal shows now; of a dialog only what is in it, because the rest is dimmed on purpose."""
    screen = user.app.screen
    strips = screen._compositor.render_strips()  # Textual exports nothing but pictures
    if isinstance(screen, ModalScreen):
        region = screen.children[0].region
        return [list(strip.crop(region.x, region.right)) for strip in strips[region.y : region.bottom]]
    return [list(strip) for strip in strips]


def words(user: Driven) -> str:
    return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows(user))


def colours(user: Driven) -> Iterator[tuple[str, tuple[int, int, int], tuple[int, int, int]]]:
    """Each piece of text with its own colour and that below it."""
    for row in rows(user):
        for segment in row:
            style = segment.style
            if style is None or style.color is None or style.bgcolor is None or not set(segment.text) - DRAWN - {" "}:
                continue
            pair = tuple(style.color.get_truecolor()), tuple(style.bgcolor.get_truecolor())
            text, ground = reversed(pair) if style.reverse else pair
            yield segment.text.strip(), text, ground  # type: ignore[misc]  # three numbers each


async def house() -> Store:
    """A store with the morning of the snapshots' day."""
    store = await Store.open(None)
    await remember_days(store, datetime(2025, 10, 9, tzinfo=UTC).date(), 1, UTC, until_s=snapshots.WALL_S, length_s=900)
    await store.remember([], sessions(MIDNIGHT_S - 86_400))
    return store


async def past_is_read(user: Driven) -> None:
    for worker in [worker for worker in user.app.workers if worker.group in ("history", "recent")]:
        await worker.wait()
    await user.pilot.pause()


async def walk(theme: Theme, size: tuple[int, int], *, colour: bool = True) -> dict[str, str]:
    """The words of every screen in every state, and a check of their colours."""
    found = {}
    async with driven(snapshots.normal(), size, memory=await house(), preferences=Preferences(theme.name)) as user:
        for entry in SCREENS:
            await user.show(snapshots.normal())  # a chart keeps the moment in which it was drawn
            await user.press(entry.key)
            await past_is_read(user)
            for state in STATES:
                await user.show(snapshots.MATRIX[state]())
                user.app.paint()
                await past_is_read(user)
                found[f"{state} {entry.name}"] = words(user)
                check(user, f"{state} {entry.name}", colour=colour)
    return found


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


async def test_every_screen_in_every_state_of_a_small_terminal(
    snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = await walk(DARK, SMALL)
    for where, text in dark.items():
        assert text == snapshot(name=where)
    assert await walk(LIGHT, SMALL) == dark
    monkeypatch.setenv("NO_COLOR", "1")
    assert await walk(DARK, SMALL, colour=False) == dark


async def test_every_screen_in_every_state_of_a_large_terminal(snapshot: SnapshotAssertion) -> None:
    for where, text in (await walk(DARK, LARGE)).items():
        assert text == snapshot(name=where)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
async def test_dialogs_can_be_read(theme: Theme) -> None:
    async with driven(snapshots.normal(), preferences=Preferences(theme.name)) as user:
        for key in DIALOGS:
            await user.press(key)
            check(user, key, colour=True)
            await user.press("escape")


def check(user: Driven, where: str, *, colour: bool) -> None:
    """Every text can be read, but for what can't be used now; without colour nothing has one."""
    idle = {str(button.label) for button in user.app.screen.query(Button) if button.disabled}
    for text, ink, ground in colours(user):
        if colour and text not in idle:
            assert contrast(ink, ground) >= LEAST, f"{where}: {text!r} is {ink} on {ground}"
        elif not colour:
            assert len(set(ink)) == len(set(ground)) == 1, f"{where}: {text!r} is {ink} on {ground}"
