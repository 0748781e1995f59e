"""What the meters told a site, as a capture keeps it: one JSON object for each measurement.

`meter` says which one, `source` who sent it; the rest are the measurement's own names and units, without what was not
told. `age_ms` is how old a value was when the capture began. Identities of cars are left out. docs/captures.md tells it
to those who read captures with other tools.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Final

import msgspec

from evse_tui.board.recording_file import REMEMBERED
from evse_tui.site.commands import (
    BatteryMeasurement,
    CircuitMeasurement,
    EvMeasurement,
    EvStateMeasurement,
    MainsMeasurement,
    Measurement,
    PriceMeasurement,
    PvMeasurement,
    Source,
)
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerSnapshot, MeterSnapshot, Snapshot

_METERS: Final[dict[str, type[Measurement]]] = {
    "mains": MainsMeasurement,
    "circuit": CircuitMeasurement,
    "battery": BatteryMeasurement,
    "pv": PvMeasurement,
    "ev": EvMeasurement,
    "price": PriceMeasurement,
    "car": EvStateMeasurement,
}
_NAMES: Final = {kind: name for name, kind in _METERS.items()}
_WITH_UNIT: Final = {"current_soc": "current_soc_percent", "full_soc": "full_soc_percent"}
"""Fields whose own names lack it."""
_LEFT_OUT: Final = "evccid"
_HIGHEST: Final = 1 << 40
"""No reading has such a number."""

Write = Callable[[bytes, str], None]
"""Takes a reading and a comment."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody told the site."""

    measurement: Measurement
    source: Source = Source.OUTSIDE
    age_ms: int = 0


@contextmanager
def readings_written(site: Site, write: Write) -> Iterator[None]:
    """Writes what is known now, and inside the block whatever the site is told."""
    for reading in known_readings(site.snapshot):
        write(encode_reading(reading), REMEMBERED)
    site.on_measurement = lambda measurement, source: write(encode_reading(Reading(measurement, source)), "")
    try:
        yield
    finally:
        site.on_measurement = None


def known_readings(snapshot: Snapshot) -> Iterator[Reading]:
    """The newest reading of each source, for those who did not hear it arrive."""
    mains, circuit, battery, pv = snapshot.mains, snapshot.circuit, snapshot.battery, snapshot.pv
    if mains.currents_da is not None:
        yield _aged(mains, MainsMeasurement(mains.currents_da, mains.import_wh, mains.export_wh))
    if circuit.currents_da is not None:
        yield _aged(circuit, CircuitMeasurement(circuit.currents_da))
    if battery.currents_da is not None:
        yield _aged(battery, BatteryMeasurement(battery.currents_da[0], battery.soc_permille))
    if pv.power_w is not None:
        yield _aged(pv, PvMeasurement(pv.power_w))
    if snapshot.price_milli_per_kwh is not None:
        yield Reading(PriceMeasurement(snapshot.price_milli_per_kwh))
    for charger in snapshot.chargers:
        yield from _known_of(charger)


def _known_of(charger: ChargerSnapshot) -> Iterator[Reading]:
    ev, state = charger.ev, charger.ev_state
    if ev.age_ms is not None and not charger.ev_modelled:
        yield _aged(ev, EvMeasurement(charger.id, ev.currents_da, ev.power_w, ev.import_wh, ev.export_wh))
    if state is not None:
        yield Reading(
            EvStateMeasurement(
                charger.id, state.current_soc, state.full_soc, state.energy_capacity_wh, state.energy_request_wh
            )
        )


def _aged(meter: MeterSnapshot, measurement: Measurement) -> Reading:
    return Reading(measurement, Source.SIMULATION if meter.simulated else Source.OUTSIDE, meter.age_ms or 0)


def encode_reading(reading: Reading) -> bytes:
    """A reading as JSON."""
    measurement = reading.measurement
    words: dict[str, object] = {"meter": _NAMES[type(measurement)], "source": reading.source.value}
    for field in fields(measurement):
        value = getattr(measurement, field.name)
        if value is not None and field.name != _LEFT_OUT:
            words[_WITH_UNIT.get(field.name, field.name)] = value
    if reading.age_ms:
        words["age_ms"] = reading.age_ms
    return msgspec.json.encode(words)


def decode_reading(data: bytes) -> Reading | None:
    """The reading in `data`; None if it is damaged or unknown."""
    try:
        words = msgspec.json.decode(data, type=dict[str, object])
        kind = _METERS[str(words.get("meter"))]
        source = Source(words.get("source"))
        age_ms = msgspec.convert(words.get("age_ms", 0), int)
        measurement = msgspec.convert(
            {field.name: words.get(_WITH_UNIT.get(field.name, field.name), field.default) for field in fields(kind)},
            kind,
        )
    except (ValueError, KeyError, RecursionError):
        return None
    if age_ms < 0 or not all(map(_sane, words.values())):
        return None
    return Reading(measurement, source, age_ms)


def _sane(value: object) -> bool:
    numbers = value if isinstance(value, list) else [value]
    return all(abs(number) < _HIGHEST for number in numbers if isinstance(number, int))
