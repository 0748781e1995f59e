"""Commands to the board: one in flight, a bounded queue behind it, retransmission, and explicit failure.

A GRANT never queues behind another GRANT: a newer one takes its place, in flight or waiting, because it is absolute
and the older one is no longer wanted. Nothing queues behind a command that yields (text, light): whatever comes takes
its place, and it counts as failed; its sender sends it again when it still matters.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from evse_protocol.round_trip import RoundTrip

RETRIES: Final = 4
"""A command is sent at most 1 + RETRIES times and fails 2.3 s (time-out 100 ms) to 4 s (800 ms) after the first."""
QUEUE_LENGTH: Final = 16
SEQUENCE_COUNT: Final = 1 << 16


class QueueFullError(Exception):
    """Too many commands are waiting; the caller should give up or slow down."""


@dataclass(frozen=True, slots=True)
class Command:
    """An encoded command. `ticket` is the caller's handle; a GRANT has none."""

    ticket: int | None
    message_id: int
    payload: bytes
    valid_until_ms: int = 0
    """Of a GRANT: when its lease ends, on the board's clock."""
    yields: bool = False
    """Whether any other command may take its place. It must be absolute and harmless to lose."""

    @property
    def is_grant(self) -> bool:
        return self.ticket is None


@dataclass(slots=True)
class _InFlight:
    command: Command
    sequence: int
    sent_ms: int
    due_ms: int
    transmissions: int = 1
    losses: int = 0
    """Time-outs in a row. A GRANT inherits them, and `due_ms`, from the one it replaces: else a board that takes
    nothing would never be noticed as long as grants come faster than they fail."""


SendCommand = Callable[[Command, int, bool], None]
"""Command, sequence, whether it is a retransmission."""


class CommandChannel:
    """Sends commands in order and matches answers by sequence."""

    def __init__(self, round_trip: RoundTrip, send: SendCommand) -> None:
        self._round_trip = round_trip
        self._send = send
        self._sequence = 0
        self._in_flight: _InFlight | None = None
        self._grant: Command | None = None
        self._queue: deque[Command] = deque()
        self.retries = 0

    @property
    def due_ms(self) -> int | None:
        """When `poll` must be called next."""
        return None if self._in_flight is None else self._in_flight.due_ms

    @property
    def waiting(self) -> int:
        """Commands not yet sent."""
        return len(self._queue) + (self._grant is not None)

    def restart(self) -> None:
        """A new session has begun: sequences start again."""
        self._sequence = 0

    def submit(self, command: Command, now_ms: int) -> Command | None:
        """Sends the command now, or queues it; returns the command whose place it took for good, if any that yields.

        Raises:
            QueueFullError: `QUEUE_LENGTH` commands are waiting; never for a GRANT.
        """
        flying = self._in_flight
        if flying is None:
            self._transmit(command, now_ms)
        elif flying.command.yields and not command.yields:
            self._transmit(command, now_ms)
            return flying.command
        elif not command.is_grant:
            if len(self._queue) >= QUEUE_LENGTH:
                raise QueueFullError
            self._queue.append(command)
        elif flying.command.is_grant:
            self._transmit(command, now_ms, flying)
        else:
            self._grant = command
        return None

    def answered(self, sequence: int, now_ms: int) -> tuple[Command, int] | None:
        """The board answered this sequence: its command and the time in ms since it was first sent.

        None if the answer belongs to no command in flight: to a superseded GRANT, or a second copy.
        """
        flying = self._in_flight
        if flying is None:
            return None
        if sequence != flying.sequence:
            if flying.command.is_grant and (flying.sequence - sequence) % SEQUENCE_COUNT < SEQUENCE_COUNT // 2:
                # The link works, only more slowly than grants are made: no loss.
                flying.losses = 0
                flying.due_ms = now_ms + self._round_trip.timeout_ms
            return None
        elapsed_ms = now_ms - flying.sent_ms
        if flying.transmissions == 1:  # Karn's rule
            self._round_trip.sample(elapsed_ms)
        self._in_flight = None
        self._transmit_next(now_ms)
        return flying.command, elapsed_ms

    def poll(self, now_ms: int) -> Command | None:
        """Sends again what was not answered in time; returns the command that failed for good, if any."""
        flying = self._in_flight
        if flying is None or now_ms < flying.due_ms:
            return None
        flying.losses += 1
        self._round_trip.lost()
        if flying.losses > RETRIES:
            self._in_flight = None
            self._transmit_next(now_ms)
            return flying.command
        flying.transmissions += 1
        flying.due_ms = now_ms + self._round_trip.timeout_ms
        self.retries += 1
        self._send(flying.command, flying.sequence, True)
        return None

    def follow(self, command: Command, sequence: int, again: bool, now_ms: int) -> None:
        """Somebody else has sent this command: its answer is awaited, it is never sent from here."""
        flying = self._in_flight
        if again and flying is not None and flying.sequence == sequence:
            flying.transmissions += 1
            self.retries += 1
        else:
            self._in_flight = _InFlight(command, sequence, now_ms, now_ms)

    def abandon(self) -> list[Command]:
        """Forgets everything that is in flight or waiting and returns it."""
        abandoned = [] if self._in_flight is None else [self._in_flight.command]
        if self._grant is not None:
            abandoned.append(self._grant)
        abandoned.extend(self._queue)
        self._in_flight = None
        self._grant = None
        self._queue.clear()
        return abandoned

    def _transmit_next(self, now_ms: int) -> None:
        if self._grant is not None:
            command, self._grant = self._grant, None
        elif self._queue:
            command = self._queue.popleft()
        else:
            return
        self._transmit(command, now_ms)

    def _transmit(self, command: Command, now_ms: int, superseded: _InFlight | None = None) -> None:
        self._sequence = (self._sequence + 1) % SEQUENCE_COUNT
        flying = _InFlight(command, self._sequence, now_ms, now_ms + self._round_trip.timeout_ms)
        if superseded is not None:
            flying.due_ms, flying.losses = superseded.due_ms, superseded.losses
        self._in_flight = flying
        self._send(command, self._sequence, False)
