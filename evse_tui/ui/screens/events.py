"""The event log, from the newest line back into the past."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.events import Key, Resize
from textual.widgets import Input, Static

from evse_tui.errors import UserError
from evse_tui.ui.event_filter import EventFilter, KnownLines, from_memory
from evse_tui.ui.frame import Frame
from evse_tui.ui.key_words import default_key, with_keys
from evse_tui.ui.screens.screen import Context, SiteScreen
from evse_tui.ui.widgets.event_list import EventList

_PAGE: Final = 200
_MOST_PAGES: Final = 10
"""Read for one request while nothing matches the words."""
_SAME_MOMENT_S: Final = 0.001


class Events(SiteScreen):
    """A row of filters above the list."""

    NAME = "events"
    HELP = EventList.HELP
    CSS_PATH = "events.tcss"
    BINDINGS = [Binding("escape", "back", "Back", show=False)]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._words = Input(placeholder="words", compact=True, id="words")
        self._chosen = Static(id="chosen", markup=False)
        self._list = EventList(id="event-list")
        self._lines = KnownLines()
        self._filter = EventFilter()
        self._before: int | None = None
        """Number of the oldest line read, for the next page."""
        self._ended = False
        """Whether nothing older is remembered."""
        self._reading = False

    def body(self) -> ComposeResult:
        with Horizontal(id="filters"):
            yield Static(" Find ", id="find-label", markup=False)
            yield self._words
            yield self._chosen
        with Container(id="main"):
            yield self._list

    def on_mount(self) -> None:
        self._list.focus()

    @property
    def acts(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {
            "find": self._find,
            "level": self._next_level,
            "of": self._next_charger,
            "follow": self._follow,
            "older": self._read_older,
        }

    def show_tables(self, frame: Frame) -> None:
        self._lines.take_live(frame.snapshot.events)
        if self._list.following and self._filter == EventFilter() and self._lines.forget_passed():
            self._before, self._ended = None, False
        self._refresh()

    def on_resize(self, _event: Resize) -> None:
        if self.frame is not None:
            self._refresh()

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input is self._words:
            self._narrow(replace(self._filter, text=event.value))

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        self._list.focus()

    def on_key(self, event: Key) -> None:
        if self.focused is self._words and event.key in ("down", "up"):
            self._list.focus()
            event.stop()

    def on_event_list_at_top(self, _message: EventList.AtTop) -> None:
        read: Callable[[], Awaitable[None]] = self._read_older
        self.run_worker(read, group="older events", name="older events")

    def action_back(self) -> None:
        """All events again."""
        self._words.value = ""
        self._list.focus()

    async def _find(self) -> None:
        self._words.focus()

    async def _next_level(self) -> None:
        self._narrow(replace(self._filter, importance=self._filter.importance.next))

    async def _next_charger(self) -> None:
        if self.frame is None:
            return
        ids: list[str | None] = [None, "", *(charger.id for charger in self.frame.snapshot.chargers)]
        place = ids.index(self._filter.charger_id) if self._filter.charger_id in ids else -1
        self._narrow(replace(self._filter, charger_id=ids[(place + 1) % len(ids)]))

    async def _follow(self) -> None:
        if self._list.following:
            self._list.following = False
        else:
            self._list.follow()
        self._refresh()

    async def _read_older(self) -> None:
        """One page of what matches, from the store; more pages while none of their lines has the words."""
        if self._reading or self._ended or self._lines.room <= 0:
            return
        self._reading = True
        self._refresh()
        wanted = self._filter
        try:
            for _page in range(_MOST_PAGES):
                if not await self._read_page(wanted):
                    break
        except UserError as error:
            self.notify(str(error), title="The past can't be read", severity="error")
        finally:
            self._reading = False
            self._refresh()

    async def _read_page(self, wanted: EventFilter) -> bool:
        """True if another page is needed to show anything new."""
        oldest_s = self._lines.oldest_s
        to_s = float("inf") if self._before is not None or oldest_s is None else oldest_s + _SAME_MOMENT_S
        page = await self.context.site.memory.events(
            to_s=to_s,
            charger_id=wanted.charger_id,
            levels=wanted.importance.levels,
            before=self._before,
            limit=_PAGE,
        )
        if wanted != self._filter:  # the user has changed it meanwhile: this page is of no use
            return False
        self._ended = len(page) < _PAGE
        if page:
            self._before = page[-1].number
        found = [event for line in reversed(page) if wanted.matches(event := from_memory(line))]
        return self._lines.take_older(found) == 0 and not self._ended

    def _narrow(self, wanted: EventFilter) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self._before, self._ended = None, False
            self._lines.forget_older()
            self._refresh()

    def _refresh(self) -> None:
        if not self.is_attached:
            return
        known = self._lines.all()
        shown = [event for event in known if self._filter.matches(event)]
        if self._reading:
            top = "Reading older events .."
        elif self._ended:
            top = "Nothing older is remembered."
        elif self._lines.room <= 0:
            top = "Older events: narrow the filter to read on."
        else:
            key_name = default_key if self.frame is None else self.frame.key_name
            top = with_keys("Older events: walk up or press {older}.", key_name)
        self._list.show(shown, known, top, None if self.frame is None else self.frame.zone)
        who = {None: "all", "": "site"}.get(self._filter.charger_id, self._filter.charger_id)
        follows = "following" if self._list.following else "not following"
        self._chosen.update(f" Level: {self._filter.importance.value}  Of: {who}  {len(shown)} shown, {follows}")
