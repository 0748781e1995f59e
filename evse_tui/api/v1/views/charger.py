"""Chargers."""

from __future__ import annotations

from evse_tui.api.v1.models import charger as models
from evse_tui.api.v1.views.board import board_view, identity_view, link_view
from evse_tui.api.v1.views.command import command_view
from evse_tui.api.v1.views.grant import grant_view
from evse_tui.api.v1.views.meter import meter_view
from evse_tui.api.v1.views.words import name
from evse_tui.site.snapshot import (
    BoostSnapshot,
    ChargerSnapshot,
    EvStateSnapshot,
    PanelSnapshot,
    RfidSnapshot,
    ScheduleSnapshot,
    SessionSnapshot,
    Snapshot,
)


def charger_view(charger: ChargerSnapshot, at_ms: int) -> models.Charger:
    """`at_ms`: the moment of the snapshot."""
    return models.Charger(
        id=charger.id,
        name=charger.name,
        serial=charger.serial or None,
        state=name(charger.state),
        state_text=charger.state.title,
        error=charger.error if charger.error_id else None,
        error_id=charger.error_id,
        no_power=charger.no_power,
        plugged=charger.plugged,
        mode=name(charger.mode),
        override_da=charger.override_da or None,
        settings=dict(charger.settings),
        grant=None if charger.grant is None else grant_view(charger.grant, at_ms),
        applied_da=charger.applied_da,
        identity=None if charger.identity is None else identity_view(charger.identity),
        board=None if charger.board is None else board_view(charger.board),
        link=link_view(charger),
        meter=meter_view(charger.ev),
        meter_modelled=charger.ev_modelled,
        session=None if charger.session is None else _session(charger.session),
        total_wh=charger.total_wh,
        schedule=None if charger.schedule is None else _schedule(charger.schedule),
        boost=None if charger.boost is None else _boost(charger.boost),
        authorised=charger.authorised,
        lock_hold=charger.lock_hold,
        rfid=_rfid(charger.rfid),
        panel=_panel(charger.panel),
        ev_state=None if charger.ev_state is None else _ev_state(charger.ev_state),
        commands=[command_view(command) for command in charger.commands],
    )


def chargers_view(snapshot: Snapshot) -> models.Chargers:
    return models.Chargers(
        at_ms=snapshot.at_ms, chargers=[charger_view(charger, snapshot.at_ms) for charger in snapshot.chargers]
    )


def _session(session: SessionSnapshot) -> models.Session:
    return models.Session(
        started_s=session.started_s,
        duration_ms=session.duration_ms,
        charging_ms=session.charging_ms,
        energy_wh=session.energy_wh,
        estimated=session.estimated,
    )


def _schedule(schedule: ScheduleSnapshot) -> models.PlannedCharging:
    return models.PlannedCharging(
        start_s=schedule.start_s, stop_s=schedule.stop_s, daily=schedule.daily, open=schedule.open
    )


def _boost(boost: BoostSnapshot) -> models.Boost:
    return models.Boost(energy_wh=boost.energy_wh, left_wh=boost.left_wh)


def _rfid(rfid: RfidSnapshot) -> models.Rfid:
    return models.Rfid(status=rfid.status, last_card=rfid.last_card or None)


def _panel(panel: PanelSnapshot) -> models.Panel:
    return models.Panel(
        lines=list(panel.lines),
        backlight=panel.backlight,
        backlight_left_s=panel.backlight_left_s,
        custom_button=panel.custom_button,
    )


def _ev_state(state: EvStateSnapshot) -> models.EvState:
    return models.EvState(
        current_soc=state.current_soc,
        full_soc=state.full_soc,
        energy_capacity_wh=state.energy_capacity_wh,
        energy_request_wh=state.energy_request_wh,
        evccid=state.evccid or None,
        updated_s=state.updated_s or None,
    )
