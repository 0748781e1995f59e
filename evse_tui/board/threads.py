"""Blocking calls on threads of their own.

The shared executor has a handful of threads: a few dead serial servers would fill it and hold up everybody's database
writes. A daemon thread for each call costs little at this rate and never delays the end of the program.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def in_thread(function: Callable[[], _T], dispose: Callable[[_T], None] | None = None) -> asyncio.Future[_T]:
    """Runs `function` on a new thread; the future has its result or its exception.

    `dispose` gets, on a thread, a result that came after the future was cancelled or the loop was closed.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def deliver(result: _T) -> None:
        if not future.done():
            future.set_result(result)
        elif dispose is not None:
            threading.Thread(target=dispose, args=(result,), daemon=True).start()

    def fail(error: BaseException) -> None:
        if not future.done():
            future.set_exception(error)

    def work() -> None:
        try:
            result = function()
        except BaseException as error:  # handed to whoever awaits
            _post(loop, fail, error)
        else:
            if not _post(loop, deliver, result) and dispose is not None:
                dispose(result)

    threading.Thread(target=work, daemon=True).start()
    return future


def _post(loop: asyncio.AbstractEventLoop, callback: Callable[[_T], None], value: _T) -> bool:
    try:
        loop.call_soon_threadsafe(callback, value)
    except RuntimeError:  # the loop was closed meanwhile
        return False
    return True
