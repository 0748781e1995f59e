"""The common ground of every panel: it draws a frame as text and leaves the screen alone while the text stays."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.events import Resize
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.selection import Selection
from textual.widget import Widget

from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.drawing import Drawing
from evse_tui.ui.widgets.plain_lines import draw_plainly


class Panel(Widget):
    """A widget whose text is a pure function of a frame and its own width."""

    HELP: ClassVar[str] = ""
    """What the help screen says while this panel, or something inside it, has the focus."""
    DEFAULT_CSS = "Panel { height: auto; }"
    virtual_size = Reactive(Size(0, 0), repaint=False)
    """A panel has nothing to scroll; Textual would lay the screen out a second time after each change of a height."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, classes=classes)
        draw_plainly(self)
        self._drawing = Drawing()
        self._filled = False
        self._shown_width = 0
        self._frame: Frame | None = None
        self._title = ""
        self.paints = 0
        """How often text or title really changed."""

    @property
    def content(self) -> Content:
        """The text that is shown."""
        return self._drawing.content

    def render(self) -> Drawing:
        return self._drawing

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract(self.content.plain), "\n"

    def notify_style_update(self) -> None:
        self._drawing.forget()
        super().notify_style_update()

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
        before = self.content
        if self._filled and (content is before or before.is_same(content)):
            return
        height = _lines(content, width)
        same_height = self._filled and _lines(before, width) == height
        self._filled = True
        self.paints += 1
        rows = self._drawing.change(content)
        if same_height and rows is not None and content.plain.count("\n") + 1 == height:
            self.refresh(*(Region(0, row, width, 1) for row in rows))
        else:
            self.refresh(layout=not same_height)
        if new_width and not same_height and self.size.height:
            # An auto row of a grid keeps a height that was measured with the text of another width.
            self.call_after_refresh(self.refresh, layout=True)


def _lines(content: Content, width: int) -> int:
    return sum(max(1, -(-cell_len(line) // width)) for line in content.plain.split("\n"))
