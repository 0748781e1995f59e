"""One charger as windows and history see it."""

from __future__ import annotations

from evse_protocol.messages import Flag
from evse_tui.control.types import Mode
from evse_tui.site.charger import SILENT_MS, ChargerRuntime
from evse_tui.site.historian import ChargerLook
from evse_tui.site.looks import charger_look
from evse_tui.site.observe import picture
from evse_tui.site.snapshot import ChargerSnapshot, Freshness
from evse_tui.site.state import charger_error, charger_state, lacks_power


def history_look(charger: ChargerRuntime, now_ms: int) -> ChargerLook:
    """What history keeps of this moment."""
    ev, modelled = charger.ev.snapshot(now_ms, charger.telemetry.board)
    values = charger.values.charger(charger.id)
    shown = values["rfid_reader"] and charger.reader.authorised
    return charger_look(
        charger.id,
        charger.telemetry.board,
        charger.grants.newest,
        charger.account,
        ev,
        modelled=modelled,
        mode=Mode(values["mode"]),
        card=charger.reader.snapshot(now_ms).last_card if shown else "",
    )


def charger_snapshot(charger: ChargerRuntime, now_ms: int, wall_s: float, mains: Freshness) -> ChargerSnapshot:
    """Everything known of a charger, frozen. `mains` is how far the site's mains can be trusted."""
    client, telemetry, status = charger.client, charger.telemetry, charger.telemetry.status
    values = charger.values.charger(charger.id)
    grant = charger.grants.newest
    ev, modelled = charger.ev.snapshot(now_ms, telemetry.board)
    error = charger_error(status, charger.online, Mode(values["mode"]), mains, ev.freshness)
    status_age_ms = now_ms - telemetry.status_ms
    charger.account.advance(now_ms)
    return ChargerSnapshot(
        id=charger.id,
        name=charger.config.title,
        serial=0 if client.identity is None else client.identity.serial,
        port=client.port,
        link=client.state,
        link_detail=client.detail,
        health=client.health,
        identity=client.identity,
        board=None if status is None else picture(status, status_age_ms),
        mode=Mode(values["mode"]),
        override_da=charger.override_da,
        settings=values,
        state=charger_state(status, live=status_age_ms <= SILENT_MS),
        error=error.title,
        error_id=error,
        no_power=lacks_power(status, grant),
        plugged=status is not None and Flag.PLUGGED in status.flags,
        grant=grant,
        applied_da=None if client.applied is None else client.applied.applied_da,
        ev=ev,
        ev_modelled=modelled,
        session=charger.account.session(),
        commands=charger.commands.snapshots(now_ms),
        total_wh=charger.account.total_wh,
        schedule=charger.plan.snapshot(wall_s),
        boost=charger.booster.snapshot(charger.account.session_wh),
        authorised=charger.reader.authorised,
        lock_hold=charger.values.lock_hold(charger.id),
        rfid=charger.reader.snapshot(now_ms),
        panel=charger.panel.snapshot(now_ms),
        ev_state=charger.ev_state.snapshot,
    )
