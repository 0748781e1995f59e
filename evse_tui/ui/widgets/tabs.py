"""The row of screens: where the user is, and the key or click that leads elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from evse_tui.ui import columns
from evse_tui.ui.screens.registry import BY_NAME, SCREENS, Entry

KeyOf = Callable[[str], str]
"""The key that leads to a screen, by the screen's name."""


def default_key(name: str) -> str:
    """As in the registry."""
    return BY_NAME[name].key


def draw_tabs(current: str, key_of: KeyOf = default_key) -> Content:
    """Key and title of each screen; the current one is marked and reversed."""
    return columns.line(
        (_label(entry, "▸" if entry.name == current else " ", key_of), "bold reverse" * (entry.name == current))
        for entry in SCREENS
    )


def tab_at(column: int, key_of: KeyOf = default_key) -> str | None:
    """The name of the screen whose tab is at `column`."""
    start = 0
    for entry in SCREENS:
        start += len(_label(entry, " ", key_of))
        if column < start:
            return entry.name
    return None


def _label(entry: Entry, mark: str, key_of: KeyOf) -> str:
    return f"{mark}{key_of(entry.name)} {entry.title} "


class Tabs(Static):
    """One row; a click goes there."""

    @dataclass
    class Chosen(Message):
        """The user wants another screen."""

        name: str

    def __init__(self, current: str, key_of: KeyOf) -> None:
        super().__init__(draw_tabs(current, key_of), id="tabs", markup=False)
        self._key_of = key_of

    def on_click(self, event: Click) -> None:
        name = tab_at(event.x, self._key_of)
        if name is not None:
            self.post_message(self.Chosen(name))
