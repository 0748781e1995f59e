"""What windows may ask of the site. Typed, frozen; the outcome comes back in the next snapshot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum, unique
from typing import Protocol

from evse_tui.board.pilot_samples import EVERYTHING, PilotSamples
from evse_tui.control.types import C2Mode, Mode, PhaseCurrents
from evse_tui.site.memory import Memory
from evse_tui.site.schedule import LocalSchedule
from evse_tui.site.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class SetMode:
    """Changes the mode; SOLAR clears the override, SMART and SOLAR need a mains meter (else nothing changes)."""

    charger_id: str
    mode: Mode
    schedule: LocalSchedule | None = None
    """Replaces the schedule; None cancels it: who chooses a mode wants it now."""


@dataclass(frozen=True, slots=True)
class SetSchedule:
    """Charging is off outside of the schedule; None cancels it. The mode stays. Survives a restart."""

    charger_id: str
    schedule: LocalSchedule | None


@dataclass(frozen=True, slots=True)
class SetBoost:
    """Full current within limits until `energy_wh` more, or until unplug. It ends with the plug-in."""

    charger_id: str
    on: bool
    energy_wh: int | None = None


@dataclass(frozen=True, slots=True)
class SetOverride:
    """Overrides the charge current in NORMAL and SMART; 0 clears."""

    charger_id: str
    current_da: int


@dataclass(frozen=True, slots=True)
class SetC2:
    charger_id: str
    c2: C2Mode


@dataclass(frozen=True, slots=True)
class SetSetting:
    """Any setting of `evse_tui.settings`; `charger_id` is None for the site's."""

    name: str
    value: int
    charger_id: str | None = None


@unique
class BoardAction(Enum):
    """Commands that go to the board as they are."""

    ACKNOWLEDGE = "acknowledge faults"
    RESUME = "resume after stop"
    UNLOCK = "unlock"
    REBOOT = "reboot"


@dataclass(frozen=True, slots=True)
class DoBoardAction:
    charger_id: str
    action: BoardAction


@dataclass(frozen=True, slots=True)
class SetLockHold:
    """Keeps the cable locked while no car is connected. Survives a restart."""

    charger_id: str
    on: bool


@dataclass(frozen=True, slots=True)
class SwipeCard:
    """A card shown to this charger from afar, as if its own reader had read it. `card` is 8, 14 or 16 hex digits."""

    charger_id: str
    card: str


@dataclass(frozen=True, slots=True)
class SetBacklight:
    """Lights the board's display for a while; the board clamps the level to its configured maximum."""

    charger_id: str
    level: int
    """%, 0 is off."""
    seconds: int


@dataclass(frozen=True, slots=True)
class SetCustomButton:
    """A flag that home automation sets and reads; while it is on the status light has the custom colour."""

    charger_id: str
    on: bool


@dataclass(frozen=True, slots=True)
class TracePilot:
    """Has the board sample its control pilot while `watcher`, a name of the sender's choice, looks at `SiteView.pilot`.

    Asked again it goes on; who does not ask again is forgotten, with the samples if nobody else looks.
    """

    charger_id: str
    watcher: str
    duration_ms: int
    """From now on, at most a minute; 0 ends it."""


Command = (
    SetMode
    | SetSchedule
    | SetBoost
    | SetOverride
    | SetC2
    | SetSetting
    | DoBoardAction
    | SetLockHold
    | SwipeCard
    | SetBacklight
    | SetCustomButton
    | TracePilot
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Accepted (stored, and on its way) or refused with one sentence."""

    accepted: bool
    detail: str = ""
    command_id: int | None = None
    """`CommandSnapshot.id` under which snapshots show how it goes on; None if there is nothing to follow."""


@dataclass(frozen=True, slots=True)
class MainsMeasurement:
    """Raw grid current per phase, + import; None leaves an energy register alone."""

    currents_da: PhaseCurrents
    import_wh: int | None = None
    export_wh: int | None = None


@dataclass(frozen=True, slots=True)
class CircuitMeasurement:
    """Current of the chargers' own group per phase."""

    currents_da: PhaseCurrents


@dataclass(frozen=True, slots=True)
class BatteryMeasurement:
    """Home battery, + charging, sum over phases."""

    current_da: int
    soc_permille: int | None = None


@dataclass(frozen=True, slots=True)
class PvMeasurement:
    """PV production; for display."""

    power_w: int


@dataclass(frozen=True, slots=True)
class EvMeasurement:
    """A charger's own meter; None leaves the last value alone."""

    charger_id: str
    currents_da: PhaseCurrents | None = None
    power_w: int | None = None
    import_wh: int | None = None
    export_wh: int | None = None


@dataclass(frozen=True, slots=True)
class PriceMeasurement:
    """Tariff from now on, in thousandths of the currency per kWh; may be negative. For display and session cost."""

    milli_per_kwh: int


@dataclass(frozen=True, slots=True)
class EvStateMeasurement:
    """What somebody knows of the car itself; None leaves the last value alone. For display."""

    charger_id: str
    current_soc: int | None = None
    """%"""
    full_soc: int | None = None
    """%"""
    energy_capacity_wh: int | None = None
    energy_request_wh: int | None = None
    evccid: str | None = None


Measurement = (
    MainsMeasurement
    | CircuitMeasurement
    | BatteryMeasurement
    | PvMeasurement
    | EvMeasurement
    | PriceMeasurement
    | EvStateMeasurement
)


@unique
class Source(Enum):
    """Who feeds a measurement; in the demo an outside sender takes a source over for 60 s after its last value."""

    OUTSIDE = "outside"
    SIMULATION = "simulation"


class SiteView(Protocol):
    """What windows see of the site. `evse_tui.site.Site` implements it; so can a remote one."""

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot."""

    def snapshots(self) -> AsyncIterator[Snapshot]:
        """The newest snapshot at once, then each newer one; a slow reader skips, it never queues."""

    @property
    def memory(self) -> Memory:
        """The past."""

    async def pilot(self, charger_id: str, after_ms: int = EVERYTHING) -> PilotSamples:
        """Samples of a charger's control pilot later than `after_ms`, the newest time that the caller has.

        They exist only while a `TracePilot` asks for them, and are no part of a snapshot.

        Raises:
            KeyError: there is no such charger.
        """

    async def execute(self, command: Command) -> Outcome:
        """Applies a command; what must survive a restart is committed before this returns."""

    def feed(self, measurement: Measurement, source: Source = Source.OUTSIDE) -> None:
        """Takes a measurement; its age counts from now. A mains, circuit or battery value triggers a decision."""
