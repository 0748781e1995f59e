"""The past of a recording: its log. History and sessions are not on the wire."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from evse_tui.site.memory import Memory
from evse_tui.store import LogEntry

MOST_LINES: Final = 50_000
_FOR_EVER_S: Final = float("inf")


class RecordedMemory:
    """Implements Memory. `lines` is filled by somebody else, oldest first, and read up to the wall time `now_s`; the
    rest is asked of `empty`."""

    def __init__(self, lines: Sequence[LogEntry], now_s: Callable[[], float], empty: Memory) -> None:
        self._lines = lines
        self._now_s = now_s
        self.history, self.totals, self.sessions = empty.history, empty.totals, empty.sessions

    async def events(
        self,
        from_s: float = 0,
        to_s: float = _FOR_EVER_S,
        charger_id: str | None = None,
        levels: Collection[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[LogEntry, ...]:
        """Lines of the log in [from_s, to_s), newest first."""
        now_s = self._now_s()
        wanted = (
            line
            for line in reversed(self._lines)
            if from_s <= line.wall_s < to_s
            and line.wall_s <= now_s
            and (before is None or line.number < before)
            and (charger_id is None or (line.charger_id or "") == charger_id)
            and (not levels or line.level in levels)
        )
        return tuple(line for line, _ in zip(wanted, range(limit), strict=False))
