"""What control remembers of one charger between passes, and its working record within one."""

from __future__ import annotations

from dataclasses import dataclass, field

from evse_tui.control.draw import DrawTracker
from evse_tui.control.phase_choice import PhaseChoice
from evse_tui.control.phases import PhaseDetector
from evse_tui.control.surplus import PilotOffset
from evse_tui.control.types import BoardObservation, ChargerSettings, Mode, Reason


@dataclass(slots=True)
class Memory:
    """Between passes."""

    draw: DrawTracker = field(default_factory=DrawTracker)
    detector: PhaseDetector = field(default_factory=PhaseDetector)
    offset: PilotOffset = field(default_factory=PilotOffset)
    phase_choice: PhaseChoice = field(default_factory=PhaseChoice)
    plugged_ms: int | None = None
    granted_da: int = 0
    """Of the last grant; 0 unless it allowed."""
    raised_ms: int | None = None
    waiting_since_ms: int | None = None

    def forget_car(self) -> None:
        """The car left: nothing learned from it holds for the next."""
        self.draw, self.detector, self.offset = DrawTracker(), PhaseDetector(), PilotOffset()
        self.phase_choice = PhaseChoice()
        self.waiting_since_ms = None


@dataclass(slots=True)
class Car:
    """Within one pass: a charger that takes part."""

    index: int
    """In the observation."""
    id: str
    settings: ChargerSettings
    board: BoardObservation
    memory: Memory
    phases: int
    """1 or 3, to be granted."""
    lines: tuple[int, ...]
    """Mains phases that its car loads."""
    caps: list[Reason]
    floor_da: int
    target_da: int = 0
    """What the allocation gives; 0 is not admitted."""
    limits: list[Reason] = field(default_factory=list)
    """What each shared resource would allow this car if the others stay."""
    grant_da: int = 0
    waits: Reason | None = None
    """Why it was not admitted."""
    forced: bool = False

    @property
    def cap_da(self) -> int:
        return max(self.floor_da, self.caps[0].limit_da or 0)

    @property
    def hold_da(self) -> int:
        """What its board offers or was told to offer: room that it occupies until the board says otherwise."""
        return max(self.board.offered_da, self.memory.granted_da)

    @property
    def running(self) -> bool:
        return self.memory.granted_da > 0

    @property
    def solar(self) -> bool:
        return self.settings.mode is Mode.SOLAR

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Priority, running first, then longest waiting; ties by id."""
        waiting = self.memory.waiting_since_ms
        return self.settings.priority, not self.running, waiting if waiting is not None else 0, self.id
