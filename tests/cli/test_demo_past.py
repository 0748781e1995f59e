"""The demo's past comes in pieces, and may be ended at any of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from evse_tui.cli.assemble import DEMO_INITIAL, DEMO_SITE
from evse_tui.cli.demo_past import demo_plant, remember_past
from evse_tui.config import ChargerConfig, SiteConfig, default_config
from evse_tui.sim.demo import DemoParameters
from evse_tui.store import SITE, Session, Store
from evse_tui.store.history import Span

NOW_S: Final = datetime(2025, 10, 9, 15, 30, tzinfo=UTC).timestamp()
DAY_S: Final = 86_400


def demo_config() -> SiteConfig:
    config = default_config()
    chargers = (ChargerConfig("1", "simulated:1", rotation=2, settings=DEMO_INITIAL),)
    return SiteConfig(name=config.name, settings=DEMO_SITE, chargers=chargers)


def test_the_plant_is_that_of_the_configuration() -> None:
    plant = demo_plant(DemoParameters(seed=7), demo_config())
    assert (plant.seed, plant.chargers, plant.rotations) == (7, ("1",), (2,))
    assert (plant.main_a, plant.circuit_a, plant.maximum_a) == (25, 25, 16)


class Watched(Store):
    """Tells of its first spans."""

    written: asyncio.Event

    async def remember(self, spans: Sequence[Span], sessions: Sequence[Session]) -> None:
        await super().remember(spans, sessions)
        self.written.set()


async def test_the_newest_days_come_first_and_an_end_in_between_leaves_what_there_is() -> None:
    store = await Watched.open(None)
    assert isinstance(store, Watched)
    store.written = written = asyncio.Event()
    task = asyncio.create_task(remember_past(store, demo_plant(DemoParameters(), demo_config()), NOW_S, UTC))
    await written.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    newest_s = int(NOW_S) - 4 * DAY_S
    assert (await store.history(SITE, newest_s, int(NOW_S))).points
    assert not (await store.history(SITE, newest_s - 60 * DAY_S, newest_s)).points
    await store.close()
