"""A board's events on their way to the store; the board forgets one only after the store has it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from evse_protocol.messages import EventKind
from evse_protocol.payloads import Event
from evse_tui.board.client import BoardClient
from evse_tui.store import BoardEvent

_REMEMBERED: Final = 2_000
_CARD_MASK: Final = 0xFFFF
"""All that is kept of a card's number: its last four digits, as in the log."""


class BoardEvents:
    """One board's. `known` are those that the store holds: a board repeats what a host did not acknowledge."""

    def __init__(self, client: BoardClient, known: Iterable[BoardEvent]) -> None:
        self._client = client
        self.held = False
        """True keeps them in the board, for the time being."""
        self._pending: deque[BoardEvent] = deque()
        self._known = deque((_identity_of(event) for event in known), maxlen=_REMEMBERED)

    def take(self, event: Event, wall_s: float) -> bool:
        """Keeps an event for the store; False if it is known already, from another connection or host."""
        identity = self._client.identity
        serial = 0 if identity is None else identity.serial
        value = event.value & _CARD_MASK if event.kind is EventKind.CARD else event.value
        stored = BoardEvent(serial, event.boot, event.number, event.board_ms, event.kind, event.code, value, wall_s)
        if len(self._pending) < _REMEMBERED:  # while the disk is full, the memory need not follow
            self._pending.append(stored)  # known or not: it is acknowledged after the store has it
        key = _identity_of(stored)
        if key in self._known:
            return False
        self._known.append(key)
        return True

    def pending(self) -> tuple[BoardEvent, ...]:
        """Events that wait for the store, in their order."""
        return () if self.held else tuple(self._pending)

    def stored(self, events: tuple[BoardEvent, ...]) -> None:
        """The store has `events`, the oldest pending ones: the board may forget them."""
        for _ in events:
            self._pending.popleft()
        if events:
            self._client.acknowledge_event(events[-1].boot, events[-1].number)


def _identity_of(event: BoardEvent) -> tuple[Any, ...]:
    return (event.serial, event.boot, event.number, event.board_ms, event.kind, event.code, event.value)
