"""Type one line; what is wrong with it is said where it was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from evse_tui.ui.modals.dialog import Dialog

_T = TypeVar("_T")


class AskLine(Dialog[_T | None], Generic[_T]):
    """Returns what `parse` makes of the line, or None for Escape. `parse` raises ValueError with words for the user."""

    BINDINGS = [Binding("escape", "cancel", "Cancel")]

    def __init__(
        self, title: str, doc: str, parse: Callable[[str], _T], *, yes: str = "Set", value: str = "", example: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._doc = doc
        self._parse = parse
        self._yes = yes
        self._field = Input(value, placeholder=example, compact=True, classes="long")
        self._complaint = Static("", id="complaint", markup=False)
        self._complaint.display = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            yield Static(self._doc, markup=False)
            yield self._field
            yield self._complaint
            with Horizontal(classes="buttons"):
                yield Button(f"{self._yes} (Enter)", id="set", variant="primary", compact=True)
                yield Button("Cancel (Esc)", id="cancel", compact=True)

    def opened(self) -> None:
        self._field.focus()

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        self._set()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "set":
            self._set()
        else:
            self.answer(None)

    def action_cancel(self) -> None:
        """Leaves everything as it is."""
        self.answer(None)

    def _set(self) -> None:
        try:
            value = self._parse(self._field.value)
        except ValueError as error:
            self._complaint.update(str(error))
            self._complaint.display = True
        else:
            self.answer(value)
