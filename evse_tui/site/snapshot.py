"""The one frozen picture of the site that every window shows.

Currents in 0.1 A, power in W, energy in Wh, ages in ms at the moment the snapshot was taken. `None` means unknown or
absent, never zero. A window may keep a snapshot for as long as it likes; it never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, unique

from evse_protocol.payloads import Identity
from evse_tui.board.model import LinkHealth, LinkState
from evse_tui.control.types import ChargerGrant, Mode, PhaseCurrents, Surplus


@unique
class Freshness(Enum):
    """How far a measurement can be trusted: control.md, Ages."""

    ABSENT = "absent"
    FRESH = "fresh"
    LATE = "late"
    GONE = "gone"


@unique
class ChargerState(IntEnum):
    """SmartEVSE state ids; `title` is the text of the API."""

    A = 0
    B = 1
    C = 2
    D = 3
    COMM_B = 4
    COMM_B_OK = 5
    COMM_C = 6
    COMM_C_OK = 7
    ACTIVATE = 8
    B1 = 9
    C1 = 10
    MODEM_REQUEST = 11
    MODEM_WAIT = 12
    MODEM_DONE = 13
    MODEM_DENIED = 14

    @property
    def title(self) -> str:
        return _STATE_TITLES[self]


_STATE_TITLES: Mapping[ChargerState, str] = {
    ChargerState.A: "Ready to Charge",
    ChargerState.B: "Connected to EV",
    ChargerState.C: "Charging",
    ChargerState.D: "D",
    ChargerState.COMM_B: "Request State B",
    ChargerState.COMM_B_OK: "State B OK",
    ChargerState.COMM_C: "Request State C",
    ChargerState.COMM_C_OK: "State C OK",
    ChargerState.ACTIVATE: "Activate",
    ChargerState.B1: "Charging Stopped",
    ChargerState.C1: "Stop Charging",
    ChargerState.MODEM_REQUEST: "Modem Setup",
    ChargerState.MODEM_WAIT: "Modem Request",
    ChargerState.MODEM_DONE: "Modem Done",
    ChargerState.MODEM_DENIED: "Modem Denied",
}


@dataclass(frozen=True, slots=True)
class MeterSnapshot:
    """The newest reading of one source."""

    kind: str
    """SmartEVSE meter name: `API`, `Disabled`, .."""
    freshness: Freshness
    currents_da: PhaseCurrents | None = None
    power_w: int | None = None
    import_wh: int | None = None
    export_wh: int | None = None
    soc_permille: int | None = None
    age_ms: int | None = None
    updated_s: int = 0
    """Wall time of the last value, seconds since the epoch; 0 if never. For display only."""
    simulated: bool = False
    """Fed by the demo's simulated house."""


@dataclass(frozen=True, slots=True)
class SessionSnapshot:
    """Since the cable was plugged in."""

    started_s: float
    """Wall time."""
    duration_ms: int
    charging_ms: int
    energy_wh: int | None
    """From the EV meter; else estimated from offered current (`estimated`)."""
    estimated: bool


@dataclass(frozen=True, slots=True)
class BoardSnapshot:
    """The newest STATUS of a board."""

    age_ms: int
    pilot: int
    """evse_protocol.messages.Pilot"""
    flags: int
    """evse_protocol.messages.Flag"""
    cp_high_mv: int
    cp_low_mv: int
    temperature_dc: int
    slots_da: tuple[int, ...]
    """In the order of Slot; INACTIVE_DA for none."""
    binding: int
    limit_da: int
    offered_da: int
    duty_permille: int
    phases: int
    access: int
    hold: int
    hold_ms: int
    faults: int


@dataclass(frozen=True, slots=True)
class CommandSnapshot:
    """A command on its way: requested -> accepted -> observed, or failed."""

    id: int
    what: str
    state: CommandState
    age_ms: int
    detail: str = ""


@unique
class CommandState(Enum):
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    OBSERVED = "observed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ScheduleSnapshot:
    """The planned charging of one charger, next or present window."""

    start_s: float
    """Wall time."""
    stop_s: float | None
    daily: bool
    open: bool
    """Whether charging is allowed by it now."""


@dataclass(frozen=True, slots=True)
class BoostSnapshot:
    """Full current until an energy or unplug."""

    energy_wh: int | None
    """None: until unplug."""
    left_wh: int | None


@dataclass(frozen=True, slots=True)
class RfidSnapshot:
    """The card reader, its own or a remote one."""

    status: str
    """RFID status of the SmartEVSE API: `Ready to read card`, `Present`, .., `Not Installed`."""
    last_card: str = ""
    """Hex digits."""


@dataclass(frozen=True, slots=True)
class PanelSnapshot:
    """What the board's front shows."""

    lines: tuple[str, ...] = ()
    """Eight lines of at most 21 characters, as the host sends them."""
    backlight: str = "OFF"
    """`OFF`, `ON` or `DIMMED`."""
    backlight_left_s: int = 0
    custom_button: bool = False


@dataclass(frozen=True, slots=True)
class EvStateSnapshot:
    """What somebody has told about the car."""

    current_soc: int | None = None
    full_soc: int | None = None
    energy_capacity_wh: int | None = None
    energy_request_wh: int | None = None
    evccid: str = ""
    updated_s: int = 0


@dataclass(frozen=True, slots=True)
class ChargerSnapshot:
    """Everything known about one charger."""

    id: str
    name: str
    serial: int
    """0 until the board has said its number."""
    port: str
    link: LinkState
    link_detail: str
    """One sentence for the user: what is wrong and the way out; empty when online."""
    health: LinkHealth
    identity: Identity | None
    board: BoardSnapshot | None
    """The newest STATUS; kept, ageing, while the board is away."""
    mode: Mode
    override_da: int
    settings: Mapping[str, int]
    """Values of the settings with scope `charger`."""
    state: ChargerState
    error: str
    """Name of the error in the SmartEVSE API; `None` is none."""
    error_id: int
    no_power: bool
    """The car would charge but gets nothing."""
    plugged: bool
    grant: ChargerGrant | None
    """The newest decision, with its reason."""
    applied_da: int | None
    """What the board's last reply said it applied."""
    ev: MeterSnapshot
    ev_modelled: bool
    """True if `ev.currents_da` is a model because there is no EV meter."""
    session: SessionSnapshot | None
    commands: tuple[CommandSnapshot, ...] = ()
    total_wh: int | None = None
    """Energy that this host has counted for the charger; not the meter's register, which is `ev.import_wh`."""
    schedule: ScheduleSnapshot | None = None
    boost: BoostSnapshot | None = None
    authorised: bool = True
    """Whether a card has been shown, where one is needed."""
    lock_hold: bool = False
    """The wish; the board's own word is in `board.flags`."""
    rfid: RfidSnapshot = RfidSnapshot("Not Installed")
    panel: PanelSnapshot = PanelSnapshot()
    ev_state: EvStateSnapshot | None = None


@unique
class Level(Enum):
    INFO = "info"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class EventEntry:
    """One line of the log."""

    number: int
    wall_s: float
    charger_id: str | None
    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole site."""

    number: int
    at_ms: int
    wall_s: float
    started_s: float
    chargers: tuple[ChargerSnapshot, ...]
    mains: MeterSnapshot
    circuit: MeterSnapshot
    battery: MeterSnapshot
    """`currents_da[0]` is the sum over phases; + charging."""
    pv: MeterSnapshot
    surplus: Surplus | None
    settings: Mapping[str, int]
    """Values of the settings with scope `site`."""
    events: tuple[EventEntry, ...]
    """The newest, oldest first, bounded."""
    warnings: tuple[str, ...]
    demo: bool
    commands: tuple[CommandSnapshot, ...] = ()
    decided_ms: int | None = None
    """When control last decided, on the clock of `at_ms`; None before its first pass."""
    name: str = ""
    """What its owner calls the site."""
    rooms_da: PhaseCurrents | None = None
    """What all offers together may be per phase, under mains and circuit."""
    budget_da: int | None = None
    """What the SOLAR cars may draw together, summed over phases."""
    grid_relay: bool = False
    """The grid operator limits now."""
    price_milli_per_kwh: int | None = None
    zone: str = ""
    """IANA name of the zone of local times and days; empty if the host does not know its own."""

    def charger(self, charger_id: str) -> ChargerSnapshot:
        """The charger with this id.

        Raises:
            KeyError: there is none.
        """
        for charger in self.chargers:
            if charger.id == charger_id:
                return charger
        raise KeyError(charger_id)
