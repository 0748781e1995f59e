"""The dashboard: chargers, power flow, phases, links and events on one screen."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, VerticalScroll
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from evse_tui.site.snapshot import ChargerSnapshot
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.charger_card import ChargerCard
from evse_tui.ui.widgets.event_log import EventLog
from evse_tui.ui.widgets.header import Header
from evse_tui.ui.widgets.link_health import LinkHealthPanel
from evse_tui.ui.widgets.phase_bars import CircuitBars, MainsBars
from evse_tui.ui.widgets.power_flow import PowerFlow
from evse_tui.ui.widgets.warnings import Warnings

_TALL: Final = 34
_CARD_ROWS: Final = 9
_NOTHING: Final = """\
There is no charger yet.

Quit (q) and start with a board:     evse-tui --board PORT
or describe your site in a file:     evse-tui config init
or try it without any hardware:      evse-tui demo"""


class ChargerList(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to the selected card; the arrow keys select and do not scroll."""


class Dashboard(Screen[None]):
    """Shows frames; decides only what fits where."""

    CSS_PATH = "dashboard.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (160, "-wide")]

    class Ready(Message):
        """The screen is there and can show frames."""

    def __init__(self, title: str, api_url: str | None) -> None:
        super().__init__()
        self._site_title = title
        self._api_url = api_url
        self._tables: Frame | None = None

    def compose(self) -> ComposeResult:
        yield Header(self._site_title, self._api_url)
        yield Warnings(id="warnings")
        with Container(id="main"):
            with ChargerList(id="chargers"):
                nothing = Static(_NOTHING, id="nothing", markup=False)
                nothing.border_title = " No charger "
                yield nothing
            with Container(id="site"):
                flow = PowerFlow(id="flow")
                flow.border_title = " Power "
                yield flow
                with Horizontal(id="bars"):
                    yield MainsBars(id="mains")
                    yield CircuitBars(id="circuit")
                link = LinkHealthPanel(id="link")
                link.border_title = " Links "
                yield link
            events = EventLog(id="events")
            events.border_title = " Events "
            yield events
        yield Footer(compact=True, show_command_palette=False)

    async def show(self, live: Frame, tables: Frame, *, wall_s: float) -> None:
        """Shows `live` in the header and `tables` everywhere else; they differ while the tables are frozen."""
        self._tables = tables
        frozen = live is not tables
        self.set_class(frozen, "-frozen")
        self.set_class(live.stale, "-stale")
        header = self.query_one(Header)
        header.wall_s = wall_s
        header.frozen_s = tables.snapshot.wall_s if frozen else None
        header.show(live)
        self.query_one(Warnings).show(live)
        await self._sync_cards(tables)
        self._arrange()
        for card in self.query(ChargerCard):
            card.show(tables)
        for panel in (PowerFlow, MainsBars, CircuitBars, LinkHealthPanel):
            self.query_one(panel).show(tables)
        self.query_one(EventLog).show(tables)

    def on_mount(self) -> None:
        self.post_message(self.Ready())

    def on_resize(self, _event: Resize) -> None:
        self._arrange()

    def card(self, charger_id: str) -> ChargerCard | None:
        """The card of a charger, if there is one."""
        for card in self.query(ChargerCard):
            if card.charger_id == charger_id:
                return card
        return None

    async def _sync_cards(self, frame: Frame) -> None:
        wanted = [charger.id for charger in frame.snapshot.chargers]
        present = [card.charger_id for card in self.query(ChargerCard)]
        if wanted == present:
            return
        box = self.query_one("#chargers")
        await self.query(ChargerCard).remove()
        await box.mount_all(ChargerCard(charger_id) for charger_id in wanted)
        self.query_one("#nothing").display = not wanted
        if frame.selected_id is not None and (card := self.card(frame.selected_id)) is not None:
            card.focus()

    def _arrange(self) -> None:
        """Full cards, the bus bar and the link table where there is room for them."""
        if self._tables is None:
            return
        snapshot = self._tables.snapshot
        tall = self.size.height >= _TALL
        all_full = tall and len(snapshot.chargers) * _CARD_ROWS <= self.size.height * 0.6
        several = len(snapshot.chargers) > 1
        for card in self.query(ChargerCard):
            chosen = card.charger_id == self._tables.selected_id
            charger = snapshot.charger(card.charger_id)
            card.border_title = f" {'▸ ' if chosen and several else ''}{_title(charger)} "
            card.set_class(chosen and several, "-selected")
            card.set_compact(compact=several and not chosen and not all_full)
        self.query_one(PowerFlow).set_roomy(tall)
        self.query_one(LinkHealthPanel).set_roomy(tall)


def _title(charger: ChargerSnapshot) -> str:
    return f"{charger.id} {charger.name}".rstrip()
