"""Help for what has the focus, and every key with what it does or why it can't now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from evse_tui.ui import columns
from evse_tui.ui.actions import ACTIONS, BY_NAME, Situation
from evse_tui.ui.key_words import with_keys
from evse_tui.ui.modals.dialog import Dialog

_KEY_WIDTH: Final = 8
_GENERAL: Final = """\
{go-dashboard} {go-charger} {go-history} {go-events} {go-diagnostics} {go-settings} show the screens, Tab and \
Shift+Tab move between panels, {next} and {previous} between chargers; a click does all three. {palette} lists what \
is possible now by name. Values followed by ? are not live; ~ marks a model or an estimate; - is unknown."""


def draw_keys(now: Situation, key_names: Mapping[str, str], width: int) -> Content:
    """One action of this screen after the other; those that make no sense now say why."""
    rows = []
    for action in ACTIONS:
        if action.screen not in ("", now.screen):
            continue
        obstacle = action.obstacle(now)
        style = "dim" if obstacle else ""
        words = f"{action.doc} Not now: {obstacle}" if obstacle else action.doc
        first, *more = columns.wrapped(words, max(20, width - _KEY_WIDTH), 0)
        rows.append(columns.line(((f"{key_names[action.name]:<{_KEY_WIDTH}}", style or "bold"), (first, style))))
        rows += [columns.styled(" " * _KEY_WIDTH + row, style) for row in more]
    return columns.lines(rows)


class _Keys(Static):
    def __init__(self, now: Situation, key_names: Mapping[str, str]) -> None:
        super().__init__(markup=False)
        self._now = now
        self._key_names = key_names

    def on_resize(self, event: Resize) -> None:
        self.update(draw_keys(self._now, self._key_names, event.size.width))


class HelpScreen(Dialog[None]):
    """Closes with Escape, Enter, the keys of help and of quit, or a click on its edge."""

    CSS_PATH = "help.tcss"
    BINDINGS = [
        Binding("escape,enter", "close", "Close"),
        *(Binding(BY_NAME[name].keys, "close", "Close", id=name) for name in ("help", "quit")),
    ]

    def __init__(self, focused: tuple[str, str], now: Situation, key_names: Mapping[str, str]) -> None:
        super().__init__()
        self._title, self._text = focused
        self._now = now
        self._key_names = key_names

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as panel:
            panel.border_title = f"Help: {self._title}"
            panel.border_subtitle = "Up and down scroll, Escape closes"
            yield Static(self._text, markup=False)
            yield Static(with_keys(_GENERAL, self._key_names.__getitem__), markup=False)
            yield _Keys(self._now, self._key_names)

    def action_close(self) -> None:
        """Back to where the user was."""
        self.answer(None)
