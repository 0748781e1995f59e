"""A look at the board behind a port, with the host's own client, for as long as somebody wants to know."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from evse_protocol.messages import Result
from evse_protocol.payloads import Bootloader, Reply
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.board.events import BoardReset, ClientEvent, LinkChanged
from evse_tui.board.model import LinkState
from evse_tui.board.ports import Opener
from evse_tui.board.reach import UNDECIDED, reach
from evse_tui.clock import Clock
from evse_tui.flash.errors import RefusedError
from evse_tui.flash.plan import Found

REACH_MS: Final = 6_000
"""A board that resets when its port is opened answers within its boot time."""
_STATUS_MS: Final = 2_500
"""A board at rest sends a STATUS once a second; older ones are not believed."""
_LOOK_EVERY_MS: Final = 20


class Look:
    """Keeps a link while it is open; `found` says what stands now."""

    def __init__(self, opener: Opener, clock: Clock) -> None:
        self._clock = clock
        self._was_online = False
        self._greets = False
        """The session begins anew for a good reason: the port was opened, or the board restarted."""
        self._lost = False
        """It is greeted: for that reason, or because somebody else took it over."""
        self._other_host = False
        self._port_error = ""
        self._client = BoardClient(opener, clock, on_event=self._take)

    @property
    def found(self) -> Found:
        """What is known of the board now."""
        client = self._client
        arrived_ms = client.status_arrived_ms
        fresh = arrived_ms is not None and self._clock.now_ms() - arrived_ms <= _STATUS_MS
        online = client.state is LinkState.ONLINE
        return Found(
            client.port,
            identity=client.identity if self._was_online else None,
            status=client.status if fresh and online else None,
            online=online,
            detail=client.detail,
            port_error=self._port_error,
            other_host=self._other_host,
        )

    async def wait(self, reach_ms: int = REACH_MS, *, patient: bool = False) -> Found:
        """What is known when the board has answered and sent a STATUS, or has had its time for that.

        A port that can't be opened ends it at once, unless `patient`.
        """
        await reach(self._client, self._clock, reach_ms, UNDECIDED | {LinkState.WAITING} if patient else UNDECIDED)
        end_ms = self._clock.now_ms() + _STATUS_MS
        while self._client.state is LinkState.ONLINE and self.found.status is None and self._clock.now_ms() < end_ms:
            await self._clock.sleep_ms(_LOOK_EVERY_MS)
        return self.found

    async def enter_bootloader(self, boot: int) -> None:
        """Tells the board to restart into its bootloader.

        Raises:
            RefusedError: it does not.
        """
        try:
            answer = await self._client.command(Bootloader(boot))
        except CommandError as error:
            raise RefusedError(str(error)) from error
        if isinstance(answer, Reply) and answer.result is not Result.OK:
            raise RefusedError(f"The board refused to restart into its bootloader: {answer.result.name}.")

    async def run(self) -> None:
        """Keeps the link until cancelled."""
        await self._client.run()

    def _take(self, event: ClientEvent) -> None:
        match event:
            case BoardReset() | LinkChanged(LinkState.OPENING):
                self._greets = True
            case LinkChanged(LinkState.WAITING, detail) if not self._was_online:
                self._port_error = detail
            case LinkChanged(LinkState.OTHER_HOST):
                self._other_host = True
            case LinkChanged(LinkState.ONLINE | LinkState.READ_ONLY):
                self._other_host |= self._lost and not self._greets
                self._was_online, self._greets, self._lost, self._port_error = True, False, False, ""
            case LinkChanged(LinkState.GREETING):
                self._lost = True


@asynccontextmanager
async def look_at(opener: Opener, clock: Clock) -> AsyncIterator[Look]:
    """The port is open while the block runs, and free after it."""
    look = Look(opener, clock)
    task = asyncio.create_task(look.run())
    try:
        yield look
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
