"""The past as tables for spreadsheets: amps, watt-hours and UTC instead of what programs like. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from evse_tui.api.v1.models.past import ChargerPoint, PastSession, SitePoint, Total
from evse_tui.api.v1.models.site import Event

Cell = str | int | float | None
Row = tuple[Cell, ...]

SITE_HEADER: Final = (
    "Start (UTC)",
    "Known (s)",
    *(f"Mains L{phase} (A)" for phase in (1, 2, 3)),
    *(f"Mains lowest L{phase} (A)" for phase in (1, 2, 3)),
    *(f"Mains highest L{phase} (A)" for phase in (1, 2, 3)),
    "Mains sum without battery (A)",
    "Imported (Wh)",
    "Exported (Wh)",
    "Battery (A)",
    "Battery charge (%)",
    "PV (W)",
    "Price (per kWh)",
    "Charged (Wh)",
    "Charged from own energy (Wh)",
    "Charged without known price (Wh)",
    "Cost",
    "Mains limit per phase (A)",
    "Group limit per phase (A)",
    "Limit of the sum (A)",
)
CHARGER_HEADER: Final = (
    "Start (UTC)",
    "Known (s)",
    "Offered (A)",
    "Offered lowest (A)",
    "Offered highest (A)",
    "Granted (A)",
    *(f"Current L{phase} (A)" for phase in (1, 2, 3)),
    "Highest current (A)",
    "Current is a model",
    "Connected (s)",
    "Charging (s)",
    "Charging on 3 phases (s)",
    "Charged (Wh)",
    "Charged from own energy (Wh)",
    "Charged without known price (Wh)",
    "Cost",
    "Reason",
)
TOTALS_HEADER: Final = (
    "Date (local)",
    "Start (UTC)",
    "End (UTC)",
    "Known (s)",
    "Imported (Wh)",
    "Exported (Wh)",
    "PV (Wh)",
    "Charged (Wh)",
    "Charged from own energy (Wh)",
    "Charged without known price (Wh)",
    "Cost",
)
SESSIONS_HEADER: Final = (
    "Number",
    "Charger",
    "Start (UTC)",
    "End (UTC)",
    "Connected (s)",
    "Charging (s)",
    "Energy (Wh)",
    "Energy is an estimate",
    "Own energy (Wh)",
    "Cost",
    "Highest current (A)",
    "Phases",
    "Card",
    "Mode",
)
EVENTS_HEADER: Final = ("Number", "Time (UTC)", "Charger", "Level", "Text")


def site_row(point: SitePoint) -> Row:
    return (
        _time(point.start_s),
        _seconds(point.known_ms),
        *_phases(point.mains_da),
        *_phases(point.mains_min_da),
        *_phases(point.mains_max_da),
        _tenth(point.neutralised_da),
        point.imported_wh,
        point.exported_wh,
        _tenth(point.battery_da),
        _tenth(point.soc_permille),
        point.pv_w,
        _thousandth(point.price_milli_per_kwh),
        point.charged_wh,
        point.solar_wh,
        point.unpriced_wh,
        _thousandth(point.cost_milli),
        _tenth(point.main_da),
        _tenth(point.circuit_da),
        _tenth(point.capacity_da),
    )


def charger_row(point: ChargerPoint) -> Row:
    return (
        _time(point.start_s),
        _seconds(point.known_ms),
        _tenth(point.offered_da),
        _tenth(point.offered_min_da),
        _tenth(point.offered_max_da),
        _tenth(point.granted_da),
        *_phases(point.current_da),
        _tenth(point.current_max_da),
        _yes(point.modelled),
        _seconds(point.plugged_ms),
        _seconds(point.charging_ms),
        _seconds(point.three_phase_ms),
        point.charged_wh,
        point.solar_wh,
        point.unpriced_wh,
        _thousandth(point.cost_milli),
        point.reason,
    )


def total_row(total: Total) -> Row:
    return (
        total.date,
        _time(total.start_s),
        _time(total.end_s),
        _seconds(total.known_ms),
        total.imported_wh,
        total.exported_wh,
        total.pv_wh,
        total.charged_wh,
        total.solar_wh,
        total.unpriced_wh,
        _thousandth(total.cost_milli),
    )


def session_row(session: PastSession) -> Row:
    return (
        session.id,
        session.charger_id,
        _time(session.started_s),
        None if session.ended_s is None else _time(session.ended_s),
        _seconds(session.duration_ms),
        _seconds(session.charging_ms),
        session.energy_wh,
        _yes(session.estimated),
        session.solar_wh,
        _thousandth(session.cost_milli),
        _tenth(session.max_da),
        session.phases,
        session.card,
        session.mode,
    )


def event_row(event: Event) -> Row:
    return (event.number, _time(event.wall_s), event.charger_id, event.level, event.text)


def _time(wall_s: float) -> str:
    return datetime.fromtimestamp(wall_s, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _seconds(duration_ms: int) -> float:
    return duration_ms / 1_000


def _phases(currents_da: tuple[int, int, int] | None) -> Row:
    return (None, None, None) if currents_da is None else tuple(current / 10 for current in currents_da)


def _tenth(value: int | None) -> float | None:
    return None if value is None else value / 10


def _thousandth(value: float | None) -> float | None:
    return None if value is None else value / 1_000


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
