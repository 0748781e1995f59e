"""What all dialogs share."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.screen import ModalScreen

from evse_tui.ui.selection import Selectable

_T = TypeVar("_T")


class Dialog(ModalScreen[_T], Selectable[_T], Generic[_T]):  # this order: styles follow the first base
    """A modal question with an answer of one type.

    Keys may arrive before the dialog is laid out and after it was answered, so its widgets are kept, not queried.
    """

    CSS_PATH = "modal.tcss"

    _answered = False

    def on_mount(self) -> None:
        if not self._answered and self.is_attached:
            self.opened()

    def opened(self) -> None:
        """Called once when the dialog is there: the place for focus and first values."""

    def answer(self, value: _T) -> None:
        """Closes the dialog with `value`; a second answer, typed before the screen was gone, is ignored.

        The closing is not awaited: a screen can't wait for its own end in its own message handler.
        """
        if not self._answered:
            self._answered = True
            _closing = self.dismiss(value)
