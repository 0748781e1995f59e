"""What control remembers of one charger between passes, and its working record within one."""

from __future__ import annotations

from dataclasses import dataclass, field

from evse_tui.control.choice import WorkFunction
from evse_tui.control.draw import DrawTracker
from evse_tui.control.phases import PhaseDetector, lines
from evse_tui.control.surplus import PilotOffset
from evse_tui.control.types import BoardObservation, ChargerSettings, Mode, Reason, Timer
from evse_tui.control.undrawn import Reservation, UnusedOffer


@dataclass(slots=True)
class Memory:
    """Between passes."""

    draw: DrawTracker = field(default_factory=DrawTracker)
    detector: PhaseDetector = field(default_factory=PhaseDetector)
    offset: PilotOffset = field(default_factory=PilotOffset)
    unused: UnusedOffer = field(default_factory=UnusedOffer)
    reservation: Reservation = field(default_factory=Reservation)
    choice: WorkFunction = field(default_factory=WorkFunction)
    plugged_ms: int | None = None
    granted_da: int = 0
    """Of the last grant; 0 unless it allowed."""
    raised_ms: int | None = None
    admitted_since_ms: int | None = None
    """Has a place among the cars that charge, even if its offer still waits for the boards of others."""
    waiting_since_ms: int | None = None
    seen: bool = False
    """The board is there."""
    phases: int | None = None
    """The choice for C2 Auto; None until the board has been seen."""
    to_one_ms: int | None = None
    """When it last went to one phase."""

    def adopt(self, board: BoardObservation, now_ms: int) -> None:
        """Goes on from what the board does, when the host or the link comes back."""
        self.seen = True
        self.phases = board.phases
        if board.phases == 1:
            self.to_one_ms = now_ms  # the board's dwell before three phases may have begun just now
        if board.closed and board.offered_da:
            self.admitted_since_ms = now_ms
            self.granted_da = board.offered_da

    def forget_car(self) -> None:
        """The car left: nothing learned from it holds for the next."""
        self.draw, self.detector, self.offset = DrawTracker(), PhaseDetector(), PilotOffset()
        self.unused, self.reservation, self.choice = UnusedOffer(), Reservation(), WorkFunction()
        self.admitted_since_ms = self.waiting_since_ms = None


@dataclass(slots=True)
class Car:
    """Within one pass: a charger that takes part."""

    index: int
    """In the observation."""
    id: str
    mode: Mode
    """What counts now: a boost is SMART."""
    settings: ChargerSettings
    board: BoardObservation
    memory: Memory
    site_phases: int
    phases: int
    """1 or 3, to be granted."""
    lines: tuple[int, ...]
    """Mains phases that its car loads."""
    caps: tuple[Reason, ...]
    floor_da: int
    cap_da: int
    target_da: int = 0
    """What the allocation gives; 0 is not admitted."""
    limits: list[Reason] = field(default_factory=list)
    """What each shared resource would allow this car if the others stay."""
    grant_da: int = 0
    waits: Reason | None = None
    """Why it was not admitted."""
    forced: bool = False
    """It answers a change: it keeps its minimum."""
    timers: list[Timer] = field(default_factory=list)

    @property
    def hold_da(self) -> int:
        """What its board offers or was told to offer: room that it occupies until the board says otherwise."""
        return max(self.board.offered_da, self.memory.granted_da)

    @property
    def admitted(self) -> bool:
        """In the last pass."""
        return self.memory.admitted_since_ms is not None

    @property
    def solar(self) -> bool:
        return self.mode is Mode.SOLAR

    @property
    def offset_da(self) -> int:
        """What it draws less than it is offered, learned; 0 without a meter, for the model is a lower bound already."""
        return self.memory.offset.value_da if self.memory.draw.metered else 0

    @property
    def need_da(self) -> int:
        """Its minimum, summed over phases."""
        return self.floor_da * len(self.lines)

    def lines_on(self, phases: int) -> tuple[int, ...]:
        """Mains phases that its car would load with 1 or 3 phases."""
        used = self.memory.detector.used(phases) if self.memory.draw.metered else phases
        return lines(self.settings, used, self.site_phases)
