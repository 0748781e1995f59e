"""The terminal application: takes snapshots, paints frames, turns keys into actions. It decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual.app import App
from textual.binding import Binding
from textual.events import Event, InputEvent, Key
from textual.screen import ModalScreen

from evse_tui.clock import Clock
from evse_tui.control.types import Mode
from evse_tui.site.commands import Command, SiteView
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot
from evse_tui.ui.actions import ACTIONS, BY_NAME, GO, IN_FOOTER_ORDER, POSSIBLE, Action, Situation, possible
from evse_tui.ui.flows import FLOWS
from evse_tui.ui.frame import Frame, is_urgent
from evse_tui.ui.key_words import with_keys
from evse_tui.ui.playing import Playing
from evse_tui.ui.preferences import Preferences
from evse_tui.ui.repairs import let_closed_widgets_go
from evse_tui.ui.screens.registry import HOME, SCREENS, Entry
from evse_tui.ui.screens.screen import Context, SiteScreen
from evse_tui.ui.stylesheet import ParsedOnce
from evse_tui.ui.themes import DARK, LIGHT
from evse_tui.ui.widgets.charger_card import ChargerCard
from evse_tui.ui.widgets.tabs import Tabs
from evse_tui.ui.zones import Zones

if TYPE_CHECKING:
    from evse_tui.board.recording import WireView

_T = TypeVar("_T")

PAINT_INTERVAL_S: Final = 0.5
SWITCH_S: Final = 0.01
"""Until a screen that was there before is shown: it has been styled and painted by then."""


def _nothing() -> None:
    """What happens when nobody minds."""


class EvseApp(App[None], inherit_bindings=False):
    """The terminal on one site.

    Snapshots come from `site` as they are; they are painted at 2 Hz, and at once after a key, a change of state or a
    fault. `clock` is the one of `Snapshot.at_ms`. Times of day are in the zone that the snapshot names, else in `zone`;
    None is the machine's own. `decides` says whether charging needs this program, or goes on without it.
    """

    ENABLE_COMMAND_PALETTE = False  # Textual's own can fail when it is closed while it searches; ours never waits
    DEFAULT_MODE = HOME
    # Dialogs find their styles parsed: adding a file later parses everything again while the user waits.
    CSS_PATH = ["screens/screen.tcss", "modals/modal.tcss", "screens/help.tcss"]
    NOTIFICATION_TIMEOUT = 6
    BINDINGS: ClassVar = [
        *(
            Binding(a.keys, f"act('{a.name}')", a.title, show=a.footer, id=a.name, tooltip=a.doc)
            for a in IN_FOOTER_ORDER
        ),
    ]

    def __init__(
        self,
        site: SiteView,
        *,
        title: str,
        api_url: str | None,
        clock: Clock,
        zone: tzinfo | None = None,
        decides: bool = True,
        wires: WireView | None = None,
        player: Playing | None = None,
    ) -> None:
        let_closed_widgets_go()
        super().__init__()
        self.title = title
        self.decides = decides
        self._site = site
        self._clock = clock
        self._zones = Zones(zone)
        self._live = site.snapshot
        self._selected_id: str | None = None
        self._frozen: Frame | None = None
        self._asking = False
        self._started = False
        self._offered: tuple[Action, ...] | None = None
        self._wires = wires
        self.player = player
        """The recording that is shown instead of a site."""
        self._for_screens = Context(site, title, api_url, clock, self.ask, self._screen_key, wires, player)
        self._shown = HOME
        self._screens: dict[str, SiteScreen] = {}
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self.stylesheet = ParsedOnce(self.get_css_variables())
        self.animation_level = "none"  # a list that glides to the chosen charger shows it a quarter of a second later
        for entry in SCREENS:
            self.add_mode(entry.name, partial(self._make, entry))
        self._keys: Mapping[str, str] = {}
        self.before_pause: dict[str, Mode] = {}
        """The mode of each charger before this user paused it."""
        self.painted = asyncio.Event()
        """Set once the first frame is on the screen."""
        self.screen_made: Callable[[], None] = _nothing
        """Called when a screen has shown its first frame; it stays until the end."""

    def prefer(self, preferences: Preferences) -> None:
        """Colours and keys of this user."""
        self.theme = preferences.theme
        self._keys = preferences.keys
        self.set_keymap(dict(preferences.keys))

    # What actions may use.

    @property
    def live(self) -> Snapshot:
        """The newest snapshot, frozen tables or not."""
        return self._live

    def situation(self) -> Situation:
        """What decides which actions make sense now."""
        now = Situation(self._live, self._selection(), self._shown, recorded=self.player is not None)
        if self._wires is None:
            return now
        recording = self._wires.recording
        capturing = recording is not None and recording.running
        return replace(now, no_capture=self._wires.obstacle, capturing=capturing)

    @property
    def zone(self) -> tzinfo | None:
        """Of all times of day; None is the machine's own."""
        return self._zones.named(self._live.zone)

    @property
    def wall_s(self) -> float:
        """Wall time now, or at the moment of the recording that is shown."""
        return self._clock.wall_s()

    def look(self) -> None:
        """Takes the newest snapshot now: a recording was moved, and the one before is of another time."""
        self._live = self._site.snapshot

    def selected(self) -> ChargerSnapshot:
        """The charger that actions are about.

        Raises:
            LookupError: there is none; actions that need one are not offered then.
        """
        charger = self._selection()
        if charger is None:
            raise LookupError("no charger is selected")
        return charger

    def local_time(self, wall_s: float | None = None) -> datetime:
        """A moment, by default now, as a clock on the wall shows it: naive, to the minute."""
        zone = self._zones.named(self._live.zone)
        moment = datetime.fromtimestamp(self._clock.wall_s() if wall_s is None else wall_s, zone)
        return moment.replace(second=0, microsecond=0, tzinfo=None)

    async def ask(self, screen: ModalScreen[_T]) -> _T | None:
        """Shows a dialog and waits for its answer; None if another one is open already."""
        if self._asking:
            return None
        self._asking = True
        try:
            return await self.push_screen_wait(screen)
        finally:
            self._asking = False

    async def send(self, command: Command) -> None:
        """Hands a command to the site; a refusal is shown, an acceptance comes back in the next snapshot."""
        outcome = await self._site.execute(command)
        if not outcome.accepted:
            self.notify(outcome.detail or "Refused.", title="Not done", severity="error")

    def start(self, name: str) -> None:
        """Starts an action by name, or says why it makes no sense now."""
        obstacle = BY_NAME[name].obstacle(self.situation())
        if obstacle != POSSIBLE:
            self.notify(obstacle, severity="warning")
            return
        run: Callable[[], Awaitable[None]] = partial(self._run_flow, name)
        # Not yet a coroutine: one that is never started, because the program ends first, would warn.
        self.run_worker(run, group="flow", name=name)

    async def go(self, name: str) -> None:
        """Shows the screen `name`; not while a question waits for its answer."""
        if self._asking or name == self._shown or not self.screen_stack:  # the last: the program has ended meanwhile
            return
        self._shown = name
        with self.batch_update():  # what is shown first is the whole screen
            await self.switch_mode(name)

    def toggle_freeze(self) -> None:
        """Holds the tables at the newest frame, or lets them go on."""
        self._frozen = self._frame() if self._frozen is None else None

    def select_by(self, step: int) -> None:
        """Selects the charger `step` places further on, around the end."""
        ids = [charger.id for charger in self._live.chargers]
        if ids:
            position = ids.index(self._selected_id) if self._selected_id in ids else 0
            self._select(ids[(position + step) % len(ids)])

    def focused_help(self) -> tuple[str, str]:
        """Title and text of the help for what has the focus, or for the whole screen."""
        for node in () if self.focused is None else self.focused.ancestors_with_self:
            words = getattr(node, "HELP", "")
            if words:
                title = str(getattr(node, "border_title", None) or "this panel").strip(" ▸")
                return title, with_keys(words, self.key_name)
        words = self._site_screen().HELP or "Select a panel with Tab or by mouse, then ask again."
        return "this screen", with_keys(words, self.key_name)

    def key_name(self, action: str) -> str:
        """The first key of an action, by its name, as people write it."""
        return self.get_key_display(Binding(self._keys_of(BY_NAME[action])[0], ""))

    def _keys_of(self, action: Action) -> list[str]:
        return self._keys.get(action.name, action.keys).split(",")

    # What Textual calls.

    def on_site_screen_ready(self, _message: SiteScreen.Ready) -> None:
        self.paint()
        self.call_after_refresh(self._first_frame)
        if self._started:
            return
        self._started = True
        self.set_interval(PAINT_INTERVAL_S, self.paint)
        watch: Callable[[], Awaitable[None]] = self._watch
        self.run_worker(watch, group="snapshots", name="snapshots")

    def _first_frame(self) -> None:
        self.painted.set()
        self.screen_made()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "act":
            return BY_NAME[str(parameters[0])].obstacle(self.situation()) == POSSIBLE
        return True

    def delay_update(self, delay: float = SWITCH_S) -> None:
        """Textual hides each change of the screen for 50 ms; ours is drawn sooner."""
        super().delay_update(min(delay, SWITCH_S))

    def _fatal_error(self) -> None:
        """Textual also shows the values of variables: seconds of work while nobody decides, and numbers of cards."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self._exit_renderables.append(Segments(self.console.render(Traceback(width=None))))
        self._close_messages_no_wait()

    async def on_event(self, event: Event) -> None:
        """Keys and clicks that come after the end are for nobody: there is no screen any more."""
        if isinstance(event, InputEvent) and (self._exit or not self.screen_stack):
            return
        await super().on_event(event)

    def on_key(self, event: Key) -> None:
        """A key whose action makes no sense now gets its reason, not silence."""
        if isinstance(self.screen, ModalScreen):
            return
        bound = self.screen.active_bindings.get(event.key)
        if bound is not None and bound.node is not self:  # what has the focus uses this key itself
            return
        for action in ACTIONS:
            if event.key in self._keys_of(action) and not action.obstacle(self.situation()):
                return
        for action in ACTIONS:
            if event.key in self._keys_of(action):
                self.notify(action.obstacle(self.situation()), severity="warning")
                return

    def action_act(self, name: str) -> None:
        """Starts an action of the registry."""
        self.start(name)

    async def action_quit(self) -> None:
        """Also for whatever else wants to quit: it asks first."""
        self.start("quit")

    def on_tabs_chosen(self, message: Tabs.Chosen) -> None:
        if message.name != self._shown:
            self.start(f"{GO}{message.name}")

    def on_charger_card_selected(self, message: ChargerCard.Selected) -> None:
        if message.charger_id != self._selected_id:
            self._selected_id = message.charger_id
            self.paint()

    def paint(self) -> None:
        """Shows the newest frame; widgets whose text stays the same do nothing."""
        live = self._frame()
        tables = live if self._frozen is None else replace(self._frozen, selected_id=live.selected_id)
        self._site_screen().show(live, tables, wall_s=self._clock.wall_s())
        offered = possible(self.situation())
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    async def _watch(self) -> None:
        async for snapshot in self._site.snapshots():
            urgent = is_urgent(self._live, snapshot)
            self._live = snapshot
            if urgent:
                self.paint()

    async def _run_flow(self, name: str) -> None:
        if BY_NAME[name].obstacle(self.situation()) != POSSIBLE:  # the site may have changed since the key
            return
        if name in FLOWS:
            await FLOWS[name](self)
        else:
            await self._site_screen().acts[name]()
        self.paint()

    def _frame(self) -> Frame:
        charger = self._selection()
        selected_id = None if charger is None else charger.id
        return Frame(self._live, self._clock.now_ms(), selected_id, self._zones.named(self._live.zone), self.key_name)

    def _selection(self) -> ChargerSnapshot | None:
        """The selected charger; the first one until the user chose, or when the chosen one is gone."""
        chargers = self._live.chargers
        for charger in chargers:
            if charger.id == self._selected_id:
                return charger
        return chargers[0] if chargers else None

    def _select(self, charger_id: str) -> None:
        self._selected_id = charger_id
        self._site_screen().select(charger_id)

    def _screen_key(self, name: str) -> str:
        return self.key_name(f"{GO}{name}")

    def _site_screen(self) -> SiteScreen:
        """The one that is shown, maybe below a dialog."""
        return self._screens[self._shown]

    def _make(self, entry: Entry) -> SiteScreen:
        self._screens[entry.name] = screen = entry.load()(self._for_screens)
        return screen
