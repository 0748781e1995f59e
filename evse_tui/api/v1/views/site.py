"""The site, its log, and the whole picture."""

from __future__ import annotations

from typing import Final

from msgspec import UnsetType

from evse_tui import __version__
from evse_tui.api.v1.models import site as models
from evse_tui.api.v1.views.charger import charger_view
from evse_tui.api.v1.views.command import command_view
from evse_tui.api.v1.views.meter import battery_view, meter_view
from evse_tui.api.v1.views.words import name
from evse_tui.control.types import Surplus
from evse_tui.site.snapshot import EventEntry, Level, Snapshot
from evse_tui.store import LogEntry

_SEVERITY: Final = {name(level): severity for severity, level in enumerate(Level)}


def site_view(snapshot: Snapshot) -> models.Site:
    decided_ms = snapshot.decided_ms
    return models.Site(
        number=snapshot.number,
        at_ms=snapshot.at_ms,
        wall_s=snapshot.wall_s,
        started_s=snapshot.started_s,
        version=__version__,
        name=snapshot.name,
        zone=snapshot.zone or None,
        demo=snapshot.demo,
        decision_age_ms=None if decided_ms is None else max(0, snapshot.at_ms - decided_ms),
        settings=dict(snapshot.settings),
        mains=meter_view(snapshot.mains),
        circuit=meter_view(snapshot.circuit),
        battery=battery_view(snapshot.battery),
        pv=meter_view(snapshot.pv),
        surplus=None if snapshot.surplus is None else _surplus(snapshot.surplus),
        rooms_da=snapshot.rooms_da,
        budget_da=snapshot.budget_da,
        grid_relay=snapshot.grid_relay,
        price_milli_per_kwh=snapshot.price_milli_per_kwh,
        warnings=list(snapshot.warnings),
        commands=[command_view(command) for command in snapshot.commands],
    )


def events_view(snapshot: Snapshot, query: models.EventsQuery) -> models.Events:
    """The lines that fit the query, oldest first: the next after a number, else the newest."""
    after = None if isinstance(query.after, UnsetType) else query.after
    least = _SEVERITY[query.level] if query.level else 0
    fitting = [
        _event(entry)
        for entry in snapshot.events
        if (after is None or entry.number > after)
        and (not query.charger or entry.charger_id == query.charger)
        and _SEVERITY[name(entry.level)] >= least
    ]
    return models.Events(events=fitting[-query.limit :] if after is None else fitting[: query.limit])


def snapshot_view(snapshot: Snapshot) -> models.Snapshot:
    return models.Snapshot(
        site=site_view(snapshot),
        chargers=[charger_view(charger, snapshot.at_ms) for charger in snapshot.chargers],
        events=[_event(entry) for entry in snapshot.events],
    )


def _surplus(surplus: Surplus) -> models.Surplus:
    return models.Surplus(
        raw_sum_da=surplus.raw_sum_da,
        battery_da=surplus.battery_da,
        neutralised_sum_da=surplus.neutralised_sum_da,
        neutralised_da=surplus.neutralised_da,
    )


def _event(entry: EventEntry) -> models.Event:
    return models.Event(
        number=entry.number,
        wall_s=entry.wall_s,
        charger_id=entry.charger_id,
        level=name(entry.level),
        text=entry.text,
    )


def stored_event_view(entry: LogEntry) -> models.Event:
    return models.Event(
        number=entry.number, wall_s=entry.wall_s, charger_id=entry.charger_id, level=entry.level, text=entry.text
    )
