"""Decisions on their way to a board, and the log of their steps."""

from __future__ import annotations

import asyncio
from typing import Final

from evse_protocol.messages import Result, Slot
from evse_protocol.payloads import Reply
from evse_tui.board.client import BoardClient
from evse_tui.control.types import Access, ChargerGrant
from evse_tui.site.host import ChargerHost
from evse_tui.site.snapshot import Level
from evse_tui.site.telemetry import Telemetry
from evse_tui.site.wording import granted_da, is_step, step_level, step_text

RENEW_MS: Final = 900
"""An unchanged grant is sent again after this long: by each pass of the 1 Hz tick, not by every sample."""


class Grants:
    """Renews the lease of one board with the newest decision."""

    def __init__(self, charger_id: str, client: BoardClient, telemetry: Telemetry, host: ChargerHost) -> None:
        self.newest: ChargerGrant | None = None
        self.lent_da = 0
        """Highest limit of the last grant that the board took and those sent since, 0 if none allowed: it may have any,
        and raise to it seconds later."""
        self._newest_da = 0
        """Limit of the last one that was sent."""
        self._charger_id = charger_id
        self._client = client
        self._telemetry = telemetry
        self._host = host
        self._sent: tuple[int, int, Access] | None = None
        self._sent_ms = 0
        self._logged: ChargerGrant | None = None
        self._refused: Result | None = None
        self._answered = asyncio.Event()

    def apply(self, grant: ChargerGrant, now_ms: int) -> None:
        """Sends a decision to the board, unless the same one was sent a moment ago."""
        self.newest = grant
        if self._telemetry.board is None:
            return
        wanted = (grant.limit_da if grant.access is Access.ALLOW else 0, grant.phases, grant.access)
        if wanted == self._sent and now_ms - self._sent_ms < RENEW_MS:
            return
        self._sent, self._sent_ms = wanted, now_ms
        self.lent_da = max(self.lent_da, wanted[0])
        self._newest_da = wanted[0]
        self._client.grant(*wanted)

    def tell_step(self) -> None:
        """Writes the newest decision to the log if it is a step worth a line."""
        grant, before, board = self.newest, self._logged, self._telemetry.board
        if grant is None or not is_step(before, grant):
            return
        if granted_da(before) == 0 and (board is None or not board.plugged):
            return  # nobody waits for current
        self._logged = grant
        self._host.log(self._charger_id, step_level(grant), step_text(before, grant))

    def forget_sent(self) -> None:
        """The board may not have the last one: the next pass sends it again."""
        self._sent = None
        self._answered.set()

    def overruled(self) -> None:
        """The board has restarted, or another host has it: what it tells counts, ours are in force no more."""
        self.lent_da = 0

    def take_answer(self, reply: Reply) -> None:
        """The board has answered the newest grant."""
        if reply.result is not Result.OK:
            self._sent = None
            if reply.result is not self._refused:
                self._host.log(self._charger_id, Level.WARNING, f"the board refused a grant: {reply.result.name}")
        else:
            self.lent_da = self._newest_da
        self._refused = None if reply.result is Result.OK else reply.result
        self._answered.set()

    async def withdraw(self) -> None:
        """For the end of the host: pauses the car, and returns when the board has answered, if there is one.

        What the board does after the lease of this pause is its commissioned fallback.
        """
        if self._telemetry.board is None:
            return
        self._host.log(self._charger_id, Level.INFO, "paused because the host ends")
        self._answered.clear()
        self._newest_da = 0
        self._client.grant(0, 1 if self.newest is None else self.newest.phases, Access.PAUSE)
        await self._answered.wait()

    def in_force_since(self, since_ms: int) -> bool:
        """Whether the board's telemetry after `since_ms` shows the newest decision in force."""
        telemetry, grant = self._telemetry, self.newest
        status = telemetry.status
        if status is None or grant is None or telemetry.board is None or telemetry.status_ms < since_ms:
            return False
        if status.access != int(grant.access):
            return False
        return grant.access is not Access.ALLOW or status.slots_da[Slot.HOST] == grant.limit_da
