"""Waiting for the board behind a port."""

from __future__ import annotations

from typing import Final

from evse_tui.board.client import BoardClient
from evse_tui.board.model import LinkState
from evse_tui.clock import Clock

_LOOK_EVERY_MS: Final = 20
UNDECIDED: Final = frozenset({LinkState.CLOSED, LinkState.OPENING, LinkState.GREETING})


async def reach(client: BoardClient, clock: Clock, reach_ms: int, undecided: frozenset[LinkState] = UNDECIDED) -> None:
    """Returns when the link is in none of the states `undecided`, or the board has had `reach_ms` to answer.

    A socket may take longer to open than a board to answer: the time counts from the open port. Whoever waits through
    failures to open it too (WAITING is undecided) has `reach_ms` for everything, for they may go on for ever.
    """
    opens_once = LinkState.WAITING not in undecided
    end_ms = clock.now_ms() + reach_ms
    while client.state in undecided and clock.now_ms() < end_ms:
        if client.state is LinkState.OPENING and opens_once:
            end_ms = clock.now_ms() + reach_ms
        await clock.sleep_ms(_LOOK_EVERY_MS)
