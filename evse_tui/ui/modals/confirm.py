"""A yes or no question; no is the default."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from evse_tui.ui.modals.dialog import Dialog


class Confirm(Dialog[bool]):
    """Asks before something that is hard to take back. True is yes; Escape is no."""

    BINDINGS = [
        Binding("y", "reply(True)", "Yes"),
        Binding("n,escape,q", "reply(False)", "No"),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, question: str, yes: str, no: str = "Cancel") -> None:
        super().__init__()
        self._title = title
        self._question = question
        self._yes = Button(f"{yes} (y)", id="yes", variant="error", compact=True)
        self._no = Button(f"{no} (n)", id="no", compact=True)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -danger") as dialog:
            dialog.border_title = self._title
            yield Static(self._question, markup=False)
            with Horizontal(classes="buttons"):
                yield self._no
                yield self._yes

    def opened(self) -> None:
        self._no.focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.answer(event.button.id == "yes")

    def action_reply(self, yes: bool) -> None:
        """Answers by key."""
        self.answer(yes)
