"""Runs simulated chargers on a clock: in step with a virtual loop, or by a timer in real time and faster."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from evse_tui.clock import Clock
from evse_tui.sim.board import Lockstep
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.virtual_time import VirtualTimeLoop

_TICK_S: Final = 0.005
"""Real time between two looks at the clock."""
_LONGEST_CATCH_UP_MS: Final = 2_000
"""A longer pause of the process, such as a suspended laptop or a redrawn screen at high speed, is not simulated:
boards that run on while their host stands still would end every lease."""

Deliver = Callable[[bytes], None]


class Fleet:
    """The chargers of one site. Chargers are added before `start`; their boards are closed by `stop`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: dict[SimulatedCharger, Deliver | None] = {}
        self._origin_ms = 0
        self._task: asyncio.Task[None] | None = None
        self._loop: VirtualTimeLoop | None = None
        self._together = Lockstep(())

    @property
    def chargers(self) -> tuple[SimulatedCharger, ...]:
        return tuple(self._lines)

    @property
    def now_ms(self) -> int:
        """The clock on the boards' time line."""
        return self._clock.now_ms() - self._origin_ms

    def add(self, charger: SimulatedCharger) -> None:
        self._lines[charger] = None

    def start(self) -> None:
        """Begins to run; the running loop decides how.

        Raises:
            RuntimeError: the virtual loop already runs another fleet.
        """
        self._origin_ms = self._clock.now_ms() - max((charger.now_ms for charger in self._lines), default=0)
        loop = asyncio.get_running_loop()
        if isinstance(loop, VirtualTimeLoop):
            if loop.plant is not None:
                raise RuntimeError("a virtual loop runs one fleet; add all chargers to it")
            self._loop = loop
            start_ms = max((charger.now_ms for charger in self._lines), default=0)
            for charger in self._lines:
                self._advance(charger, start_ms)
            self._together = Lockstep([charger.board for charger in self._lines])
            loop.plant = self._run_plant
        else:
            self._task = loop.create_task(self._tick(), name="simulated chargers")
            self._task.add_done_callback(report_failure)

    async def stop(self) -> None:
        """Ends the run and frees the boards."""
        if self._loop is not None:
            self._loop.plant = None
            self._loop = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._together = Lockstep(())
        for charger in self._lines:
            charger.board.close()
        self._lines.clear()

    def connect(self, charger: SimulatedCharger, deliver: Deliver | None) -> None:
        """Sends the charger's bytes to `deliver` from now on; None: nobody listens."""
        if charger in self._lines:
            self._lines[charger] = deliver

    def feed(self, charger: SimulatedCharger, data: bytes) -> None:
        """Gives bytes from the host to the board now; what its FIFO does not take is lost, as on a real line.
        A fleet that was stopped takes nothing."""
        if charger not in self._lines:
            return
        if self._loop is not None:
            charger.board.receive(data)
            return
        self._advance(charger, self.now_ms)
        charger.board.receive(data)
        self._advance(charger, self.now_ms + 1)  # at once, not at the next tick

    def _deliver(self, charger: SimulatedCharger, data: bytes) -> bool:
        deliver = self._lines[charger]
        if deliver is None or not data:
            return False
        deliver(data)
        return True

    def _advance(self, charger: SimulatedCharger, until_ms: int) -> None:
        while charger.now_ms < until_ms:
            self._deliver(charger, charger.advance(until_ms))

    async def _tick(self) -> None:
        while True:
            now_ms = self.now_ms
            behind_ms = now_ms - max((charger.now_ms for charger in self._lines), default=now_ms)
            if behind_ms > _LONGEST_CATCH_UP_MS:
                self._origin_ms += behind_ms - _LONGEST_CATCH_UP_MS
                now_ms = self.now_ms
            for charger in self._lines:
                self._advance(charger, now_ms)
            await asyncio.sleep(_TICK_S)

    def _run_plant(self, until_s: float) -> float:
        until_ms = round(until_s * 1000) - self._origin_ms
        lines, together = self._lines, self._together
        now_ms = next((charger.now_ms for charger in lines), until_ms)
        while now_ms < until_ms:
            horizon_ms = min(charger.horizon(until_ms) for charger in lines)
            ran_ms, stopped = together.run(horizon_ms - now_ms)
            now_ms += ran_ms
            delivered = False
            for charger, ended in zip(lines, stopped, strict=True):
                if ended:
                    sent = charger.settle()
                    delivered |= self._deliver(charger, sent)
            if delivered:
                return (now_ms + self._origin_ms) / 1000
        for charger in lines:
            charger.horizon(until_ms)
        return until_s


def report_failure(task: asyncio.Task[None]) -> None:
    """A simulation that ends by an error says so at once, not when its task is collected."""
    if not task.cancelled() and (error := task.exception()) is not None:
        context = {"message": f"{task.get_name()}: the simulation has ended", "exception": error, "task": task}
        task.get_loop().call_exception_handler(context)
