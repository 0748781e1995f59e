"""A lower bound of what a car draws when it has no meter: what the mains have proven.

0 at first. After a duty step of ours that stands alone (no other charger moves), the same step on the mains, seen in
two samples in a row on every phase of the car, proves so much draw. A step down that the mains follow proves that the
car is limited by its offer; a car's coarsest usual step is 1 A, minus 0.2 A, so it then draws at least offer - 1.2 A.
Never above the offer. A wrong model can only make offers too low."""

from __future__ import annotations

from evse_tui.control.types import PhaseCurrents

GRID_LOSS_DA = 12
_STEP_DA = 20


class ModelledDraw:
    """One car's draw per phase, from the duty cycle it was offered and the mains."""

    __slots__ = (
        "_base_da",
        "_down_da",
        "_offered_da",
        "_previous_da",
        "_reference",
        "_until_ms",
        "before_da",
        "value_da",
    )

    def __init__(self) -> None:
        self.value_da = 0
        self.before_da = 0
        """As much as was proven before the last step: what the car may still draw while it answers a fall."""
        self._offered_da = 0
        self._reference: PhaseCurrents | None = None
        self._base_da = 0
        self._down_da = 0
        self._until_ms = 0
        self._previous_da: int | None = None

    @property
    def waiting(self) -> bool:
        """The mains may still prove something."""
        return self._reference is not None

    def step(self, offered_da: int, mains_da: PhaseCurrents | None, now_ms: int, window_ms: int) -> None:
        """Takes a new duty cycle, 0 with the contactor open, and the mains before it, if the car was watched then."""
        step = offered_da - self._offered_da
        self._offered_da = offered_da
        if not offered_da:
            self.value_da = self.before_da = 0
            self._reference = None
            return
        self.before_da = self.value_da
        if self._reference is None or step > 0 or abs(step) >= _STEP_DA:
            self._reference = mains_da
            self._base_da = self.value_da
            self._down_da = max(0, -step)
            self._previous_da = None
        self._until_ms = now_ms + window_ms
        if step < 0:
            self.value_da = min(self.value_da, max(0, offered_da - GRID_LOSS_DA))

    def observe_mains(self, mains_da: PhaseCurrents, lines: tuple[int, ...], alone: bool, now_ms: int) -> None:
        """Takes a mains sample. `lines` are the car's mains phases; `alone` tells that no other charger moves."""
        reference = self._reference
        if reference is None:
            return
        if not alone or now_ms > self._until_ms:
            self._reference = None
            return
        change = [mains_da[line] - reference[line] for line in lines]
        if self._down_da:
            fall = min(-c for c in change)
            seen = self._offered_da - GRID_LOSS_DA if 2 * fall >= max(self._down_da, _STEP_DA) else 0
        else:
            seen = self._base_da + min(change)
        if self._previous_da is not None:
            self.value_da = min(self._offered_da, max(self.value_da, min(seen, self._previous_da)))
        self._previous_da = seen
