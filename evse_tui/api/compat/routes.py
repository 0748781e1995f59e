"""The compatible surface as one table: what `evse_tui.api.app` registers and what the API's own document describes.

Every path exists at the root and below `/evse/{id}`. Parameters are in the query, all of them optional; a body is
ignored. A known endpoint answers 200, whatever the values are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from typing import Final, Literal

from aiohttp.typedefs import Handler

from evse_tui.api.compat import handlers
from evse_tui.api.compat.names import COLORS


@unique
class Value(Enum):
    """How the text of a parameter is read."""

    INTEGER = "integer, read like C atol: leading blanks, a sign, digits; the tail is ignored"
    TEXT = "text"
    FLAG = "its presence counts, not its value"


@unique
class Answer(Enum):
    """What a successful answer consists of."""

    JSON = "application/json"
    TEXT_OR_JSON = "text/plain"
    """Text; JSON for whoever accepts `application/json`."""
    BITMAP = handlers.BITMAP


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the query."""

    name: str
    value: Value
    doc: str


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint."""

    method: Literal["GET", "POST"]
    path: str
    handler: Handler
    doc: str
    parameters: tuple[Parameter, ...] = ()
    answer: Answer = Answer.JSON


def _integer(name: str, doc: str) -> Parameter:
    return Parameter(name, Value.INTEGER, doc)


def _text(name: str, doc: str) -> Parameter:
    return Parameter(name, Value.TEXT, doc)


_SETTINGS: Final = (
    _integer("backlight", "Lights the display for so many times two minutes; 0 is off. Answered as `Backlight`."),
    _integer("current_min", "Lowest current offered, 6..16 A."),
    _integer("current_max_sum_mains", "Capacity: most import, sum of phases, 10..600 A; 0 is off."),
    _integer(
        "max_sum_mains_timer", "How long the capacity may be exceeded, 0..60 min. Answered as max_sum_mains_time."
    ),
    Parameter("disable_override_current", Value.FLAG, "Clears the override."),
    _integer("custombutton", "The custom button: more than 0 is on."),
    _integer("mode", "0 OFF, 1 NORMAL, 2 SOLAR, 3 SMART, 4 PAUSE; cancels the schedule unless `starttime` is given."),
    _text("starttime", "With `mode`: charging waits for this local time, `2023-04-14T23:31`. The past is no schedule."),
    _text("stoptime", "With `starttime`: charging ends at this local time."),
    _integer("repeat", "With `starttime`: 1 repeats the schedule daily."),
    _integer("enable_C2", "0 Not present, 1 Always Off, 2 Solar Off, 3 Always On, 4 Auto."),
    _integer("stop_timer", "Minutes of too little sun before solar charging stops, 0..60; 0 is never."),
    _integer("override_current", "0.1 A, 10 x current_min..10 x current_max; 0 clears. Not in SOLAR."),
    _integer("solar_start_current", "Export, sum of phases, that starts solar charging, 0..48 A."),
    _integer("solar_max_import", "Import, sum of phases, that solar charging may cause, 0..48 A."),
    _integer("lcdlock", "1: the host ignores the board's button; its own stop stays."),
    _integer("cablelock", "1 keeps the cable locked without a car."),
    _text("mqtt_host", "Shown back until a restart; there is no MQTT client in this version."),
    _integer("mqtt_port", "As mqtt_host, 1..65535; 0 or nothing is 1883."),
    _text("mqtt_topic_prefix", "As mqtt_host; empty is `SmartEVSE/<serial>`."),
    _text("mqtt_username", "As mqtt_host."),
    _text("mqtt_password", "Never kept and never shown; answered as mqtt_password_set."),
    _integer("mqtt_tls", "As mqtt_host, 0 or 1."),
)

_CURRENTS: Final = (
    _integer("battery_current", "Home battery, 0.1 A, + charging, sum of phases."),
    _integer("L1", "Mains, 0.1 A, + import. L1, L2 and L3 count only together, for a mains meter `API`."),
    _integer("L2", "See L1."),
    _integer("L3", "See L1."),
)

_EV_METER: Final = (
    _integer("L1", "Current of the car, 0.1 A. L1, L2 and L3 count only together, for an EV meter `API`."),
    _integer("L2", "See L1."),
    _integer("L3", "See L1."),
    _integer("import_active_power", "W."),
    _integer("import_active_energy", "The meter's register, Wh; -1 is unknown."),
    _integer("export_active_energy", "The meter's register, Wh; -1 is unknown."),
)

_COLOR: Final = tuple(_integer(name, "0..255. R, G and B count only together.") for name in "RGB")

_EV_STATE: Final = (
    _integer("current_soc", "State of charge, 0..100 %; -1 is unknown."),
    _integer("full_soc", "State of charge at which the car is full, 0..100 %; -1 is unknown."),
    _integer("energy_capacity", "Of the car's battery, Wh; -1 is unknown."),
    _integer("energy_request", "What the car asks for, Wh; -1 is unknown."),
    _text("evccid", "Identity of the car, at most 32 printable characters."),
)

ROUTES: Final = (
    Route("GET", "/settings", handlers.get_settings, "Everything about one charger and its site."),
    Route("POST", "/settings", handlers.post_settings, "Changes settings; answers what was done.", _SETTINGS),
    Route("POST", "/currents", handlers.post_currents, "Feeds the mains meter and the home battery.", _CURRENTS),
    Route("POST", "/ev_meter", handlers.post_ev_meter, "Feeds the charger's own meter.", _EV_METER),
    *(
        Route("POST", f"/color_{name}", handlers.color_handler(name), f"Colour of the status light: {name}.", _COLOR)
        for name in COLORS
    ),
    Route(
        "POST",
        "/cablelock",
        handlers.post_cablelock,
        "`?1` keeps the cable locked without a car; without it the lock is free again.",
        (Parameter("1", Value.FLAG, "Keeps the cable locked."),),
    ),
    Route(
        "POST",
        "/rfid",
        handlers.post_rfid,
        "A card shown from afar, as if the charger's own reader had read it.",
        (_text("rfid", "8, 12, 14 or 16 hex digits."),),
    ),
    Route("POST", "/ev_state", handlers.post_ev_state, "What somebody knows of the car. For display.", _EV_STATE),
    Route("GET", "/lcd", handlers.get_lcd, "The display as a picture, in one chunk.", answer=Answer.BITMAP),
    Route(
        "POST",
        "/reboot",
        handlers.post_reboot,
        "Restarts the board, or says why not.",
        answer=Answer.TEXT_OR_JSON,
    ),
)
