"""What a board that can't be heard may still offer its car, so that nobody else gets it meanwhile. Pure."""

from __future__ import annotations

from typing import Final

from evse_protocol.messages import Access, Flag
from evse_protocol.payloads import Config, Status
from evse_protocol.session import DEFAULT_TTL_MS

SOFT_STOP_MS: Final = 6_100
"""A car under load has that long to stop drawing: board.md, Invariants."""
LET_GO_MS: Final = DEFAULT_TTL_MS + SOFT_STOP_MS
"""After the last grant the lease ends, then the contactor opens, or the offer falls to the fallback."""


def unheard_da(status: Status, config: Config | None, lent_da: int, lost_ms: int, now_ms: int) -> int:
    """The most that it may offer per phase, 0.1 A.

    Args:
        status: the newest, perhaps from long ago.
        config: its configuration; None if that is not known, or if it is not commissioned.
        lent_da: highest limit of the grants that it may have, 0 if none allowed.
        lost_ms: since when it gets no grants, of anybody.
        now_ms: now.
    """
    if Flag.PLUGGED not in status.flags:
        return 0  # the fallback belongs to the plug-in in which current was granted
    offered_da = max(status.offered_da, lent_da)
    if now_ms - lost_ms <= LET_GO_MS:
        return offered_da
    fallback_da = config.fallback_da if config is not None and (lent_da or status.access is Access.ALLOW) else 0
    return min(offered_da, fallback_da)
