"""When the meter of one charger alone proves that its contactor did not open: board.md, "Faults". Pure.

What counts is what arrives long after the opening, longer than a meter may be late: a value of before must not convict
a healthy contactor. The same after a silence of the meter, when whoever passes its values on may deliver old ones. Nor
does a current that falls, as a sliding average does behind an open contactor, nor a meter that never showed rest: its
zero or unit may be wrong, or something else behind it. C1 is judged only. C2 alone can't be: with C1 open it carries
nothing, and while C1 is closed a board takes no evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evse_protocol.messages import Fault, Flag
from evse_protocol.payloads import Status
from evse_tui.control.freshness import LATE_AFTER_MS
from evse_tui.control.types import Sample

CURRENT_DA: Final = 10
"""More than this flows through no open contactor; what a meter shows at rest is below it."""
OPEN_MS: Final = 5_000
"""What is measured sooner after the opening does not count."""
METER_DELAY_MS: Final = 15_000
"""The longest way of a value from the meter to here: three times that of the slowest meter in control.md, "Plant"."""
SPAN_MS: Final = 10_000
"""For how long the current must stand. Twice a lease: a line that delays STATUS as long as that carries no grant, so
behind it no contactor is closed."""
FALL: Final = 32
"""A current that has fallen by more than this part of it does not stand."""
SAMPLES: Final = 3
STATUS_GAP_MS: Final = 3_000
"""A STATUS comes once a second; in a longer silence the contactor may have moved."""

Registers = tuple[int | None, ...]
"""Whatever else the meter says with its currents: power, energies."""


@dataclass(frozen=True, slots=True)
class WeldEvidence:
    """What the meter saw of a contactor that is said to be open."""

    current_da: int
    """The lowest over the samples, of the phase with the highest current."""
    open_ms: int
    """How long the contactor was open at the newest sample."""


class WeldWatch:
    """One charger's. Times are those of the host's clock and do not go back."""

    def __init__(self) -> None:
        self._status_ms: int | None = None
        self._open_ms: int | None = None
        """Since when the board has said that C1 is open, without a gap; None while it does not say so."""
        self._found = False
        """The board has the fault already."""
        self._at_rest = False
        """The meter has shown that nothing flows, while the contactor was said to be open."""
        self._spoke_ms: int | None = None
        self._steady_ms = 0
        """Since when the meter has spoken without a gap."""
        self._reading: tuple[Sample, Registers] | None = None
        self._samples = 0
        """How many in a row count."""
        self._first_da = self._lowest_da = 0
        self._since_ms = 0
        """When the first of them arrived."""
        self._moved = False
        """Whether anything has changed between them: a sender that repeats its last value measures nothing."""

    def take_status(self, status: Status, now_ms: int) -> None:
        """With each STATUS."""
        gap = self._status_ms is None or now_ms - self._status_ms > STATUS_GAP_MS
        self._status_ms = now_ms
        self._found = Fault.WELDED_CONTACTOR in status.faults
        if Flag.C1 in status.flags:
            self._open_ms = None
        elif self._open_ms is None or gap:
            self._open_ms = now_ms
            self.forget_samples()

    def lost(self) -> None:
        """The link was lost, or a session has begun: when the contactor opened is not known any more."""
        self._status_ms = self._open_ms = None
        self.forget_samples()

    def forget_samples(self) -> None:
        """What was measured so far does not count."""
        self._samples = 0
        self._reading = None
        self._moved = False

    def take_sample(self, sample: Sample, registers: Registers = ()) -> WeldEvidence | None:
        """With each reading of currents: evidence if there is enough of it now, and the board does not know."""
        now_ms = sample.arrived_ms
        if self._spoke_ms is None or now_ms - self._spoke_ms > LATE_AFTER_MS:
            self._steady_ms = now_ms
        self._spoke_ms = now_ms
        current_da = max(map(abs, sample.currents_da))
        if current_da <= CURRENT_DA or self._open_ms is None or not self._counts(now_ms):
            self._at_rest |= current_da <= CURRENT_DA and self._open_ms is not None
            self.forget_samples()
            return None
        before = self._reading
        if before is None or current_da < self._first_da - self._first_da // FALL:
            self._samples, self._moved = 0, False
            self._since_ms, self._first_da, self._lowest_da = now_ms, current_da, current_da
        elif (before[0].currents_da, before[1]) != (sample.currents_da, registers):
            self._moved = True
        self._reading = sample, registers
        self._samples += 1
        self._lowest_da = min(self._lowest_da, current_da)
        enough = self._moved and self._samples >= SAMPLES and now_ms - self._since_ms >= SPAN_MS
        if not enough:
            return None
        evidence = WeldEvidence(self._lowest_da, now_ms - self._open_ms)
        self.forget_samples()  # told again after as long, while the board does not show it
        return evidence

    def _counts(self, now_ms: int) -> bool:
        """Whether the board says now that C1 is open, and has for so long that the value is of after the opening."""
        if self._found or not self._at_rest or self._open_ms is None or self._status_ms is None:
            return False
        heard = now_ms - self._status_ms <= STATUS_GAP_MS
        late = now_ms - self._open_ms < OPEN_MS + METER_DELAY_MS or now_ms - self._steady_ms < METER_DELAY_MS
        return heard and not late
