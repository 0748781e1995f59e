"""Whether the grid operator limits: the user's word, or a contact on a board's switch input.

The contact is open while it limits, so that a cut wire limits. A board that is away keeps its last word, also over a
restart of the host; until the first one the contact counts as open.
"""

from __future__ import annotations

from typing import Final

from evse_protocol.messages import Flag, SwitchFunction
from evse_tui.site.host import ChargerHost
from evse_tui.site.snapshot import Level
from evse_tui.site.telemetry import Telemetry
from evse_tui.store import Store, StoreError

GRID_CONTACT: Final = "grid_contact"
"""Kept with the settings, but not one: the last word of the contact, 1 is open."""


class GridRelay:
    """The contact of one board; `last_word` is what the store kept of it."""

    def __init__(
        self, host: ChargerHost, charger_id: str | None, board: Telemetry | None, last_word: int | None
    ) -> None:
        """`charger_id` names the board with the contact, None is no contact; `board` is None if it is not there."""
        self.contact_open = charger_id is not None and last_word != 0
        """Its last word."""
        self._host = host
        self._charger_id = charger_id
        self._board = board
        self._kept = None if last_word is None else bool(last_word)
        self.limiting = False
        """As of the last call of `limits`."""
        self.warning = ""
        """One sentence while the contact can't be read; empty otherwise."""

    def limits(self, wanted: bool) -> bool:
        """Whether the grid operator limits now. `wanted`: the user says so."""
        self._read()
        now = wanted or self.contact_open
        if now is not self.limiting:
            self.limiting = now
            text = "the grid operator limits the chargers" if now else "the grid operator's limit is over"
            self._host.log(None, Level.WARNING if now else Level.INFO, text)
        return now

    def _read(self) -> None:
        board = self._board
        if board is None or board.board is None or board.status is None or board.config is None:
            return
        if board.config.switch_function == SwitchFunction.REPORT:
            self.warning = ""
            self.contact_open = Flag.SWITCH not in board.status.flags
            return
        name = SwitchFunction(board.config.switch_function).name.lower()
        self.warning = (
            f"grid relay: the switch input of charger {self._charger_id} is commissioned as `{name}`, not as `report`; "
            "until it is, the cars are limited"
        )
        self.contact_open = True

    @property
    def unkept(self) -> bool:
        """Whether the store does not have the last word yet."""
        return self._charger_id is not None and self._kept is not self.contact_open

    async def keep(self, store: Store) -> None:
        """Commits the last word; if the store can't, the next call tries again."""
        word = self._kept = self.contact_open
        try:
            await store.set_setting(GRID_CONTACT, int(word))
        except StoreError:
            self._kept = None
