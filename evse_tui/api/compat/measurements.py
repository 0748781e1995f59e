"""`POST /currents`, `/ev_meter` and `/ev_state`: a query becomes measurements, and a reply. Pure.

An integer is read like C `atol`; what is no number at all, or no plausible one, is refused and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evse_tui.api.compat.atol import atol
from evse_tui.api.compat.names import NOT_ALLOWED
from evse_tui.api.compat.read import ev_meter, with_total
from evse_tui.api.compat.write import Query, Reply
from evse_tui.api.v1.models.base import HIGHEST_CAR_WH, HIGHEST_CURRENT_DA, HIGHEST_ENERGY_WH, HIGHEST_POWER_W
from evse_tui.config import API
from evse_tui.control.types import PhaseCurrents
from evse_tui.site.commands import EvStateMeasurement
from evse_tui.site.snapshot import ChargerSnapshot

LONGEST_EVCCID: Final = 32
UNKNOWN: Final = -1
"""Senders without an energy register say -1."""


@dataclass(frozen=True, slots=True)
class Currents:
    """A parsed `POST /currents`; `refused` holds the answers to unusable values."""

    battery_da: int | None
    mains_da: PhaseCurrents | None
    refused: Reply


def parse_currents(query: Query, mains_kind: str) -> Currents:
    """L1, L2 and L3 count only together, all usable, and only while the mains meter is `API`."""
    refused: Reply = {}
    battery_da = _number(query, "battery_current", -HIGHEST_CURRENT_DA, HIGHEST_CURRENT_DA, refused)
    mains_da = _phases(query, refused) if mains_kind == API else None
    return Currents(battery_da, mains_da, refused)


@dataclass(frozen=True, slots=True)
class EvReading:
    """A parsed `POST /ev_meter`; None was not sent, is unknown or unusable."""

    currents_da: PhaseCurrents | None
    power_w: int | None
    import_wh: int | None
    export_wh: int | None
    refused: Reply


def parse_ev_meter(query: Query) -> EvReading:
    """Each field may be left out; the currents count only together. An energy of -1 is unknown."""
    refused: Reply = {}
    return EvReading(
        _phases(query, refused),
        _number(query, "import_active_power", -HIGHEST_POWER_W, HIGHEST_POWER_W, refused),
        _energy(query, "import_active_energy", refused),
        _energy(query, "export_active_energy", refused),
        refused,
    )


def ev_meter_reply(reading: EvReading, charger: ChargerSnapshot) -> Reply:
    """Echoes what was taken; with an energy also the totals that `charger`, seen after the feed, has made of it."""
    told: Reply = dict(reading.refused)
    if reading.currents_da is not None:
        told["currents"] = with_total(reading.currents_da)
    for key, value in (
        ("import_active_power", reading.power_w),
        ("import_active_energy", reading.import_wh),
        ("export_active_energy", reading.export_wh),
    ):
        if value is not None:
            told[key] = value
    if reading.import_wh is not None or reading.export_wh is not None:
        document = ev_meter(charger)
        told |= {key: document[key] for key in ("total_wh", "charged_wh", "total_kwh", "charged_kwh")}
    return {"ev_meter": told} if told else {}


def _phases(query: Query, refused: Reply) -> PhaseCurrents | None:
    l1, l2, l3 = (_number(query, name, -HIGHEST_CURRENT_DA, HIGHEST_CURRENT_DA, refused) for name in ("L1", "L2", "L3"))
    return None if l1 is None or l2 is None or l3 is None else (l1, l2, l3)


def parse_ev_state(query: Query, charger_id: str) -> tuple[EvStateMeasurement | None, Reply]:
    """What is told of the car, None if nothing is, and the reply: each key as it was taken."""
    reply: Reply = {}
    known: Reply = {}
    for key, field, highest in _EV_STATE:
        value = _number(query, key, UNKNOWN, highest, reply)
        if value is not None:
            reply[key] = value
            known[field] = None if value == UNKNOWN else value
    if (evccid := query.get("evccid")) is not None:
        usable = len(evccid) <= LONGEST_EVCCID and evccid.isprintable()
        reply["evccid"] = evccid if usable else NOT_ALLOWED
        known |= {"evccid": evccid} if usable else {}
    return (EvStateMeasurement(charger_id, **known) if known else None), reply


_EV_STATE: Final = (
    ("current_soc", "current_soc", 100),
    ("full_soc", "full_soc", 100),
    ("energy_capacity", "energy_capacity_wh", HIGHEST_CAR_WH),
    ("energy_request", "energy_request_wh", HIGHEST_CAR_WH),
)


def _energy(query: Query, key: str, refused: Reply) -> int | None:
    value = _number(query, key, UNKNOWN, HIGHEST_ENERGY_WH, refused)
    return None if value == UNKNOWN else value


def _number(query: Query, key: str, lowest: int, highest: int, refused: Reply) -> int | None:
    if key not in query:
        return None
    value = atol(query[key])
    if value is None or not lowest <= value <= highest:
        refused[key] = NOT_ALLOWED
        return None
    return value
