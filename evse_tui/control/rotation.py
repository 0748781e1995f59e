"""Whose turn it is: the order of admission, and the clock that changes it.

Order: cars that had their chance last, then priority, running first, longest waiting; ties by id. While somebody
waits for room the running cars lose their place after the rotation time, those that ran longest going last. With k
slots for n equal cars that is a round robin, so nobody waits longer than (ceil(n/k) - 1) rotations."""

from __future__ import annotations

from collections.abc import Sequence

from evse_tui.control.charger import Car
from evse_tui.control.timers import Held


class Rotation:
    """The clock of one group of cars."""

    def __init__(self) -> None:
        self._waited = Held()

    def due(self, waiting: bool, period_min: int, now_ms: int) -> bool:
        """Whether the turn changes now. `waiting`: somebody waits for room while others run."""
        if self._waited.update(waiting, now_ms) < period_min * 60_000 or not waiting:
            return False
        self._waited.update(False, now_ms)
        return True

    def next_ms(self, period_min: int) -> int | None:
        """When the next turn comes; None if nobody waits."""
        since = self._waited.since_ms
        return None if since is None else since + period_min * 60_000


def ordered(cars: Sequence[Car], turn: bool, now_ms: int) -> list[Car]:
    """Cars in the order of admission. With `turn` the running cars lose their place."""

    def key(car: Car) -> tuple[bool, int, bool, int, int, str]:
        memory = car.memory
        admitted, waiting = memory.admitted_since_ms, memory.waiting_since_ms
        return (
            memory.reservation.spent(now_ms),
            car.settings.priority,
            admitted is None and not turn,
            now_ms if waiting is None else waiting,
            -admitted if turn and admitted is not None else 0,
            car.id,
        )

    return sorted(cars, key=key)
