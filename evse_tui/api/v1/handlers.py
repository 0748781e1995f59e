"""What `/api/v1` does: a snapshot becomes a model, a model becomes a command or a measurement."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web
from msgspec import UnsetType

from evse_tui.api.chargers import charger_of
from evse_tui.api.keys import CONFIGURED, SITE
from evse_tui.api.responses import HEADERS, answer
from evse_tui.api.v1.encode import encoded
from evse_tui.api.v1.models.command import Accepted, ChargerCommand, Commands
from evse_tui.api.v1.models.meter import (
    BatteryReading,
    CircuitReading,
    EvReading,
    EvStateReading,
    MainsReading,
    PriceReading,
    PvReading,
)
from evse_tui.api.v1.models.pilot import PilotQuery
from evse_tui.api.v1.models.settings import SettingsChanged
from evse_tui.api.v1.orders import command_of, ev_of, ev_state_of, mains_of
from evse_tui.api.v1.views.board import links_view
from evse_tui.api.v1.views.charger import charger_view, chargers_view
from evse_tui.api.v1.views.command import accepted_view, command_view
from evse_tui.api.v1.views.meter import meters_view
from evse_tui.api.v1.views.settings import table_view
from evse_tui.api.v1.views.site import site_view, snapshot_view
from evse_tui.board.pilot_samples import EVERYTHING
from evse_tui.config import API
from evse_tui.settings import BY_NAME, SETTINGS, Scope, contradiction
from evse_tui.site.commands import (
    BatteryMeasurement,
    CircuitMeasurement,
    Command,
    Measurement,
    PriceMeasurement,
    PvMeasurement,
    SetMode,
    SetSetting,
)
from evse_tui.site.snapshot import Snapshot


def _json(model: Any, *, status: int = 200) -> web.Response:
    return answer(encoded(model), status=status)


def _snapshot(request: web.Request) -> Snapshot:
    return request.app[SITE].snapshot


# the picture


async def get_snapshot(request: web.Request) -> web.Response:
    return _json(snapshot_view(_snapshot(request)))


async def get_site(request: web.Request) -> web.Response:
    return _json(site_view(_snapshot(request)))


async def get_chargers(request: web.Request) -> web.Response:
    return _json(chargers_view(_snapshot(request)))


async def get_charger(request: web.Request) -> web.Response:
    snapshot = _snapshot(request)
    return _json(charger_view(charger_of(request, snapshot), snapshot.at_ms))


async def get_links(request: web.Request) -> web.Response:
    return _json(links_view(_snapshot(request)))


async def get_pilot(request: web.Request, query: PilotQuery) -> web.Response:
    charger = charger_of(request, _configured(request))
    after_ms = EVERYTHING if isinstance(query.after_ms, UnsetType) else query.after_ms
    return _json(await request.app[SITE].pilot(charger.id, after_ms))


# measurements


async def get_meters(request: web.Request) -> web.Response:
    return _json(meters_view(_snapshot(request)))


async def post_mains(request: web.Request, reading: MainsReading) -> web.Response:
    return _feed(request, _configured(request).mains.kind, mains_of(reading))


async def post_circuit(request: web.Request, reading: CircuitReading) -> web.Response:
    return _feed(request, _configured(request).circuit.kind, CircuitMeasurement(reading.currents_da))


async def post_battery(request: web.Request, reading: BatteryReading) -> web.Response:
    measured = BatteryMeasurement(reading.current_da, reading.soc_permille)
    return _feed(request, _configured(request).battery.kind, measured)


async def post_pv(request: web.Request, reading: PvReading) -> web.Response:
    return _feed(request, _configured(request).pv.kind, PvMeasurement(reading.power_w))


async def post_price(request: web.Request, reading: PriceReading) -> web.Response:
    return _feed(request, API, PriceMeasurement(reading.milli_per_kwh))


async def post_ev(request: web.Request, reading: EvReading) -> web.Response:
    charger = charger_of(request, _configured(request))
    return _feed(request, charger.ev.kind, ev_of(charger.id, reading))


async def post_ev_state(request: web.Request, reading: EvStateReading) -> web.Response:
    charger = charger_of(request, _configured(request))
    return _feed(request, API, ev_state_of(charger.id, reading))


def _configured(request: web.Request) -> Snapshot:
    return request.app[CONFIGURED].snapshot


def _feed(request: web.Request, kind: str, measurement: Measurement) -> web.Response:
    if kind != API:
        raise web.HTTPConflict(text=f"This meter is configured as {kind}: only one of kind {API} takes values here.")
    request.app[SITE].feed(measurement)
    return web.Response(status=204, headers=HEADERS)


# settings


async def get_site_settings(request: web.Request) -> web.Response:
    return _json(table_view(Scope.SITE, _snapshot(request).settings))


async def get_charger_settings(request: web.Request) -> web.Response:
    return _json(table_view(Scope.CHARGER, charger_of(request, _snapshot(request)).settings))


async def patch_site_settings(request: web.Request, patch: msgspec.Struct) -> web.Response:
    commands = await _change(request, None, patch)
    return _json(SettingsChanged(settings=dict(_snapshot(request).settings), commands=commands))


async def patch_charger_settings(request: web.Request, patch: msgspec.Struct) -> web.Response:
    charger = charger_of(request, _snapshot(request))
    commands = await _change(request, charger.id, patch)
    return _json(SettingsChanged(settings=dict(_snapshot(request).charger(charger.id).settings), commands=commands))


async def _change(request: web.Request, charger_id: str | None, patch: msgspec.Struct) -> dict[str, Accepted]:
    """All values are checked before the first one changes; the site may still refuse one, which ends the change."""
    values: dict[str, int] = {
        setting.name: value
        for setting in SETTINGS
        if (value := getattr(patch, setting.name, msgspec.UNSET)) is not msgspec.UNSET
    }
    for name, value in values.items():
        if not BY_NAME[name].allows(value):  # the one gap that a range can't express: between `off` and the lowest
            setting = BY_NAME[name]
            raise web.HTTPUnprocessableEntity(
                text=f"{name} must be {setting.off}, or {setting.lowest} to {setting.highest}."
            )
    known = _snapshot(request).settings if charger_id is None else _snapshot(request).charger(charger_id).settings
    if complaint := contradiction({**known, **values}):
        raise web.HTTPConflict(text=_sentence(complaint))
    done: dict[str, Accepted] = {}
    # a minimum that only the new maximum allows comes after it, and the other way round
    for name in sorted(values, key=lambda name: bool(contradiction({**known, name: values[name]}))):
        done[name] = await _execute(request, SetSetting(name, values[name], charger_id), before=done)
    return done


# commands


async def post_command(request: web.Request, asked: ChargerCommand) -> web.Response:
    charger = charger_of(request, _configured(request))
    accepted = await _execute(request, command_of(charger.id, asked))
    response = _json(accepted, status=202)
    if accepted.id is not None:
        response.headers["Location"] = f"{request.rel_url.raw_path}/{accepted.id}"
    return response


async def get_commands(request: web.Request) -> web.Response:
    snapshot = _snapshot(request)
    commands = charger_of(request, snapshot).commands
    return _json(Commands(at_ms=snapshot.at_ms, commands=[command_view(command) for command in commands]))


async def get_command(request: web.Request) -> web.Response:
    number = request.match_info["number"]
    for command in charger_of(request, _snapshot(request)).commands:
        if str(command.id) == number:
            return _json(command_view(command))
    raise web.HTTPNotFound(text="There is no such command; one that is over is forgotten after 30 s.")


async def _execute(request: web.Request, command: Command, before: dict[str, Accepted] | None = None) -> Accepted:
    outcome = await request.app[SITE].execute(command)
    # a mode that is accepted with a sentence but without a number changed nothing: the compatible API must not call
    # that an error, this one must
    unchanged = isinstance(command, SetMode | SetSetting) and outcome.command_id is None and outcome.detail
    if not outcome.accepted or unchanged:
        done = f" Changed before that: {', '.join(before)}." if before else ""
        raise web.HTTPConflict(text=_sentence(outcome.detail or "the site refused the command") + done)
    return accepted_view(outcome)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
