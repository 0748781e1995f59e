"""The snapshot of a remote site, from the model that came over `/api/v1/snapshot`. The inverse of `views`. Pure.

Lost on the way is only what has no name here: states, flags and slots of a newer firmware. Such a value becomes
`UNNAMED`, such a bit is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum, IntFlag
from typing import Final, TypeVar

from evse_protocol.messages import (
    INACTIVE_DA,
    BoardKind,
    Capability,
    Fault,
    Flag,
    Hold,
    Pilot,
    ResetReason,
    Slot,
)
from evse_protocol.messages import Access as BoardAccess
from evse_protocol.payloads import Identity
from evse_tui.api.v1.models import board as board_models
from evse_tui.api.v1.models import charger as charger_models
from evse_tui.api.v1.models import site as site_models
from evse_tui.api.v1.models.command import Command
from evse_tui.api.v1.models.grant import Grant, Reason, Timer
from evse_tui.api.v1.models.meter import Battery, Meter
from evse_tui.board.model import LinkHealth, LinkState
from evse_tui.control.types import Access, ChargerGrant, Constraint, Mode, Surplus, TimerAction
from evse_tui.control.types import Reason as ControlReason
from evse_tui.control.types import Timer as ControlTimer
from evse_tui.site.snapshot import (
    BoardSnapshot,
    BoostSnapshot,
    ChargerSnapshot,
    ChargerState,
    CommandSnapshot,
    CommandState,
    EventEntry,
    EvStateSnapshot,
    Freshness,
    Level,
    MeterSnapshot,
    PanelSnapshot,
    RfidSnapshot,
    ScheduleSnapshot,
    SessionSnapshot,
    Snapshot,
)

UNNAMED: Final = 0xFF
"""A number that no enumeration of the board uses."""
_PHASES: Final = ("L1", "L2", "L3")
_NO_ERROR: Final = "None"

_Member = TypeVar("_Member", bound=Enum)


def snapshot_of(model: site_models.Snapshot) -> Snapshot:
    """The whole snapshot; `at_ms` and all that counts from it are on the remote host's clock."""
    site = model.site
    return Snapshot(
        number=site.number,
        at_ms=site.at_ms,
        wall_s=site.wall_s,
        started_s=site.started_s,
        chargers=tuple(_charger(charger, site.at_ms) for charger in model.chargers),
        mains=_meter(site.mains),
        circuit=_meter(site.circuit),
        battery=_battery(site.battery),
        pv=_meter(site.pv),
        surplus=None if site.surplus is None else _surplus(site.surplus),
        settings=site.settings,
        events=tuple(_event(event) for event in model.events),
        warnings=tuple(site.warnings),
        demo=site.demo,
        commands=_commands(site.commands),
        decided_ms=None if site.decision_age_ms is None else site.at_ms - site.decision_age_ms,
        name=site.name,
        rooms_da=site.rooms_da,
        budget_da=site.budget_da,
        grid_relay=site.grid_relay,
        price_milli_per_kwh=site.price_milli_per_kwh,
        zone=site.zone or "",
    )


def _member(kind: type[_Member], name: str) -> _Member:
    return kind[name.upper()]


def _number(kind: type[IntEnum], name: str) -> int:
    if name.upper() in kind.__members__:
        return kind[name.upper()]
    return UNNAMED


def _mask(kind: type[IntFlag], names: Iterable[str]) -> int:
    return sum(kind[name.upper()] for name in names)


def _meter(meter: Meter) -> MeterSnapshot:
    return MeterSnapshot(
        kind=meter.kind,
        freshness=_member(Freshness, meter.freshness),
        currents_da=meter.currents_da,
        power_w=meter.power_w,
        import_wh=meter.import_wh,
        export_wh=meter.export_wh,
        age_ms=meter.age_ms,
        updated_s=int(meter.updated_s or 0),
        simulated=meter.simulated,
    )


def _battery(battery: Battery) -> MeterSnapshot:
    return MeterSnapshot(
        kind=battery.kind,
        freshness=_member(Freshness, battery.freshness),
        currents_da=None if battery.current_da is None else (battery.current_da, 0, 0),
        power_w=battery.power_w,
        import_wh=battery.import_wh,
        export_wh=battery.export_wh,
        soc_permille=battery.soc_permille,
        age_ms=battery.age_ms,
        updated_s=int(battery.updated_s or 0),
        simulated=battery.simulated,
    )


def _surplus(surplus: site_models.Surplus) -> Surplus:
    return Surplus(
        raw_sum_da=surplus.raw_sum_da,
        battery_da=surplus.battery_da,
        neutralised_sum_da=surplus.neutralised_sum_da,
        neutralised_da=surplus.neutralised_da,
    )


def _event(event: site_models.Event) -> EventEntry:
    return EventEntry(event.number, event.wall_s, event.charger_id, _member(Level, event.level), event.text)


def _commands(commands: Iterable[Command]) -> tuple[CommandSnapshot, ...]:
    return tuple(
        CommandSnapshot(command.id, command.what, _member(CommandState, command.state), command.age_ms, command.detail)
        for command in commands
    )


def _charger(charger: charger_models.Charger, at_ms: int) -> ChargerSnapshot:
    link, session, plan = charger.link, charger.session, charger.schedule
    boost, ev_state, panel = charger.boost, charger.ev_state, charger.panel
    return ChargerSnapshot(
        id=charger.id,
        name=charger.name,
        serial=charger.serial or 0,
        port=link.port,
        link=_member(LinkState, link.state),
        link_detail=link.detail,
        health=_health(link),
        identity=None if charger.identity is None else _identity(charger.identity),
        board=None if charger.board is None else _board(charger.board),
        mode=_member(Mode, charger.mode),
        override_da=charger.override_da or 0,
        settings=charger.settings,
        state=_member(ChargerState, charger.state),
        error=charger.error or _NO_ERROR,
        error_id=charger.error_id,
        no_power=charger.no_power,
        plugged=charger.plugged,
        grant=None if charger.grant is None else _grant(charger.id, charger.grant, at_ms),
        applied_da=charger.applied_da,
        ev=_meter(charger.meter),
        ev_modelled=charger.meter_modelled,
        session=None if session is None else _session(session),
        commands=_commands(charger.commands),
        total_wh=charger.total_wh,
        schedule=None if plan is None else ScheduleSnapshot(plan.start_s, plan.stop_s, plan.daily, plan.open),
        boost=None if boost is None else BoostSnapshot(boost.energy_wh, boost.left_wh),
        authorised=charger.authorised,
        lock_hold=charger.lock_hold,
        rfid=RfidSnapshot(charger.rfid.status, charger.rfid.last_card or ""),
        panel=PanelSnapshot(tuple(panel.lines), panel.backlight, panel.backlight_left_s, panel.custom_button),
        ev_state=None if ev_state is None else _ev_state(ev_state),
    )


def _session(session: charger_models.Session) -> SessionSnapshot:
    return SessionSnapshot(
        started_s=session.started_s,
        duration_ms=session.duration_ms,
        charging_ms=session.charging_ms,
        energy_wh=session.energy_wh,
        estimated=session.estimated,
    )


def _ev_state(state: charger_models.EvState) -> EvStateSnapshot:
    return EvStateSnapshot(
        current_soc=state.current_soc,
        full_soc=state.full_soc,
        energy_capacity_wh=state.energy_capacity_wh,
        energy_request_wh=state.energy_request_wh,
        evccid=state.evccid or "",
        updated_s=int(state.updated_s or 0),
    )


def _grant(charger_id: str, grant: Grant, at_ms: int) -> ChargerGrant:
    return ChargerGrant(
        charger_id=charger_id,
        access=_member(Access, grant.access),
        limit_da=grant.limit_da,
        phases=grant.phases,
        reason=_reason(grant.reason),
        runner_up=None if grant.runner_up is None else _reason(grant.runner_up),
        timers=tuple(_timer(timer, at_ms) for timer in grant.timers),
    )


def _reason(reason: Reason) -> ControlReason:
    phase = None if reason.phase is None else _PHASES.index(reason.phase)
    return ControlReason(_member(Constraint, reason.constraint), phase, reason.limit_da)


def _timer(timer: Timer, at_ms: int) -> ControlTimer:
    return ControlTimer(
        what=_member(Constraint, timer.waits_for),
        due_ms=at_ms + timer.due_in_ms,
        action=None if timer.action is None else _member(TimerAction, timer.action),
        threshold_w=timer.threshold_w,
        above=timer.above,
    )


def _health(link: board_models.Link) -> LinkHealth:
    return LinkHealth(
        round_trip_p50_ms=link.round_trip_p50_ms,
        round_trip_p99_ms=link.round_trip_p99_ms,
        frames_received=link.frames_received,
        frames_sent=link.frames_sent,
        bytes_received=link.bytes_received,
        bytes_sent=link.bytes_sent,
        retries=link.retries,
        failures=link.failures,
        crc_errors=link.crc_errors,
        garbage_bytes=link.garbage_bytes,
        telemetry_missed=link.telemetry_missed,
        resets_seen=link.resets_seen,
        reconnects=link.reconnects,
        lease_ms=link.lease_ms,
        clock_offset_ms=link.clock_offset_ms,
        clock_drift_ppm=link.clock_drift_ppm,
        last_frame_age_ms=link.last_frame_age_ms,
        grants_refused=link.grants_refused,
    )


def _identity(identity: board_models.Identity) -> Identity:
    major, minor, patch = (int(part) for part in identity.firmware.split("."))
    return Identity(
        host_id=int(identity.host_id, 16),
        session=int(identity.session, 16),
        boot=identity.boot,
        reset_reason=_number(ResetReason, identity.reset_reason),
        protocol=identity.protocol,
        schema=int(identity.schema_hash, 16),
        firmware_major=major,
        firmware_minor=minor,
        firmware_patch=patch,
        board=_number(BoardKind, identity.kind),
        serial=identity.serial,
        capabilities=_mask(Capability, identity.capabilities),
        largest_payload=identity.largest_payload,
        config_crc=int(identity.config_crc, 16),
    )


def _board(board: board_models.Board) -> BoardSnapshot:
    slots_da = (board.slots_da.get(slot.name.lower()) for slot in Slot)
    return BoardSnapshot(
        age_ms=board.age_ms,
        pilot=_number(Pilot, board.pilot),
        flags=_mask(Flag, board.flags),
        cp_high_mv=board.cp_high_mv,
        cp_low_mv=board.cp_low_mv,
        temperature_dc=board.temperature_dc,
        slots_da=tuple(INACTIVE_DA if slot_da is None else slot_da for slot_da in slots_da),
        binding=_number(Slot, board.binding),
        limit_da=board.limit_da,
        offered_da=board.offered_da,
        duty_permille=board.duty_permille,
        phases=board.phases,
        access=_number(BoardAccess, board.access),
        hold=_number(Hold, board.hold),
        hold_ms=board.hold_left_ms,
        faults=_mask(Fault, board.faults),
    )
