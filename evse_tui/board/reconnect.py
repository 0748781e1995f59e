"""When to try a port again: a pure state machine."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, unique
from typing import Final

FIRST_WAIT_MS: Final = 500
LONGEST_WAIT_MS: Final = 10_000
STABLE_MS: Final = 10_000
"""Online for so long, and the next loss starts again with the first wait."""
_JITTER: Final = 0.25
"""Up to so much shorter, so that boards lost together do not come back in step."""


@unique
class Step(Enum):
    """What to do with the port."""

    OPEN = "open it"
    USE = "use it"
    WAIT = "wait"


class Reconnect:
    """OPEN -> USE -> WAIT -> OPEN, or OPEN -> WAIT -> OPEN when opening fails.

    `random` gives numbers in [0, 1).
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._wait_ms = FIRST_WAIT_MS
        self._online_ms: int | None = None
        self.step = Step.OPEN
        self.due_ms = 0
        """When WAIT ends."""
        self.openings = 0
        """How often the port was opened."""

    def opened(self) -> None:
        """The port is open."""
        self.step = Step.USE
        self.openings += 1
        self._online_ms = None

    def online(self, now_ms: int) -> None:
        """The board answers."""
        if self._online_ms is None:
            self._online_ms = now_ms

    def lost(self, now_ms: int) -> int:
        """The port was lost or can't be opened; returns when to try again."""
        if self._online_ms is not None and now_ms - self._online_ms >= STABLE_MS:
            self._wait_ms = FIRST_WAIT_MS
        self._online_ms = None
        self.step = Step.WAIT
        self.due_ms = now_ms + round(self._wait_ms * (1 - _JITTER * self._random()))
        self._wait_ms = min(2 * self._wait_ms, LONGEST_WAIT_MS)
        return self.due_ms

    def waited(self) -> None:
        """The wait is over."""
        self.step = Step.OPEN
