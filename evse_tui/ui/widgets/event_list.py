"""The log as a list to walk through: the newest at the bottom, older pages on request at the top."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar, Final

from textual.content import Content
from textual.css.styles import RulesMap
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from evse_tui.site.snapshot import EventEntry
from evse_tui.ui import columns, text
from evse_tui.ui.widgets.event_log import draw_event
from evse_tui.ui.widgets.rows import Rows

_ANY_WIDTH: Final = 10_000
_WHEN: Final = "07-01 00:00:00 "
_BETWEEN_AND_MARK: Final = " FAULT "


class EventRow(Visual):
    """One line of the log, drawn when it comes into view: most of a long list never does."""

    def __init__(self, event: EventEntry, zone: tzinfo | None, who_width: int) -> None:
        self._event = event
        self._zone = zone
        self._who_width = who_width
        self._width = 0
        self._drawn = Content("")
        self._strips: dict[tuple[int, Style], list[Strip]] = {}
        """Since the last change of its width or of what styles mean: as it is, chosen, or under the mouse."""

    def __str__(self) -> str:
        return str(self._at(_ANY_WIDTH))

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        if len(self._event.text) <= width - len(_WHEN) - self._who_width - len(_BETWEEN_AND_MARK):
            return 1
        return str(self._at(width)).count("\n") + 1

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        if options.selection is not None:
            return self._at(width).render_strips(width, height, style, options)
        if width != self._width:
            self._strips = {}
        drawn = self._strips.get((width, style))
        if drawn is None:
            drawn = self._strips[width, style] = self._at(width).render_strips(width, height, style, options)
        return drawn

    def forget(self) -> None:
        """Draws it again: colours have other meanings now."""
        self._strips = {}

    def _at(self, width: int) -> Content:
        if width != self._width:
            when = text.date_time(self._event.wall_s, self._zone)
            self._width, self._drawn = width, draw_event(self._event, when, self._who_width, width)
        return self._drawn


def _name(event: EventEntry) -> str:
    """Of one line only, also when a log begins anew with number 1."""
    return f"{event.wall_s}/{event.number}"


class EventList(Rows):
    """Follows the newest line until the user walks up."""

    HELP: ClassVar[str] = """\
What happened: date and time, charger or site, and what; the newest at the bottom. Walking up (or a click) stops \
following, End or {follow} follows again. At the top older lines are read from what this computer remembers. {find} \
shows only lines with some words, {level} only warnings or faults, {of} only one charger; {freeze} freezes."""

    class AtTop(Message):
        """The user has walked to the first line and may want older ones."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self.following = True
        self._shown: tuple[str, ...] = ()
        self._drawn: tuple[object, ...] = ()
        self._rows: dict[str, tuple[Option, EventRow]] = {}
        """By id, also of lines that a filter hides: they come back as they were drawn."""
        self._rows_for: tuple[object, ...] = ()

    def show(self, events: Sequence[EventEntry], known: Sequence[EventEntry], top: str, zone: tzinfo | None) -> None:
        """Shows lines, oldest first, below a row that says what is above them; `known` are those that a filter hides,
        too.
        """
        width = self.scrollable_content_region.width
        who_width = max([4, *(len(event.charger_id or "") for event in events)])
        shown = tuple(map(_name, events))
        drawn = (top, width, who_width)
        if drawn == self._drawn and shown == self._shown:
            return
        appended = drawn == self._drawn and self._shown and shown[: len(self._shown)] == self._shown
        new = events[len(self._shown) :] if appended else events
        options = self._options_of(new, zone, who_width)
        if len(self._rows) > len(known):
            names = map(_name, known)
            self._rows = {name: self._rows[name] for name in names if name in self._rows}
        if appended:
            self.add_options(options)
        else:
            chosen = self.highlighted_option
            self.set_options([Option(columns.styled(top), disabled=True), *options])
            if not self.following and chosen is not None and chosen.id in shown:
                self.highlighted = self.get_option_index(chosen.id)
        self._shown, self._drawn = shown, drawn
        if self.following:
            self.follow()

    def _options_of(self, events: Sequence[EventEntry], zone: tzinfo | None, who_width: int) -> list[Option]:
        if self._rows_for != (zone, who_width):
            self._rows_for, self._rows = (zone, who_width), {}
        options = []
        for event in events:
            name = _name(event)
            known = self._rows.get(name)
            if known is None:
                row = EventRow(event, zone, who_width)
                known = self._rows[name] = Option(row, id=name), row
            options.append(known[0])
        return options

    def notify_style_update(self) -> None:
        for _option, row in self._rows.values():
            row.forget()
        super().notify_style_update()

    def follow(self) -> None:
        """To the newest line, and stay there."""
        self.following = True
        self.highlighted = self.option_count - 1 if self.option_count > 1 else None

    def action_cursor_up(self) -> None:
        self.following = False
        if self.highlighted is not None and self.highlighted <= 1:
            self.post_message(self.AtTop())
            return
        super().action_cursor_up()

    def action_cursor_down(self) -> None:
        if self.highlighted is not None and self.highlighted < self.option_count - 1:
            super().action_cursor_down()
        self.following = self.highlighted == self.option_count - 1

    def action_page_up(self) -> None:
        self.following = False
        at_top = self.highlighted is not None and self.highlighted <= 1
        super().action_page_up()  # type: ignore[no-untyped-call]  # Textual gives it no types
        if at_top:
            self.post_message(self.AtTop())

    def action_first(self) -> None:
        self.following = False
        super().action_first()

    def action_last(self) -> None:
        self.follow()

    def on_option_list_option_selected(self, _event: OptionList.OptionSelected) -> None:
        self.following = self.highlighted == self.option_count - 1

    def on_mouse_scroll_up(self) -> None:
        self.following = False
        if self.scroll_offset.y == 0:
            self.post_message(self.AtTop())
