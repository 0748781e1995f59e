"""History, totals and sessions."""

from __future__ import annotations

from evse_tui.api.v1.models import past as models
from evse_tui.api.v1.views.words import name_of
from evse_tui.control.types import Mode
from evse_tui.store import MJ_PER_WH, ChargerBucket, Session, SiteBucket, Total


def site_point(bucket: SiteBucket) -> models.SitePoint:
    known = bucket.mains_ms > 0
    return models.SitePoint(
        start_s=bucket.start_s,
        known_ms=bucket.mains_ms,
        mains_da=bucket.mains_da,
        mains_min_da=_phases(bucket.mains_min_l1, bucket.mains_min_l2, bucket.mains_min_l3),
        mains_max_da=_phases(bucket.mains_max_l1, bucket.mains_max_l2, bucket.mains_max_l3),
        neutralised_da=bucket.neutralised_da,
        imported_wh=_wh(bucket.imported_mj) if known else None,
        exported_wh=_wh(bucket.exported_mj) if known else None,
        battery_da=bucket.battery_da,
        soc_permille=bucket.soc_permille,
        pv_w=bucket.pv_w,
        price_milli_per_kwh=bucket.price_milli_per_kwh,
        charged_wh=_wh(bucket.charged_mj),
        solar_wh=_wh(bucket.solar_mj),
        unpriced_wh=_wh(bucket.unpriced_mj),
        cost_milli=_cost(bucket.cost_u, bucket.unpriced_mj),
        main_da=bucket.main_da,
        circuit_da=bucket.circuit_da,
        capacity_da=bucket.capacity_da,
    )


def charger_point(bucket: ChargerBucket) -> models.ChargerPoint:
    return models.ChargerPoint(
        start_s=bucket.start_s,
        known_ms=bucket.online_ms,
        offered_da=bucket.offered_da,
        offered_min_da=bucket.offered_min_da,
        offered_max_da=bucket.offered_max_da,
        granted_da=bucket.granted_da,
        current_da=bucket.ev_da,
        current_max_da=bucket.ev_max_da,
        modelled=bucket.modelled_ms > 0,
        plugged_ms=bucket.plugged_ms,
        charging_ms=bucket.charging_ms,
        three_phase_ms=bucket.three_ms,
        charged_wh=_wh(bucket.charged_mj),
        solar_wh=_wh(bucket.solar_mj),
        unpriced_wh=_wh(bucket.unpriced_mj),
        cost_milli=_cost(bucket.cost_u, bucket.unpriced_mj),
        reason=bucket.reason or None,
    )


def total_view(total: Total, date: str, *, of_site: bool) -> models.Total:
    """`date`: that of the local day or month."""
    mains = of_site and total.known_ms > 0
    charged = total.known_ms > 0 or total.charged_mj > 0
    return models.Total(
        date=date,
        start_s=total.start_s,
        end_s=total.end_s,
        known_ms=total.known_ms,
        imported_wh=_wh(total.imported_mj) if mains else None,
        exported_wh=_wh(total.exported_mj) if mains else None,
        pv_wh=_wh(total.pv_mj) if total.pv_mj else None,  # whether there was a meter is not kept
        charged_wh=_wh(total.charged_mj) if charged else None,
        solar_wh=_wh(total.solar_mj) if charged else None,
        unpriced_wh=_wh(total.unpriced_mj) if charged else None,
        cost_milli=_cost(total.cost_u, total.unpriced_mj) if charged else None,
    )


def session_view(session: Session) -> models.PastSession:
    return models.PastSession(
        id=session.id or 0,
        charger_id=session.charger_id,
        started_s=session.started_s,
        ended_s=session.ended_s,
        duration_ms=session.duration_ms,
        charging_ms=session.charging_ms,
        energy_wh=session.energy_wh,
        estimated=session.estimated,
        solar_wh=session.solar_wh,
        cost_milli=session.cost_milli,
        max_da=session.max_da,
        phases=session.phases,
        card=session.card or None,
        mode=name_of(Mode, session.mode),
    )


def _phases(l1: int | None, l2: int | None, l3: int | None) -> tuple[int, int, int] | None:
    return None if l1 is None or l2 is None or l3 is None else (l1, l2, l3)


def _wh(energy_mj: int) -> float:
    return round(energy_mj / MJ_PER_WH, 3)


def _cost(cost_u: int, unpriced_mj: int) -> float | None:
    return None if unpriced_mj else cost_u / 1_000
