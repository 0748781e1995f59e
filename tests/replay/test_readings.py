"""What meters told, as captures keep it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.replay.readings import Reading, decode_reading, encode_reading, known_readings
from evse_tui.site.commands import (
    BatteryMeasurement,
    CircuitMeasurement,
    EvMeasurement,
    EvStateMeasurement,
    MainsMeasurement,
    PriceMeasurement,
    PvMeasurement,
    Source,
)
from evse_tui.site.snapshot import EvStateSnapshot, Freshness, MeterSnapshot
from tests.ui import snapshots

number = st.integers(-(1 << 39), 1 << 39)
maybe = st.none() | number
currents = st.tuples(number, number, number)
measurement = st.one_of(
    st.builds(MainsMeasurement, currents, maybe, maybe),
    st.builds(CircuitMeasurement, currents),
    st.builds(BatteryMeasurement, number, maybe),
    st.builds(PvMeasurement, number),
    st.builds(EvMeasurement, st.text(max_size=20), st.none() | currents, maybe, maybe, maybe),
    st.builds(PriceMeasurement, number),
    st.builds(EvStateMeasurement, st.text(max_size=20), maybe, maybe, maybe, maybe),
)


@given(st.builds(Reading, measurement, st.sampled_from(Source), st.integers(0, 1 << 39)))
def test_readings_come_back(reading: Reading) -> None:
    assert decode_reading(encode_reading(reading)) == reading


def test_they_are_plain_json_with_units() -> None:
    """docs/captures.md shows these."""
    assert json.loads(encode_reading(Reading(MainsMeasurement((52, -13, 8), 1_000)))) == {
        "meter": "mains",
        "source": "outside",
        "currents_da": [52, -13, 8],
        "import_wh": 1_000,
    }
    car = EvStateMeasurement("1", current_soc=40, energy_capacity_wh=60_000, evccid="00:11:22:33:44:55")
    assert json.loads(encode_reading(Reading(car, Source.SIMULATION, 7))) == {
        "meter": "car",
        "source": "simulation",
        "charger_id": "1",
        "current_soc_percent": 40,
        "energy_capacity_wh": 60_000,
        "age_ms": 7,
    }


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\xff", b"[]", b"1", b'{"meter":', b'{"meter":"mains"}', b"[" * 60_000, b'{"a":' * 9_000),
        b'{"meter":"mains","source":"outside","currents_da":[1,2]}',
        b'{"meter":"mains","source":"outside","currents_da":[1,2,true]}',
        b'{"meter":"mains","source":"outside","currents_da":[1,2,1e300]}',
        b'{"meter":"mains","source":"outside","currents_da":[1,2,' + b"9" * 400 + b"]}",
        b'{"meter":"mains","source":"nobody","currents_da":[1,2,3]}',
        b'{"meter":"gas","source":"outside","currents_da":[1,2,3]}',
        b'{"meter":"pv","source":"outside","power_w":1,"age_ms":-1}',
        b'{"meter":"pv","source":"outside","power_w":1,"age_ms":"x"}',
        b'{"meter":["pv"],"source":["outside"],"power_w":1}',
    ],
)
def test_what_is_damaged_or_unknown_is_no_reading(data: bytes) -> None:
    assert decode_reading(data) is None


@given(st.binary(max_size=80))
def test_no_bytes_raise(data: bytes) -> None:
    decode_reading(data)


def test_what_a_later_version_adds_is_left_alone() -> None:
    data = b'{"meter":"pv","source":"outside","power_w":5,"phases":[1,2]}'
    assert decode_reading(data) == Reading(PvMeasurement(5))


def test_known_readings_have_their_ages() -> None:
    def meter(age_ms: int, **values: Any) -> MeterSnapshot:
        return replace(MeterSnapshot("API", Freshness.FRESH, age_ms=age_ms), **values)

    one = replace(
        snapshots.charging(),
        ev=meter(4, currents_da=(70, 0, 0), power_w=1_600, simulated=True),
        ev_state=EvStateSnapshot(current_soc=50, evccid="00:11"),
    )
    modelled = replace(snapshots.charging(), id="2", ev_modelled=True)
    snapshot = replace(
        snapshots.normal(),
        mains=meter(1, currents_da=(1, 2, 3), import_wh=9),
        circuit=meter(2, currents_da=(4, 5, 6)),
        battery=meter(3, currents_da=(-40, 0, 0), soc_permille=500),
        pv=meter(70_000, power_w=3_000),
        price_milli_per_kwh=-12,
        chargers=(one, modelled),
    )
    assert list(known_readings(snapshot)) == [
        Reading(MainsMeasurement((1, 2, 3), 9), age_ms=1),
        Reading(CircuitMeasurement((4, 5, 6)), age_ms=2),
        Reading(BatteryMeasurement(-40, 500), age_ms=3),
        Reading(PvMeasurement(3_000), age_ms=70_000),
        Reading(PriceMeasurement(-12)),
        Reading(EvMeasurement(one.id, (70, 0, 0), 1_600), Source.SIMULATION, 4),
        Reading(EvStateMeasurement(one.id, 50)),
    ]
    absent = MeterSnapshot("API", Freshness.ABSENT)
    nothing = replace(snapshots.normal(), mains=absent, circuit=absent, battery=absent, pv=absent, chargers=())
    assert list(known_readings(replace(nothing, price_milli_per_kwh=None))) == []
