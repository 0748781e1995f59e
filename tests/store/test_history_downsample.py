"""From values that stand to minutes: nothing is lost or doubled, whatever the wall clock does."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from evse_tui.store.buckets import MJ_PER_WH, ChargerBucket, SiteBucket
from evse_tui.store.downsample import (
    HOLD_MS,
    ChargerValues,
    EnergyCounter,
    Minutes,
    SiteValues,
    Timeline,
)
from evse_tui.store.history import Span

NOON_MS = 1_700_000_040_000 - 1_700_000_040_000 % 60_000


def _sites(spans: Sequence[Span]) -> list[SiteBucket]:
    return [span.site for span in spans if span.site is not None]


def _of(spans: Sequence[Span], charger_id: str) -> list[ChargerBucket]:
    return [part.bucket for span in spans for part in span.chargers if part.charger_id == charger_id]


def test_values_count_by_the_time_that_they_stood() -> None:
    minutes = Minutes((), 0, NOON_MS)
    minutes.site = SiteValues(mains_da=(100, 0, -30), pv_w=1_000, main_da=250)
    assert minutes.advance(15_000, NOON_MS + 15_000) == []
    minutes.site = SiteValues(mains_da=(20, 0, -10), main_da=160)
    minutes.advance(40_000, NOON_MS + 40_000)
    (minute,) = _sites(minutes.advance(60_000, NOON_MS + 60_000))
    assert (minute.start_s, minute.length_s) == (NOON_MS // 1000, 60)
    assert minute.mains_da == (40, 0, -15)  # 100 for 15 s and 20 for 45 s
    assert (minute.mains_min_l1, minute.mains_max_l1, minute.mains_min_l3, minute.mains_max_l3) == (20, 100, -30, -10)
    assert (minute.pv_ms, minute.pv_w) == (15_000, 1_000)
    assert minute.main_da == 160
    assert minute.imported_mj == (70 * 15_000 + 10 * 45_000) * 23
    assert minute.exported_mj == 0


def test_what_is_unknown_is_a_gap_not_zero() -> None:
    minutes = Minutes(("1",), 0, NOON_MS)
    spans = minutes.advance(20_000, NOON_MS + 20_000)
    spans += minutes.advance(40_000, NOON_MS + 40_000)
    spans += minutes.advance(60_000, NOON_MS + 60_000)
    assert spans == []
    minutes.site = SiteValues(mains_da=(0, 0, 0))
    for at_ms in range(80_000, 121_000, 20_000):
        spans += minutes.advance(at_ms, NOON_MS + at_ms)
    (minute,) = _sites(spans)
    assert minute.mains_da == (0, 0, 0)
    assert (minute.battery_da, minute.pv_w, minute.price_milli_per_kwh, minute.soc_permille) == (None,) * 4
    assert _of(spans, "1") == []


def test_a_host_that_slept_knows_nothing_of_that_time() -> None:
    minutes = Minutes((), 0, NOON_MS)
    minutes.site = SiteValues(mains_da=(100, 0, 0))
    minutes.advance(1_000, NOON_MS + 1_000)
    spans = minutes.advance(3_600_000, NOON_MS + 3_600_000)
    spans += minutes.advance(3_601_000, NOON_MS + 3_601_000)
    spans += minutes.flush()
    assert [(minute.start_s - NOON_MS // 1000, minute.mains_ms) for minute in _sites(spans)] == [
        (0, 1_000),
        (3_600, 1_000),
    ]


def test_a_clock_set_back_counts_the_minute_twice_as_long() -> None:
    minutes = Minutes((), 0, NOON_MS)
    minutes.site = SiteValues(mains_da=(10, 0, 0))
    spans = minutes.advance(30_000, NOON_MS + 30_000)
    spans += minutes.advance(60_000, NOON_MS)  # set back by a minute at its end
    spans += minutes.advance(90_000, NOON_MS + 30_000)
    spans += minutes.advance(120_000, NOON_MS + 60_000)
    assert [(minute.start_s, minute.mains_ms) for minute in _sites(spans)] == [(NOON_MS // 1000, 120_000)]


def test_a_slewing_clock_makes_no_crumbs() -> None:
    timeline = Timeline(0, NOON_MS)
    pieces = []
    for second in range(1, 121):
        pieces += timeline.advance(second * 1_000, NOON_MS + second * 1_000 - (second % 2) * 900)
    assert len(pieces) == 120


Step = tuple[int, int, int, int, int | None]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 90_000),  # ms that pass
        st.sampled_from([0, 0, 0, 0, 500, -500, 61_000, -61_000, 3_600_000, -3_600_000, -86_400_000]),  # clock set by
        st.integers(-300, 300),  # mains, one phase
        st.integers(0, 10**9),  # energy of the car
        st.one_of(st.none(), st.integers(-500, 500)),  # price
    ),
    max_size=40,
)


@given(STEPS)
def test_no_clock_loses_or_doubles_anything(steps: list[Step]) -> None:
    minutes = Minutes(("1",), 0, NOON_MS)
    spans: list[Span] = []
    now_ms, wall_ms, mains = 0, NOON_MS, 0
    known_ms = imported = exported = charged = 0
    for passed_ms, set_by_ms, current_da, energy_mj, price in steps:
        now_ms += passed_ms
        wall_ms = max(0, wall_ms + passed_ms + set_by_ms)
        spans += minutes.advance(now_ms, wall_ms)
        if passed_ms <= HOLD_MS:
            known_ms += passed_ms
            imported += max(0, mains) * 23 * passed_ms
            exported += max(0, -mains) * 23 * passed_ms
        minutes.charged(now_ms, {"1": energy_mj}, {})
        charged += energy_mj
        mains = current_da
        minutes.site = SiteValues(mains_da=(current_da, 0, 0), price_milli_per_kwh=price)
        minutes.chargers["1"] = ChargerValues(online=True, reason="mains")
    spans += minutes.flush()
    sites, chargers = _sites(spans), _of(spans, "1")
    first_ms = steps[0][0] if steps else 0
    assert sum(bucket.mains_ms for bucket in sites) == known_ms - (first_ms if first_ms <= HOLD_MS else 0)
    assert sum(bucket.imported_mj for bucket in sites) == imported
    assert sum(bucket.exported_mj for bucket in sites) == exported
    for buckets in (sites, chargers):
        assert sum(bucket.charged_mj for bucket in buckets) == charged
        assert all(0 <= bucket.solar_mj <= bucket.charged_mj for bucket in buckets)
    assert all(bucket.start_s % 60 == 0 for bucket in sites)


def _live(minutes: Minutes, grown: dict[str, int], at_ms: int) -> None:
    minutes.advance(at_ms, NOON_MS + at_ms)
    minutes.charged(at_ms, grown, {})


def test_the_cars_are_the_last_load() -> None:
    minutes = Minutes(("1", "2"), 0, NOON_MS)
    minutes.site = SiteValues(mains_da=(100, 0, 0), price_milli_per_kwh=250)  # 2.3 kW from the grid
    _live(minutes, {"1": 3_000 * 10_000, "2": 1_000 * 10_000}, 10_000)  # cars take 4 kW: 1.7 kW are one's own
    (span,) = minutes.flush()
    assert span.site is not None
    assert span.site.charged_mj == 40_000_000
    assert span.site.solar_mj == 17_000_000
    one, two = (part.bucket for part in span.chargers)
    assert (one.solar_mj, two.solar_mj) == (12_750_000, 4_250_000)
    assert one.cost_u == (30_000_000 - 12_750_000) * 250 // MJ_PER_WH
    assert (one.unpriced_mj, span.site.cost_u) == (0, one.cost_u + two.cost_u)


def test_energy_of_unknown_origin_is_the_grids() -> None:
    minutes = Minutes(("1",), 0, NOON_MS)
    _live(minutes, {"1": 5_000}, 10_000)
    (span,) = minutes.flush()
    assert span.site is not None
    assert (span.site.charged_mj, span.site.solar_mj, span.site.unpriced_mj, span.site.cost_u) == (5_000, 0, 5_000, 0)


def test_cost_loses_no_remainder() -> None:
    minutes = Minutes(("1",), 0, NOON_MS)
    minutes.site = SiteValues(price_milli_per_kwh=333)
    for second in range(1, 3_601):
        _live(minutes, {"1": 1_234}, second * 1_000)
    spans = minutes.flush()
    total = Minutes(("1",), 0, NOON_MS)
    total.site = SiteValues(price_milli_per_kwh=333)
    _live(total, {"1": 1_234 * 3_600}, 1_000)
    (whole,) = _of(total.flush(), "1")
    assert whole.cost_u == 1_234 * 3_600 * 333 // MJ_PER_WH == 410
    assert sum(bucket.cost_u for bucket in _of(spans, "1")) <= 410


@given(
    st.lists(st.tuples(st.integers(0, 50_000_000), st.integers(0, 20)), min_size=1, max_size=30),
)
def test_the_register_says_how_much_and_nothing_is_negative(pieces: list[tuple[int, int]]) -> None:
    counter = EnergyCounter()
    counter.register(0, 1_000)
    counted, register_wh, now_ms = 0, 1_000, 0
    for energy_mj, moved_wh in pieces:
        now_ms += 60_000
        register_wh += moved_wh
        increments = counter.integrated(energy_mj), counter.register(now_ms, register_wh)
        assert min(increments) >= 0
        counted += sum(increments)
    # the integral may be ahead, never behind; the next energy is withheld until the meter has caught up
    assert counted >= (register_wh - 1_000) * MJ_PER_WH
    behind = counter.register(now_ms + 60_000, register_wh + 5_000)
    metered = (register_wh + 5_000 - 1_000) * MJ_PER_WH
    assert counted + behind == max(counted, metered)


def test_another_meter_counts_nothing_at_first() -> None:
    counter = EnergyCounter()
    assert counter.register(0, 5_000) == 0
    assert counter.register(60_000, 5_010) == 10 * MJ_PER_WH
    assert counter.register(120_000, 90_000_000) == 0  # faster than any site: another meter
    assert counter.register(180_000, 90_000_001) == MJ_PER_WH
    assert counter.register(240_000, 7) == 0
    assert counter.register(300_000, 8) == MJ_PER_WH


def test_the_longest_reason_of_a_minute_is_kept() -> None:
    minutes = Minutes(("1",), 0, NOON_MS)
    spans: list[Span] = []
    for at_ms, reason in ((0, "mains"), (20_000, "surplus"), (30_000, "mains"), (45_000, "capacity"), (60_000, "")):
        spans += minutes.advance(at_ms, NOON_MS + at_ms)
        minutes.chargers["1"] = ChargerValues(
            online=True, offered_da=at_ms // 1_000, granted_da=160, plugged=True, charging=at_ms >= 30_000, phases=3,
            reason=reason, ev_da=(60, 60, 0), modelled=True,
        )  # fmt: skip
    (bucket,) = _of(spans, "1")
    assert (bucket.reason, bucket.reason_ms) == ("mains", 35_000)
    assert (bucket.online_ms, bucket.plugged_ms, bucket.charging_ms, bucket.three_ms) == (
        60_000,
        60_000,
        30_000,
        30_000,
    )
    assert (bucket.offered_min_da, bucket.offered_max_da, bucket.granted_da) == (0, 45, 160)
    assert bucket.offered_da == round((20 * 10 + 30 * 15 + 45 * 15) / 60)
    assert (bucket.ev_da, bucket.ev_max_da, bucket.modelled_ms) == ((60, 60, 0), 60, 60_000)
