"""How often an address may show a wrong token: five a minute, then it waits until the first of them is a minute old."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from typing import Final

MOST_BAD: Final = 5
WINDOW_S: Final = 60.0
MOST_ADDRESSES: Final = 1024
_IPV6_SITE_BITS: Final = 64
"""A single customer can use every address of a /64."""


def site_of(address: str) -> str:
    """Who an address belongs to: itself, or its /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_SITE_BITS), strict=False))


class Attempts:
    """The bad attempts of the last minute. Memory is bounded: the address that was bad longest ago is forgotten."""

    def __init__(self) -> None:
        self._bad: OrderedDict[str, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._bad)

    def bad(self, address: str, now_s: float) -> float | None:
        """Counts a wrong token. None, or how many seconds it came too early; such a one is not counted."""
        times = self._bad.setdefault(site_of(address), deque(maxlen=MOST_BAD))
        self._bad.move_to_end(site_of(address))
        if len(self._bad) > MOST_ADDRESSES:
            self._bad.popitem(last=False)
        if len(times) == MOST_BAD and now_s - times[0] < WINDOW_S:
            return WINDOW_S - (now_s - times[0])
        times.append(now_s)
        return None
