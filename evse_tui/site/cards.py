"""The site's cards, shared by its chargers: in memory as committed, one writer at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from evse_tui.site.rfid import CAPACITY
from evse_tui.store import SettingKey, Store


class Cards:
    """Hold `lock` from the judgement to the end of its commit."""

    def __init__(self, store: Store) -> None:
        self.lock = asyncio.Lock()
        self._store = store
        self._added: Mapping[str, float] = MappingProxyType(dict(store.stored.cards))

    def __contains__(self, card: str) -> bool:
        return card in self._added

    @property
    def full(self) -> bool:
        """Whether there is no room for another."""
        return len(self._added) >= CAPACITY

    async def add(self, card: str, wall_s: float) -> None:
        """Stores a card.

        Raises:
            StoreError: nothing was changed.
        """
        await self._replace({**self._added, card: wall_s})

    async def remove(self, card: str) -> None:
        """Forgets a card.

        Raises:
            StoreError: nothing was changed.
        """
        await self._replace({known: wall_s for known, wall_s in self._added.items() if known != card})

    async def remove_all(self, rows: Mapping[SettingKey, int]) -> None:
        """Forgets all cards, and commits `rows` with that.

        Raises:
            StoreError: nothing was changed.
        """
        await self._replace({}, rows)

    async def commit(self, rows: Mapping[SettingKey, int]) -> None:
        """Stores who may charge.

        Raises:
            StoreError: nothing was changed.
        """
        await self._store.set_settings(rows)

    async def _replace(self, cards: Mapping[str, float], rows: Mapping[SettingKey, int] | None = None) -> None:
        await self._store.set_cards(cards, rows or {})
        self._added = MappingProxyType(dict(cards))
