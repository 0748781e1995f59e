"""The guards of conftest.py and of virtual time must be able to fail."""

from __future__ import annotations

import asyncio

import pytest

from evse_tui.sim.virtual_time import run_virtual


def test_virtual_hour_passes_at_once_and_in_order() -> None:
    seen: list[tuple[str, float]] = []

    async def wait(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append((name, asyncio.get_running_loop().time()))

    async def main() -> None:
        await asyncio.gather(wait("late", 3600.0), wait("early", 1.0))

    run_virtual(main())
    assert [name for name, _ in seen] == ["early", "late"]
    assert seen[1][1] == pytest.approx(3600.0)


def test_virtual_run_names_a_leaked_task() -> None:
    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(1), name="forgotten")
        keep.append(task)

    keep: list[asyncio.Task[None]] = []
    with pytest.raises(RuntimeError, match="forgotten"):
        run_virtual(main())
