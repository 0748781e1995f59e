"""The control pilot of one board, sampled while somebody looks at it.

A trace takes half of the line from the board, so it runs only for watchers, and each of them only for as long as it has
asked: one that vanishes is forgotten. The board itself is asked for a few seconds at a time; whatever happens to this
host, the samples end. A TRACE yields to every other command (wire.md), so a grant never waits for it.
"""

from __future__ import annotations

from typing import Final

from evse_protocol.payloads import PilotTrace
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.board.model import LinkState
from evse_tui.board.pilot_samples import NOT_ASKED, PilotRing, PilotSamples
from evse_tui.clock import Clock
from evse_tui.site.commands import Outcome
from evse_tui.site.host import ChargerHost

TRACE_MS: Final = 3_000
"""What the board is asked for, once a second: two lost questions make no gap."""
LONGEST_WATCH_MS: Final = 60_000
MOST_WATCHERS: Final = 16
_OVERDUE_MS: Final = 2_000
"""A full frame comes every 14 ms."""


class PilotTracer:
    """One board's."""

    def __init__(self, charger_id: str, client: BoardClient, clock: Clock, host: ChargerHost) -> None:
        self._charger_id = charger_id
        self._client = client
        self._clock = clock
        self._host = host
        self._ring = PilotRing()
        self._until_ms: dict[str, int] = {}
        """Until when each watcher has asked to see something."""
        self._since_ms = 0
        """When samples could have begun to come: somebody watches and the board is there."""
        self._refusal = ""
        self._telling = False

    @property
    def watchers(self) -> int:
        """How many look at the samples now."""
        return len(self._until_ms)

    def watch(self, watcher: str, duration_ms: int) -> Outcome:
        """Somebody who calls itself `watcher` looks at the samples for `duration_ms` from now on; 0 is no longer."""
        now_ms = self._clock.now_ms()
        self._expire(now_ms)
        if not 0 <= duration_ms <= LONGEST_WATCH_MS:
            return Outcome(False, f"pilot trace: {duration_ms} is not within 0 to {LONGEST_WATCH_MS} ms")
        if duration_ms == 0:
            if self._until_ms.pop(watcher, None) is not None and not self._until_ms:
                self._end()
            return Outcome(True)
        if watcher not in self._until_ms and len(self._until_ms) >= MOST_WATCHERS:
            return Outcome(False, f"pilot trace: {MOST_WATCHERS} others look at this charger already")
        first = not self._until_ms
        self._until_ms[watcher] = now_ms + duration_ms
        if first:
            self._since_ms = now_ms
            self._tell_soon()
        return Outcome(True)

    def samples(self, cursor_ms: int) -> PilotSamples:
        """What came after `cursor_ms`, and why nothing comes."""
        now_ms = self._clock.now_ms()
        self._expire(now_ms)
        obstacle = self._obstacle(now_ms)
        found = self._ring.after(cursor_ms, now_ms)
        return PilotSamples(found.times_ms, found.high_mv, found.low_mv, found.gaps, found.age_ms, obstacle)

    def tick(self, now_ms: int) -> None:
        """Once a second: asks the board to go on."""
        self._expire(now_ms)
        if self._until_ms:
            self._tell_soon()

    def take(self, trace: PilotTrace) -> None:
        """Samples have arrived."""
        if self._until_ms:
            self._refusal = ""
            self._ring.add(trace, self._clock.now_ms())

    def take_link(self, state: LinkState) -> None:
        """The link has changed: a board that is back is asked at once, if somebody still looks."""
        if state is LinkState.ONLINE and self._until_ms:
            self._since_ms = self._clock.now_ms()
            self._tell_soon()

    def _expire(self, now_ms: int) -> None:
        over = [watcher for watcher, until_ms in self._until_ms.items() if until_ms <= now_ms]
        for watcher in over:
            del self._until_ms[watcher]
        if over and not self._until_ms:
            self._end()

    def _end(self) -> None:
        self._ring.clear()
        self._refusal = ""
        self._tell_soon()

    def _tell_soon(self) -> None:
        if self._client.state is LinkState.ONLINE and not self._telling:
            self._telling = True
            self._host.spawn(self._tell(), f"pilot trace of {self._charger_id}")

    async def _tell(self) -> None:
        """Asks for samples, or for their end; again if the wish changed meanwhile."""
        told: bool | None = None
        try:
            while told is not bool(self._until_ms):
                told = bool(self._until_ms)
                await self._client.trace(TRACE_MS if told else 0)
        except CommandError as error:  # the next tick asks again; a trace that should end does so by itself
            if error.reply is not None and self._until_ms:
                self._refusal = str(error)
        finally:
            self._telling = False

    def _obstacle(self, now_ms: int) -> str:
        if not self._until_ms:
            return NOT_ASKED
        if self._client.state is not LinkState.ONLINE:
            return self._client.detail or f"The board is not there: {self._client.state.value}."
        silent_ms = now_ms - max(self._since_ms, self._ring.arrived_ms or 0)
        if self._refusal or silent_ms < _OVERDUE_MS:
            return self._refusal
        return f"The board has sent no samples for {silent_ms // 1_000} s."
