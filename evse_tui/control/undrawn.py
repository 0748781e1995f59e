"""Offers that cars do not use, and starts that do not happen: control.md, "Offers, not draws".

A car that draws > 1.5 A below its offer for 30 s is offered only its draw + 1.5 A. The cap goes when it draws within
0.5 A of it, else every 5 min. A start that does not come to > 1 A within 60 s of an offer loses its reservation, and
the car queues last for 15 min; so does a car that has stopped drawing."""

from __future__ import annotations

from evse_tui.control.phases import DRAWS_DA
from evse_tui.control.timers import Held

UNUSED_DA = 15
_UNUSED_AFTER_MS = 30_000
_USED_DA = 5
_PROBE_MS = 300_000
RESERVED_MS = 60_000
LAST_MS = 900_000


class UnusedOffer:
    """The cap of a car that draws less than it is offered."""

    __slots__ = ("_since_ms", "_unused", "cap_da")

    def __init__(self) -> None:
        self.cap_da: int | None = None
        self._unused = Held()
        self._since_ms = 0

    @property
    def timed(self) -> bool:
        """A clock runs."""
        return self.cap_da is not None or self._unused.since_ms is not None

    def update(self, offered_da: int, drawn_da: int | None, now_ms: int) -> None:
        """Takes the offer and the measured draw per phase; None without a meter."""
        if drawn_da is None or not offered_da:
            self.cap_da = None
            self._unused.update(False, now_ms)
            return
        if self.cap_da is not None and (
            drawn_da >= min(self.cap_da, offered_da) - _USED_DA or now_ms - self._since_ms >= _PROBE_MS
        ):
            self.cap_da = None
            self._unused.update(False, now_ms)
        unused = offered_da - drawn_da > UNUSED_DA
        if not unused:
            self._unused.since_ms = None
        elif self._unused.update(unused, now_ms) >= _UNUSED_AFTER_MS and self.cap_da is None:
            self.cap_da = drawn_da + UNUSED_DA
            self._since_ms = now_ms


class Reservation:
    """Whether an admitted car draws yet, and whether it still has a claim to."""

    __slots__ = ("_spent_until_ms", "_waiting", "reserving")

    def __init__(self) -> None:
        self.reserving = False
        self._waiting = Held()
        self._spent_until_ms: int | None = None

    @property
    def timed(self) -> bool:
        """A clock runs."""
        return self._waiting.since_ms is not None or self._spent_until_ms is not None

    def update(self, offered_da: int, closed: bool, drawn_da: int | None, admitted: bool, now_ms: int) -> None:
        """Takes the state of the charger; without a meter a closed contactor counts as drawing."""
        draws = closed if drawn_da is None else drawn_da > DRAWS_DA
        if draws:
            self._spent_until_ms = None
            self._waiting.since_ms = None
            self.reserving = False
            return
        waited = self._waiting.update(admitted and offered_da > 0, now_ms)
        if waited >= RESERVED_MS:
            self._spent_until_ms = now_ms + LAST_MS
            self._waiting.update(False, now_ms)
        self.reserving = admitted and not self.spent(now_ms)

    def spent(self, now_ms: int) -> bool:
        """The car had its chance and queues last."""
        return self._spent_until_ms is not None and now_ms < self._spent_until_ms
