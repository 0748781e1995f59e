"""The baseline, as a process: Textual with one widget, which shows how many keys came."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Static


class Bare(App[None]):
    """Counts keys."""

    ENABLE_COMMAND_PALETTE: ClassVar = False

    def __init__(self) -> None:
        super().__init__()
        self._keys = 0
        self._text = Static("mains")

    def compose(self) -> ComposeResult:
        yield self._text

    def on_key(self, _event: Key) -> None:
        self._keys += 1
        self._text.update(f"<{self._keys}>")


if __name__ == "__main__":
    Bare().run()
