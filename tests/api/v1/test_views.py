"""Snapshot to JSON and back: nothing is lost, nothing unknown becomes a number."""

from __future__ import annotations

import msgspec
import pytest

from evse_protocol.messages import BoardKind, Capability, Fault, Flag, Hold, ResetReason
from evse_protocol.payloads import Identity
from evse_tui.api.v1.models import site as models
from evse_tui.api.v1.rebuild import UNNAMED, snapshot_of
from evse_tui.api.v1.views.site import snapshot_view
from evse_tui.board.model import LinkHealth
from evse_tui.control.types import Constraint, Reason, Timer, TimerAction
from evse_tui.site.snapshot import (
    BoostSnapshot,
    CommandSnapshot,
    CommandState,
    EventEntry,
    EvStateSnapshot,
    Level,
    PanelSnapshot,
    RfidSnapshot,
    ScheduleSnapshot,
    Snapshot,
)
from tests.api.conftest import Client
from tests.api.factory import RecordingSite, make_board, make_charger, make_grant, make_snapshot
from tests.api.test_read import BARE, NOTHING_YET
from tests.api.v1.client import get

THREE = Timer(Constraint.WAITING_FOR_SURPLUS, 141_000, TimerAction.THREE_PHASES, 4_300)
IDENTITY = Identity(
    0xDEADBEEF, 7, 3, ResetReason.POWER_ON, 1, 0x98E1D059, 0, 1, 2, BoardKind.SIMULATED, 51446,
    Capability.C2 | Capability.LED, 240, 0xA4F08D57,
)  # fmt: skip
COMMAND = CommandSnapshot(12, "mode Solar", CommandState.ACCEPTED, 250, "kept until the board connects")
EVENTS = (
    EventEntry(1, 1_700_000_000.25, None, Level.INFO, "mains data arrive"),
    EventEntry(2, 1_700_000_001.5, "1", Level.WARNING, "board reset: brown out"),
    EventEntry(3, 1_700_000_002.5, "2", Level.FAULT, "fault: too hot"),
)
FULL = make_snapshot(
    make_charger(
        identity=IDENTITY,
        board=make_board(hold=Hold.PHASE_DWELL, hold_ms=40_000, faults=Fault.DIODE | Fault.LOCK),
        health=LinkHealth(2.0, 3.5, 10, 9, 800, 700, 1, 2, 3, 4, 5, 6, 7, 4_900, -12, 1.5, 30, 1),
        grant=make_grant(runner_up=Reason(Constraint.CABLE, None, 200), timers=(THREE,)),
        override_da=100,
        error="Temperature High",
        error_id=3,
        commands=(COMMAND,),
        total_wh=123_456,
        schedule=ScheduleSnapshot(1_700_000_100.0, None, True, False),
        boost=BoostSnapshot(5_000, 1_200),
        authorised=False,
        lock_hold=True,
        rfid=RfidSnapshot("Present", "04A3B2C1"),
        panel=PanelSnapshot(("MAIN", "12.0 A"), "DIMMED", 30, True),
        ev_state=EvStateSnapshot(40, 80, 60_000, 20_000, "0A1B", 1_700_000_000),
    ),
    BARE,
    name="Home",
    events=EVENTS,
    warnings=("The disk is full.",),
    commands=(COMMAND,),
    rooms_da=(193, 256, 311),
    budget_da=110,
    grid_relay=True,
    price_milli_per_kwh=-12,
    zone="Pacific/Auckland",
)


def over_the_wire(snapshot: Snapshot) -> Snapshot:
    return snapshot_of(msgspec.json.decode(msgspec.json.encode(snapshot_view(snapshot)), type=models.Snapshot))


@pytest.mark.parametrize("snapshot", [FULL, NOTHING_YET, make_snapshot()], ids=["full", "nothing known", "usual"])
def test_a_remote_window_gets_the_same_snapshot(snapshot: Snapshot) -> None:
    assert over_the_wire(snapshot) == snapshot


def test_what_only_a_newer_firmware_knows_is_unknown_not_wrong() -> None:
    board = make_board(pilot=9, hold=77, binding=12, access=5, flags=int(Flag.PLUGGED) | 1 << 30)
    view = snapshot_view(make_snapshot(make_charger(board=board))).chargers[0].board
    assert view is not None
    assert (view.pilot, view.hold, view.binding, view.access) == ("unknown",) * 4
    assert view.flags == ("plugged",)
    back = over_the_wire(make_snapshot(make_charger(board=board))).chargers[0].board
    assert back is not None
    assert (back.hold, back.binding, back.access, back.flags) == (UNNAMED, UNNAMED, UNNAMED, Flag.PLUGGED)


async def test_a_charger_says_why(client: Client, site: RecordingSite) -> None:
    site.snapshot = FULL
    charger = await get(client, "/chargers/1")
    assert charger["grant"]["reason"] == {"constraint": "mains", "phase": "L2", "limit_da": 120, "text": "mains L2"}
    assert charger["grant"]["runner_up"]["text"] == "cable 20 A"
    assert charger["grant"]["timers"] == [
        {
            "action": "three_phases",
            "due_in_ms": 41_000,
            "waits_for": "waiting_for_surplus",
            "threshold_w": 4_300,
            "above": True,
            "text": "3 phases in 41 s if surplus stays above 4.3 kW",
        }
    ]
    assert charger["board"]["slots_da"]["hardware"] == 160
    assert charger["board"]["slots_da"]["cable"] is None
    assert charger["board"]["faults"] == ["diode", "lock"]
    assert charger["link"]["state"] == "online"
    assert charger["commands"][0] == {
        "id": 12,
        "what": "mode Solar",
        "state": "accepted",
        "age_ms": 250,
        "detail": "kept until the board connects",
    }


async def test_unknown_is_null_never_zero(client: Client, site: RecordingSite) -> None:
    site.snapshot = NOTHING_YET
    document = await get(client, "/snapshot")
    (charger,) = document["chargers"]
    for name in ("serial", "grant", "applied_da", "board", "identity", "session", "override_da", "error", "total_wh"):
        assert charger[name] is None, name
    for meter in (document["site"]["mains"], charger["meter"]):
        assert meter["freshness"] == "absent"
        for name in ("age_ms", "updated_s", "currents_da", "power_w", "import_wh", "export_wh"):
            assert meter[name] is None, name
    assert document["site"]["battery"]["current_da"] is None
    assert document["site"]["surplus"] is None


async def test_every_resource_shows_the_same_moment(client: Client, site: RecordingSite) -> None:
    site.snapshot = FULL
    whole = await get(client, "/snapshot")
    assert await get(client, "/site") == whole["site"]
    assert (await get(client, "/chargers"))["chargers"] == whole["chargers"]
    assert await get(client, "/chargers/1") == whole["chargers"][0]
    assert (await get(client, "/links"))["links"] == [charger["link"] for charger in whole["chargers"]]
    assert (await get(client, "/events"))["events"] == whole["events"]
    assert (await get(client, "/chargers/1/commands"))["commands"] == whole["chargers"][0]["commands"]
    assert await get(client, "/chargers/1/commands/12") == whole["chargers"][0]["commands"][0]
    meters = await get(client, "/meters")
    assert (meters["mains"], meters["battery"]) == (whole["site"]["mains"], whole["site"]["battery"])
    assert meters["chargers"][0]["meter"] == whole["chargers"][0]["meter"]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3]),
        ("after=1", [2, 3]),
        ("limit=2", [2, 3]),
        ("after=0&limit=2", [1, 2]),
        ("after=3", []),
        ("level=warning", [2, 3]),
        ("level=fault", [3]),
        ("charger=1", [2]),
        ("charger=1&level=fault", []),
    ],
)
async def test_events_are_chosen(client: Client, site: RecordingSite, query: str, numbers: list[int]) -> None:
    site.snapshot = FULL
    document = await get(client, f"/events?{query}")
    assert [event["number"] for event in document["events"]] == numbers
