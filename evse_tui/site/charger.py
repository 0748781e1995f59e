"""One charger at run time: its board's client, its own meter, its energy, and the commands on their way to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Coroutine, Iterable
from typing import Any, Final, Protocol

from evse_protocol.messages import Capability, EventKind, Flag, Pilot, Result, Slot
from evse_protocol.payloads import (
    Acknowledge,
    Config,
    ConfigGet,
    Event,
    Identity,
    LockHold,
    Payload,
    Reboot,
    Reply,
    Resume,
    Status,
    Unlock,
)
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.board.events import (
    BoardReset,
    ClientEvent,
    EventArrived,
    GrantAnswered,
    GrantFailed,
    LinkChanged,
    StatusArrived,
)
from evse_tui.board.model import LinkState
from evse_tui.board.ports import Opener
from evse_tui.clock import Clock
from evse_tui.config import ChargerConfig
from evse_tui.control.freshness import EV_METER_GONE_MS
from evse_tui.control.types import (
    Access,
    BoardObservation,
    ChargerGrant,
    ChargerObservation,
    Mode,
    PhaseCurrents,
    Sample,
)
from evse_tui.site.commands import BoardAction, EvMeasurement, Outcome, Source
from evse_tui.site.energy import W_PER_DA, EnergyAccount
from evse_tui.site.observe import observe, phases_available, picture
from evse_tui.site.progress import Commands
from evse_tui.site.snapshot import ChargerSnapshot, Freshness, Level, MeterSnapshot
from evse_tui.site.sources import MeterSource, Taken
from evse_tui.site.state import charger_error, charger_state, lacks_power
from evse_tui.site.values import Values
from evse_tui.site.wording import board_event_text, fault_text, granted_da, is_step, step_level, step_text
from evse_tui.store import BoardEvent, Energy

RENEW_MS: Final = 900
"""An unchanged grant is sent again after this long: by each pass of the 1 Hz tick, not by every sample."""
SILENT_MS: Final = 5_000
"""A STATUS comes once a second; of an older one the state is not believed any more."""
_PATIENCE_MS: Final = 10_000
"""How long an accepted board action may stay unseen."""
_RETRY_MS: Final = 10_000
_REMEMBERED_EVENTS: Final = 2_000


class ChargerHost(Protocol):
    """What a charger needs of its site."""

    def log(self, charger_id: str | None, level: Level, text: str) -> None:
        """Adds a line to the event log."""

    def touch(self, *, at_once: bool = False) -> None:
        """The snapshot has changed."""

    def decide_soon(self) -> None:
        """Something that control looks at has changed."""

    def record_soon(self) -> None:
        """Something waits for the store."""

    def spawn(self, coroutine: Coroutine[None, None, None], name: str) -> None:
        """Runs a background task until the site stops."""


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
    ) -> None:
        self.config = config
        self.id = config.id
        self.client = BoardClient(opener, clock, on_event=self._on_event)
        self.commands = Commands()
        self.override_da = 0
        self.account = EnergyAccount(config.id, energy, clock.now_ms())
        self.board: BoardObservation | None = None
        """What control sees: None until a STATUS has arrived in this connection."""
        self.grant: ChargerGrant | None = None
        self._clock = clock
        self._values = values
        self._host = host
        self._ev = MeterSource(config.ev_meter, demo=demo, gone_ms=EV_METER_GONE_MS)
        self._ev_sample: Sample | None = None
        self._status: Status | None = None
        self._status_ms = 0
        self._board_config: Config | None = None
        self._config_crc: int | None = None
        self._plugged_ms = 0
        self._connected_board_ms: int | None = None
        """Board clock at the first STATUS of this connection: events before it are news from the past."""
        self._sent: tuple[int, int, Access] | None = None
        self._sent_ms = 0
        self._logged_grant: ChargerGrant | None = None
        self._logged_link = ""
        self._refused: Result | None = None
        self._lock_hold_tried_ms: int | None = None
        self._pending_events: deque[BoardEvent] = deque()
        self._known_events = deque((_identity_of(event) for event in known_events), maxlen=_REMEMBERED_EVENTS)

    async def run(self) -> None:
        """Keeps the link until cancelled."""
        await self.client.run()

    @property
    def status(self) -> Status | None:
        """The newest STATUS, kept while the board is away."""
        return self._status

    @property
    def online(self) -> bool:
        """Whether the board takes commands."""
        return self.client.state is LinkState.ONLINE

    # control

    def observation(self) -> ChargerObservation:
        """This charger as control sees it."""
        return ChargerObservation(
            id=self.id,
            settings=self._values.charger_for_control(self.config, self.override_da),
            board=self.board,
            ev=self._ev_sample,
            session_wh=self.account.session_wh,
        )

    def apply(self, grant: ChargerGrant, now_ms: int) -> None:
        """Sends a decision to the board, unless the same one was sent a moment ago."""
        self.grant = grant
        if self.board is None:
            return
        wanted = (grant.limit_da if grant.access is Access.ALLOW else 0, grant.phases, grant.access)
        if wanted == self._sent and now_ms - self._sent_ms < RENEW_MS:
            return
        self._sent, self._sent_ms = wanted, now_ms
        self.client.grant(*wanted)

    def tell_step(self) -> None:
        """Writes the newest decision to the log if it is a step worth a line."""
        grant, before = self.grant, self._logged_grant
        if grant is None or not is_step(before, grant):
            return
        if granted_da(before) == 0 and (self.board is None or not self.board.plugged):
            return  # nobody waits for current
        self._logged_grant = grant
        self._host.log(self.id, step_level(grant), step_text(before, grant))

    # measurements

    def feed(self, measurement: EvMeasurement, source: Source, now_ms: int) -> Taken:
        """Takes what this charger's own meter says."""
        taken = self._ev.take(source, now_ms, self._clock.wall_s())
        if taken is Taken.IGNORED:
            return taken
        if measurement.currents_da is not None:
            self._ev.currents_da = measurement.currents_da
            self._ev_sample = Sample(measurement.currents_da, self._ev.arrived_ms or now_ms)
        if measurement.power_w is not None:
            self._ev.power_w = measurement.power_w
        if measurement.export_wh is not None:
            self._ev.export_wh = measurement.export_wh
        if measurement.import_wh is not None:
            self._ev.import_wh = measurement.import_wh
            self.account.meter(now_ms, measurement.import_wh)
        self._account_power(now_ms)
        return taken

    def _account_power(self, now_ms: int) -> None:
        status = self._status
        charging = self.board is not None and self.board.closed
        measured = self._ev.freshness(now_ms) in (Freshness.FRESH, Freshness.LATE)
        if measured and self._ev.power_w is not None:
            self.account.power(now_ms, self._ev.power_w, guessed=False, charging=charging)
        elif measured and self._ev.currents_da is not None:
            self.account.power(now_ms, sum(self._ev.currents_da) * W_PER_DA, guessed=True, charging=charging)
        else:
            offered_w = status.offered_da * status.phases * W_PER_DA if status is not None and charging else 0
            self.account.power(now_ms, offered_w, guessed=True, charging=charging)

    def tick(self, now_ms: int) -> None:
        """Once a second: energy and commands move on."""
        self._account_power(now_ms)
        if self.commands.look(now_ms):
            self._host.touch(at_once=True)

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
                self._take_answer(reply)
            case GrantFailed():
                self._sent = None  # the next pass tries again
            case BoardReset(identity):
                self._take_reset(identity)

    def _take_status(self, status: Status) -> None:
        now_ms = self._clock.now_ms()
        before, self._status, self._status_ms = self._status, status, now_ms
        if self.client.state in (LinkState.ONLINE, LinkState.READ_ONLY) and self._connected_board_ms is None:
            self._connected_board_ms = status.board_ms
        plugged = Flag.PLUGGED in status.flags
        if plugged and (before is None or Flag.PLUGGED not in before.flags):
            self._plugged_ms = now_ms
        self.account.plug(now_ms, self._clock.wall_s(), plugged)
        self._observe()
        self._account_power(now_ms)
        self._keep_lock_hold(status, now_ms)
        news = before is None or _looks(before) != _looks(status)
        if self.commands.look(now_ms) or news:
            self._host.touch(at_once=True)
        else:
            self._host.touch()

    def _observe(self) -> None:
        """Renews what control sees of the board, and asks for a decision if that has changed."""
        before = self.board
        if self._status is None or not self.online:
            self.board = None
        else:
            phases = phases_available(self._status, self.client.identity, self._board_config)
            self.board = observe(self._status, phases, self._plugged_ms)
        if self.board != before:
            self._host.decide_soon()

    def _take_link(self, state: LinkState, detail: str) -> None:
        if state is LinkState.ONLINE:
            self._lock_hold_tried_ms = None
            self._sent = None
            self._read_config()
        else:
            self._connected_board_ms = None
            self.board = None
            self._host.decide_soon()
        if state in (LinkState.ONLINE, LinkState.READ_ONLY, LinkState.OTHER_HOST, LinkState.SILENT, LinkState.WAITING):
            line = f"board {state.value}" + (f": {detail}" if detail else "")
            if line != self._logged_link:
                self._logged_link = line
                self._host.log(self.id, Level.INFO if state is LinkState.ONLINE else Level.WARNING, line)
        self._host.touch(at_once=True)

    def _take_answer(self, reply: Reply) -> None:
        if reply.result is not Result.OK:
            self._sent = None
            if reply.result is not self._refused:
                self._host.log(self.id, Level.WARNING, f"the board refused a grant: {reply.result.name}")
        self._refused = None if reply.result is Result.OK else reply.result
        self._host.touch()

    def _take_reset(self, identity: Identity) -> None:
        self._sent = None
        self.board = None
        self._connected_board_ms = None
        self._config_crc = None
        self._host.log(self.id, Level.WARNING, f"the board restarted (boot {identity.boot})")
        self._read_config()
        self._host.touch(at_once=True)

    def _take_board_event(self, event: Event) -> None:
        identity = self.client.identity
        now_ms, wall_s = self._clock.now_ms(), self._clock.wall_s()
        stored = BoardEvent(
            0 if identity is None else identity.serial,
            event.boot,
            event.number,
            event.board_ms,
            event.kind,
            event.code,
            event.value,
            wall_s,
        )
        key = _identity_of(stored)
        if len(self._pending_events) < _REMEMBERED_EVENTS:  # while the disk is full, the memory need not follow
            self._pending_events.append(stored)  # known or not: it is acknowledged after the store has it
        self._host.record_soon()
        if key in self._known_events:
            return
        self._known_events.append(key)
        line = board_event_text(event)
        if line is not None:
            self._host.log(self.id, *line)
        if event.kind is EventKind.PILOT and event.code == Pilot.A and self._is_past(event):
            self._plugged_ms = now_ms
            self.account.replug(now_ms, wall_s)
            self._observe()
        elif event.kind is EventKind.COMMISSIONING and event.code == 2:
            self._config_crc = None
            self._read_config()

    def _is_past(self, event: Event) -> bool:
        """Whether an event of this boot happened before this connection's first STATUS (wrapping 32-bit clock)."""
        identity = self.client.identity
        if self._connected_board_ms is None or identity is None or event.boot != identity.boot:
            return False
        return 0 < (self._connected_board_ms - event.board_ms) & 0xFFFF_FFFF < 1 << 31

    # the store

    def pending_events(self) -> tuple[BoardEvent, ...]:
        """Board events that wait for the store, in their order."""
        return tuple(self._pending_events)

    def events_stored(self, events: tuple[BoardEvent, ...]) -> None:
        """The store has `events`, the oldest pending ones: the board may forget them."""
        for _ in events:
            self._pending_events.popleft()
        if events:
            self.client.acknowledge_event(events[-1].boot, events[-1].number)

    # commands

    def _read_config(self) -> None:
        identity = self.client.identity
        if self.online and identity is not None and identity.config_crc != self._config_crc:
            self._host.spawn(self._fetch_config(identity), f"configuration of {self.id}")

    async def _fetch_config(self, identity: Identity) -> None:
        try:
            answer = await self.client.command(ConfigGet())
        except CommandError:
            self._board_config = None  # not commissioned, or gone: asked again when it is back
        else:
            if isinstance(answer, Config):
                self._board_config, self._config_crc = answer, identity.config_crc
        self._observe()

    def _keep_lock_hold(self, status: Status, now_ms: int) -> None:
        """Tells the board again what it forgets over a reset."""
        wanted = self._values.lock_hold(self.id)
        if wanted is (Flag.LOCK_HOLD in status.flags):
            return
        identity = self.client.identity
        if identity is None or not self.online or not identity.capabilities & Capability.SOCKET_LOCK:
            return
        if self._lock_hold_tried_ms is not None and now_ms - self._lock_hold_tried_ms < _RETRY_MS:
            return
        self._lock_hold_tried_ms = now_ms
        self._host.spawn(self._send_lock_hold(wanted), f"lock hold of {self.id}")

    async def _send_lock_hold(self, on: bool) -> None:
        try:
            await self.client.command(LockHold(int(on)))
        except CommandError as error:
            self._host.log(self.id, Level.WARNING, f"lock hold: {error}")

    def lock_hold_changed(self) -> None:
        """The wish has changed: it is sent with the next STATUS, not after the retry time."""
        self._lock_hold_tried_ms = None
        if self._status is not None:
            self._keep_lock_hold(self._status, self._clock.now_ms())

    def shows_lock_hold(self, on: bool) -> bool:
        """Whether the board says so."""
        return self._status is not None and (Flag.LOCK_HOLD in self._status.flags) is on

    def shows_decision_since(self, since_ms: int) -> bool:
        """Whether the board's telemetry after `since_ms` shows the newest decision in force."""
        status, grant = self._status, self.grant
        if status is None or grant is None or self.board is None or self._status_ms < since_ms:
            return False
        if status.access != int(grant.access):
            return False
        return grant.access is not Access.ALLOW or status.slots_da[Slot.HOST] == grant.limit_da

    async def act(self, action: BoardAction) -> Outcome:
        """Sends a momentary command and follows it; never kept for later: an unlock must not come as a surprise."""
        identity, status = self.client.identity, self._status
        if not self.online or identity is None or status is None:
            detail = self.client.detail or f"the link is {self.client.state.value}"
            return Outcome(False, f"charger {self.id} has no board now, nothing was sent: {detail}")
        progress = self.commands.request(
            action.value, self._clock.now_ms(), lambda: self._shows(action, status, identity), _PATIENCE_MS
        )
        self._host.touch(at_once=True)
        try:
            await self.client.command(_payload(action, status, identity))
        except CommandError as error:
            detail = str(error)
            if action is BoardAction.ACKNOWLEDGE and error.reply is not None:
                detail += f" Still there: {fault_text(error.reply.detail)}."
            progress.fail(self._clock.now_ms(), detail)
            return Outcome(False, detail)
        except BaseException:
            progress.fail(self._clock.now_ms(), "nobody waited for the answer")
            raise
        else:
            progress.accept(self._clock.now_ms())
            self._host.log(self.id, Level.INFO, f"{action.value}: accepted by the board")
            return Outcome(True)
        finally:
            self._host.touch(at_once=True)

    def _shows(self, action: BoardAction, before: Status, identity: Identity) -> bool:
        status = self._status
        if status is None:
            return False
        match action:
            case BoardAction.ACKNOWLEDGE:
                return not status.faults & before.faults
            case BoardAction.RESUME:
                return Flag.STOPPED not in status.flags
            case BoardAction.UNLOCK:
                return Flag.LOCKED not in status.flags
            case BoardAction.REBOOT:
                return self.client.identity is not None and self.client.identity.boot != identity.boot

    # windows

    def snapshot(self, now_ms: int, mains: Freshness) -> ChargerSnapshot:
        """Everything known, frozen."""
        client, status = self.client, self._status
        values = self._values.charger(self.id)
        ev = self._ev.snapshot(now_ms)
        modelled = ev.freshness in (Freshness.ABSENT, Freshness.GONE) and self.board is not None
        error = charger_error(status, self.online, Mode(values["mode"]), mains, ev.freshness)
        self.account.advance(now_ms)
        return ChargerSnapshot(
            id=self.id,
            name=self.config.title,
            serial=0 if client.identity is None else client.identity.serial,
            port=client.port,
            link=client.state,
            link_detail=client.detail,
            health=client.health,
            identity=client.identity,
            board=None if status is None else picture(status, now_ms - self._status_ms),
            mode=Mode(values["mode"]),
            override_da=self.override_da,
            settings=values,
            state=charger_state(status, live=now_ms - self._status_ms <= SILENT_MS),
            error=error.title,
            error_id=error,
            no_power=lacks_power(status, self.grant),
            plugged=status is not None and Flag.PLUGGED in status.flags,
            grant=self.grant,
            applied_da=None if client.applied is None else client.applied.applied_da,
            ev=self._modelled(ev) if modelled else ev,
            ev_modelled=modelled,
            session=self.account.session(),
            commands=self.commands.snapshots(now_ms),
            total_wh=self.account.total_wh,
        )

    def _modelled(self, ev: MeterSnapshot) -> MeterSnapshot:
        """Without a meter: what the car may draw through the closed contacts."""
        board = self.board
        offered_da = board.offered_da if board is not None and board.closed else 0
        three = board is not None and board.phases == 3
        currents: PhaseCurrents = (offered_da, offered_da * three, offered_da * three)
        return MeterSnapshot(kind=ev.kind, freshness=ev.freshness, currents_da=currents, import_wh=ev.import_wh)


def _payload(action: BoardAction, status: Status, identity: Identity) -> Payload:
    match action:
        case BoardAction.ACKNOWLEDGE:
            return Acknowledge(status.faults)
        case BoardAction.RESUME:
            return Resume()
        case BoardAction.UNLOCK:
            return Unlock()
        case BoardAction.REBOOT:
            return Reboot(identity.boot)


def _identity_of(event: BoardEvent) -> tuple[Any, ...]:
    return (event.serial, event.boot, event.number, event.board_ms, event.kind, event.code, event.value)


def _looks(status: Status) -> tuple[object, ...]:
    """What a person would call a change of state."""
    return status.pilot, status.flags, status.faults, status.hold, status.phases, status.offered_da
