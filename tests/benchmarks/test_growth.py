"""The instruments of the growth benchmark."""

from __future__ import annotations

from pathlib import Path

from benchmarks import growth
from benchmarks.growth.life import START_S, held, host
from benchmarks.growth.plan import looks, orders
from evse_tui.sim.virtual_time import run_virtual

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
