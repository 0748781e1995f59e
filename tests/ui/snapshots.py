"""Snapshots made by hand, one for every state that the terminal must be able to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC as UTC
from typing import Final

from evse_protocol.messages import INACTIVE_DA, Access, Capability, Fault, Flag, Hold, Pilot, Slot
from evse_protocol.payloads import SCHEMA_HASH, Identity
from evse_tui.board.model import LinkHealth, LinkState
from evse_tui.control.types import Access as GrantAccess
from evse_tui.control.types import ChargerGrant, Constraint, Mode, Reason, Surplus, Timer, TimerAction
from evse_tui.settings import SETTINGS, Scope
from evse_tui.site.snapshot import (
    BoardSnapshot,
    BoostSnapshot,
    ChargerSnapshot,
    ChargerState,
    CommandSnapshot,
    CommandState,
    EventEntry,
    EvStateSnapshot,
    Freshness,
    Level,
    MeterSnapshot,
    PanelSnapshot,
    RfidSnapshot,
    ScheduleSnapshot,
    SessionSnapshot,
    Snapshot,
)

AT_MS: Final = 7_200_000
WALL_S: Final = 1_760_000_000.0
"""2025-10-09 08:53:20 UTC."""

ABSENT: Final = MeterSnapshot("API", Freshness.ABSENT)
CHARGER_SETTINGS: Final = {s.name: s.default for s in SETTINGS if s.scope is Scope.CHARGER} | {"current_max": 16}
SITE_SETTINGS: Final = {s.name: s.default for s in SETTINGS if s.scope is Scope.SITE}

_BASE_FLAGS: Final = Flag.CP_CONNECTED | Flag.DIODE_OK | Flag.COMMISSIONED

HEALTH: Final = LinkHealth(
    round_trip_p50_ms=2.1,
    round_trip_p99_ms=4.8,
    frames_received=71_400,
    frames_sent=7300,
    lease_ms=4200,
    last_frame_age_ms=80,
    resets_seen=1,
)

IDENTITY: Final = Identity(
    host_id=1,
    session=2,
    boot=3,
    reset_reason=1,
    protocol=1,
    schema=SCHEMA_HASH,
    firmware_major=0,
    firmware_minor=1,
    firmware_patch=0,
    board=1,
    serial=4711,
    capabilities=int(Capability.SOCKET_LOCK | Capability.C2),
    largest_payload=240,
    config_crc=0,
)


def meter(
    *currents_da: int, age_ms: int = 400, freshness: Freshness = Freshness.FRESH, **facts: object
) -> MeterSnapshot:
    """A reading of one or three currents."""
    three = (currents_da[0], currents_da[1], currents_da[2]) if len(currents_da) == 3 else (currents_da[0], 0, 0)
    made = MeterSnapshot(
        "API", freshness=freshness, currents_da=three, age_ms=age_ms, updated_s=int(WALL_S) - age_ms // 1000
    )
    return replace(made, **facts)  # type: ignore[arg-type]  # the names are MeterSnapshot's own


def board(offered_da: int = 0, phases: int = 3, **facts: object) -> BoardSnapshot:
    """A STATUS: a 20 A cable, hardware for 32 A."""
    slots = [INACTIVE_DA] * len(Slot)
    slots[Slot.HARDWARE], slots[Slot.CABLE], slots[Slot.HOST] = 320, 200, offered_da
    flags = _BASE_FLAGS
    if offered_da:
        flags |= Flag.C1 | Flag.C2 | Flag.LOCKED | Flag.PLUGGED
    made = BoardSnapshot(
        age_ms=120,
        pilot=Pilot.C if offered_da else Pilot.A,
        flags=int(flags),
        cp_high_mv=6000 if offered_da else 12_000,
        cp_low_mv=-12_000,
        temperature_dc=324,
        slots_da=tuple(slots),
        binding=Slot.HOST,
        limit_da=offered_da,
        offered_da=offered_da,
        duty_permille=round(offered_da / 6 * 10) if offered_da else 1000,
        phases=phases,
        access=Access.ALLOW if offered_da else Access.DENY,
        hold=Hold.NONE,
        hold_ms=0,
        faults=0,
    )
    return replace(made, **facts)  # type: ignore[arg-type]  # the names are BoardSnapshot's own


def idle(charger_id: str = "1", name: str = "Garage", **facts: object) -> ChargerSnapshot:
    """A charger at its first start: Off, no car."""
    made = ChargerSnapshot(
        id=charger_id,
        name=name,
        serial=4711,
        port="/dev/ttyUSB0",
        link=LinkState.ONLINE,
        link_detail="",
        health=HEALTH,
        identity=IDENTITY,
        board=board(),
        mode=Mode.OFF,
        override_da=0,
        settings=CHARGER_SETTINGS,
        state=ChargerState.A,
        error="None",
        error_id=0,
        no_power=False,
        plugged=False,
        grant=ChargerGrant(charger_id, GrantAccess.DENY, 0, 3, Reason(Constraint.OFF)),
        applied_da=0,
        ev=ABSENT,
        ev_modelled=False,
        session=None,
    )
    return replace(made, **facts)  # type: ignore[arg-type]  # the names are ChargerSnapshot's own


def charging(charger_id: str = "1", name: str = "Garage", offered_da: int = 120, **facts: object) -> ChargerSnapshot:
    """A car that draws 0.2 A less than it is offered, on three phases, in Smart."""
    drawn_da = offered_da - 2
    usual: dict[str, object] = {
        "board": board(offered_da),
        "mode": Mode.SMART,
        "state": ChargerState.C,
        "plugged": True,
        "grant": ChargerGrant(
            charger_id,
            GrantAccess.ALLOW,
            offered_da,
            3,
            Reason(Constraint.MAINS, phase=1, limit_da=offered_da),
            Reason(Constraint.CIRCUIT, phase=0, limit_da=160),
        ),
        "applied_da": offered_da,
        "ev": meter(drawn_da, drawn_da - 1, drawn_da, power_w=drawn_da * 69),
        "session": SessionSnapshot(WALL_S - 1934, 1_934_000, 1_900_000, 4210, estimated=False),
    }
    return idle(charger_id, name, **(usual | facts))


EVENTS: Final = (
    EventEntry(1, WALL_S - 7190, None, Level.INFO, "Started; the mode of 1 Garage is Smart, as before."),
    EventEntry(2, WALL_S - 7188, "1", Level.INFO, "Board 4711 is online, firmware 0.1.0."),
    EventEntry(3, WALL_S - 1934, "1", Level.INFO, "A car was plugged in."),
    EventEntry(4, WALL_S - 1931, "1", Level.INFO, "Charging started on 3 phases."),
    EventEntry(5, WALL_S - 642, None, Level.WARNING, "Mains data came late (12 s); no raise until they are back."),
    EventEntry(6, WALL_S - 629, None, Level.INFO, "Mains data are back."),
    EventEntry(7, WALL_S - 9, "1", Level.INFO, "Offer lowered from 14.5 A to 12.0 A: mains L2."),
)


def site(*chargers: ChargerSnapshot, **facts: object) -> Snapshot:
    """A house with PV and a battery; the sun leaves a little."""
    made = Snapshot(
        number=1,
        at_ms=AT_MS,
        wall_s=WALL_S,
        started_s=WALL_S - 7200,
        chargers=chargers,
        mains=meter(142, 248, 118, power_w=11_680),
        circuit=ABSENT,
        battery=meter(-87, soc_permille=622, power_w=-2000),
        pv=meter(0, power_w=3420, currents_da=None),
        surplus=Surplus(508, -87, 595, (198, 199, 198)),
        settings=SITE_SETTINGS,
        events=EVENTS,
        warnings=(),
        demo=False,
    )
    return replace(made, **facts)  # type: ignore[arg-type]  # the names are Snapshot's own


def normal() -> Snapshot:
    """One car charges; a phase of the mains binds; the board waits to raise."""
    ramp = replace(board(120), hold=Hold.RAMP, hold_ms=2900)
    return site(charging(board=ramp), circuit=meter(121, 119, 120))


def first_start() -> Snapshot:
    """Nobody chose anything yet."""
    return site(idle(), mains=ABSENT, battery=ABSENT, pv=ABSENT, surplus=None, events=EVENTS[:2])


def stale() -> Snapshot:
    """The mains meter and the car's meter are late, the battery is gone."""
    late = meter(118, 117, 118, age_ms=14_200, freshness=Freshness.LATE)
    return site(
        charging(
            ev=late,
            grant=ChargerGrant(
                "1",
                GrantAccess.ALLOW,
                60,
                3,
                Reason(Constraint.MAINS_LATE),
                None,
                (Timer(Constraint.MAINS_GONE, AT_MS + 16_800),),
            ),
        ),
        mains=meter(142, 248, 118, age_ms=14_200, freshness=Freshness.LATE),
        battery=meter(-87, age_ms=75_000, freshness=Freshness.GONE),
        warnings=("Mains data are late (14 s): no raise, offers fall to the minimum.",),
    )


def paused() -> Snapshot:
    """Paused by the user, the car stays plugged."""
    return site(
        charging(
            mode=Mode.PAUSE,
            state=ChargerState.B1,
            board=replace(board(), pilot=Pilot.B, flags=int(_BASE_FLAGS | Flag.PLUGGED | Flag.LOCKED)),
            grant=ChargerGrant("1", GrantAccess.PAUSE, 0, 3, Reason(Constraint.PAUSED)),
            applied_da=0,
            ev=meter(0, 0, 0),
        )
    )


def disconnected() -> Snapshot:
    """The adapter was pulled 41 s ago."""
    return site(
        charging(
            link=LinkState.WAITING,
            link_detail="/dev/ttyUSB0 is gone: is the adapter plugged in? Next try in 4 s.",
            board=replace(board(120), age_ms=41_000),
            health=replace(HEALTH, lease_ms=0, last_frame_age_ms=41_000, reconnects=3, retries=7),
            grant=ChargerGrant("1", GrantAccess.DENY, 0, 3, Reason(Constraint.NO_BOARD)),
            ev=ABSENT,
        )
    )


def fault() -> Snapshot:
    """The residual current monitor tripped; the user has asked to acknowledge."""
    return site(
        charging(
            state=ChargerState.B,
            error="RCM Tripped",
            error_id=6,
            board=replace(
                board(), faults=int(Fault.RESIDUAL_CURRENT), pilot=Pilot.B, flags=int(_BASE_FLAGS | Flag.PLUGGED)
            ),
            grant=ChargerGrant("1", GrantAccess.DENY, 0, 3, Reason(Constraint.FAULT)),
            ev=meter(0, 0, 0),
            commands=(CommandSnapshot(9, "acknowledge faults", CommandState.ACCEPTED, 300),),
        ),
        events=(*EVENTS, EventEntry(8, WALL_S - 3, "1", Level.FAULT, "Residual current: contactor opened.")),
    )


def at_limit() -> Snapshot:
    """All that the cable allows, over the main fuse for a moment."""
    return site(
        charging(
            offered_da=160,
            mode=Mode.NORMAL,
            override_da=160,
            grant=ChargerGrant(
                "1",
                GrantAccess.ALLOW,
                160,
                3,
                Reason(Constraint.CURRENT_MAX, limit_da=160),
                Reason(Constraint.CABLE, limit_da=200),
            ),
        ),
        mains=meter(231, 264, 190),
    )


def solar_waiting() -> Snapshot:
    """Export is there, but not for long enough; the car waits, the contactor is open."""
    return site(
        charging(
            mode=Mode.SOLAR,
            state=ChargerState.B,
            no_power=True,
            board=replace(board(phases=1), pilot=Pilot.B, flags=int(_BASE_FLAGS | Flag.PLUGGED | Flag.LOCKED)),
            grant=ChargerGrant(
                "1",
                GrantAccess.PAUSE,
                0,
                1,
                Reason(Constraint.WAITING_FOR_SURPLUS),
                None,
                (Timer(Constraint.WAITING_FOR_SURPLUS, AT_MS + 41_000),),
            ),
            settings=CHARGER_SETTINGS | {"enable_c2": 4},
            ev=meter(0, 0, 0),
            session=SessionSnapshot(WALL_S - 300, 300_000, 0, 0, estimated=True),
        ),
        mains=meter(-31, -12, 4, power_w=-900),
        battery=meter(22, power_w=506, soc_permille=910),
    )


def rich() -> Snapshot:
    """Everything that a charger can have at once: schedule, boost, reader, display, timers, a car that talks."""
    lines = ("SMART        12.0A", "", "L1  25A max", "Mains L2 binds", "", "CHARGING   4.21kWh", "", "08:53")
    grant = ChargerGrant(
        "1",
        GrantAccess.ALLOW,
        120,
        3,
        Reason(Constraint.MAINS, phase=1, limit_da=120),
        Reason(Constraint.CIRCUIT, phase=0, limit_da=160),
        (
            Timer(Constraint.WAITING_FOR_SURPLUS, AT_MS + 41_000, TimerAction.THREE_PHASES, 4300),
            Timer(Constraint.CAPACITY, AT_MS + 250_000, TimerAction.STOP),
        ),
    )
    board_facts = replace(board(120), hold=Hold.RAMP, hold_ms=2900)
    flags = board_facts.flags | int(Flag.LOCK_HOLD)
    front = Capability.DISPLAY | Capability.BACKLIGHT | Capability.RFID
    identity = replace(IDENTITY, capabilities=IDENTITY.capabilities | int(front))
    return site(
        charging(
            board=replace(board_facts, flags=flags),
            grant=grant,
            identity=identity,
            schedule=ScheduleSnapshot(WALL_S - 3600, WALL_S + 7200, daily=True, open=True),
            boost=BoostSnapshot(10_000, 5790),
            rfid=RfidSnapshot("Present", "04A1B2C3"),
            panel=PanelSnapshot(lines, "ON", 24, custom_button=True),
            ev=meter(118, 117, 118, power_w=8142, import_wh=1_204_500),
            ev_state=EvStateSnapshot(41, 80, 64_000, 25_000, "0A1B2C3D4E5F"),
            total_wh=912_300,
            settings=CHARGER_SETTINGS | {"enable_c2": 4, "rfid_reader": 1, "session_limit": 40},
        ),
        circuit=meter(121, 119, 120),
        grid_relay=True,
        rooms_da=(108, 2, 132),
        budget_da=37,
        decided_ms=AT_MS - 300,
        price_milli_per_kwh=243,
        name="Home",
    )


def stopped() -> Snapshot:
    """Somebody pressed the button at the board."""
    flags = int(_BASE_FLAGS | Flag.STOPPED | Flag.PLUGGED)
    return site(charging(state=ChargerState.B, board=board(flags=flags, pilot=Pilot.B)))


def empty() -> Snapshot:
    """No charger at all."""
    return site(mains=ABSENT, battery=ABSENT, pv=ABSENT, surplus=None, events=())


def four_chargers() -> Snapshot:
    """A site without PV: two cars charge, one has a fault, one board is silent."""
    return site(
        charging(
            "1",
            "Garage",
            80,
            grant=ChargerGrant(
                "1", GrantAccess.ALLOW, 80, 3, Reason(Constraint.SHARE), Reason(Constraint.CIRCUIT, 0, 90)
            ),
        ),
        charging(
            "2",
            "Carport left",
            80,
            ev=meter(78, 0, 0),
            ev_modelled=True,
            session=SessionSnapshot(WALL_S - 7000, 7_000_000, 6_000_000, 12_040, estimated=True),
            grant=ChargerGrant("2", GrantAccess.ALLOW, 80, 3, Reason(Constraint.SHARE)),
        ),
        replace(fault().chargers[0], id="3", name="Carport right"),
        idle(
            "4",
            "Yard",
            link=LinkState.SILENT,
            link_detail="No answer for 6 s; the port is still open.",
            board=replace(board(), age_ms=6200),
            health=replace(HEALTH, lease_ms=0, crc_errors=12, telemetry_missed=31),
        ),
        pv=ABSENT,
        battery=ABSENT,
        surplus=None,
    )


MATRIX: Final[dict[str, Callable[[], Snapshot]]] = {
    "normal": normal,
    "first-start": first_start,
    "stale": stale,
    "paused": paused,
    "disconnected": disconnected,
    "fault": fault,
    "at-limit": at_limit,
    "rich": rich,
    "solar-waiting": solar_waiting,
    "empty": empty,
    "four-chargers": four_chargers,
}
