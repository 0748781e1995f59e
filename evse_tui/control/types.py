"""What control sees and says: frozen, typed, stdlib only.

Units: `_da` is 0.1 A, `_w` watt, `_wh` watt-hour, `_ms` milliseconds of the host's monotonic clock. Currents of a
phase are RMS; mains and battery are signed (+ import, + charging). Phase indices are 0, 1, 2 for L1, L2, L3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum, unique

PhaseCurrents = tuple[int, int, int]
"""L1, L2, L3 in 0.1 A."""


@unique
class Mode(IntEnum):
    """What the user wants; the numbers are those of the SmartEVSE API (`mode_id`)."""

    OFF = 0
    NORMAL = 1
    SOLAR = 2
    SMART = 3
    PAUSE = 4


@unique
class C2Mode(IntEnum):
    """Use of the second contactor; the numbers are those of the SmartEVSE API (`enable_C2`)."""

    NOT_PRESENT = 0
    ALWAYS_OFF = 1
    SOLAR_OFF = 2
    ALWAYS_ON = 3
    AUTO = 4


@unique
class Access(IntEnum):
    """Access of a grant; the numbers are those of the wire."""

    DENY = 0
    ALLOW = 1
    PAUSE = 2


@unique
class BatteryPolicy(Enum):
    """How much of the home battery's current counts as surplus: control.md, Words."""

    CAR_FIRST = "car first"
    BATTERY_FIRST = "battery first"
    RESERVE = "reserve"


@unique
class Constraint(Enum):
    """Names of what can bind a grant."""

    # the site
    MAINS = "mains"
    CIRCUIT = "circuit"
    CAPACITY = "capacity"
    GRID_RELAY = "grid relay"
    UNBALANCE = "unbalance"
    SHARE = "share"
    SURPLUS = "surplus"
    # the user
    OFF = "off"
    PAUSED = "paused"
    OVERRIDE = "override"
    CURRENT_MAX = "maximum"
    DEMAND = "what the car draws"
    SCHEDULE = "schedule"
    NOT_AUTHORISED = "waiting for a card"
    SESSION_LIMIT = "session limit"
    # the board's slots
    HARDWARE = "hardware"
    CABLE = "cable"
    TEMPERATURE = "temperature"
    CONFIGURATION = "configuration"
    STOP = "stop button"
    SWITCH = "switch"
    SIMPLIFIED = "simplified pilot"
    FAULT = "fault"
    # waiting
    NO_BOARD = "no board"
    NOT_CONNECTED = "not connected"
    NOT_REQUESTED = "car not ready"
    MAINS_ABSENT = "waiting for mains data"
    MAINS_LATE = "mains data late"
    MAINS_GONE = "mains data lost"
    WAITING_FOR_SURPLUS = "waiting for surplus"
    WAITING_FOR_ROOM = "waiting for room"
    SWITCHING_PHASES = "switching phases"
    ROTATION = "rotation"
    # floors
    MINIMUM = "minimum"
    STARTING = "starting"


@dataclass(frozen=True, slots=True)
class Reason:
    """What bound a grant, where, and at which value."""

    constraint: Constraint
    phase: int | None = None
    """Mains phase index, for limits that have one."""
    limit_da: int | None = None
    """The value that this constraint would allow the charger per phase."""


@unique
class TimerAction(Enum):
    """What a timer does when it ends."""

    START = "start"
    STOP = "stop"
    ONE_PHASE = "1 phase"
    THREE_PHASES = "3 phases"
    ROTATE = "next car"
    RETRY = "try again"


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that will happen unless conditions change: "3 phases in 41 s if surplus stays above 4.3 kW"."""

    what: Constraint
    """The constraint that it waits for."""
    due_ms: int
    """When, on the host's clock."""
    action: TimerAction | None = None
    threshold_w: int | None = None
    """The value of `what`, summed over phases, that must hold until then."""
    above: bool = True
    """Whether it must stay above the threshold, or below it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of three phase currents and when it arrived."""

    currents_da: PhaseCurrents
    arrived_ms: int


@dataclass(frozen=True, slots=True)
class BatterySample:
    """One reading of the home battery: + charging, - discharging, sum over phases."""

    current_da: int
    arrived_ms: int
    soc_permille: int | None = None


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """Limits and wishes for the whole site."""

    current_main_da: int = 250
    """Per phase, raw mains."""
    current_max_circuit_da: int = 160
    """Per phase, sub-panel; guards the sum of offers even without its own meter."""
    current_max_sum_mains_da: int = 0
    """Capacity: sum of phases; 0 is off."""
    max_sum_mains_time_min: int = 0
    solar_start_current_da: int = 40
    """Export (sum) that must be there before a SOLAR car starts."""
    solar_max_import_da: int = 0
    """Import (sum) that SOLAR tolerates."""
    solar_stop_time_min: int = 10
    """Minutes at the minimum above solar_max_import before SOLAR stops; 0 is never."""
    battery_policy: BatteryPolicy = BatteryPolicy.CAR_FIRST
    battery_reserve_da: int = 0
    battery_full_permille: int = 950
    battery_min_soc_permille: int = 0
    phases: int = 3
    """Phases of the grid connection, 1 or 3."""
    headroom_da: int = 0
    """Kept free under `current_main`, per phase."""
    grid_relay_limit_da: int = 180
    """While the grid operator's relay limits: sum of offers over phases and chargers."""
    unbalance_da: int = 0
    """Most that one-phase charging may put on one phase; 0 is off."""
    rotation_min: int = 15
    """How long a car charges while another waits for room."""
    switch_worth_wh: int = 100
    """Energy that a change between one and three phases must be worth; starts and stops follow from it."""


@dataclass(frozen=True, slots=True)
class Boost:
    """Full current within limits until an energy or unplug. It belongs to the plug-in in which it was asked for."""

    asked_ms: int
    from_wh: int = 0
    """Session energy when it was asked for."""
    energy_wh: int | None = None
    """None: until unplug."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When charging is allowed, on the host's clock; the site turns local time into it. Off outside of it."""

    opens_ms: int
    closes_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ChargerSettings:
    """Limits and wishes for one charger."""

    mode: Mode = Mode.OFF
    current_min_da: int = 60
    current_max_da: int = 130
    override_da: int = 0
    """0 is none; applies in NORMAL and SMART."""
    c2: C2Mode = C2Mode.NOT_PRESENT
    rotation: int = 0
    """Mains phase index that this charger's L1 is wired to; L2 and L3 follow in order."""
    priority: int = 0
    """Lower is served first."""
    session_limit_wh: int = 0
    """0 is none."""
    boost: Boost | None = None
    schedule: Schedule | None = None
    authorised: bool = True
    """False while a card reader is on and nobody has shown a card: then as OFF."""


@dataclass(frozen=True, slots=True)
class BoardObservation:
    """What the board last said about itself."""

    plugged: bool
    requests: bool
    """The car asks for current: control pilot C (or D), or C1 is closed."""
    closed: bool
    """C1 is closed."""
    offered_da: int
    """What the duty cycle tells the car now."""
    limit_da: int
    """Minimum of the board's slots except the host's."""
    limit_slot: Constraint
    """Which of them binds."""
    phases: int
    """1 or 3: the position of C2."""
    phases_available: tuple[int, ...]
    """(1,), (3,) or (1, 3): what a grant may ask for."""
    faulted: bool = False
    plugged_ms: int = 0
    """When this plug-in began, host clock."""
    phase_dwell_ms: int = 0
    """How long the board still keeps to one phase; 0 if it does not say."""


@dataclass(frozen=True, slots=True)
class ChargerObservation:
    """One charger: wishes, board, and its own meter if it has one."""

    id: str
    settings: ChargerSettings
    board: BoardObservation | None
    """None while there is no session with the board."""
    ev: Sample | None = None
    """EV meter on the charger's own phases L1..L3; None if there never was one."""
    session_wh: int = 0
    """Energy since the cable was plugged in."""
    unheard_da: int = 0
    """While there is no session with its board: what it may still offer, per phase."""


@dataclass(frozen=True, slots=True)
class Observation:
    """The whole site at one moment. A source that has never spoken is None: absent, not stale."""

    settings: SiteSettings
    chargers: tuple[ChargerObservation, ...]
    mains: Sample | None = None
    circuit: Sample | None = None
    battery: BatterySample | None = None
    grid_relay: bool = False
    """The grid operator limits controllable loads now."""
    just_begun: bool = False
    """A board that nobody has heard yet may still have a lease of the host before: nothing rises."""


@dataclass(frozen=True, slots=True)
class ChargerGrant:
    """The decision for one charger."""

    charger_id: str
    access: Access
    limit_da: int
    """Per phase; 0 unless access is ALLOW."""
    phases: int
    reason: Reason
    runner_up: Reason | None = None
    timers: tuple[Timer, ...] = ()


@dataclass(frozen=True, slots=True)
class Surplus:
    """How the solar surplus came about, for display and tests; sums over phases."""

    raw_sum_da: int
    battery_da: int
    """The battery current that was removed, after the policy and after ageing."""
    neutralised_sum_da: int
    neutralised_da: PhaseCurrents
    """Split for display only."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One pass: a grant for every charger in the observation's order."""

    at_ms: int
    grants: tuple[ChargerGrant, ...]
    surplus: Surplus | None = None
    budget_da: int | None = None
    """What the SOLAR cars may draw together, summed over phases; None while nobody can tell."""
    rooms_da: PhaseCurrents | None = None
    """What all offers together may be per phase, under mains and circuit."""
    warnings: tuple[str, ...] = field(default=())
