"""Commands on their way: requested -> accepted -> observed, or failed. Pure; time is an argument."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from typing import Final

from evse_tui.site.snapshot import CommandSnapshot, CommandState

FORGET_MS: Final = 30_000
"""How long windows see the end of a command."""
_KEPT: Final = 8

_ids = itertools.count(1)


class Progress:
    """One command. `observed` looks at what the board says now; None is observed as soon as it is accepted."""

    def __init__(self, what: str, now_ms: int, observed: Callable[[], bool] | None, patience_ms: int | None) -> None:
        self.id = next(_ids)
        self.what = what
        self.state = CommandState.REQUESTED
        self.detail = ""
        self._since_ms = now_ms
        self._observed = observed
        self._patience_ms = patience_ms

    def accept(self, now_ms: int, detail: str = "") -> None:
        """Stored, or acknowledged by the board."""
        self.state, self.detail, self._since_ms = CommandState.ACCEPTED, detail, now_ms

    def fail(self, now_ms: int, detail: str) -> None:
        """It will not happen."""
        self.state, self.detail, self._since_ms = CommandState.FAILED, detail, now_ms

    def look(self, now_ms: int) -> bool:
        """Whether an accepted command is seen to have worked, or has taken too long: True if its state changed."""
        if self.state is not CommandState.ACCEPTED:
            return False
        if self._observed is None or self._observed():
            self.state, self.detail, self._since_ms = CommandState.OBSERVED, "", now_ms
            return True
        if self._patience_ms is not None and now_ms - self._since_ms > self._patience_ms:
            self.fail(now_ms, f"accepted, but nothing was seen of it for {self._patience_ms // 1000} s")
            return True
        return False

    def over(self, now_ms: int) -> bool:
        """Whether it may be forgotten."""
        final = self.state in (CommandState.OBSERVED, CommandState.FAILED)
        return final and now_ms - self._since_ms > FORGET_MS

    def snapshot(self, now_ms: int) -> CommandSnapshot:
        return CommandSnapshot(self.id, self.what, self.state, now_ms - self._since_ms, self.detail)


class Commands:
    """The newest commands of one charger or of the site."""

    def __init__(self) -> None:
        self._all: deque[Progress] = deque(maxlen=_KEPT)

    def request(
        self, what: str, now_ms: int, observed: Callable[[], bool] | None = None, patience_ms: int | None = None
    ) -> Progress:
        """Begins to follow a command."""
        progress = Progress(what, now_ms, observed, patience_ms)
        self._all.append(progress)
        return progress

    def look(self, now_ms: int) -> bool:
        """Follows all of them; True if something changed."""
        changed = [progress.look(now_ms) for progress in self._all]
        while self._all and self._all[0].over(now_ms):
            self._all.popleft()
            changed.append(True)
        return any(changed)

    def snapshots(self, now_ms: int) -> tuple[CommandSnapshot, ...]:
        """Oldest first."""
        return tuple(progress.snapshot(now_ms) for progress in self._all)
