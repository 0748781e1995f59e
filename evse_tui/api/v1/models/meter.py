"""Measurements, out and in."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from evse_tui.api.v1.models.base import (
    END,
    HIGHEST_CAR_WH,
    HIGHEST_PRICE,
    Age,
    Energy,
    Model,
    Percent,
    Permille,
    Phases,
    Request,
    SentPhases,
    SignedCurrent,
    SignedPower,
    Wall,
    doc,
    names,
)
from evse_tui.site.snapshot import Freshness

FreshnessName = Annotated[
    str,
    names(Freshness),
    doc("`absent` has never spoken, `late` should have spoken again, `gone` no longer counts."),
]


class Meter(Model):
    """The newest reading of one source."""

    kind: Annotated[str, doc("`API` is fed by POST, `Disabled` is not there.")]
    freshness: FreshnessName
    age_ms: Age | None
    updated_s: Wall | None
    simulated: Annotated[bool, doc("Fed by the demo's simulated house.")]
    currents_da: Annotated[Phases | None, doc("L1, L2, L3 in 0.1 A; + is import.")]
    power_w: int | None
    import_wh: Annotated[int | None, doc("Register of the meter.")]
    export_wh: Annotated[int | None, doc("Register of the meter.")]


class Battery(Model):
    """The home battery."""

    kind: Annotated[str, doc("`API` is fed by POST, `Disabled` is not there.")]
    freshness: FreshnessName
    age_ms: Age | None
    updated_s: Wall | None
    simulated: Annotated[bool, doc("Fed by the demo's simulated house.")]
    current_da: Annotated[int | None, doc("Sum over phases; + charges the battery.")]
    power_w: int | None
    import_wh: int | None
    export_wh: int | None
    soc_permille: Permille | None


class ChargerMeter(Model):
    """A charger and its own meter."""

    charger_id: str
    modelled: Annotated[bool, doc("The currents are a model of what the car draws: there is no meter, or it is gone.")]
    meter: Meter


class Meters(Model):
    """Every source of measurements."""

    at_ms: Annotated[int, doc("Host clock at which the ages hold.")]
    mains: Annotated[Meter, doc("The grid connection, raw.")]
    circuit: Annotated[Meter, doc("The chargers' own group.")]
    battery: Battery
    pv: Meter
    price_milli_per_kwh: Annotated[int | None, doc("Tariff now, thousandths of the currency per kWh.")]
    chargers: list[ChargerMeter]


class MainsReading(Request):
    """Raw grid current. A decision follows before the answer."""

    currents_da: SentPhases
    import_wh: Annotated[Energy | None, doc("null leaves the register as it was.")] = None
    export_wh: Annotated[Energy | None, doc("null leaves the register as it was.")] = None


class CircuitReading(Request):
    """Current of the chargers' own group."""

    currents_da: SentPhases


class BatteryReading(Request):
    """Current of the home battery."""

    current_da: Annotated[SignedCurrent, doc("0.1 A, sum over phases; + charges the battery.")]
    soc_permille: Annotated[Permille | None, doc("State of charge, 1000 is full.")] = None


class PvReading(Request):
    """PV production; for display."""

    power_w: Annotated[SignedPower, doc("W; + is production.")]


class PriceReading(Request):
    """Tariff from now on; for display and the cost of sessions."""

    milli_per_kwh: Annotated[
        int, Meta(ge=-HIGHEST_PRICE, le=HIGHEST_PRICE, description="Thousandths of the currency per kWh.")
    ]


class EvReading(Request):
    """A charger's own meter; what is left out or null stays as it was."""

    currents_da: Annotated[SentPhases | None, doc("The charger's own L1, L2, L3 in 0.1 A.")] = None
    power_w: Annotated[SignedPower | None, doc("W; + is charging.")] = None
    import_wh: Annotated[Energy | None, doc("Register of the meter.")] = None
    export_wh: Annotated[Energy | None, doc("Register of the meter.")] = None


class EvStateReading(Request):
    """What somebody knows of the car itself; what is left out or null stays as it was. For display."""

    current_soc: Annotated[Percent | None, doc("State of charge now, %.")] = None
    full_soc: Annotated[Percent | None, doc("State of charge at which the car is full, %.")] = None
    energy_capacity_wh: Annotated[int, Meta(ge=0, le=HIGHEST_CAR_WH)] | None = None
    energy_request_wh: Annotated[int, Meta(ge=0, le=HIGHEST_CAR_WH)] | None = None
    evccid: Annotated[
        Annotated[str, Meta(max_length=32, pattern=f"^[0-9A-Za-z:._-]*{END}")] | None, doc("Identity of the car.")
    ] = None
