"""The compatible endpoints. Always 200: an invalid value is a string in the reply."""

from __future__ import annotations

from typing import Final

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.typedefs import Handler

from evse_tui.api.chargers import charger_of
from evse_tui.api.compat.cards import card_number, reader_is_on
from evse_tui.api.compat.measurements import (
    ev_meter_reply,
    parse_currents,
    parse_ev_meter,
    parse_ev_state,
)
from evse_tui.api.compat.mqtt import set_mqtt
from evse_tui.api.compat.names import NOT_ALLOWED, rgb
from evse_tui.api.compat.read import by_phase, neutralised_da
from evse_tui.api.compat.write import Reply, parse_color, plan_settings, put
from evse_tui.api.keys import CONFIGURED, DOCUMENTS, SITE, ZONE
from evse_tui.api.lcd import bitmap
from evse_tui.api.responses import HEADERS, JSON, answer, answer_json
from evse_tui.config import API
from evse_tui.site.commands import (
    BatteryMeasurement,
    BoardAction,
    DoBoardAction,
    EvMeasurement,
    MainsMeasurement,
    SetLockHold,
    SetSetting,
    SwipeCard,
)

BITMAP: Final = "image/bmp"


async def get_settings(request: web.Request) -> web.Response:
    snapshot = request.app[SITE].snapshot
    return answer(request.app[DOCUMENTS].settings(snapshot, charger_of(request, snapshot)))


async def post_settings(request: web.Request) -> web.Response:
    site, documents = request.app[SITE], request.app[DOCUMENTS]
    snapshot = site.snapshot
    charger = charger_of(request, snapshot)
    reply: Reply = {}
    for step in plan_settings(request.query, snapshot, charger, request.app[ZONE]):
        accepted = step.command is None or (await site.execute(step.command)).accepted
        if step.read is not None:
            put(reply, step.path, step.read(site.snapshot.charger(charger.id)))
        else:
            put(reply, step.path, step.accepted if accepted else step.refused)
    documents.mqtt, mqtt_reply = set_mqtt(request.query, documents.mqtt, charger.serial)
    return answer_json(reply | mqtt_reply)


async def post_currents(request: web.Request) -> web.Response:
    """The latency path: what is fed here has been decided on, and is on its way to the board, before the answer."""
    site, configured = request.app[SITE], request.app[CONFIGURED].snapshot
    charger_of(request, configured)
    parsed = parse_currents(request.query, configured.mains.kind)
    reply: Reply = dict(parsed.refused)
    if parsed.battery_da is not None:  # first: the mains value decides
        site.feed(BatteryMeasurement(parsed.battery_da))
        reply["battery_current"] = parsed.battery_da
    if parsed.mains_da is not None:
        site.feed(MainsMeasurement(parsed.mains_da))
        snapshot = site.snapshot
        seen = neutralised_da(snapshot, charger_of(request, snapshot), parsed.mains_da)
        reply |= {"original": by_phase(parsed.mains_da), **by_phase(seen), "TOTAL": sum(seen)}
    return answer_json(reply)


async def post_ev_meter(request: web.Request) -> web.Response:
    """Only for a charger whose own meter is fed over the API."""
    site = request.app[SITE]
    charger = charger_of(request, site.snapshot)
    if charger.ev.kind != API:
        return answer_json({})
    reading = parse_ev_meter(request.query)
    given = EvMeasurement(charger.id, reading.currents_da, reading.power_w, reading.import_wh, reading.export_wh)
    if given != EvMeasurement(charger.id):
        site.feed(given)
    return answer_json(ev_meter_reply(reading, site.snapshot.charger(charger.id)))


async def post_ev_state(request: web.Request) -> web.Response:
    site = request.app[SITE]
    charger = charger_of(request, site.snapshot)
    told, reply = parse_ev_state(request.query, charger.id)
    if told is not None:
        site.feed(told)
    return answer_json(reply)


def color_handler(name: str) -> Handler:
    """The handler of `POST /color_<name>`: R, G and B all or nothing, as in the original."""

    async def post_color(request: web.Request) -> web.Response:
        site = request.app[SITE]
        charger = charger_of(request, site.snapshot)
        color, refused = parse_color(request.query)
        if color is None:
            return answer_json({"color": {name: refused}} if refused else {})
        accepted = (await site.execute(SetSetting(f"color_{name}", color, charger.id))).accepted
        return answer_json({"color": {name: rgb(color) if accepted else NOT_ALLOWED}})

    return post_color


async def post_cablelock(request: web.Request) -> web.Response:
    """The parameter's name is its value: `?1`."""
    site = request.app[SITE]
    charger = charger_of(request, site.snapshot)
    on = "1" in request.query
    accepted = (await site.execute(SetLockHold(charger.id, on))).accepted
    return answer_json({"cablelock": int(on) if accepted else NOT_ALLOWED})


async def post_rfid(request: web.Request) -> web.Response:
    """The sentences are the original's."""
    site = request.app[SITE]
    charger = charger_of(request, site.snapshot)
    text = request.query.get("rfid")
    if not reader_is_on(charger):
        return answer_json({"rfid_status": "RFID reader not enabled"})
    if text is None:
        return answer_json({"rfid_status": "Missing rfid parameter"})
    try:
        card = card_number(text)
    except ValueError as error:
        return answer_json({"rfid_status": str(error)})
    outcome = await site.execute(SwipeCard(charger.id, card))
    status = site.snapshot.charger(charger.id).rfid.status if outcome.accepted else outcome.detail
    return answer_json({"rfid": text.strip(), "rfid_status": status})


async def get_lcd(request: web.Request) -> web.StreamResponse:
    """The display as a bitmap, in one chunk: displays on small boards read the one chunk header and skip it."""
    charger = charger_of(request, request.app[SITE].snapshot)
    picture = bitmap(charger.panel.lines)
    if request.version < HttpVersion11:  # knows no chunks
        return answer(picture, BITMAP)
    response = web.StreamResponse(headers={**HEADERS, hdrs.CONTENT_TYPE: BITMAP})
    response.enable_chunked_encoding()
    await response.prepare(request)
    if request.method == hdrs.METH_GET:
        await response.write(picture)
    await response.write_eof()
    return response


async def post_reboot(request: web.Request) -> web.Response:
    """Restarts the board, not the host. A board refuses while its contactor is closed; that is told, not forced."""
    site = request.app[SITE]
    outcome = await site.execute(DoBoardAction(charger_of(request, site.snapshot).id, BoardAction.REBOOT))
    text = "The board restarts." if outcome.accepted else outcome.detail
    if JSON in request.headers.get(hdrs.ACCEPT, "").lower():
        return answer_json({"reboot": outcome.accepted, "detail": text})
    return answer(text.encode(), "text/plain")
