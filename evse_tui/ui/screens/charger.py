"""Everything about the selected charger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll

from evse_tui.ui.frame import Frame
from evse_tui.ui.screens.screen import Context, SiteScreen
from evse_tui.ui.widgets.charger_panels import (
    BoardPanel,
    ChargerEventsPanel,
    DecisionPanel,
    FrontPanel,
    LinkPanel,
    PlanPanel,
    ReaderPanel,
    SessionPanel,
    SlotsPanel,
    StatePanel,
)
from evse_tui.ui.widgets.pilot_scope import PilotScope


class Charger(SiteScreen):
    """Panels in two or three columns that scroll together."""

    NAME = "charger"
    CSS_PATH = "charger.tcss"
    HELP = """\
Everything known about the selected charger; {next} selects the next one. Tab goes from panel to panel, arrow keys and \
the mouse wheel scroll, and the help of a panel with the focus explains it."""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (130, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (50, "-tall")]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._panels = (
            (StatePanel(id="state"),),
            (DecisionPanel(id="decision"), PlanPanel(id="plan"), SessionPanel(id="session")),
            (BoardPanel(id="board"), SlotsPanel(id="slots")),
            (FrontPanel(id="front"), ReaderPanel(id="reader"), LinkPanel(id="charger-link")),
        )

        self._events = ChargerEventsPanel(id="charger-events")
        self._scope = PilotScope(context.site, id="scope")

    def body(self) -> ComposeResult:
        with VerticalScroll(id="main", can_focus=False):
            yield from self._panels[0]
            yield self._scope
            with Container(id="columns"):
                for column in self._panels[1:]:
                    with Vertical(classes="column"):
                        yield from column
            yield self._events

    def show_tables(self, frame: Frame) -> None:
        for column in self._panels:
            for panel in column:
                panel.show(frame)
        if self._events.display:
            self._events.show(frame)
        self._scope.show(frame)

    def on_screen_resume(self) -> None:
        self._scope.resume()

    @property
    def acts(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {"scope": self._toggle, "zoom-in": self._zoom_in, "zoom-out": self._zoom_out}

    async def _toggle(self) -> None:
        self._scope.toggle()

    async def _zoom_in(self) -> None:
        self._scope.zoom(-1)

    async def _zoom_out(self) -> None:
        self._scope.zoom(1)
