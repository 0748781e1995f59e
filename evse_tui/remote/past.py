"""The past of a remote site, from models to the store's own values. Pure.

The models tell means and Wh, the store keeps sums over time. The sums that are made here have the same means; a cost
that the site does not tell because a part had no price is 0, with that part in `unpriced_mj`, as far as it is known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from evse_tui.api.v1.models import past as models
from evse_tui.api.v1.models.site import Event
from evse_tui.control.types import Mode
from evse_tui.store import MJ_PER_WH, ChargerBucket, LogEntry, Session, SiteBucket, Total

_NO_PRICE_MJ: Final = 1
"""Somewhat of a session was delivered without a price; how much is not told."""


def site_bucket(point: models.SitePoint, step_s: int) -> SiteBucket:
    """Its means, extremes, energies and limits are those of `point`."""
    step_ms, known_ms = step_s * 1_000, point.known_ms
    mains = point.mains_da or (0, 0, 0)
    low, high = point.mains_min_da or (None,) * 3, point.mains_max_da or (None,) * 3
    removed_da = 0 if point.neutralised_da is None else sum(mains) - point.neutralised_da
    return SiteBucket(
        start_s=point.start_s,
        length_s=step_s,
        mains_ms=known_ms,
        mains_l1=mains[0] * known_ms,
        mains_l2=mains[1] * known_ms,
        mains_l3=mains[2] * known_ms,
        mains_min_l1=low[0],
        mains_min_l2=low[1],
        mains_min_l3=low[2],
        mains_max_l1=high[0],
        mains_max_l2=high[1],
        mains_max_l3=high[2],
        removed=removed_da * known_ms,
        imported_mj=_mj(point.imported_wh),
        exported_mj=_mj(point.exported_wh),
        battery_ms=_weight(point.battery_da, step_ms),
        battery=(point.battery_da or 0) * step_ms,
        soc_ms=_weight(point.soc_permille, step_ms),
        soc=(point.soc_permille or 0) * step_ms,
        pv_ms=_weight(point.pv_w, step_ms),
        pv_mj=(point.pv_w or 0) * step_ms,
        price_ms=_weight(point.price_milli_per_kwh, step_ms),
        price=(point.price_milli_per_kwh or 0) * step_ms,
        charged_mj=_mj(point.charged_wh),
        solar_mj=_mj(point.solar_wh),
        unpriced_mj=_mj(point.unpriced_wh),
        cost_u=_cost_u(point.cost_milli),
        main_da=point.main_da,
        circuit_da=point.circuit_da,
        capacity_da=point.capacity_da,
    )


def charger_bucket(point: models.ChargerPoint, step_s: int) -> ChargerBucket:
    """Its means, extremes, times, energies and reason are those of `point`."""
    step_ms, known_ms = step_s * 1_000, point.known_ms
    ev = point.current_da or (0, 0, 0)
    return ChargerBucket(
        start_s=point.start_s,
        length_s=step_s,
        online_ms=known_ms,
        offered=(point.offered_da or 0) * known_ms,
        offered_min_da=point.offered_min_da,
        offered_max_da=point.offered_max_da,
        granted=(point.granted_da or 0) * known_ms,
        plugged_ms=point.plugged_ms,
        charging_ms=point.charging_ms,
        three_ms=point.three_phase_ms,
        ev_ms=0 if point.current_da is None else step_ms,
        ev_l1=ev[0] * step_ms,
        ev_l2=ev[1] * step_ms,
        ev_l3=ev[2] * step_ms,
        ev_max_da=point.current_max_da,
        modelled_ms=step_ms if point.modelled else 0,
        charged_mj=_mj(point.charged_wh),
        solar_mj=_mj(point.solar_wh),
        unpriced_mj=_mj(point.unpriced_wh),
        cost_u=_cost_u(point.cost_milli),
        reason=point.reason or "",
        reason_ms=known_ms if point.reason else 0,
    )


def totals(edges_s: Sequence[int], buckets: Iterable[SiteBucket | ChargerBucket]) -> tuple[Total, ...]:
    """Sums between neighbouring edges; a bucket counts where it begins."""
    count = len(edges_s) - 1
    parts: list[list[SiteBucket | ChargerBucket]] = [[] for _ in range(count)]
    for bucket in buckets:
        place = bisect_right(edges_s, bucket.start_s) - 1
        if 0 <= place < count:
            parts[place].append(bucket)
    return tuple(_total(edges_s[place], edges_s[place + 1], part) for place, part in enumerate(parts))


def _total(start_s: int, end_s: int, buckets: Sequence[SiteBucket | ChargerBucket]) -> Total:
    site = [bucket for bucket in buckets if isinstance(bucket, SiteBucket)]
    return Total(
        start_s,
        end_s,
        known_ms=sum(bucket.mains_ms if isinstance(bucket, SiteBucket) else bucket.online_ms for bucket in buckets),
        imported_mj=sum(bucket.imported_mj for bucket in site),
        exported_mj=sum(bucket.exported_mj for bucket in site),
        charged_mj=sum(bucket.charged_mj for bucket in buckets),
        solar_mj=sum(bucket.solar_mj for bucket in buckets),
        unpriced_mj=sum(bucket.unpriced_mj for bucket in buckets),
        cost_u=sum(bucket.cost_u for bucket in buckets),
        pv_mj=sum(bucket.pv_mj for bucket in site),
    )


def session(told: models.PastSession) -> Session:
    """One plug-in.

    Raises:
        KeyError: its mode has a name that only a newer site knows.
    """
    return Session(
        charger_id=told.charger_id,
        started_s=told.started_s,
        ended_s=told.ended_s,
        duration_ms=told.duration_ms,
        charging_ms=told.charging_ms,
        energy_wh=told.energy_wh,
        estimated=told.estimated,
        solar_mj=told.solar_wh * MJ_PER_WH,
        unpriced_mj=_NO_PRICE_MJ if told.cost_milli is None else 0,
        cost_u=_cost_u(told.cost_milli),
        max_da=told.max_da,
        phases=told.phases,
        card=told.card or "",
        mode=Mode[told.mode.upper()],
        id=told.id,
    )


def log_entry(told: Event) -> LogEntry:
    return LogEntry(told.number, told.wall_s, told.charger_id, told.level, told.text)


def _weight(value: int | None, step_ms: int) -> int:
    return 0 if value is None else step_ms


def _mj(energy_wh: float | None) -> int:
    return round((energy_wh or 0) * MJ_PER_WH)


def _cost_u(cost_milli: float | None) -> int:
    return round((cost_milli or 0) * 1_000)
