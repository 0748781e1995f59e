from __future__ import annotations

from dataclasses import replace

from evse_tui.site.snapshot import Freshness, Snapshot
from evse_tui.ui.balance import Flow, Place, flows
from evse_tui.ui.frame import Frame
from tests.ui import snapshots


def balance(snapshot: Snapshot) -> dict[Place, Flow]:
    return {flow.place: flow for flow in flows(Frame(snapshot, snapshot.at_ms, "1"))}


def test_house_is_what_is_left_of_grid_pv_battery_and_cars() -> None:
    snapshot = snapshots.site(
        snapshots.charging(ev=snapshots.meter(100, 100, 100, power_w=6900)),
        mains=snapshots.meter(0, 0, 0, power_w=5000),
        pv=snapshots.meter(0, power_w=3000),
        battery=snapshots.meter(0, power_w=-2000),
    )
    found = balance(snapshot)
    assert found[Place.HOUSE].power_w == 5000 + 3000 + 2000 - 6900
    assert found[Place.PV].power_w == -3000
    assert found[Place.GRID].power_w == -5000
    assert found[Place.BATTERY] == Flow(Place.BATTERY, -2000, "gives", live=True)
    assert all(flow.live for flow in found.values())


def test_what_flows_in_flows_out() -> None:
    for make in snapshots.MATRIX.values():
        found = flows(Frame(make(), snapshots.AT_MS, None))
        powers = [flow.power_w for flow in found]
        if None not in powers:
            assert sum(power for power in powers if power is not None) == 0


def test_without_pv_house_and_roof_are_one_and_may_be_negative() -> None:
    snapshot = snapshots.site(snapshots.idle(), mains=snapshots.meter(-40, -40, -40), pv=snapshots.ABSENT)
    found = balance(snapshot)
    assert Place.PV not in found
    assert Place.HOUSE not in found
    assert found[Place.HOUSE_LESS_PV].note == "surplus"


def test_currents_count_at_230_v_and_the_battery_is_already_a_sum() -> None:
    snapshot = snapshots.site(
        snapshots.idle(), mains=snapshots.meter(10, 20, 30), battery=snapshots.meter(100, soc_permille=500)
    )
    found = balance(snapshot)
    assert found[Place.GRID].power_w == -1380
    assert found[Place.BATTERY] == Flow(Place.BATTERY, 2300, "charging 50 %", live=True)


def test_unknown_mains_make_the_house_unknown_not_zero() -> None:
    found = balance(snapshots.first_start())
    assert found[Place.GRID] == Flow(Place.GRID, None, "no data yet", live=False)
    assert found[Place.HOUSE_LESS_PV] == Flow(Place.HOUSE_LESS_PV, None, "unknown", live=False)


def test_a_late_source_taints_what_is_computed_from_it() -> None:
    found = balance(snapshots.stale())
    assert found[Place.GRID].note == "late, 14 s old"
    assert found[Place.BATTERY].note == "lost 1 min ago"
    assert not found[Place.HOUSE].live
    assert found[Place.PV].live


def test_no_number_is_live_once_the_site_is_silent() -> None:
    snapshot = snapshots.normal()
    assert not any(flow.live for flow in flows(Frame(snapshot, snapshot.at_ms + 10_000, "1")))


def test_a_disabled_meter_is_not_waited_for() -> None:
    snapshot = replace(snapshots.first_start(), mains=replace(snapshots.ABSENT, kind="Disabled"))
    assert snapshot.mains.freshness is Freshness.ABSENT
    assert balance(snapshot)[Place.GRID].note == "no meter"
