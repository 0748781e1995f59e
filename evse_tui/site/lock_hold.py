"""The wish that the cable stays locked without a car: told to the board again whenever it has forgotten it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from evse_protocol.messages import Capability, Flag
from evse_protocol.payloads import LockHold, Status
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.site.host import ChargerHost
from evse_tui.site.snapshot import Level
from evse_tui.site.telemetry import Telemetry

_RETRY_MS: Final = 10_000


class LockHoldKeeper:
    """One board's. `wanted` says the wish."""

    def __init__(
        self,
        charger_id: str,
        client: BoardClient,
        telemetry: Telemetry,
        host: ChargerHost,
        wanted: Callable[[], bool],
    ) -> None:
        self._charger_id = charger_id
        self._client = client
        self._telemetry = telemetry
        self._host = host
        self._wanted = wanted
        self._tried_ms: int | None = None

    def keep(self, status: Status, now_ms: int) -> None:
        """With each STATUS: tells the board again what it forgets over a reset."""
        wanted = self._wanted()
        if wanted is (Flag.LOCK_HOLD in status.flags):
            return
        identity = self._client.identity
        if identity is None or not self._telemetry.online or not identity.capabilities & Capability.SOCKET_LOCK:
            return
        if self._tried_ms is not None and now_ms - self._tried_ms < _RETRY_MS:
            return
        self._tried_ms = now_ms
        self._host.spawn(self._send(wanted), f"lock hold of {self._charger_id}")

    def retry(self) -> None:
        """The board is back: the next STATUS does not wait for the retry time."""
        self._tried_ms = None

    def changed(self, now_ms: int) -> None:
        """The wish has changed."""
        self.retry()
        if self._telemetry.status is not None:
            self.keep(self._telemetry.status, now_ms)

    def shows(self, on: bool) -> bool:
        """Whether the board says so."""
        status = self._telemetry.status
        return status is not None and (Flag.LOCK_HOLD in status.flags) is on

    async def _send(self, on: bool) -> None:
        try:
            await self._client.command(LockHold(int(on)))
        except CommandError as error:
            self._host.log(self._charger_id, Level.WARNING, f"lock hold: {error}")
