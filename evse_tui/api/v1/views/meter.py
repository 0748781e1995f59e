"""Measurements."""

from __future__ import annotations

from evse_tui.api.v1.models.meter import Battery, ChargerMeter, Meter, Meters
from evse_tui.api.v1.views.words import name
from evse_tui.site.snapshot import MeterSnapshot, Snapshot


def meter_view(meter: MeterSnapshot) -> Meter:
    return Meter(
        kind=meter.kind,
        freshness=name(meter.freshness),
        age_ms=meter.age_ms,
        updated_s=meter.updated_s or None,
        simulated=meter.simulated,
        currents_da=meter.currents_da,
        power_w=meter.power_w,
        import_wh=meter.import_wh,
        export_wh=meter.export_wh,
    )


def battery_view(meter: MeterSnapshot) -> Battery:
    return Battery(
        kind=meter.kind,
        freshness=name(meter.freshness),
        age_ms=meter.age_ms,
        updated_s=meter.updated_s or None,
        simulated=meter.simulated,
        current_da=None if meter.currents_da is None else meter.currents_da[0],
        power_w=meter.power_w,
        import_wh=meter.import_wh,
        export_wh=meter.export_wh,
        soc_permille=meter.soc_permille,
    )


def meters_view(snapshot: Snapshot) -> Meters:
    return Meters(
        at_ms=snapshot.at_ms,
        mains=meter_view(snapshot.mains),
        circuit=meter_view(snapshot.circuit),
        battery=battery_view(snapshot.battery),
        pv=meter_view(snapshot.pv),
        price_milli_per_kwh=snapshot.price_milli_per_kwh,
        chargers=[
            ChargerMeter(charger_id=charger.id, modelled=charger.ev_modelled, meter=meter_view(charger.ev))
            for charger in snapshot.chargers
        ],
    )
