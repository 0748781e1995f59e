"""A charger's own meter, told in parts."""

from __future__ import annotations

from evse_tui.config import API
from evse_tui.site.commands import EvMeasurement, Source
from evse_tui.site.energy import EnergyAccount
from evse_tui.site.ev_meter import EvMeter
from evse_tui.site.snapshot import Freshness, MeterSnapshot


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


class Told:
    """A meter and its account, told once a second; a car is plugged in."""

    def __init__(self) -> None:
        self.account = EnergyAccount("1", None, 0)
        self.account.plug(0, 0.0, plugged=True)
        self.meter = EvMeter(API, self.account, demo=False)

    def for_seconds(self, from_s: int, seconds: int, reading: EvMeasurement) -> MeterSnapshot:
        """The meter after the last of some equal readings, one a second."""
        for second in range(from_s, from_s + seconds):
            self.meter.feed(reading, Source.OUTSIDE, second * 1_000, float(second))
            self.meter.account_power(second * 1_000, None, None)
        return self.meter.snapshot((from_s + seconds) * 1_000, None)[0]


HIGH = EvMeasurement("1", (160, 160, 160), 11_000)
LOW = EvMeasurement("1", (60, 60, 60))


def test_a_power_that_is_not_told_any_more_is_dropped_while_currents_come() -> None:
    told = Told()
    assert told.for_seconds(0, 20, HIGH).power_w == 11_000
    before_wh = told.account.session_wh
    soon = told.for_seconds(20, 5, LOW)
    assert (soon.power_w, soon.currents_da) == (11_000, (60, 60, 60)), "one lost value is no news"
    late = told.for_seconds(25, 3_600, LOW)
    assert (late.freshness, late.power_w, late.currents_da) == (Freshness.FRESH, None, (60, 60, 60))
    # 4140 W for the hour, but for some seconds with the power of before
    assert 4_140 <= told.account.session_wh - before_wh <= 4_180
    session = told.account.session()
    assert session is not None
    assert session.estimated


def test_currents_that_are_not_told_any_more_are_dropped_while_power_comes() -> None:
    told = Told()
    told.for_seconds(0, 20, HIGH)
    late = told.for_seconds(20, 30, EvMeasurement("1", power_w=4_000))
    assert (late.freshness, late.power_w, late.currents_da) == (Freshness.FRESH, 4_000, None)


def test_a_power_that_comes_less_often_than_currents_holds_as_long_as_its_own_rhythm_says() -> None:
    told = Told()
    for begin_s in range(0, 150, 30):
        told.for_seconds(begin_s, 1, HIGH)
        told.for_seconds(begin_s + 1, 29, LOW)
    assert told.for_seconds(150, 30, LOW).power_w == 11_000
    assert told.for_seconds(180, 10, LOW).power_w is None, "gone after 64 s, whatever its rhythm"


def test_a_meter_that_is_silent_keeps_both_as_old_as_they_are() -> None:
    told = Told()
    told.for_seconds(0, 20, HIGH)
    reading, _ = told.meter.snapshot(60_000, None)
    assert (reading.freshness, reading.power_w, reading.currents_da) == (Freshness.LATE, 11_000, (160, 160, 160))
    assert reading.age_ms == 41_000
