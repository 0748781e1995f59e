"""An event loop whose time jumps to the next timer as soon as nothing is ready: a simulated hour takes milliseconds.

Meant for in-process transports. Real file descriptors still work, but waiting for one takes no virtual time; neither
does work in an executor. What never ends there delays the loop for `_PATIENCE_S` of real time, then it goes on without.

A *plant* is simulated together with the loop: before each jump it runs up to the next timer and may stop the jump
early because it has something for the loop. So host and plant meet at the exact millisecond without polling.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, Final, TypeVar, TypeVarTuple

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")

Plant = Callable[[float], float]
"""Runs to the given loop time at most and returns the loop time that it reached."""

_LONGEST_JUMP_S: Final = 1.0
"""How far a plant runs when the loop has no timer."""
_PATIENCE_S: Final = 20.0
"""Real time to wait for an executor: disks of busy machines stall for seconds, and time that went on meanwhile would
make another story of it."""


class _JumpingSelector(selectors.DefaultSelector):
    """Never blocks on time: a wait becomes a jump of virtual time."""

    def __init__(self, jump: Callable[[float | None], bool], working: Callable[[], bool]) -> None:
        super().__init__()
        self._jump = jump
        self._working = working

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self._working():
            ready = super().select(_PATIENCE_S)
            if ready:
                return ready
        if not self._jump(timeout):  # neither timer nor plant: only a file descriptor can wake the loop
            return super().select(None)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """`time()` starts at 0 and moves only when the loop would have waited."""

    def __init__(self) -> None:
        self._virtual_s = 0.0
        self._jobs = 0
        self.plant: Plant | None = None
        super().__init__(_JumpingSelector(self._advance, lambda: self._jobs > 0))

    def time(self) -> float:
        return self._virtual_s

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*_Args], _T], *args: *_Args
    ) -> asyncio.Future[_T]:
        """As in asyncio; virtual time stands still until the work is done."""
        future = super().run_in_executor(executor, func, *args)
        self._jobs += 1
        future.add_done_callback(self._job_done)
        return future

    def _job_done(self, _: object) -> None:
        self._jobs -= 1

    def _advance(self, seconds: float | None) -> bool:
        if self.plant is not None:
            until_s = self._virtual_s + max(0.0, _LONGEST_JUMP_S if seconds is None else seconds)
            self._virtual_s = max(self._virtual_s, min(until_s, self.plant(until_s)))
            return True
        if seconds is None:
            return False
        self._virtual_s += max(0.0, seconds)
        return True


def run_virtual(main: Coroutine[Any, Any, _T]) -> _T:
    """Runs `main` like `asyncio.run`, in virtual time.

    Raises:
        RuntimeError: `main` left tasks running; `asyncio.run` would cancel them without a word.
    """

    async def guarded() -> _T:
        result = await main
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            raise RuntimeError(f"tasks left running: {sorted(task.get_name() for task in left)}")
        return result

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(guarded())
