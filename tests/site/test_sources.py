"""Sources of measurements: ages, senders, takeover."""

from __future__ import annotations

from evse_tui.control.freshness import BATTERY_GONE_MS
from evse_tui.site.commands import Source
from evse_tui.site.snapshot import Freshness
from evse_tui.site.sources import TAKEOVER_MS, MeterSource, Taken


def test_absent_fresh_late_gone() -> None:
    meter = MeterSource("API", demo=False)
    assert meter.freshness(10**9) is Freshness.ABSENT
    assert meter.take(Source.OUTSIDE, 1_000, 5.9) is Taken.TAKEN
    assert meter.freshness(12_000) is Freshness.FRESH
    assert meter.freshness(12_001) is Freshness.LATE
    assert meter.freshness(32_001) is Freshness.GONE
    snapshot = meter.snapshot(4_000)
    assert (snapshot.kind, snapshot.age_ms, snapshot.updated_s, snapshot.simulated) == ("API", 3_000, 5, False)


def test_a_slow_meter_is_late_later() -> None:
    meter = MeterSource("API", demo=False)
    for when_ms in range(0, 50_000, 10_000):
        meter.take(Source.OUTSIDE, when_ms, 0)
    assert meter.freshness(40_000 + 25_000) is Freshness.FRESH
    assert meter.freshness(40_000 + 25_001) is Freshness.LATE


def test_the_battery_is_gone_after_its_own_time() -> None:
    meter = MeterSource("API", demo=False, gone_ms=BATTERY_GONE_MS)
    meter.take(Source.OUTSIDE, 0, 0)
    assert meter.freshness(50_000) is Freshness.LATE
    assert meter.freshness(BATTERY_GONE_MS + 1) is Freshness.GONE


def test_a_disabled_meter_takes_nothing() -> None:
    meter = MeterSource("Disabled", demo=False)
    assert meter.take(Source.OUTSIDE, 0, 0) is Taken.IGNORED
    assert meter.snapshot(0).freshness is Freshness.ABSENT


def test_in_the_demo_an_outside_sender_takes_over_for_60_s() -> None:
    meter = MeterSource("API", demo=True)
    assert meter.take(Source.SIMULATION, 0, 0) is Taken.TAKEN
    assert meter.snapshot(0).simulated
    assert meter.take(Source.OUTSIDE, 1_000, 0) is Taken.TAKEN_OVER
    assert meter.take(Source.SIMULATION, 1_001, 0) is Taken.IGNORED
    assert meter.take(Source.OUTSIDE, 30_000, 0) is Taken.TAKEN
    assert meter.take(Source.SIMULATION, 30_000 + TAKEOVER_MS - 1, 0) is Taken.IGNORED
    assert not meter.snapshot(0).simulated
    assert meter.take(Source.SIMULATION, 30_000 + TAKEOVER_MS, 0) is Taken.HANDED_BACK
    assert meter.take(Source.SIMULATION, 30_001 + TAKEOVER_MS, 0) is Taken.TAKEN


def test_outside_of_the_demo_senders_are_equal() -> None:
    meter = MeterSource("API", demo=False)
    meter.take(Source.OUTSIDE, 0, 0)
    assert meter.take(Source.SIMULATION, 1, 0) is Taken.TAKEN


def test_two_values_in_one_millisecond_are_two_samples() -> None:
    meter = MeterSource("API", demo=False)
    meter.take(Source.OUTSIDE, 1_000, 0)
    first_ms = meter.arrived_ms
    meter.take(Source.OUTSIDE, 1_000, 0)
    assert meter.arrived_ms != first_ms
    assert meter.snapshot(1_000).age_ms == 0
