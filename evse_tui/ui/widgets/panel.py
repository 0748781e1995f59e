"""The common ground of every panel: it draws a frame as text and leaves the screen alone while the text stays."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Static

from evse_tui.ui.frame import Frame


class Panel(Static):
    """A Static whose content is a pure function of a frame and its own width."""

    HELP: ClassVar[str] = ""
    """What the help screen says while this panel, or something inside it, has the focus."""
    virtual_size = Reactive(Size(0, 0), repaint=False)
    """A panel has nothing to scroll; Textual would lay the screen out a second time after each change of a height."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__("", id=id, classes=classes, markup=False)
        self._shown: Content | None = None
        self._shown_width = 0
        self._frame: Frame | None = None
        self._title = ""
        self.paints = 0
        """How often text or title really changed."""

    def show(self, frame: Frame) -> None:
        """Shows `frame`; does nothing if it reads the same."""
        self._frame = frame
        self._repaint()

    def set_title(self, title: str) -> None:
        """The words in the upper border; Textual repaints at every assignment, so only a new text is assigned."""
        if title != self._title:
            self._title = title
            self.border_title = f" {title} "
            self.paints += 1

    def draw(self, frame: Frame, width: int) -> Content:
        """The text for `frame` in `width` columns."""
        raise NotImplementedError

    def on_resize(self, _event: Resize) -> None:
        self._repaint()

    def _repaint(self) -> None:
        width = self.content_size.width
        if self._frame is None or width <= 0:
            return
        content = self.draw(self._frame, width)
        new_width = width != self._shown_width
        self._shown_width = width
        if self._shown is not None and (content is self._shown or self._shown.is_same(content)):
            return
        same_height = self._shown is not None and _lines(self._shown, width) == _lines(content, width)
        self._shown = content
        self.paints += 1
        self.update(content, layout=not same_height)
        if new_width and not same_height and self.size.height:
            # An auto row of a grid keeps a height that was measured with the text of another width.
            self.call_after_refresh(self.refresh, layout=True)


def _lines(content: Content, width: int) -> int:
    return sum(max(1, -(-cell_len(line) // width)) for line in content.plain.split("\n"))
