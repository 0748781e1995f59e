"""One charger at run time: its board, its own meter, its energy, and the commands on their way to it.

The parts each do one thing; this is where what the board says reaches them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import Final

from evse_protocol.messages import EventKind, Flag, Pilot
from evse_protocol.payloads import Event, Identity, Status
from evse_tui.board.client import BoardClient
from evse_tui.board.events import (
    BoardReset,
    ClientEvent,
    EventArrived,
    GrantAnswered,
    GrantFailed,
    LinkChanged,
    StatusArrived,
    TraceArrived,
)
from evse_tui.board.model import LinkState
from evse_tui.board.ports import Opener
from evse_tui.clock import Clock
from evse_tui.config import ChargerConfig
from evse_tui.control.types import ChargerObservation, Constraint, Mode
from evse_tui.site.board_actions import BoardActions
from evse_tui.site.board_events import BoardEvents
from evse_tui.site.booster import Booster
from evse_tui.site.card_reader import CardReader
from evse_tui.site.cards import Cards
from evse_tui.site.commands import EvMeasurement, EvStateMeasurement, Source
from evse_tui.site.energy import EnergyAccount
from evse_tui.site.ev_meter import EvMeter
from evse_tui.site.ev_state import EvState
from evse_tui.site.grants import Grants
from evse_tui.site.host import ChargerHost
from evse_tui.site.lock_hold import LockHoldKeeper
from evse_tui.site.panel import Facts
from evse_tui.site.panel_sender import PanelSender
from evse_tui.site.pilot_trace import PilotTracer
from evse_tui.site.plan import Plan
from evse_tui.site.progress import Commands
from evse_tui.site.rfid import Reader
from evse_tui.site.sources import Taken
from evse_tui.site.state import charger_state, lacks_power
from evse_tui.site.telemetry import Telemetry
from evse_tui.site.unheard import unheard_da
from evse_tui.site.values import Live, Values
from evse_tui.site.weld_reporter import WeldReporter
from evse_tui.site.wording import board_event_text, fault_text, reason_text
from evse_tui.store import BoardEvent, Energy, SettingKey

SILENT_MS: Final = 5_000
"""A STATUS comes once a second; of an older one the state is not believed any more."""
_TROUBLE: Final = (Constraint.MAINS_ABSENT, Constraint.MAINS_GONE)
"""Reasons for which the status light warns: the board does not know of them."""

Connect = Callable[[Opener, Clock, Callable[[ClientEvent], None]], BoardClient]


def _connect(opener: Opener, clock: Clock, on_event: Callable[[ClientEvent], None]) -> BoardClient:
    return BoardClient(opener, clock, on_event=on_event)


class ChargerRuntime:
    """Everything that is known about one charger, and the only one that talks to its board."""

    def __init__(
        self,
        config: ChargerConfig,
        opener: Opener,
        clock: Clock,
        values: Values,
        host: ChargerHost,
        *,
        energy: Energy | None,
        known_events: Iterable[BoardEvent],
        demo: bool,
        zone: tzinfo,
        cards: Cards,
        stored: Mapping[SettingKey, int],
        connect: Connect = _connect,
    ) -> None:
        """`connect` makes the client; a recording has its own."""
        self.config = config
        self.id = config.id
        self.override_da = 0
        self.client = connect(opener, clock, self._on_event)
        self.telemetry = Telemetry(config.id, self.client, clock, host)
        self.events = BoardEvents(self.client, known_events)
        self.grants = Grants(config.id, self.client, self.telemetry, host)
        self.commands = Commands()
        self.actions = BoardActions(config.id, self.client, self.telemetry, self.commands, clock, host)
        self.lock_hold = LockHoldKeeper(
            config.id, self.client, self.telemetry, host, wanted=lambda: values.lock_hold(config.id)
        )
        self.account = EnergyAccount(config.id, energy, clock.now_ms())
        self.plan = Plan(zone)
        self.booster = Booster(config.id, host)
        self.reader = CardReader(
            config.id,
            cards,
            self.client,
            self.telemetry,
            self.events,
            clock,
            host,
            reader=lambda: Reader(values.charger(config.id)["rfid_reader"]),
            stored=stored,
            known_events=known_events,
        )
        self.panel = PanelSender(
            config.id, self.client, self.telemetry, clock, host, settings=lambda: values.charger(config.id)
        )
        self.pilot = PilotTracer(config.id, self.client, clock, host)
        self.ev_state = EvState()
        self.ev = EvMeter(config.ev_meter, self.account, demo=demo)
        self.weld = WeldReporter(
            config.id,
            self.client,
            self.telemetry,
            self.commands,
            clock,
            host,
            alone=lambda: bool(values.charger(config.id)["ev_meter_alone"]),
        )
        self._clock = clock
        self.values = values
        self._host = host

    async def run(self) -> None:
        """Keeps the link until cancelled."""
        await self.client.run()

    @property
    def online(self) -> bool:
        """Whether the board takes commands."""
        return self.telemetry.online

    def observation(self, now_ms: int) -> ChargerObservation:
        """This charger as control sees it."""
        live = Live(self.override_da, self.booster.control, self.plan.control, self.reader.authorised)
        return ChargerObservation(
            id=self.id,
            settings=self.values.charger_for_control(self.config, live),
            board=self.telemetry.observation(now_ms),
            ev=self.ev.sample,
            session_wh=self.account.session_wh,
            unheard_da=self._unheard_da(now_ms),
        )

    def _unheard_da(self, now_ms: int) -> int:
        telemetry = self.telemetry
        if telemetry.status is None or telemetry.lost_ms is None:
            return 0
        return unheard_da(telemetry.status, telemetry.config, self.grants.lent_da, telemetry.lost_ms, now_ms)

    def feed(self, measurement: EvMeasurement, source: Source, now_ms: int) -> Taken:
        """Takes what this charger's own meter says."""
        taken = self.ev.feed(measurement, source, now_ms, self._clock.wall_s())
        if taken is not Taken.IGNORED:
            if measurement.currents_da is not None:
                self.weld.take_reading(self.ev)
            self._account_power(now_ms)
            self.booster.look(self.account.session_wh)
        return taken

    def feed_state(self, told: EvStateMeasurement) -> None:
        """Takes what somebody knows of the car."""
        self.ev_state.feed(told, self._clock.wall_s())

    def tick(self, now_ms: int) -> None:
        """Once a second: energy, schedule and commands move on."""
        self.telemetry.tick(now_ms)
        self._account_power(now_ms)
        self.booster.look(self.account.session_wh)
        self.follow_schedule(now_ms)
        self.reader.tick(now_ms)
        self.panel.look(self._facts(now_ms))
        self.pilot.tick(now_ms)
        if self.commands.look(now_ms):
            self._host.touch(at_once=True)

    def follow_schedule(self, now_ms: int) -> None:
        """Works out what the schedule means now."""
        self.plan.follow(self.values.schedule(self.id), now_ms, self._clock.wall_s())

    def _account_power(self, now_ms: int) -> None:
        self.ev.account_power(now_ms, self.telemetry.status, self.telemetry.board)

    # what the board says

    def _on_event(self, event: ClientEvent) -> None:
        match event:
            case StatusArrived(status):
                self._take_status(status)
            case LinkChanged(state, detail):
                self._take_link(state, detail)
            case EventArrived(board_event):
                self._take_board_event(board_event)
            case GrantAnswered(reply):
                self.grants.take_answer(reply)
                self._host.touch()
            case GrantFailed():
                self.grants.forget_sent()  # the next pass tries again
            case BoardReset(identity):
                self._take_reset(identity)
            case TraceArrived(trace):
                self.pilot.take(trace)

    def _take_status(self, status: Status) -> None:
        now_ms = self._clock.now_ms()
        before = self.telemetry.status
        self.account.plug(now_ms, self._clock.wall_s(), Flag.PLUGGED in status.flags)
        if Flag.PLUGGED not in status.flags:
            self.booster.car_left()
            self.ev_state.forget()
        self.telemetry.take_status(status, now_ms)
        if self.client.state is LinkState.OTHER_HOST:
            self.grants.overruled()
        self.reader.take_status(status, now_ms)
        self._account_power(now_ms)
        self.lock_hold.keep(status, now_ms)
        self.weld.take_status(status, now_ms)
        news = before is None or _looks(before) != _looks(status)
        if news:
            self.panel.look(self._facts(now_ms))
        if self.commands.look(now_ms) or news:
            self._host.touch(at_once=True)
        else:
            self._host.touch()

    def _take_link(self, state: LinkState, detail: str) -> None:
        if state is LinkState.ONLINE:
            self.lock_hold.retry()
            self.grants.forget_sent()
            self.panel.forget()
        self.telemetry.take_link(state, detail)
        self.weld.link_changed()
        self.pilot.take_link(state)
        self._host.touch(at_once=True)

    def _take_reset(self, identity: Identity) -> None:
        self.grants.forget_sent()
        self.grants.overruled()
        self.panel.forget()
        self.telemetry.take_reset(identity)
        self._host.touch(at_once=True)

    def _take_board_event(self, event: Event) -> None:
        now_ms, wall_s = self._clock.now_ms(), self._clock.wall_s()
        new = self.events.take(event, wall_s)
        self._host.record_soon()
        if not new:
            return
        line = board_event_text(event)
        if line is not None:
            self._host.log(self.id, *line)
        self.reader.take_event(event)
        if self.telemetry.is_live(event):
            self.panel.take_event(event)
        if event.kind is EventKind.PILOT and event.code == Pilot.A:
            self.ev_state.forget()
        if event.kind is EventKind.PILOT and event.code == Pilot.A and self.telemetry.is_past(event):
            if self.telemetry.connected:
                self.account.replug(now_ms, wall_s)
            else:  # whether a car is there again is for the first STATUS to say
                self.account.plug(now_ms, wall_s, plugged=False)
            self.booster.car_left()
            self.telemetry.replugged(now_ms)
        elif event.kind is EventKind.COMMISSIONING and event.code == 2:
            self.telemetry.read_config(again=True)

    # the board's front

    def _facts(self, now_ms: int) -> Facts:
        """What a person in front of the board wants to know."""
        status, grant = self.telemetry.status, self.grants.newest
        live = status is not None and self.online and now_ms - self.telemetry.status_ms <= SILENT_MS
        state = charger_state(status, live)
        title = state.title
        if status is not None and status.faults:
            title = fault_text(status.faults)
        elif not live:
            title = "Not connected"
        ev, modelled = self.ev.snapshot(now_ms, self.telemetry.board)
        session = self.account.session()
        return Facts(
            title=title,
            mode=Mode(self.values.charger(self.id)["mode"]),
            state=state,
            plugged=status is not None and Flag.PLUGGED in status.flags,
            trouble=grant is not None and grant.reason.constraint in _TROUBLE,
            waiting=lacks_power(status, grant) or not self.reader.authorised,
            phases=0 if status is None else status.phases,
            offered_da=0 if status is None else status.offered_da,
            drawn_da=None if modelled or ev.currents_da is None else max(ev.currents_da),
            reason="" if grant is None else reason_text(grant.reason),
            session_wh=None if session is None else session.energy_wh,
            session_min=0 if session is None else session.duration_ms // 60_000,
            note=self.reader.note(now_ms),
        )


def _looks(status: Status) -> tuple[object, ...]:
    """What a person would call a change of state."""
    return status.pilot, status.flags, status.faults, status.hold, status.phases, status.offered_da
