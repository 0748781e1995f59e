"""Our own way to draw lines draws what Textual's draws, and nothing twice."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from evse_tui.ui.widgets.plain_lines import PlainLines, draw_plainly

_TEXT = "first line\nanother one, which is too long for the room that it has\n\nlast"
_STYLES = (
    "",
    "padding: 1 2 0 3;",
    "border-top: solid red; padding: 0 1;",
    "border: round red;",
    "border-left: heavy red; padding: 1;",
    "outline: solid green;",
    "tint: blue 40%;",
    "text-opacity: 40%;",
    "opacity: 50%; padding: 0 1;",
    "hatch: cross green; padding: 0 1;",
    "border-bottom: solid red; background: $panel; padding: 1 0;",
    "padding: 0 9;",
)


class _Counting(Static):
    """Counts the lines that are asked of it."""

    drawn = 0

    def render_line(self, y: int) -> Strip:
        self.drawn += 1
        return super().render_line(y)


class _App(App[None]):
    def __init__(self, style: str) -> None:
        super().__init__()
        self.widget = _Counting(_TEXT)
        self.around = VerticalScroll(self.widget)
        self.style = style

    def compose(self) -> ComposeResult:
        yield self.around

    def on_mount(self) -> None:
        self.around.styles.height = 4  # less than the text: a scrollbar
        self.stylesheet.add_source(f"Static {{ {self.style} width: 30; height: auto; }}")
        self.stylesheet.parse()
        self.stylesheet.update(self)
        self.widget.border_title = " Title "


def _lines(widget: Widget, crop: Region) -> list[Strip]:
    return [Strip(list(strip)) for strip in widget.render_lines(crop)]


@pytest.mark.parametrize("style", _STYLES)
@pytest.mark.parametrize("size", [(50, 12), (12, 5)])
async def test_it_draws_what_textual_draws(style: str, size: tuple[int, int]) -> None:
    app = _App(style)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        bar = app.around.vertical_scrollbar
        for widget in (app.widget, app.around, bar):
            whole = widget.outer_size.region
            part = Region(0, min(1, whole.height - 1), whole.width, max(1, whole.height - 1))
            for crop in (whole, part):
                widget.refresh()
                theirs = _lines(widget, crop)
                assert "".join(strip.text for strip in theirs).strip() or widget is not app.widget
                draw_plainly(widget)
                widget.refresh()
                assert _lines(widget, crop) == theirs
                assert _lines(widget, crop) == theirs, "and once more, from what is at hand"


async def test_what_did_not_change_is_not_drawn_again() -> None:
    app = _App("padding: 0 1;")
    async with app.run_test(size=(50, 12)) as pilot:
        await pilot.pause()
        widget = app.widget
        draw_plainly(widget)
        whole = widget.outer_size.region
        first = widget.render_lines(whole)
        drawn = widget.drawn
        assert widget.render_lines(whole) is first
        assert widget.drawn == drawn
        widget.refresh(Region(0, 1, whole.width, 1))
        assert widget.render_lines(whole) == first
        assert widget.drawn == drawn + 1, "one line"
        widget.update("news")
        await pilot.pause()
        assert widget.render_lines(widget.outer_size.region)[0].text.strip() == "news"


async def test_a_link_under_the_mouse_is_asked_for_each_time() -> None:
    app = _App("")
    async with app.run_test(size=(50, 12)):
        widget = app.widget
        draw_plainly(widget)
        widget.auto_links = True
        whole = widget.outer_size.region
        assert widget.render_lines(whole) is not widget.render_lines(whole)


def test_it_is_what_a_widget_has_then() -> None:
    widget = Static()
    draw_plainly(widget)
    assert isinstance(widget._styles_cache, PlainLines)
