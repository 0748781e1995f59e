"""The instruments of the growth benchmark; and what it would find in a week, in seconds."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from benchmarks import growth
from benchmarks.growth.life import CHARGER, START_S, Host, held, host
from benchmarks.growth.plan import looks, orders
from evse_protocol.messages import ResetReason
from evse_tui.sim.virtual_time import run_virtual
from evse_tui.site import board_events

STEADY = {
    "rss_mb": 60.0,
    "objects": 5e4,
    "blocks": 2e5,
    "descriptors": 15.0,
    "tasks": 14.0,
    "store_mb": 9.0,
    "wall_s": 300.0,
}


def test_the_site_understands_whatever_is_asked_within_an_hour(tmp_path: Path) -> None:
    async def ask() -> tuple[dict[str, float], dict[str, float]]:
        async with host(tmp_path) as running:
            before = held(running)
            await running.clock.sleep_ms(10_000)
            for request in orders("2025-07-01"):
                await running.api.ask(*request)
            for path in looks(START_S - 600, START_S):
                await running.api.ask("GET", path)
            return before, held(running)

    before, after = run_virtual(ask())
    assert after["asked"] == len(orders("2025-07-01")) + len(looks(0, 1))
    assert after["refused"] <= 3  # nothing to acknowledge, to resume or to unlock
    assert after["descriptors"] == before["descriptors"]
    assert set(STEADY) - {"wall_s"} <= set(after)


def test_each_growth_has_its_verdict() -> None:
    days = [STEADY | {"objects": 5e4 * (1 + number / 100), "rss_mb": 60 + number % 2} for number in range(7)]
    told = {row[0].partition(": ")[2]: row[3] for row in growth.growth_rows(days)}
    assert told.pop("objects") == "MISSED"
    assert set(told.values()) == {"met"}
    assert [row[-1] for row in growth.course_rows(days)] == ["288"] * 7


async def guest(running: Host) -> None:
    reading = asyncio.create_task(running.api.follow(interval_ms=500))
    await running.clock.sleep_ms(1_200)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def pulled_adapter(running: Host) -> None:
    opener = running.world.openers[CHARGER]
    opener.unplug_adapter()
    await running.clock.sleep_ms(2_000)
    opener.plug_adapter()
    await running.clock.sleep_ms(5_000)


async def reset_board(running: Host) -> None:
    running.world.chargers[CHARGER].board.reset(ResetReason.WATCHDOG)
    await running.clock.sleep_ms(3_000)


def _objects() -> int:
    """All but weak references: SQLite keeps up to two hundred dead ones, and throws them away at once."""
    gc.collect()
    return sum(type(each) is not weakref.ref for each in gc.get_objects())


@pytest.mark.parametrize("visit", [guest, pulled_adapter, reset_board])
def test_what_comes_and_goes_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visit: Callable[[Host], Awaitable[None]]
) -> None:
    monkeypatch.setattr(board_events, "_REMEMBERED", 10)  # else this would take days to fill
    rounds = 25

    async def grown() -> int:
        async with host(tmp_path) as running:
            await running.clock.sleep_ms(10_000)
            found = []
            for _ in range(3):
                for _ in range(rounds):
                    await visit(running)
                await running.clock.sleep_ms(10_000)
                found.append(_objects())
            return found[2] - found[1]

    assert run_virtual(grown()) < rounds / 2
