"""The power balance of the site, from whatever its sources say: pure.

house = grid + PV - battery - cars, with grid + import and battery + charging. Without a PV source the house cannot be
told from the roof, so `house - PV` is one value. Sources that give currents only are counted at 230 V.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from evse_tui.site.snapshot import Freshness, MeterSnapshot
from evse_tui.ui import text
from evse_tui.ui.frame import Frame


@unique
class Place(Enum):
    """Where power comes from or goes to; the value is its title."""

    PV = "PV"
    GRID = "Grid"
    HOUSE = "House"
    HOUSE_LESS_PV = "House - PV"
    BATTERY = "Battery"
    CARS = "Cars"


@dataclass(frozen=True, slots=True)
class Flow:
    """One place of the balance."""

    place: Place
    power_w: int | None
    """+ out of the site's bus bar (into house, cars, battery), - into it (from PV, grid); None is unknown."""
    note: str
    """Direction, state of charge or age: what the number needs beside it."""
    live: bool


def flows(frame: Frame) -> tuple[Flow, ...]:
    """PV and grid first, then what they feed; places that do not exist are left out."""
    snapshot = frame.snapshot
    grid_w = metered_w(snapshot.mains)
    pv_w = metered_w(snapshot.pv)
    battery_w = _battery_w(snapshot.battery)
    has_pv = snapshot.pv.freshness is not Freshness.ABSENT
    has_battery = snapshot.battery.freshness is not Freshness.ABSENT
    cars = [metered_w(charger.ev) for charger in snapshot.chargers]
    cars_w = sum(car_w for car_w in cars if car_w is not None)
    modelled = any(charger.ev_modelled and charger.ev.currents_da is not None for charger in snapshot.chargers)
    cars_live = all(frame.meter_live(charger.ev) for charger in snapshot.chargers if charger.ev.currents_da is not None)

    rest_w = None
    if grid_w is not None:
        rest_w = grid_w + (pv_w or 0) - (battery_w or 0) - cars_w
    rest_live = frame.meter_live(snapshot.mains) and cars_live
    if has_battery:
        rest_live = rest_live and frame.meter_live(snapshot.battery)

    found = []
    if has_pv:
        rest_live = rest_live and frame.meter_live(snapshot.pv)
        found.append(Flow(Place.PV, None if pv_w is None else -pv_w, *_note(frame, snapshot.pv, "makes")))
    grid_note = "" if grid_w is None else "export" if grid_w < 0 else "import" if grid_w else "balanced"
    found.append(Flow(Place.GRID, None if grid_w is None else -grid_w, *_note(frame, snapshot.mains, grid_note)))
    house = Place.HOUSE if has_pv else Place.HOUSE_LESS_PV
    if rest_w is None:
        house_note = "unknown"
    elif not has_pv and rest_w < 0:
        house_note = "surplus"
    else:
        house_note = "uses"
    found.append(Flow(house, rest_w, house_note if rest_live or rest_w is None else "old values", rest_live))
    if has_battery:
        found.append(Flow(Place.BATTERY, battery_w, *_note(frame, snapshot.battery, _battery_note(snapshot.battery))))
    charging = sum(1 for car_w in cars if car_w)
    cars_note = ", ".join(
        part
        for part in (f"{charging} of {len(cars)} draw" if len(cars) > 1 else "", "model" if modelled else "")
        if part
    )
    found.append(Flow(Place.CARS, cars_w, cars_note if cars_live else "old values", cars_live))
    return tuple(found)


def metered_w(meter: MeterSnapshot) -> int | None:
    """The power that a meter of currents tells, else its currents at 230 V; None if it knows neither."""
    if meter.power_w is not None:
        return meter.power_w
    if meter.currents_da is None:
        return None
    return round(sum(meter.currents_da) * text.NOMINAL_V / 10)


def _battery_w(meter: MeterSnapshot) -> int | None:
    """The battery's currents_da[0] is already the sum over phases."""
    if meter.power_w is not None:
        return meter.power_w
    return None if meter.currents_da is None else round(meter.currents_da[0] * text.NOMINAL_V / 10)


def _battery_note(meter: MeterSnapshot) -> str:
    power_w = _battery_w(meter)
    if power_w is None:
        return ""
    direction = "idle" if power_w == 0 else "charging" if power_w > 0 else "gives"
    return direction if meter.soc_permille is None else f"{direction} {text.percent(meter.soc_permille)}"


def _note(frame: Frame, meter: MeterSnapshot, live_note: str) -> tuple[str, bool]:
    if meter.freshness is Freshness.ABSENT:
        return "no meter" if meter.kind == "Disabled" else "no data yet", False
    if frame.meter_live(meter):
        return live_note, True
    old = text.age(frame.meter_age_ms(meter))
    return f"lost {old} ago" if meter.freshness is Freshness.GONE else f"late, {old} old", False
