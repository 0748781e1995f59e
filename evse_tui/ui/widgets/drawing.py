"""A text that is drawn row by row: rows that stay are not drawn again."""

from __future__ import annotations

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

_Row = tuple[str, tuple[object, ...]]
"""Its text and its styles."""


class Drawing(Visual):
    """A Content that changes in place. Textual draws all of a text when a letter of it is new."""

    def __init__(self) -> None:
        self.content = Content("")
        self._strips: dict[_Row, list[Strip]] = {}
        self._for: tuple[object, ...] = ()
        """Width and styles for which they were drawn."""

    def __str__(self) -> str:
        return self.content.plain

    def change(self, content: Content) -> list[int] | None:
        """Takes a new text; the rows that differ, or None if there are more or fewer of them."""
        before, rows = self.content.split(allow_blank=True), content.split(allow_blank=True)
        self.content = content
        if len(before) != len(rows):
            return None
        return [index for index, (old, new) in enumerate(zip(before, rows, strict=True)) if not old.is_same(new)]

    def forget(self) -> None:
        """Draws everything again: colours have other meanings now."""
        self._strips = {}

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return self.content.get_optimal_width(rules, container_width)

    def get_minimal_width(self, rules: RulesMap) -> int:
        return self.content.get_minimal_width(rules)

    def get_height(self, rules: RulesMap, width: int) -> int:
        if self.content.get_optimal_width(rules, width) <= width:  # nothing to break, or to look for breaks in
            return self.content.plain.count("\n") + 1
        return self.content.get_height(rules, width)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        if options.selection is not None:  # counted in rows of the whole text
            return self.content.render_strips(width, height, style, options)
        if (width, style) != self._for:
            self._for, self._strips = (width, style), {}
        before, self._strips = self._strips, {}
        strips: list[Strip] = []
        for number, row in enumerate(self.content.split(allow_blank=True)):
            key = (row.plain, tuple(row.spans))
            drawn = before.get(key) or row.render_strips(width, None, style, options)
            if len(drawn) != 1:  # too long for a row: it is counted by Textual
                return self.content.render_strips(width, height, style, options)
            self._strips[key] = drawn
            strips.append(drawn[0].apply_offsets(0, number))  # where the mouse selects text
        return strips if height is None else strips[:height]
