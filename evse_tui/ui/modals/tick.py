"""A box to tick."""

from __future__ import annotations

from textual.widgets import Checkbox


class Tick(Checkbox):
    """Textual's, but an empty box is empty: ticked or not must be seen without colour, too."""

    def __init__(self, label: str, value: bool) -> None:
        super().__init__(label, value, compact=True)
        self.BUTTON_INNER = _mark(value)

    def watch_value(self) -> None:
        self.BUTTON_INNER = _mark(self.value)
        super().watch_value()


def _mark(value: bool) -> str:
    return "X" if value else " "
