"""Snapshots for tests, and a site that keeps what it is told. It decides nothing and knows no firmware."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from evse_protocol.messages import INACTIVE_DA, Flag, Pilot, Slot
from evse_tui.board.model import LinkHealth, LinkState
from evse_tui.board.pilot_samples import EVERYTHING, PilotSamples
from evse_tui.control.types import Access, ChargerGrant, Constraint, Mode, Reason, Surplus
from evse_tui.settings import SETTINGS, Scope
from evse_tui.site.commands import (
    BatteryMeasurement,
    Command,
    DoBoardAction,
    EvMeasurement,
    EvStateMeasurement,
    MainsMeasurement,
    Measurement,
    Outcome,
    SetBacklight,
    SetC2,
    SetCustomButton,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSetting,
    Source,
    SwipeCard,
)
from evse_tui.site.memory import Memory
from evse_tui.site.schedule import LocalSchedule
from evse_tui.site.snapshot import (
    BoardSnapshot,
    ChargerSnapshot,
    ChargerState,
    EvStateSnapshot,
    Freshness,
    MeterSnapshot,
    RfidSnapshot,
    ScheduleSnapshot,
    SessionSnapshot,
    Snapshot,
)
from tests.memories import NoMemory

WALL_S = 1_700_000_000


def defaults(scope: Scope) -> dict[str, int]:
    """Every setting of one scope at its default."""
    return {setting.name: setting.default for setting in SETTINGS if setting.scope is scope}


def make_meter(**facts: Any) -> MeterSnapshot:
    """A meter fed over the API that has never spoken."""
    return replace(MeterSnapshot(kind="API", freshness=Freshness.ABSENT), **facts)


def make_board(**facts: Any) -> BoardSnapshot:
    """A board that charges with 12.0 A on three phases."""
    slots = [INACTIVE_DA] * len(Slot)
    slots[Slot.HARDWARE], slots[Slot.HOST] = 160, 120
    board = BoardSnapshot(
        age_ms=40,
        pilot=Pilot.C,
        flags=Flag.CP_CONNECTED | Flag.DIODE_OK | Flag.C1 | Flag.PLUGGED,
        cp_high_mv=6000,
        cp_low_mv=-12000,
        temperature_dc=247,
        slots_da=tuple(slots),
        binding=Slot.HOST,
        limit_da=120,
        offered_da=120,
        duty_permille=200,
        phases=3,
        access=Access.ALLOW,
        hold=0,
        hold_ms=0,
        faults=0,
    )
    return replace(board, **facts)


def make_grant(**facts: Any) -> ChargerGrant:
    """12.0 A, bound by the mains on L2."""
    reason = Reason(Constraint.MAINS, phase=1, limit_da=120)
    return replace(ChargerGrant("1", Access.ALLOW, limit_da=120, phases=3, reason=reason), **facts)


def make_charger(**facts: Any) -> ChargerSnapshot:
    """An online charger in SMART that charges, with an EV meter and 4321 Wh so far."""
    charger = ChargerSnapshot(
        id="1",
        name="Carport",
        serial=51446,
        port="/dev/ttyUSB0",
        link=LinkState.ONLINE,
        link_detail="",
        health=LinkHealth(),
        identity=None,
        board=make_board(),
        mode=Mode.SMART,
        override_da=0,
        settings=defaults(Scope.CHARGER) | {"current_max": 16, "enable_c2": 3},
        state=ChargerState.C,
        error="None",
        error_id=0,
        no_power=False,
        plugged=True,
        grant=make_grant(),
        applied_da=120,
        ev=make_meter(
            freshness=Freshness.FRESH,
            currents_da=(118, 119, 117),
            power_w=8142,
            import_wh=5_670_149,
            export_wh=100,
            updated_s=WALL_S,
        ),
        ev_modelled=False,
        session=SessionSnapshot(WALL_S - 3600, 3_600_000, 3_000_000, energy_wh=4321, estimated=False),
    )
    return replace(charger, **facts)


def make_snapshot(*chargers: ChargerSnapshot, **facts: Any) -> Snapshot:
    """A site at noon: exporting, with a home battery that charges with 10 A."""
    snapshot = Snapshot(
        number=7,
        at_ms=100_000,
        wall_s=WALL_S,
        started_s=WALL_S - 100,
        chargers=chargers or (make_charger(),),
        mains=make_meter(
            freshness=Freshness.FRESH,
            currents_da=(57, -6, -61),
            import_wh=8_614_800,
            export_wh=5_289_300,
            updated_s=WALL_S - 1,
        ),
        circuit=make_meter(),
        battery=make_meter(freshness=Freshness.FRESH, currents_da=(100, 0, 0), updated_s=WALL_S - 5),
        pv=make_meter(),
        surplus=Surplus(raw_sum_da=-10, battery_da=100, neutralised_sum_da=-110, neutralised_da=(23, -39, -94)),
        settings=defaults(Scope.SITE),
        events=(),
        warnings=(),
        demo=False,
        decided_ms=99_500,
    )
    return replace(snapshot, **facts)


class RecordingSite:
    """Keeps commands and measurements and shows them in the next snapshot, as if all were accepted at once."""

    def __init__(self, snapshot: Snapshot | None = None, memory: Memory | None = None) -> None:
        self._snapshot = snapshot or make_snapshot()
        self._memory = memory or NoMemory()
        self.samples = PilotSamples()
        self.asked_pilot: list[tuple[str, int]] = []
        self.commands: list[Command] = []
        self.fed: list[Measurement] = []
        self.refuse: str = ""
        """A reason to refuse every command."""

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    @snapshot.setter
    def snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @property
    def memory(self) -> Memory:
        return self._memory

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        yield self._snapshot

    async def execute(self, command: Command) -> Outcome:
        if self.refuse:
            return Outcome(False, self.refuse)
        self.commands.append(command)
        self._apply(command)
        return Outcome(True)

    async def pilot(self, charger_id: str, after_ms: int = EVERYTHING) -> PilotSamples:
        self.asked_pilot.append((charger_id, after_ms))
        return self.samples

    def feed(self, measurement: Measurement, source: Source = Source.OUTSIDE) -> None:
        assert source is Source.OUTSIDE
        self.fed.append(measurement)
        now: dict[str, Any] = {"freshness": Freshness.FRESH, "updated_s": WALL_S}
        snapshot = self._snapshot
        match measurement:
            case MainsMeasurement(currents_da):
                self._change(mains=replace(snapshot.mains, currents_da=currents_da, **now))
            case BatteryMeasurement(current_da):
                self._change(battery=replace(snapshot.battery, currents_da=(current_da, 0, 0), **now))
            case EvMeasurement(charger_id):
                ev = snapshot.charger(charger_id).ev
                fields = ("currents_da", "power_w", "import_wh", "export_wh")
                given = {name: value for name in fields if (value := getattr(measurement, name)) is not None}
                self._change_charger(charger_id, ev=replace(ev, **now, **given))
            case EvStateMeasurement(charger_id):
                names = ("current_soc", "full_soc", "energy_capacity_wh", "energy_request_wh", "evccid")
                given = {name: value for name in names if (value := getattr(measurement, name)) is not None}
                before = snapshot.charger(charger_id).ev_state or EvStateSnapshot()
                self._change_charger(charger_id, ev_state=replace(before, **given))

    def _apply(self, command: Command) -> None:
        match command:
            case SetMode(charger_id, mode, schedule):
                self._change_charger(charger_id, mode=mode, schedule=_planned(schedule))
            case SetOverride(charger_id, current_da):
                self._change_charger(charger_id, override_da=current_da)
            case SetC2(charger_id, c2):
                self._change_setting(charger_id, "enable_c2", int(c2))
            case SetSetting(name, value, None):
                self._change(settings={**self._snapshot.settings, name: value})
            case SetSetting(name, value, str(charger_id)):
                self._change_setting(charger_id, name, value)
            case SetLockHold(charger_id, on):
                board = self._snapshot.charger(charger_id).board
                assert board is not None
                flags = board.flags | Flag.LOCK_HOLD if on else board.flags & ~Flag.LOCK_HOLD
                self._change_charger(charger_id, board=replace(board, flags=flags), lock_hold=on)
            case SetBacklight(charger_id, level, seconds):
                panel = self._snapshot.charger(charger_id).panel
                lit = replace(panel, backlight="ON" if level else "OFF", backlight_left_s=seconds)
                self._change_charger(charger_id, panel=lit)
            case SetCustomButton(charger_id, on):
                panel = self._snapshot.charger(charger_id).panel
                self._change_charger(charger_id, panel=replace(panel, custom_button=on))
            case SwipeCard(charger_id, card):
                self._change_charger(charger_id, rfid=RfidSnapshot("Present", card))
            case DoBoardAction():
                pass

    def _change_setting(self, charger_id: str, name: str, value: int) -> None:
        settings = {**self._snapshot.charger(charger_id).settings, name: value}
        self._change_charger(charger_id, settings=settings)

    def _change_charger(self, charger_id: str, **facts: Any) -> None:
        chargers = self._snapshot.chargers
        self._change(chargers=tuple(replace(c, **facts) if c.id == charger_id else c for c in chargers))

    def _change(self, **facts: Any) -> None:
        self._snapshot = replace(self._snapshot, number=self._snapshot.number + 1, **facts)


def _planned(schedule: LocalSchedule | None) -> ScheduleSnapshot | None:
    """A schedule in the machine's own zone that has not begun."""
    if schedule is None:
        return None
    stop_s = None if schedule.stop is None else schedule.stop.timestamp()
    return ScheduleSnapshot(schedule.start.timestamp(), stop_s, schedule.daily, open=False)
