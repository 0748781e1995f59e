"""The compatible endpoints. Always 200 with JSON: an invalid value is a string in the reply."""

from __future__ import annotations

from aiohttp import web

from evse_tui.api.chargers import charger_of
from evse_tui.api.compat.read import by_phase, neutralised_da
from evse_tui.api.compat.write import Reply, ev_meter_reply, parse_currents, parse_ev_meter, plan_settings, put
from evse_tui.api.keys import CONFIGURED, DOCUMENTS, SITE
from evse_tui.api.responses import answer, answer_json
from evse_tui.config import API
from evse_tui.site.commands import BatteryMeasurement, EvMeasurement, MainsMeasurement


async def get_settings(request: web.Request) -> web.Response:
    snapshot = request.app[SITE].snapshot
    return answer(request.app[DOCUMENTS].settings(snapshot, charger_of(request, snapshot)))


async def post_settings(request: web.Request) -> web.Response:
    site = request.app[SITE]
    snapshot = site.snapshot
    reply: Reply = {}
    for step in plan_settings(request.query, snapshot, charger_of(request, snapshot)):
        accepted = step.command is None or (await site.execute(step.command)).accepted
        put(reply, step.path, step.accepted if accepted else step.refused)
    return answer_json(reply)


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
