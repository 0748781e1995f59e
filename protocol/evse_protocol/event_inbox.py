"""Which of the board's events are new, and how far they are stored."""

from __future__ import annotations

from evse_protocol.payloads import Event, EventAck


class EventInbox:
    """Events of one board, deduplicated by (boot counter, number).

    The board repeats its oldest unacknowledged event, so that numbers of a boot only rise; a gap means that its ring
    was full (STATUS counts those in `events_lost`).
    """

    def __init__(self) -> None:
        self._newest: tuple[int, int] | None = None
        self._stored: EventAck | None = None

    def is_new(self, event: Event) -> bool:
        """True once for each event."""
        newest = self._newest
        if newest is not None and newest[0] == event.boot and event.number <= newest[1]:
            return False
        self._newest = (event.boot, event.number)
        return True

    def store(self, boot: int, number: int) -> EventAck:
        """The owner has stored the events of this boot up to this number; returns what to tell the board."""
        stored = self._stored
        if stored is None or stored.boot != boot or stored.number < number:
            stored = self._stored = EventAck(boot, number)
        return stored

    def acknowledgement(self, event: Event) -> EventAck | None:
        """What to tell the board, again, about a repeated event; None if it is not stored yet."""
        stored = self._stored
        if stored is None or stored.boot != event.boot or stored.number < event.number:
            return None
        return stored
