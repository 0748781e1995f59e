"""A list whose cursor repaints two rows, not all of them."""

from __future__ import annotations

from textual.reactive import reactive
from textual.widgets import OptionList

from evse_tui.ui.widgets.plain_lines import draw_plainly


class Rows(OptionList):
    """Textual draws every row again when the cursor moves; here only the one it leaves and the one it reaches."""

    DEFAULT_CSS = "Rows { text-wrap: nowrap; text-overflow: clip; }"  # who draws a row breaks it
    highlighted: reactive[int | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, markup=False)
        draw_plainly(self)
        self._lit: int | None = None
        """Where the cursor was drawn."""

    def watch_highlighted(self, highlighted: int | None) -> None:
        super().watch_highlighted(highlighted)
        for index in (self._lit, highlighted):
            if index is not None and index in self._index_to_line:
                self.refresh_lines(self._index_to_line[index], self._heights[index])
        self._lit = highlighted
