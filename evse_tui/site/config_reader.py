"""What a board was commissioned with: asked for, and asked for again while the board is there and has not told it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from evse_protocol.payloads import Config, ConfigGet, Identity
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.board.model import LinkState
from evse_tui.clock import Clock
from evse_tui.site.host import ChargerHost
from evse_tui.site.snapshot import Level

FIRST_PAUSE_MS: Final = 2_000
LONGEST_PAUSE_MS: Final = 60_000
"""Pauses double up to it: a board that never answers costs five frames a minute."""


class ConfigReader:
    """One board's. `changed` is called after each answer, and after a failure."""

    def __init__(
        self, charger_id: str, client: BoardClient, clock: Clock, host: ChargerHost, changed: Callable[[], None]
    ) -> None:
        self.config: Config | None = None
        """None until the board has said it, and while it is not commissioned. Kept while the board is away."""
        self._charger_id = charger_id
        self._client = client
        self._clock = clock
        self._host = host
        self._changed = changed
        self._crc: int | None = None
        """Of the IDENTITY under which it was told."""
        self._questions = 0
        self._pause_ms = FIRST_PAUSE_MS
        self._due_ms: int | None = None
        """When to ask again; None while that is not needed."""
        self._complained = False

    def read(self, *, again: bool = False) -> None:
        """Asks if the board's configuration is another than the known one, or `again`; not while the board is away."""
        if again:
            self._crc = None
        identity = self._client.identity
        if self._client.state is LinkState.ONLINE and identity is not None and identity.config_crc != self._crc:
            self._pause_ms = FIRST_PAUSE_MS
            self._ask(identity)

    def tick(self, now_ms: int) -> None:
        """Once a second: asks again when it is time."""
        identity = self._client.identity
        if self._due_ms is not None and now_ms >= self._due_ms and identity is not None:
            if self._client.state is LinkState.ONLINE:
                self._ask(identity)
            else:
                self._due_ms = None  # the link that comes back asks

    def _ask(self, identity: Identity) -> None:
        self._due_ms = None
        self._questions += 1
        self._host.spawn(self._fetch(identity, self._questions), f"configuration of {self._charger_id}")

    async def _fetch(self, identity: Identity, number: int) -> None:
        try:
            answer = await self._client.command(ConfigGet())
        except CommandError as error:
            if number != self._questions:
                return  # asked anew meanwhile
            if error.reply is None:
                self._missed(str(error))
            else:
                self._take(None, identity)  # not commissioned
        else:
            if number == self._questions and isinstance(answer, Config):
                self._take(answer, identity)
        self._changed()

    def _take(self, config: Config | None, identity: Identity) -> None:
        self.config, self._crc = config, identity.config_crc
        if self._complained:
            self._complained = False
            self._host.log(self._charger_id, Level.INFO, "the board has told its configuration")

    def _missed(self, why: str) -> None:
        if self._client.state is not LinkState.ONLINE:
            return  # the link that comes back asks
        self._due_ms = self._clock.now_ms() + self._pause_ms
        self._pause_ms = min(2 * self._pause_ms, LONGEST_PAUSE_MS)
        if not self._complained:
            self._complained = True
            line = f"the board does not tell its configuration, which is asked for again: {why}"
            self._host.log(self._charger_id, Level.WARNING, line)
