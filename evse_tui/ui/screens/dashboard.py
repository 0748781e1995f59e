"""The dashboard: chargers, power flow, phases, links and events on one screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Resize

from evse_tui.store import SITE, SiteSeries, StoreError
from evse_tui.ui import words
from evse_tui.ui.frame import Frame
from evse_tui.ui.key_words import with_keys
from evse_tui.ui.past import series_of
from evse_tui.ui.screens.screen import Context, SiteScreen
from evse_tui.ui.widgets.charger_card import ChargerCard
from evse_tui.ui.widgets.event_log import EventLog
from evse_tui.ui.widgets.link_health import LinkHealthPanel
from evse_tui.ui.widgets.panel import Panel
from evse_tui.ui.widgets.phase_bars import CircuitBars, MainsBars
from evse_tui.ui.widgets.power_flow import PowerFlow
from evse_tui.ui.widgets.recent_chart import SPAN_S, RecentChart, span

_TALL: Final = 34
_WIDE: Final = 110
_KEPT_AFTER_S: Final = 2
"""A minute is over, and then written; asking later finds it."""
_ASK_AGAIN_S: Final = 5
"""While there is no past at all."""
_CARD_ROWS: Final = 9
"""A full card with two sentences below it."""
_CARDS_SHARE: Final = 0.6
"""Of the height; the site below or beside needs the rest."""
_NOTHING: Final = """\
There is no charger yet.

Quit ({quit}) and start with a board:     evse-tui --board PORT
or describe your site in a file:     evse-tui config init
or try it without any hardware:      evse-tui demo"""


class ChargerList(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to the selected card; the arrow keys select and do not scroll."""

    def reveal(self, rows: Sequence[int], index: int) -> None:
        """Scrolls so that the card `index` of cards so high is seen entirely: now, because Textual would lay out and
        paint the screen once, scroll, and do both again.
        """
        top, room = sum(rows[:index]), self.size.height
        scroll = self.scroll_offset.y
        if not scroll <= top <= top + rows[index] <= scroll + room:
            self.scroll_to(y=top - max(0, room - rows[index]) // 2, animate=False, immediate=True, force=True)


class _Nothing(Panel):
    """In the place of cards."""

    def draw(self, frame: Frame, width: int) -> Content:
        return Content(with_keys(_NOTHING, frame.key_name))


class Dashboard(SiteScreen):
    """Shows frames; decides only what fits where."""

    NAME = "dashboard"
    CSS_PATH = "dashboard.tcss"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._list = ChargerList(id="chargers")
        self._nothing = _Nothing(id="nothing")
        self._flow = PowerFlow(id="flow")
        self._bars = (MainsBars(id="mains"), CircuitBars(id="circuit"))
        self._link = LinkHealthPanel(id="link")
        self._events = EventLog(id="events")
        self._recent = RecentChart(id="recent")
        self._asked_s = (0.0, 0.0)
        """When the past was asked for, and when it will be again."""
        self._cards: dict[str, ChargerCard] = {}
        self._revealed: str | None = None
        """Scrolled to; from then on the list is the user's to scroll."""

    def body(self) -> ComposeResult:
        with Container(id="main"):
            with self._list:
                yield self._nothing
            with Container(id="site"):
                yield self._flow
                with Horizontal(id="bars"):
                    yield from self._bars
                yield self._link
            with Horizontal(id="news"):
                yield self._events
                yield self._recent

    def on_mount(self) -> None:
        self._nothing.set_title("No charger")
        self._link.set_title("Links")
        self._events.border_title = " Events "

    def on_resize(self, _event: Resize) -> None:
        if self.frame is not None:
            self.show_tables(self.frame)

    def select(self, charger_id: str) -> None:
        """Gives the focus to the card of a charger, if there is one."""
        if charger_id in self._cards:
            self.set_focus(self._cards[charger_id], scroll_visible=False)

    def show_tables(self, frame: Frame) -> None:
        self._match_cards(frame)
        tall = self.size.height >= _TALL
        self._flow.set_roomy(tall)
        self._link.set_roomy(tall)
        for panel in (self._nothing, self._flow, *self._bars, self._link):
            panel.show(frame)
        self._events.show(frame)
        self._show_recent(frame)

    def _show_recent(self, frame: Frame) -> None:
        """Beside the events, where both have room."""
        self._recent.display = self.size.width >= _WIDE and self.size.height >= _TALL and bool(frame.snapshot.chargers)
        if not self._recent.display:
            return
        self._recent.set_title(f"Last two hours{', simulated' if frame.snapshot.demo else ''}")
        wall_s = frame.snapshot.wall_s
        asked_s, again_s = self._asked_s
        if not asked_s <= wall_s < again_s:  # a recording can be wound back
            self._asked_s = wall_s, wall_s + _ASK_AGAIN_S
            read: Callable[[], Awaitable[None]] = partial(self._read_recent, wall_s)
            # not yet a coroutine: one that is never started, because the program ends first, would warn
            self.run_worker(read, group="recent", exclusive=True)
        self._recent.show(frame)

    async def _read_recent(self, wall_s: float) -> None:
        from_s, to_s = span(wall_s)
        try:
            series = await series_of(self.context.site.memory, SITE, from_s, to_s, SPAN_S // 60 + 2)
        except StoreError as error:
            self._recent.set_series(None, str(error))
        else:
            self._recent.set_series(series if isinstance(series, SiteSeries) else None)
            if series.points:
                self._asked_s = wall_s, to_s + _KEPT_AFTER_S
        if self.frame is not None and self.is_attached:
            self._recent.show(self.frame)

    def _match_cards(self, frame: Frame) -> None:
        """One card per charger, in the site's order; full where there is room, else only the selected one."""
        chargers = frame.snapshot.chargers
        wanted = [charger.id for charger in chargers]
        if wanted != list(self._cards):
            self._replace_cards(wanted, frame.selected_id)
        several = len(chargers) > 1
        height = self.size.height
        all_full = height >= _TALL and len(chargers) * _CARD_ROWS <= height * _CARDS_SHARE
        for charger in chargers:
            card = self._cards[charger.id]
            chosen = several and charger.id == frame.selected_id
            card.set_title(f"{'▸ ' if chosen else ''}{words.called(charger)}")
            card.set_role(selected=chosen, compact=several and not chosen and not all_full)
            card.show(frame)
        if frame.selected_id != self._revealed and frame.selected_id in wanted:
            self._revealed = frame.selected_id
            self._list.reveal([card.rows for card in self._cards.values()], wanted.index(frame.selected_id))

    def _replace_cards(self, wanted: list[str], selected_id: str | None) -> None:
        """Chargers come and go rarely (a reload of the configuration): new cards for all."""
        for card in self._cards.values():
            _removal = card.remove()
        self._cards = {charger_id: ChargerCard(charger_id) for charger_id in wanted}
        _mounting = self._list.mount_all(self._cards.values())
        self._nothing.display = not wanted
        if selected_id in self._cards:
            self._cards[selected_id].focus()
