"""What Prometheus scrapes: valid, in base units, and silent about what is unknown."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from evse_protocol.messages import Fault
from evse_tui.api.exposition import exposition
from evse_tui.board.model import LinkHealth, LinkState
from evse_tui.site.snapshot import Freshness, Snapshot
from tests.api.conftest import Client
from tests.api.factory import RecordingSite, make_charger, make_grant, make_meter, make_snapshot
from tests.api.test_read import BARE, NOTHING_YET

UNITS = ("amperes", "watts", "joules", "seconds", "celsius", "ratio", "bytes")
NOT_BASE = ("milli", "minutes", "hours_", "percent_", "kilo", "ms", "wh", "kw")
FULL = replace(
    make_snapshot(
        make_charger(
            health=LinkHealth(round_trip_p50_ms=4.5, round_trip_p99_ms=9.0, lease_ms=4_300, crc_errors=3, retries=2),
            override_da=160,
            total_wh=1_000,
        )
    ),
    rooms_da=(250, 240, -10),
    budget_da=44,
    price_milli_per_kwh=-25,
    warnings=("one", "two"),
    pv=make_meter(freshness=Freshness.FRESH, power_w=4_321, age_ms=2_500),
)


def scrape(snapshot: Snapshot) -> dict[str, Metric]:
    families = list(text_string_to_metric_families(exposition(snapshot).decode()))
    assert len({family.name for family in families}) == len(families), "a family must not be split"
    return {family.name: family for family in families}


def value(families: dict[str, Metric], name: str, /, **labels: str) -> float:
    """The one sample with these labels among its labels."""
    samples = [
        sample
        for family in families.values()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    assert len(samples) == 1, (name, labels, samples)
    return samples[0].value


def names(snapshot: Snapshot) -> set[str]:
    return {sample.name for family in scrape(snapshot).values() for sample in family.samples}


def test_values_are_in_base_units() -> None:
    families = scrape(FULL)
    for name, labels, expected in (
        ("evse_mains_current_amperes", {"phase": "L2"}, -0.6),
        ("evse_mains_import_joules_total", {}, 8_614_800 * 3_600),
        ("evse_mains_neutralised_current_amperes", {}, -11.0),
        ("evse_battery_current_amperes", {}, 10.0),
        ("evse_room_current_amperes", {"phase": "L3"}, -1.0),
        ("evse_solar_budget_current_amperes", {}, 4.4),
        ("evse_price_per_kilowatt_hour", {}, -0.025),
        ("evse_pv_power_watts", {}, 4_321),
        ("evse_meter_age_seconds", {"meter": "pv"}, 2.5),
        ("evse_meter_freshness", {"meter": "group"}, 1),
        ("evse_meter_freshness", {"meter": "group", "freshness": "absent"}, 1),
        ("evse_decision_age_seconds", {}, 0.5),
        ("evse_warnings", {}, 2),
        ("evse_charger_info", {"charger": "1", "name": "Carport", "serial": "51446"}, 1),
        ("evse_charger_state", {"charger": "1", "state": "Charging"}, 1),
        ("evse_charger_mode", {"charger": "1", "mode": "smart"}, 1),
        ("evse_charger_grant_reason", {"charger": "1", "constraint": "mains", "phase": "L2"}, 1),
        ("evse_charger_granted_current_amperes", {"charger": "1"}, 12.0),
        ("evse_charger_override_current_amperes", {"charger": "1"}, 16.0),
        ("evse_charger_current_amperes", {"charger": "1", "phase": "L3"}, 11.7),
        ("evse_charger_power_watts", {"charger": "1"}, 8_142),
        ("evse_charger_energy_joules_total", {"charger": "1"}, 3_600_000),
        ("evse_charger_meter_import_joules_total", {"charger": "1"}, 5_670_149 * 3_600),
        ("evse_charger_session_joules", {"charger": "1"}, 4_321 * 3_600),
        ("evse_charger_session_seconds", {"charger": "1"}, 3_600),
        ("evse_board_temperature_celsius", {"charger": "1"}, 24.7),
        ("evse_board_contactor_closed", {"charger": "1"}, 1),
        ("evse_link_up", {"charger": "1"}, 1),
        ("evse_link_round_trip_seconds", {"charger": "1", "percentile": "99"}, 0.009),
        ("evse_link_lease_seconds", {"charger": "1"}, 4.3),
        ("evse_link_crc_errors_total", {"charger": "1"}, 3),
    ):
        assert value(families, name, **labels) == pytest.approx(expected), name
    assert value(families, "process_resident_memory_bytes") > 1e6
    assert value(families, "process_cpu_seconds_total") > 0


def test_names_follow_the_rules_of_promtool() -> None:
    for name, family in scrape(FULL).items():
        assert family.documentation, name
        if not name.startswith("process_"):
            assert name.startswith("evse_")
            assert family.documentation.endswith(".")
        assert re.fullmatch("[a-z][a-z0-9_]*", name)
        assert family.type in ("gauge", "counter")
        assert not any(f"_{word}_" in f"_{name}_" for word in NOT_BASE), name
        assert not name.endswith(("_count", "_sum", "_bucket")), name
        for sample in family.samples:
            assert sample.name.endswith("_total") == (family.type == "counter"), sample.name
            assert not {"le", "quantile", "job", "instance"} & sample.labels.keys()
            assert family.type != "counter" or sample.value >= 0
            if sample.name.endswith("_info"):
                assert sample.value == 1
        series = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in family.samples]
        assert len(set(series)) == len(series), name


def test_a_name_with_an_amount_has_its_unit() -> None:
    without = {
        name.removesuffix("_total")
        for name in names(FULL)
        if not name.removesuffix("_total").endswith(UNITS) and not name.startswith("process_")
    }
    assert without == {
        # states, flags and labels
        "evse_info", "evse_grid_relay_active", "evse_meter_freshness", "evse_charger_info", "evse_charger_state",
        "evse_charger_mode", "evse_charger_grant_reason", "evse_charger_plugged", "evse_charger_without_power",
        "evse_charger_current_modelled", "evse_board_contactor_closed", "evse_link_up", "evse_link_state",
        # numbers of things, and money
        "evse_warnings", "evse_price_per_kilowatt_hour", "evse_board_phases", "evse_link_frames_received",
        "evse_link_frames_sent", "evse_link_retries", "evse_link_failures", "evse_link_crc_errors",
        "evse_link_telemetry_missed", "evse_link_resets", "evse_link_reconnects", "evse_link_grants_refused",
    }  # fmt: skip


def _knobs() -> Iterator[tuple[str, Callable[[], Snapshot], set[str]]]:
    charger = make_charger()
    yield "no meters", lambda: make_snapshot(charger, mains=make_meter(), battery=make_meter()), {
        "evse_mains_current_amperes", "evse_mains_import_joules_total", "evse_battery_current_amperes"
    }  # fmt: skip
    yield "no grant", lambda: make_snapshot(make_charger(grant=None)), {
        "evse_charger_grant_reason", "evse_charger_granted_current_amperes"
    }  # fmt: skip
    yield "no session", lambda: make_snapshot(make_charger(session=None)), {
        "evse_charger_session_joules", "evse_charger_session_seconds", "evse_charger_session_charging_seconds"
    }  # fmt: skip
    yield "no override", lambda: make_snapshot(make_charger(override_da=0)), {"evse_charger_override_current_amperes"}
    yield "no board", lambda: make_snapshot(make_charger(board=None, link=LinkState.WAITING)), {
        "evse_board_limit_current_amperes", "evse_board_age_seconds", "evse_board_temperature_celsius"
    }  # fmt: skip
    yield "no surplus", lambda: make_snapshot(charger, surplus=None, decided_ms=None), {
        "evse_mains_neutralised_current_amperes", "evse_decision_age_seconds"
    }  # fmt: skip


@pytest.mark.parametrize(("make", "absent"), [knob[1:] for knob in _knobs()], ids=[knob[0] for knob in _knobs()])
def test_unknown_is_absent_never_zero(make: Callable[[], Snapshot], absent: set[str]) -> None:
    assert absent <= names(FULL)
    assert not absent & names(make())


def test_what_is_gone_is_not_told_as_if_it_were_now() -> None:
    gone: dict[str, Any] = {"freshness": Freshness.GONE, "age_ms": 90_000}
    mains = replace(FULL.mains, **gone)
    charger = replace(FULL.chargers[0], link=LinkState.SILENT, ev=replace(FULL.chargers[0].ev, **gone))
    families = scrape(replace(FULL, mains=mains, chargers=(charger,)))
    for name in (
        "evse_mains_current_amperes",
        "evse_charger_current_amperes",
        "evse_charger_power_watts",
        "evse_board_offered_current_amperes",
    ):
        assert name not in families
    assert value(families, "evse_link_up") == 0
    assert value(families, "evse_meter_age_seconds", meter="mains") == 90
    assert value(families, "evse_mains_import_joules_total") > 0  # a register stays what it is


@pytest.mark.parametrize("snapshot", [make_snapshot(BARE), NOTHING_YET, FULL, replace(FULL, chargers=())])
def test_every_snapshot_can_be_told(snapshot: Snapshot) -> None:
    families = scrape(snapshot)
    assert {"evse_info", "evse_start_time_seconds", "evse_meter_freshness"} <= families.keys()


def test_several_chargers_are_one_family() -> None:
    charger = FULL.chargers[0]
    other = replace(charger, id="garage", name='a "name"\\ of\ntwo lines', grant=make_grant(), error="RCM", error_id=6)
    assert charger.board is not None
    faulty = replace(charger, id="3", board=replace(charger.board, faults=int(Fault.LOCK | Fault.DIODE)))
    families = scrape(replace(FULL, chargers=(charger, other, faulty)))
    assert value(families, "evse_charger_info", charger="garage", name=other.name) == 1
    assert value(families, "evse_charger_error", error="RCM", charger="garage") == 1
    assert {sample.labels["fault"] for sample in families["evse_board_fault"].samples} == {"lock", "diode"}
    assert len(families["evse_link_retries"].samples) == 3


def test_every_number_of_the_link_is_told() -> None:
    """A field that is added must be told, or left out on purpose."""
    on_purpose = {"clock_offset_ms"}  # two clocks of arbitrary origin
    for field in fields(LinkHealth):
        if field.name in on_purpose:
            continue
        health = replace(LinkHealth(), **{field.name: 7})
        before = exposition(make_snapshot(make_charger()))
        assert _own(exposition(make_snapshot(make_charger(health=health)))) != _own(before), field.name


def _own(text: bytes) -> list[bytes]:
    return [line for line in text.splitlines() if line.startswith(b"evse_")]


async def test_it_is_served_as_text(client: Client, site: RecordingSite) -> None:
    async with client.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        assert _own(await response.read()) == _own(exposition(site.snapshot))


def test_who_has_no_prometheus_does_not_pay_for_it() -> None:
    command = "import sys, evse_tui.api.app; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0
