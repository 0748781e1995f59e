"""Virtual time: jumps, plants and executors."""

from __future__ import annotations

import asyncio
import threading
import time

from evse_tui.sim.virtual_time import VirtualTimeLoop, run_virtual


def test_an_hour_takes_no_time() -> None:
    async def scenario() -> float:
        await asyncio.sleep(3_600)
        return asyncio.get_running_loop().time()

    begin_s = time.monotonic()
    assert run_virtual(scenario()) == 3_600
    assert time.monotonic() - begin_s < 1


def test_a_plant_stops_a_jump_early() -> None:
    async def scenario() -> list[float]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        seen: list[float] = []
        pending = [0.25, 0.75]

        def plant(until_s: float) -> float:
            if pending and pending[0] <= until_s:
                due_s = pending.pop(0)
                loop.call_soon(seen.append, due_s)
                loop.call_soon(lambda: seen.append(loop.time()))
                return due_s
            return until_s

        loop.plant = plant
        await asyncio.sleep(1)
        return [*seen, loop.time()]

    assert run_virtual(scenario()) == [0.25, 0.25, 0.75, 0.75, 1.0]


def test_a_plant_can_wake_a_loop_without_timers() -> None:
    async def scenario() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        woken = loop.create_future()

        def plant(until_s: float) -> float:
            if until_s > 10 and not woken.done():
                woken.set_result(None)
            return until_s

        loop.plant = plant
        await woken
        return loop.time()

    assert run_virtual(scenario()) >= 10


def test_work_in_a_thread_takes_no_virtual_time() -> None:
    async def scenario() -> float:
        loop = asyncio.get_running_loop()
        timer = asyncio.create_task(asyncio.sleep(3_600))
        assert await asyncio.to_thread(sum, [1, 2]) == 3
        for _ in range(20):
            await loop.run_in_executor(None, len, "abc")
        passed_s = loop.time()
        timer.cancel()
        await asyncio.gather(timer, return_exceptions=True)
        return passed_s

    assert run_virtual(scenario()) == 0.0


def test_a_disk_that_stalls_takes_no_virtual_time_either() -> None:
    async def scenario() -> float:
        loop = asyncio.get_running_loop()
        timer = asyncio.create_task(asyncio.sleep(3_600))
        assert not await asyncio.to_thread(threading.Event().wait, 0.4)
        passed_s = loop.time()
        timer.cancel()
        await asyncio.gather(timer, return_exceptions=True)
        return passed_s

    assert run_virtual(scenario()) == 0.0
