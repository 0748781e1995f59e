"""The site's cards in the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from evse_tui.store import Store, StoreError


async def test_cards_come_back_with_their_time(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    assert store.stored.cards == {}
    await store.set_cards({"00C0FFEE": 5.5, "04112233445566": 6.0}, {("1", "rfid_reader"): 1})
    await store.close()
    store = await Store.open(tmp_path)
    assert store.stored.cards == {"00C0FFEE": 5.5, "04112233445566": 6.0}
    assert store.stored.settings == {("1", "rfid_reader"): 1}
    await store.set_cards({"04112233445566": 6.0})
    await store.close()
    store = await Store.open(tmp_path)
    assert store.stored.cards == {"04112233445566": 6.0}
    await store.close()


async def test_cards_and_settings_change_together_or_not_at_all() -> None:
    store = await Store.open(None)
    await store.set_cards({"00C0FFEE": 5.5})
    with pytest.raises(StoreError):
        await store.set_cards({}, {("1", "rfid_reader"): None})  # type: ignore[dict-item]  # the database refuses it
    rows = store._database.load()
    assert rows.cards == {"00C0FFEE": 5.5}
    await store.close()
