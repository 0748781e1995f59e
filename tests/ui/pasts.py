"""A past to look at, brought into the real store: days of a house with sun, battery and a car."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from datetime import date, datetime, tzinfo
from typing import Final

from evse_tui.control.types import Mode
from evse_tui.store import (
    ChargerBucket,
    ChargerSeries,
    LogEntry,
    Session,
    SiteBucket,
    SiteSeries,
    Store,
    StoreError,
    Total,
)
from evse_tui.store.history import Span, SubjectBucket
from evse_tui.store.periods import day_edges
from tests.memories import NoMemory

HOUR_S: Final = 3_600
_MJ_OF_A_WATT_SECOND: Final = 1_000


def site_bucket(start_s: int, length_s: int, hour: float) -> SiteBucket:
    """The house at a local hour: sun at noon, a car on three phases from 17:30 to 20:00, too much at 19:00 on L2."""
    ms = length_s * 1_000
    pv_w = round(6_500 * max(0.0, math.sin((hour - 7) / 11 * math.pi))) if 7 < hour < 18 else 0
    car_da = 110 if 17.5 <= hour < 20 else 60 if 11 <= hour < 14 else 0
    battery_da = 60 if 9 <= hour < 13 else -50 if 18 <= hour < 22 else 0
    base_da = 12 + round(8 * math.sin(hour * 1.7) ** 2) + (40 if 18 <= hour < 21 else 0)
    phases = [base_da + car_da + 6 * phase - pv_w // 69 + battery_da // 3 for phase in range(3)]
    peaks = [phase_da + (15 if length_s < 900 else 40) for phase_da in phases]
    if 19 <= hour < 19.25:
        peaks[1] = 271
    net_w = sum(phases) * 23
    charged_w = car_da * 3 * 23
    grid_w = max(0, min(charged_w, net_w))
    seconds = length_s * _MJ_OF_A_WATT_SECOND
    return SiteBucket(
        start_s,
        length_s,
        ms,
        phases[0] * ms,
        phases[1] * ms,
        phases[2] * ms,
        mains_max_l1=peaks[0],
        mains_max_l2=peaks[1],
        mains_max_l3=peaks[2],
        imported_mj=max(0, net_w) * seconds,
        exported_mj=max(0, -net_w) * seconds,
        battery_ms=ms,
        battery=battery_da * ms,
        pv_ms=ms,
        pv_mj=pv_w * seconds,
        charged_mj=charged_w * seconds,
        solar_mj=(charged_w - grid_w) * seconds,
        cost_u=grid_w * seconds // 12_000,
        main_da=250,
        circuit_da=250,
    )


async def remember_days(
    store: Store,
    first: date,
    count: int,
    zone: tzinfo,
    *,
    length_s: int = 60,
    until_s: float = math.inf,
    gap_h: tuple[float, float] = (2.5, 4.0),
) -> None:
    """Brings whole days into the store, in buckets of `length_s`, but nothing of the hours in `gap_h`."""
    edges = day_edges(first, count, zone)
    spans = []
    for start_s in range(edges[0], edges[-1], length_s):
        local = datetime.fromtimestamp(start_s, zone)
        hour = local.hour + local.minute / 60
        if start_s + length_s <= until_s and not gap_h[0] <= hour < gap_h[1]:
            spans.append(Span(site_bucket(start_s, length_s, hour)))
    await store.remember(spans, [])


async def remember_charger(store: Store, charger_id: str, midnight_s: int, length_s: int) -> None:
    """Brings a day of one charger into the store: 10 A of the 16 A that it offers from 17:00 to 20:00, bound by the
    mains, then by its maximum; at home, but offered nothing, all day."""
    spans = []
    ms = length_s * 1_000
    for start_s in range(midnight_s, midnight_s + 24 * HOUR_S, length_s):
        hour = (start_s - midnight_s) / HOUR_S
        on = 17 <= hour < 20
        bucket = ChargerBucket(
            start_s, length_s, online_ms=ms, plugged_ms=ms,
            offered=160 * ms * on, offered_min_da=160 * on, offered_max_da=160 * on, granted=160 * ms * on,
            charging_ms=ms * on, three_ms=ms * on, ev_ms=ms, ev_l1=100 * ms * on, ev_l2=99 * ms * on,
            ev_l3=98 * ms * on, ev_max_da=104 * on, charged_mj=6_900 * ms * on,
            reason="mains" if hour < 17.75 else "maximum", reason_ms=ms,
        )  # fmt: skip
        spans.append(Span(None, (SubjectBucket(charger_id, bucket),)))
    await store.remember(spans, [])


def sessions(midnight_s: int) -> list[Session]:
    """Three plug-ins of one day: with the sun, under way and estimated, and one that took nothing."""
    hour_mj = HOUR_S * 1_000_000
    return [
        Session(
            "1", midnight_s + 10.75 * HOUR_S, midnight_s + 14.5 * HOUR_S, 13_500_000, 10_800_000, 12_420, False,
            solar_mj=12 * 1_000 * hour_mj // 1_000, cost_u=130_000, max_da=62, phases=3, card="4F2A", mode=Mode.SOLAR,
        ),
        Session("1", midnight_s + 15 * HOUR_S, midnight_s + 15.2 * HOUR_S, 720_000, 0, 0, False),
        Session(
            "1", midnight_s + 17.25 * HOUR_S, None, 9_000_000, 8_100_000, 18_975, True,
            unpriced_mj=1, max_da=160, phases=3, mode=Mode.SMART,
        ),
    ]  # fmt: skip


class Unreadable(NoMemory):
    """A memory whose disk is gone."""

    async def history(
        self, subject: str, from_s: int, to_s: int, points: int = 500, finest_s: int = 60
    ) -> SiteSeries | ChargerSeries:
        raise StoreError("The history can't be read: disk I/O error.")


class Counting:
    """Passes questions on to a store, and counts those for the history."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[tuple[int, int, int]] = []

    async def history(
        self, subject: str, from_s: int, to_s: int, points: int = 500, finest_s: int = 60
    ) -> SiteSeries | ChargerSeries:
        self.asked.append((from_s, to_s, points))
        return await self._store.history(subject, from_s, to_s, points, finest_s)

    async def totals(self, subject: str, edges_s: Sequence[int]) -> tuple[Total, ...]:
        return await self._store.totals(subject, edges_s)

    async def sessions(
        self,
        from_s: float = 0,
        to_s: float = math.inf,
        charger_id: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[Session, ...]:
        return await self._store.sessions(from_s, to_s, charger_id, before, limit)

    async def events(
        self,
        from_s: float = 0,
        to_s: float = math.inf,
        charger_id: str | None = None,
        levels: Collection[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[LogEntry, ...]:
        return await self._store.events(from_s, to_s, charger_id, levels, before, limit)
