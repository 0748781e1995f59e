"""Pick one of a few; what can't be picked now says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from evse_tui.ui import columns
from evse_tui.ui.modals.dialog import Dialog


@dataclass(frozen=True, slots=True)
class Choice:
    """One option."""

    value: str
    title: str
    doc: str
    obstacle: str = ""
    """Why it can't be picked now; empty if it can."""


class Choose(Dialog[str | None]):
    """Returns the value of the choice, or None for Escape."""

    BINDINGS = [Binding("escape,q", "cancel", "Cancel")]

    def __init__(self, title: str, choices: Sequence[Choice], current: str | None, hint: str = "") -> None:
        super().__init__()
        self._title = title
        self._choices = tuple(choices)
        self._current = current
        self._hint = hint
        width = max(len(choice.title) for choice in self._choices)
        self._options = OptionList(
            *(
                Option(self._row(choice, width), id=choice.value, disabled=bool(choice.obstacle))
                for choice in self._choices
            ),
            markup=False,
        )

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            yield self._options
            yield Static(self._hint or "Enter chooses, Escape leaves it as it is.", classes="hint", markup=False)

    def _row(self, choice: Choice, width: int) -> Content:
        now = "●" if choice.value == self._current else " "
        words = f"{choice.doc} - {choice.obstacle}" if choice.obstacle else choice.doc
        return columns.line(((f"{now} {choice.title:<{width}}  ", "bold"), (words, "")))

    def opened(self) -> None:
        values = [choice.value for choice in self._choices]
        self._options.highlighted = values.index(self._current) if self._current in values else 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.answer(event.option_id)

    def action_cancel(self) -> None:
        """Leaves everything as it is."""
        self.answer(None)
