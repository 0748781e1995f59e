"""What stands at the site and its chargers in one moment, as history keeps it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evse_tui.control.types import Access, BoardObservation, ChargerGrant, Mode, Surplus
from evse_tui.site.energy import EnergyAccount
from evse_tui.site.historian import ChargerLook, SiteLook
from evse_tui.site.measurements import SiteMeters
from evse_tui.site.session_ledger import PlugIn
from evse_tui.site.snapshot import Freshness, MeterSnapshot
from evse_tui.site.sources import MeterSource
from evse_tui.store.downsample import ChargerValues, SiteValues

_KNOWN: Final = (Freshness.FRESH, Freshness.LATE)


def site_look(meters: SiteMeters, settings: Mapping[str, int], surplus: Surplus | None, now_ms: int) -> SiteLook:
    """The site now; what is absent or gone is unknown."""
    mains, battery, pv = meters.mains, meters.battery, meters.pv
    battery_known = _known(battery, now_ms) and battery.currents_da is not None
    capacity = settings["current_max_sum_mains"]
    return SiteLook(
        SiteValues(
            mains_da=mains.currents_da if _known(mains, now_ms) else None,
            removed_da=0 if surplus is None else surplus.battery_da,
            battery_da=battery.currents_da[0] if battery_known and battery.currents_da is not None else None,
            soc_permille=battery.soc_permille if battery_known else None,
            pv_w=pv.power_w if _known(pv, now_ms) else None,
            price_milli_per_kwh=meters.tariff.milli_per_kwh,
            main_da=settings["current_main"] * 10,
            circuit_da=settings["current_max_circuit"] * 10,
            capacity_da=capacity * 10 if capacity else None,
        ),
        mains.import_wh,
        mains.export_wh,
    )


def _known(meter: MeterSource, now_ms: int) -> bool:
    return meter.freshness(now_ms) in _KNOWN


def charger_look(
    charger_id: str,
    board: BoardObservation | None,
    grant: ChargerGrant | None,
    account: EnergyAccount,
    ev: MeterSnapshot,
    *,
    modelled: bool,
    mode: Mode,
    card: str,
) -> ChargerLook:
    """One charger now; `board` is None while it is away."""
    ev_da = ev.currents_da if modelled or ev.freshness in _KNOWN else None
    closed = board is not None and board.closed
    energy, session = account.stored(), account.session()
    allowed = grant is not None and grant.access is Access.ALLOW
    values = ChargerValues(
        online=board is not None,
        offered_da=0 if board is None else board.offered_da,
        granted_da=grant.limit_da if grant is not None and allowed else 0,
        plugged=board is not None and board.plugged,
        charging=closed,
        phases=0 if board is None else board.phases,
        reason="" if grant is None else grant.reason.constraint.value,
        ev_da=ev_da,
        modelled=modelled,
    )
    plug_in = PlugIn(
        energy,
        energy_wh=account.session_wh,
        estimated=session is not None and session.estimated,
        mode=mode,
        charging=closed,
        phases=values.phases,
        current_da=max(ev_da, default=0) if ev_da is not None and closed else 0,
        card=card,
    )
    return ChargerLook(charger_id, values, plug_in, ev.import_wh)
