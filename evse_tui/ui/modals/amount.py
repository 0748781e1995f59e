"""Type a current; what is wrong with it is said where it was typed."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from evse_tui.ui import text
from evse_tui.ui.modals.dialog import Dialog

_STEP_DA: Final = 10


def parse_amps(typed: str, lowest_da: int, highest_da: int) -> int:
    """A typed current in 0.1 A; 0 and nothing clear.

    Raises:
        ValueError: not a number, or out of range; the message is for the user.
    """
    cleaned = typed.strip().removesuffix("A").strip().replace(",", ".")
    if not cleaned:
        return 0
    try:
        current_da = round(float(cleaned) * 10)
    except (ValueError, OverflowError):
        raise ValueError(f"{typed.strip()!r} is not a current in ampere.") from None
    if current_da != 0 and not lowest_da <= current_da <= highest_da:
        raise ValueError(f"Between {text.whole_amps(lowest_da)} and {text.whole_amps(highest_da)}, or 0.")
    return current_da


class AskAmps(Dialog[int | None]):
    """Returns the current in 0.1 A, 0 to clear, or None for Escape."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("up", f"step({_STEP_DA})", "1 A more"),
        Binding("down", f"step({-_STEP_DA})", "1 A less"),
    ]

    def __init__(self, title: str, doc: str, current_da: int, lowest_da: int, highest_da: int) -> None:
        super().__init__()
        self._title = title
        self._doc = doc
        self._current_da = current_da
        self._lowest_da = lowest_da
        self._highest_da = highest_da
        self._field = Input(f"{current_da / 10:g}" if current_da else "", placeholder="in A", compact=True)
        self._complaint = Static("", id="complaint", markup=False)
        self._complaint.display = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            bounds = f"{text.whole_amps(self._lowest_da)} to {text.whole_amps(self._highest_da)}, or 0 for none."
            yield Static(f"{self._doc} {bounds}", markup=False)
            yield self._field
            yield self._complaint
            with Horizontal(classes="buttons"):
                yield Button("Set (Enter)", id="set", variant="primary", compact=True)
                yield Button("Cancel (Esc)", id="cancel", compact=True)
            yield Static("Up and down change it by 1 A.", classes="hint", markup=False)

    def opened(self) -> None:
        self._field.focus()

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        self._set()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "set":
            self._set()
        else:
            self.answer(None)

    def action_step(self, step_da: int) -> None:
        """Raises or lowers what is typed, within the range."""
        field = self._field
        try:
            current_da = parse_amps(field.value, 0, self._highest_da)
        except ValueError:
            current_da = self._current_da
        stepped_da = min(self._highest_da, max(self._lowest_da, current_da + step_da))
        field.value = f"{stepped_da / 10:g}"
        field.cursor_position = len(field.value)

    def action_cancel(self) -> None:
        """Leaves everything as it is."""
        self.answer(None)

    def _set(self) -> None:
        try:
            current_da = parse_amps(self._field.value, self._lowest_da, self._highest_da)
        except ValueError as error:
            self._complaint.update(str(error))
            self._complaint.display = True
        else:
            self.answer(current_da)
