"""The row of screens: where the user is, and the key or click that leads elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from evse_tui.ui import columns
from evse_tui.ui.screens.registry import SCREENS


def draw_tabs(current: str) -> Content:
    """Key and title of each screen; the current one is marked and reversed."""
    return columns.line(
        (f"{'▸' if entry.name == current else ' '}{entry.key} {entry.title} ", "bold reverse" * (entry.name == current))
        for entry in SCREENS
    )


def tab_at(column: int) -> str | None:
    """The name of the screen whose tab is at `column`."""
    start = 0
    for entry in SCREENS:
        start += len(entry.key) + len(entry.title) + 3
        if column < start:
            return entry.name
    return None


class Tabs(Static):
    """One row; a click goes there."""

    @dataclass
    class Chosen(Message):
        """The user wants another screen."""

        name: str

    def __init__(self, current: str) -> None:
        super().__init__(draw_tabs(current), id="tabs", markup=False)

    def on_click(self, event: Click) -> None:
        name = tab_at(event.x)
        if name is not None:
            self.post_message(self.Chosen(name))
