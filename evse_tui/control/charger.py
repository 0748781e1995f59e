"""What control remembers of one charger between passes, and its working record within one."""

from __future__ import annotations

from dataclasses import dataclass, field

from evse_tui.control.caps import Terms
from evse_tui.control.choice import WorkFunction
from evse_tui.control.draw import DrawTracker
from evse_tui.control.phases import PhaseDetector
from evse_tui.control.surplus import PilotOffset
from evse_tui.control.types import (
    BoardObservation,
    ChargerGrant,
    ChargerObservation,
    ChargerSettings,
    Constraint,
    Mode,
    PhaseCurrents,
    Reason,
    Sample,
    Timer,
)
from evse_tui.control.undrawn import Reservation, UnusedOffer


@dataclass(slots=True)
class Memory:
    """Between passes."""

    terms: Terms
    followed_from: int
    """How many mains samples there had been when its car was first seen."""
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
    unheard_da: int = 0
    """While it is not: what it may still offer, per phase."""
    away_ms: int = 0
    """When it went away."""
    hidden_da: PhaseCurrents = (0, 0, 0)
    """What its car drew then: the mains of before do not count that as house."""
    phases: int | None = None
    """The choice for C2 Auto; None until the board has been seen."""
    to_one_ms: int | None = None
    """When it last went to one phase."""
    rests_until_ms: int | None = None
    """Until then nothing happens to this charger by time alone; None: not yet worked out."""
    seen_ev: Sample | None = None
    seen_board: BoardObservation | None = None
    seen_admitted: bool = False
    """What was observed last, to know when there is nothing new."""
    car: Car | None = None
    """The record of the last pass, for the next under the same terms."""
    grant: ChargerGrant | None = None
    """The last grant of a charger that took part, given again if nothing in it changes."""

    def rests(self, charger: ChargerObservation, now_ms: int) -> bool:
        """Nothing new was said about this charger since it was observed, and nothing is due."""
        if charger.board is not self.seen_board or charger.ev is not self.seen_ev:
            return False
        if self.rests_until_ms is None:
            timed = self.unused.timed or self.reservation.timed or self.draw.answering
            self.rests_until_ms = now_ms if timed else self.draw.due_ms(now_ms)
        return now_ms < self.rests_until_ms and (self.admitted_since_ms is not None) is self.seen_admitted

    def observed(self, charger: ChargerObservation) -> None:
        """Notes what was observed."""
        self.seen_board, self.seen_ev = charger.board, charger.ev
        self.seen_admitted = self.admitted_since_ms is not None
        self.rests_until_ms = None

    def adopt(self, board: BoardObservation, now_ms: int) -> None:
        """Goes on from what the board does, when the host or the link comes back."""
        self.seen = True
        self.phases = board.phases
        if board.phases == 1:
            self.to_one_ms = now_ms  # the board's dwell before three phases may have begun just now
        if board.closed and board.offered_da:
            self.admitted_since_ms = now_ms
            self.granted_da = board.offered_da

    def forget_car(self, mains_samples: int) -> None:
        """The car left: nothing learned from it holds for the next."""
        self.followed_from = mains_samples
        self.draw, self.detector, self.offset = DrawTracker(), PhaseDetector(), PilotOffset()
        self.unused, self.reservation, self.choice = UnusedOffer(), Reservation(), WorkFunction()
        self.admitted_since_ms = self.waiting_since_ms = None

    def refuse(self) -> None:
        """It can't take part now."""
        self.admitted_since_ms = self.waiting_since_ms = None
        self.granted_da = 0

    def remember(self, car: Car, grant: ChargerGrant, now_ms: int) -> None:
        """Takes what was decided for it."""
        if car.grant_da > self.granted_da:
            self.raised_ms = now_ms
        self.granted_da = grant.limit_da
        if car.target_da:
            self.waiting_since_ms = None
            if self.admitted_since_ms is None:
                self.admitted_since_ms = now_ms
        else:
            self.admitted_since_ms = None
            if self.waiting_since_ms is None:
                self.waiting_since_ms = now_ms

    def record(self, charger_id: str, board: BoardObservation, index: int, shared: bool) -> Car:
        """The record of a pass in which it takes part.

        Args:
            charger_id: its id.
            board: what it says now.
            index: of the charger in the observation.
            shared: whether there are other chargers, to whom it leaves what its car does not use.
        """
        car = self.car
        if car is None or car.terms is not self.terms:
            terms = self.terms
            car = self.car = Car(
                id=charger_id,
                terms=terms,
                settings=terms.settings,
                mode=terms.mode,
                solar=terms.mode is Mode.SOLAR,
                floor_da=terms.floor_da,
                memory=self,
                board=board,
            )
        car.begin(board, index, self.unused.cap_da if shared else None)
        return car


@dataclass(slots=True)
class Car:
    """Within one pass: a charger that takes part. Kept under the same terms, begun anew in every pass."""

    id: str
    terms: Terms
    settings: ChargerSettings
    mode: Mode
    """What counts now: a boost is SMART."""
    solar: bool
    """The mode is SOLAR."""
    floor_da: int
    memory: Memory
    board: BoardObservation
    index: int = 0
    """In the observation."""
    admitted: bool = False
    """In the last pass."""
    hold_da: int = 0
    """What its board offers or was told to offer: room that it occupies until the board says otherwise."""
    moving: bool = False
    """Its draw changes, or is about to."""
    phases: int = 1
    """1 or 3, to be granted."""
    lines: tuple[int, ...] = ()
    """Mains phases that its car loads."""
    caps: tuple[Reason, ...] = ()
    cap_da: int = 0
    forced: bool = False
    """It answers a change: it keeps its minimum."""
    target_da: int = 0
    """What the allocation gives; 0 is not admitted."""
    limits: tuple[Reason, ...] = ()
    """What each shared resource would allow this car if the others stay; one object for all cars alike."""
    grant_da: int = 0
    waits: Reason | None = None
    """Why it was not admitted."""
    timers: list[Timer] = field(default_factory=list)

    def begin(self, board: BoardObservation, index: int, unused_cap_da: int | None) -> None:
        """Starts a pass. `unused_cap_da`: the cap of a car that leaves a part of its offer, None if it does not."""
        terms, memory = self.terms, self.memory
        self.board, self.index = board, index
        self.admitted = memory.admitted_since_ms is not None
        self.hold_da = board.offered_da if board.offered_da > memory.granted_da else memory.granted_da
        self.moving = memory.draw.answering or memory.reservation.reserving
        if terms.wished is not None:
            memory.phases = terms.wished
        self.phases = memory.phases or board.phases
        self.lines = self.lines_on(self.phases)
        lowest_da = terms.caps[0].limit_da or 0
        self.caps, self.cap_da = terms.caps, lowest_da if lowest_da > self.floor_da else self.floor_da
        if unused_cap_da is not None:
            demand_da = max(self.floor_da, unused_cap_da)
            self.caps = (*terms.caps, Reason(Constraint.DEMAND, limit_da=demand_da))
            self.cap_da = min(self.cap_da, demand_da)
        self.forced = False
        self.target_da = self.grant_da = 0
        self.limits, self.waits = (), None
        if self.timers or terms.timers:
            self.timers = list(terms.timers)

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
        return self.terms.lines[used]
