"""Every path of `/api/v1`, once: registered and documented from this list."""

from __future__ import annotations

from typing import Any, Final

from evse_tui.api.endpoint import Answer, Endpoint, problem_answer
from evse_tui.api.export import CSV
from evse_tui.api.stream import EVENT_STREAM, get_stream
from evse_tui.api.v1 import handlers, past
from evse_tui.api.v1.models.board import Links
from evse_tui.api.v1.models.charger import Charger, Chargers
from evse_tui.api.v1.models.command import Accepted, ChargerCommand, Command, Commands
from evse_tui.api.v1.models.meter import (
    BatteryReading,
    CircuitReading,
    EvReading,
    EvStateReading,
    MainsReading,
    Meters,
    PriceReading,
    PvReading,
)
from evse_tui.api.v1.models.past import (
    History,
    HistoryQuery,
    Sessions,
    SessionsExport,
    SessionsQuery,
    Totals,
    TotalsQuery,
)
from evse_tui.api.v1.models.pilot import PilotQuery, PilotSamples
from evse_tui.api.v1.models.settings import ChargerSettingsPatch, SettingsChanged, SettingTable, SiteSettingsPatch
from evse_tui.api.v1.models.site import Events, EventsExport, EventsQuery, Site, Snapshot
from evse_tui.api.v1.models.stream import StreamQuery

BASE: Final = "/api/v1"
_STATE: Final = "State"
_PAST: Final = "The past"
_METERS: Final = "Measurements"
_SETTINGS: Final = "Settings"
_COMMANDS: Final = "Commands"

_REFUSED: Final = problem_answer("The site refuses, and says why in one sentence.")

_STREAM_DOC: Final = """\
Server-sent events of type `snapshot`: the data is one line, the document of `/api/v1/snapshot`; the id is its
`site.number`. The first event comes at once, the next ones as often as `interval_ms` says, and at once when a state, a
fault, a wish or a command changes. Each is the whole picture, so nothing is repeated after a reconnection, and a client
that reads slowly misses some. `retry` is 2 s; a comment comes when there is nothing to say for 12 s. A client that
takes nothing for 15 s is cut off. The stream ends when the server does."""

_CSV_DOC: Final = """\
Amps, watt-hours and UTC, with units in the header; an empty cell is unknown. A text that a spreadsheet would take for a
formula begins with an apostrophe. The whole range is sent, as it is read: if the store fails meanwhile, the transfer
breaks off."""

_FOLLOW: Final = {
    "follow": {
        "operationId": handlers.get_command.__name__,
        "parameters": {"id": "$request.path.id", "number": "$response.body#/id"},
        "description": "How the command goes on.",
    }
}


def _get(path: str, handler: Any, tag: str, summary: str, body: Any, doc: str = "", query: Any = None) -> Endpoint:
    return Endpoint(
        method="GET",
        path=BASE + path,
        handler=handler,
        tag=tag,
        summary=summary,
        doc=doc,
        query=query,
        answers={200: Answer("As it is now.", body)},
    )


def _csv(path: str, handler: Any, summary: str, query: Any) -> Endpoint:
    return Endpoint(
        method="GET",
        path=BASE + path,
        handler=handler,
        tag=_PAST,
        summary=summary,
        doc=_CSV_DOC,
        query=query,
        answers={200: Answer("RFC 4180, UTF-8, with a header.", media=CSV, schema={"type": "string"})},
    )


def _feed(path: str, handler: Any, summary: str, body: Any, doc: str = "") -> Endpoint:
    return Endpoint(
        method="POST",
        path=BASE + path,
        handler=handler,
        tag=_METERS,
        summary=summary,
        doc=doc or "Its age counts from its arrival.",
        body=body,
        answers={204: Answer("Taken."), 409: problem_answer("This meter is not fed over the API.")},
    )


ENDPOINTS: Final = (
    _get(
        "/snapshot",
        handlers.get_snapshot,
        _STATE,
        "Everything, of one moment",
        Snapshot,
        "Site, chargers and log as every window shows them.",
    ),
    Endpoint(
        method="GET",
        path=f"{BASE}/stream",
        handler=get_stream,
        tag=_STATE,
        summary="Everything, as it changes",
        doc=_STREAM_DOC,
        query=StreamQuery,
        answers={
            200: Answer("Events without end.", media=EVENT_STREAM, schema={"type": "string"}),
            503: problem_answer("There are as many streams as may be; poll instead."),
        },
    ),
    _get("/site", handlers.get_site, _STATE, "The site", Site, "Measurements, limits, surplus and warnings."),
    _get("/chargers", handlers.get_chargers, _STATE, "All chargers", Chargers),
    _get(
        "/chargers/{id}",
        handlers.get_charger,
        _STATE,
        "One charger",
        Charger,
        "Its grant with the reason that binds, the runner-up and the timers that run.",
    ),
    _get(
        "/chargers/{id}/pilot",
        handlers.get_pilot,
        _STATE,
        "Raw samples of the control pilot",
        PilotSamples,
        "The command `pilot_trace` makes them come, one pair a ms; the newest minute is kept while somebody looks.",
        PilotQuery,
    ),
    _get("/links", handlers.get_links, _STATE, "Health of the links to the boards", Links),
    _get(
        "/history",
        past.get_history,
        _PAST,
        "Currents, power and energy as they were",
        History,
        "In steps as fine as `points` and the store allow. A step of which nothing is known has no point.",
        HistoryQuery,
    ),
    _csv("/history.csv", past.get_history_csv, "Currents, power and energy as a table", HistoryQuery),
    _get("/totals", past.get_totals, _PAST, "Energy and cost by day or month", Totals, query=TotalsQuery),
    _csv("/totals.csv", past.get_totals_csv, "Energy and cost by day or month, as a table", TotalsQuery),
    _get(
        "/sessions",
        past.get_sessions,
        _PAST,
        "Plug-ins, newest first",
        Sessions,
        "In pages: `next` of one is `before` of the next.",
        SessionsQuery,
    ),
    _csv("/sessions.csv", past.get_sessions_csv, "Plug-ins as a table, newest first", SessionsExport),
    _get(
        "/events",
        past.get_events,
        _PAST,
        "Lines of the log, oldest first",
        Events,
        "The newest ones; older pages by `before`, the number of the first line at hand. `after` is for polling.",
        EventsQuery,
    ),
    _csv("/events.csv", past.get_events_csv, "The log as a table, newest first", EventsExport),
    _get("/meters", handlers.get_meters, _METERS, "All measurements", Meters),
    _feed(
        "/meters/mains",
        handlers.post_mains,
        "Feed the mains meter",
        MainsReading,
        "The raw grid current, which guards the fuse. The decision is on its way to the boards before the answer.",
    ),
    _feed("/meters/circuit", handlers.post_circuit, "Feed the meter of the chargers' group", CircuitReading),
    _feed("/meters/battery", handlers.post_battery, "Feed the home battery", BatteryReading),
    _feed("/meters/pv", handlers.post_pv, "Feed the PV production", PvReading),
    _feed(
        "/meters/price",
        handlers.post_price,
        "Tell the tariff",
        PriceReading,
        "It holds until the next one, also over a restart.",
    ),
    _feed("/meters/ev/{id}", handlers.post_ev, "Feed a charger's own meter", EvReading),
    _feed(
        "/chargers/{id}/ev_state",
        handlers.post_ev_state,
        "Tell what is known of the car",
        EvStateReading,
        "For display.",
    ),
    _get("/settings", handlers.get_site_settings, _SETTINGS, "Settings of the site", SettingTable),
    Endpoint(
        method="PATCH",
        path=f"{BASE}/settings",
        handler=handlers.patch_site_settings,
        tag=_SETTINGS,
        summary="Change settings of the site",
        doc="Committed before the answer. A value out of range changes nothing at all.",
        body=SiteSettingsPatch,
        answers={200: Answer("Changed.", SettingsChanged), 409: _REFUSED},
    ),
    _get("/chargers/{id}/settings", handlers.get_charger_settings, _SETTINGS, "Settings of a charger", SettingTable),
    Endpoint(
        method="PATCH",
        path=f"{BASE}/chargers/{{id}}/settings",
        handler=handlers.patch_charger_settings,
        tag=_SETTINGS,
        summary="Change settings of a charger",
        doc="Committed before the answer. A value out of range changes nothing at all.",
        body=ChargerSettingsPatch,
        answers={200: Answer("Changed.", SettingsChanged), 409: _REFUSED},
    ),
    Endpoint(
        method="POST",
        path=f"{BASE}/chargers/{{id}}/commands",
        handler=handlers.post_command,
        tag=_COMMANDS,
        summary="Ask something of a charger",
        doc="What comes of an accepted command is seen at its own path: requested, accepted, observed, or failed.",
        body=ChargerCommand,
        answers={202: Answer("Accepted; `Location` is where to follow it.", Accepted, links=_FOLLOW), 409: _REFUSED},
    ),
    _get("/chargers/{id}/commands", handlers.get_commands, _COMMANDS, "The newest commands of a charger", Commands),
    _get(
        "/chargers/{id}/commands/{number}",
        handlers.get_command,
        _COMMANDS,
        "One command",
        Command,
        "404 once it is forgotten: 30 s after its end, or when eight newer ones have come.",
    ),
)
