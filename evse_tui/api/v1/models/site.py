"""The site: its connection, its measurements, its limits and what control makes of them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from evse_tui.api.v1.models.base import LARGEST, Age, Model, Phases, Request, Wall, doc, names
from evse_tui.api.v1.models.charger import Charger
from evse_tui.api.v1.models.command import Command
from evse_tui.api.v1.models.meter import Battery, Meter
from evse_tui.api.v1.models.past import From, To
from evse_tui.site.snapshot import Level

LevelName = Annotated[str, names(Level)]
LevelQuery = Literal["info", "warning", "fault"]


class Surplus(Model):
    """How the solar surplus came about; sums over phases, + is import."""

    raw_sum_da: Annotated[int, doc("Mains as measured.")]
    battery_da: Annotated[int, doc("The battery current that was taken out, after policy and ageing.")]
    neutralised_sum_da: Annotated[int, doc("Mains without the battery.")]
    neutralised_da: Annotated[Phases, doc("Split over L1, L2, L3; for display only.")]


class Site(Model):
    """The site without its chargers."""

    number: Annotated[int, doc("Number of the snapshot; it only grows while the host runs.")]
    at_ms: Annotated[int, doc("Host clock, ms from an arbitrary origin, at which the ages hold.")]
    wall_s: Wall
    started_s: Annotated[Wall, doc("When the host started; another value is another host, whose numbers begin anew.")]
    version: str
    name: str
    zone: Annotated[
        str | None, doc("IANA name of the zone of local times and days; null if the host does not know its own.")
    ]
    demo: Annotated[bool, doc("House, PV, battery, cars and boards are simulated.")]
    decision_age_ms: Annotated[Age | None, doc("Since control last decided; null before its first pass.")]
    settings: Annotated[dict[str, int], doc("Values by name; what they mean: `/api/v1/settings`.")]
    mains: Annotated[Meter, doc("The grid connection, raw: this guards the fuse.")]
    circuit: Annotated[Meter, doc("The chargers' own group.")]
    battery: Battery
    pv: Meter
    surplus: Surplus | None
    rooms_da: Annotated[Phases | None, doc("What all offers together may be per phase, under mains and circuit.")]
    budget_da: Annotated[int | None, doc("What the solar cars may draw together, summed over phases.")]
    grid_relay: Annotated[bool, doc("The grid operator limits now.")]
    price_milli_per_kwh: Annotated[int | None, doc("Tariff now, thousandths of the currency per kWh.")]
    warnings: Annotated[list[str], doc("One sentence each.")]
    commands: Annotated[list[Command], doc("Commands to the site, oldest first.")]


class Event(Model):
    """One line of the log."""

    number: int
    wall_s: Wall
    charger_id: Annotated[str | None, doc("null: the whole site.")]
    level: LevelName
    text: str


class Events(Model):
    """Lines of the log, oldest first."""

    events: list[Event]


_Charger = Annotated[Annotated[str, Meta(max_length=64)] | UnsetType, doc("Only this charger's.")]
_Level = Annotated[LevelQuery | UnsetType, doc("Only this level and worse.")]


class EventsQuery(Request):
    """Which events. The newest are known before the store has them; `before`, `from` and `to` ask the store."""

    after: Annotated[
        Annotated[int, Meta(ge=0, le=LARGEST)] | UnsetType,
        doc("Only events with a larger number, the next ones first, as far back as the snapshot goes."),
    ] = UNSET
    before: Annotated[
        Annotated[int, Meta(ge=1, le=LARGEST)] | UnsetType, doc("Only events with a smaller number, from the store.")
    ] = UNSET
    from_s: From = field(name="from", default=UNSET)
    to_s: To = field(name="to", default=UNSET)
    limit: Annotated[
        int, Meta(ge=1, le=1000, description="At most so many: the next ones after `after`, or the newest.")
    ] = 200
    charger: _Charger = UNSET
    level: _Level = UNSET


class EventsExport(Request):
    """Which events of the store."""

    from_s: From = field(name="from", default=UNSET)
    to_s: To = field(name="to", default=UNSET)
    charger: _Charger = UNSET
    level: _Level = UNSET


class Snapshot(Model):
    """The whole site at one moment."""

    site: Site
    chargers: Annotated[list[Charger], doc("In the order of the configuration.")]
    events: Annotated[list[Event], doc("The newest lines of the log, oldest first.")]
