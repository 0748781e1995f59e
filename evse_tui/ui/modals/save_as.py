"""Name a file; what is wrong with the name is said where it was typed."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from evse_tui.ui.export import target
from evse_tui.ui.modals.dialog import Dialog


class SaveAs(Dialog[Path | None]):
    """Returns a file that does not exist yet, or None for Escape."""

    BINDINGS = [Binding("escape", "cancel", "Cancel")]

    def __init__(self, title: str, proposal: str) -> None:
        super().__init__()
        self._title = title
        self._folder = Path.cwd()
        self._field = Input(proposal, id="path", placeholder="file", compact=True)
        self._complaint = Static("", id="complaint", markup=False)
        self._complaint.display = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            yield Static(f"A file in {self._folder}, or the whole path. ~ is your home folder.", markup=False)
            yield self._field
            yield self._complaint
            with Horizontal(classes="buttons"):
                yield Button("Save (Enter)", id="save", variant="primary", compact=True)
                yield Button("Cancel (Esc)", id="cancel", compact=True)

    def opened(self) -> None:
        self._field.styles.width = "100%"
        self._field.focus()
        self._field.cursor_position = len(self._field.value)

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        self._save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "save":
            self._save()
        else:
            self.answer(None)

    def action_cancel(self) -> None:
        """Saves nothing."""
        self.answer(None)

    def _save(self) -> None:
        try:
            path = target(self._field.value, self._folder)
        except ValueError as error:
            self._complaint.update(str(error))
            self._complaint.display = True
        else:
            self.answer(path)
