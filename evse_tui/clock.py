"""Clocks. Everything that measures an age or a lease takes one of these; wall time enters none of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", None)


def _boottime_ns() -> int:
    if _BOOTTIME is None:
        return time.monotonic_ns()
    return time.clock_gettime_ns(_BOOTTIME)


class Clock(Protocol):
    """Milliseconds that never step back, and a way to wait for them."""

    def now_ms(self) -> int:
        """Now, in ms from an arbitrary origin."""

    def wall_s(self) -> float:
        """Wall time, seconds since the epoch; for people and files only, never for an age or a lease."""

    async def sleep_ms(self, duration_ms: float) -> None:
        """Waits for `duration_ms` of this clock."""

    def call_later_ms(self, delay_ms: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """Calls `callback` on the running loop after `delay_ms` of this clock."""


class SystemClock:
    """Real time, optionally `speed` times faster (for the demo). Counts suspend where the system can."""

    def __init__(self, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError("the speed of a clock must be positive")
        self._speed = speed
        self._start_ns = _boottime_ns()
        self._start_wall = time.time()

    def now_ms(self) -> int:
        return int((_boottime_ns() - self._start_ns) * self._speed) // 1_000_000

    def wall_s(self) -> float:
        if self._speed == 1.0:
            return time.time()
        return self._start_wall + self.now_ms() / 1000

    async def sleep_ms(self, duration_ms: float) -> None:
        await asyncio.sleep(duration_ms / 1000 / self._speed)

    def call_later_ms(self, delay_ms: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(delay_ms / 1000 / self._speed, callback)


class LoopClock:
    """The running loop's own time: virtual when the loop is virtual (`evse_tui.sim.virtual_time`)."""

    def __init__(self, wall_start_s: float = 0.0) -> None:
        self._wall_start_s = wall_start_s

    def now_ms(self) -> int:
        return round(asyncio.get_running_loop().time() * 1000)

    def wall_s(self) -> float:
        return self._wall_start_s + asyncio.get_running_loop().time()

    async def sleep_ms(self, duration_ms: float) -> None:
        await asyncio.sleep(duration_ms / 1000)

    def call_later_ms(self, delay_ms: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(delay_ms / 1000, callback)
