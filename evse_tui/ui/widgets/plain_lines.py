"""How a line of a widget gets its padding, without what none of ours has: the most frequent work of a paint."""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from textual._styles_cache import RenderLineCallback, StylesCache
from textual.color import Color
from textual.css.styles import StylesBase
from textual.geometry import Region, Size, Spacing
from textual.strip import Strip
from textual.widget import Widget


class PlainLines(StylesCache):
    """Draws what Textual's own draws. That looks up every style again for each line, a dozen of which are never set:
    borders at the sides, outlines, hatches, tints and opacities. A widget that has one is left to it. And it goes
    through all lines of all widgets that are within the corners of a change; here those without news are at hand.
    """

    def __init__(self) -> None:
        super().__init__()
        self._plain = False
        self._rows = range(0)
        """The lines between upper and lower border and padding."""
        self._drawn: list[Strip] | None = None
        self._drawn_of: Region | None = None

    def set_dirty(self, *regions: Region) -> None:
        self._drawn = None
        super().set_dirty(*regions)

    def clear(self) -> None:
        self._drawn = None
        super().clear()

    def render_widget(self, widget: Widget, crop: Region) -> list[Strip]:
        if self._drawn is None or self._drawn_of != crop or widget.auto_links:  # a link changes under the mouse
            drawn = super().render_widget(widget, crop)  # which may clear
            self._drawn, self._drawn_of = drawn, crop
        return self._drawn

    def render(self, styles: StylesBase, size: Size, *others: Any, **named: Any) -> list[Strip]:
        left, right = styles.border[3], styles.border[1]
        self._plain = (
            not (left[0] or right[0] or any(edge for edge, _colour in styles.outline))
            and named["opacity"] == styles.text_opacity == 1.0
            and not styles.tint.a
            and not styles.has_rule("hatch")
        )
        self._rows = range(styles.gutter.top, size.height - styles.gutter.bottom)
        return super().render(styles, size, *others, **named)

    def render_line(
        self,
        styles: StylesBase,
        y: int,
        size: Size,
        content_size: Size,
        padding: Spacing,
        base_background: Color,
        background: Color,
        render_content_line: RenderLineCallback,
        *others: Any,
    ) -> Strip:
        if not self._plain or y not in self._rows:
            return super().render_line(
                styles, y, size, content_size, padding, base_background, background, render_content_line, *others
            )
        style = self.get_inner_outer(base_background, background)[0].rich_style
        row, width = y - self._rows.start, content_size.width
        if row < content_size.height:
            line = render_content_line(row).adjust_cell_length(width, style)
        else:
            line = Strip.blank(width, style)
        if not (padding.left or padding.right):
            return line
        before, after = Segment(" " * padding.left, style), Segment(" " * padding.right, style)
        return Strip([*((before,) if padding.left else ()), *line, *((after,) if padding.right else ())], size.width)


def draw_plainly(*widgets: Widget) -> None:
    """Has these widgets draw their lines so; their text has no links."""
    for widget in widgets:
        widget.auto_links = False
        widget._styles_cache = PlainLines()  # noqa: SLF001  # Textual gives no other place
