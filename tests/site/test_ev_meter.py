"""A charger's own meter, told in parts."""

from __future__ import annotations

from evse_tui.config import API
from evse_tui.site.commands import EvMeasurement, Source
from evse_tui.site.energy import EnergyAccount
from evse_tui.site.ev_meter import EvMeter
from evse_tui.site.snapshot import Freshness


def test_an_energy_register_keeps_no_current_alive() -> None:
    """Two senders, of which the one that tells currents has died."""
    meter = EvMeter(API, EnergyAccount("1", None, 0), demo=False)
    meter.feed(EvMeasurement("1", (100, 100, 100), 6_900), Source.OUTSIDE, 0, 0.0)
    for now_ms in range(0, 130_000, 10_000):
        meter.feed(EvMeasurement("1", import_wh=1_000 + now_ms), Source.OUTSIDE, now_ms, now_ms / 1_000)
    reading, modelled = meter.snapshot(120_000, None)
    assert (reading.freshness, reading.age_ms, reading.import_wh) == (Freshness.GONE, 120_000, 121_000)
    assert not modelled  # there is no board of which to make a model


def test_a_register_alone_is_no_reading_of_currents() -> None:
    meter = EvMeter(API, EnergyAccount("1", None, 0), demo=False)
    meter.feed(EvMeasurement("1", import_wh=1_000), Source.OUTSIDE, 0, 0.0)
    reading, _ = meter.snapshot(1_000, None)
    assert (reading.freshness, reading.import_wh) == (Freshness.ABSENT, 1_000)
