"""An event loop whose time jumps to the next timer as soon as nothing is ready: a simulated hour takes milliseconds.

Meant for in-process transports. Real file descriptors still work, but waiting for one takes no virtual time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


class _JumpingSelector(selectors.DefaultSelector):
    """Never blocks: a wait becomes a jump of virtual time."""

    def __init__(self, jump: Callable[[float], None]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:  # no timer at all: only a file descriptor can wake the loop
            return super().select(None)
        self._jump(timeout)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """`time()` starts at 0 and moves only when the loop would have waited."""

    def __init__(self) -> None:
        self._virtual_s = 0.0
        super().__init__(_JumpingSelector(self._advance))

    def time(self) -> float:
        return self._virtual_s

    def _advance(self, seconds: float) -> None:
        self._virtual_s += max(0.0, seconds)


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
