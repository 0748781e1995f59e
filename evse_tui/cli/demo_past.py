"""Gives a demo its past, after the first frame and in pieces too small to be noticed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from evse_tui.config import SiteConfig
from evse_tui.settings import BY_NAME
from evse_tui.sim.demo import DemoParameters
from evse_tui.sim.past import Plant, past
from evse_tui.store import Store

_AT_ONCE: Final = 120
"""Rows of one commit; a store in memory writes in the loop that also paints."""
_PAUSE_S: Final = 0.005


def demo_plant(parameters: DemoParameters, config: SiteConfig) -> Plant:
    """The plant of a demo with this configuration."""
    chargers = config.chargers
    return Plant(
        parameters.seed,
        tuple(charger.id for charger in chargers),
        tuple(charger.rotation for charger in chargers),
        parameters.pv_peak_w,
        parameters.battery,
        parameters.price_milli_per_kwh,
        main_a=_value("current_main", config.settings),
        circuit_a=_value("current_max_circuit", config.settings),
        maximum_a=min((_value("current_max", charger.settings) for charger in chargers), default=16),
    )


def _value(name: str, values: Mapping[str, int]) -> int:
    return values.get(name, BY_NAME[name].default)


async def remember_past(store: Store, plant: Plant, until_s: float, zone: tzinfo) -> None:
    """Brings weeks before `until_s` into the store. May be cancelled at any time.

    Raises:
        StoreError: the store can't be written.
    """
    parts = past(plant, until_s, zone)
    size = max(1, _AT_ONCE // (1 + len(plant.chargers)))
    while (part := await asyncio.to_thread(next, parts, None)) is not None:
        for start in range(0, len(part.spans), size):
            await store.remember(part.spans[start : start + size], [])
            await asyncio.sleep(_PAUSE_S)
        await store.remember([], part.sessions)
