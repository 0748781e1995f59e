"""Rows that stay are not drawn again, and look the same as if they were."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions
from textual.widgets import Static

from evse_tui.ui import columns
from evse_tui.ui.widgets.drawing import Drawing

STYLE = Style.parse("white on black")


class _Page(App[None]):
    def compose(self) -> ComposeResult:
        yield Static()


def text(*rows: str) -> Content:
    return columns.lines(columns.line((("> ", "bold"), (row, "red"))) for row in rows)


def test_it_says_which_rows_differ() -> None:
    drawing = Drawing()
    assert drawing.change(text("a", "b", "c")) is None
    assert drawing.change(text("a", "B", "c")) == [1]
    assert drawing.change(text("a", "B", "c")) == []
    assert drawing.change(columns.lines((text("a"), columns.styled("> B"), text("c")))) == [1]
    assert drawing.change(text("a", "B")) is None


async def test_it_draws_what_the_whole_text_would(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    whole = Content.render_strips

    async with _Page().run_test() as pilot:
        widget = pilot.app.query_one(Static)
        options = RenderOptions(widget._get_style, widget.styles.get_rules())
        drawing = Drawing()

        def check(content: Content, width: int, style: Style = STYLE) -> None:
            drawing.change(content)
            assert drawing.render_strips(width, None, style, options) == whole(content, width, None, style, options)
            assert drawing.get_height(widget.styles.get_rules(), width) == len(
                whole(content, width, None, style, options)
            )

        def noted(self: Content, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
            drawn.append(self.plain)
            return whole(self, width, height, style, options)

        check(text("one", "two", "", "a row that is longer than the width"), 20)
        check(text("one", "two", "", "short"), 20)
        with monkeypatch.context() as patch:
            patch.setattr(Content, "render_strips", noted)
            check(text("two", "one", "", "three"), 20)
            assert drawn == ["> three"]
            check(text("two", "one", "", "three"), 30)
            assert len(drawn) == 5
            check(text("two", "one", "", "three"), 30, Style.parse("black on white"))
            assert len(drawn) == 9
            drawing.forget()
            check(text("two", "one", "", "three"), 30, Style.parse("black on white"))
            assert len(drawn) == 13
        assert len(drawing.render_strips(20, 2, STYLE, options)) == 2


async def test_a_selection_is_marked_where_it_is() -> None:
    async with _Page().run_test() as pilot:
        widget = pilot.app.query_one(Static)
        drawing = Drawing()
        content = text("one", "two", "three")
        drawing.change(content)
        selection = Selection(Offset(2, 1), Offset(4, 1))
        options = RenderOptions(widget._get_style, widget.styles.get_rules(), selection, Style.parse("reverse"))
        marked = drawing.render_strips(20, None, STYLE, options)
        assert marked == content.render_strips(20, None, STYLE, options)
        assert marked != drawing.render_strips(
            20, None, STYLE, RenderOptions(widget._get_style, widget.styles.get_rules())
        )
