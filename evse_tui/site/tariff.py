"""The price of energy from the grid: the last word of whoever tells it.

It holds until the next one, also over a restart. A flat tariff is told once and for ever; one that changes is told
again with its next change. Forgetting it would leave every session that a restart meets without a cost.
"""

from __future__ import annotations

from typing import Final

from evse_tui.store import Store, StoreError

PRICE: Final = "price_milli_per_kwh"
"""Kept with the settings, but not one."""


class Tariff:
    """The price in thousandths of the currency per kWh, which may be negative; None until somebody has told it."""

    def __init__(self, stored: int | None) -> None:
        """`stored` is what the store kept."""
        self.milli_per_kwh = stored
        self._kept = stored

    def tell(self, milli_per_kwh: int) -> None:
        """From now on."""
        self.milli_per_kwh = milli_per_kwh

    @property
    def unkept(self) -> bool:
        """Whether the store does not have it yet."""
        return self._kept != self.milli_per_kwh

    async def keep(self, store: Store) -> None:
        """Commits it; if the store can't, the next call tries again."""
        before, price = self._kept, self.milli_per_kwh
        if price is None or price == before:
            return
        self._kept = price
        try:
            await store.set_setting(PRICE, price)
        except StoreError:
            self._kept = before
