"""A question at the terminal in the middle of a coroutine."""

from __future__ import annotations

import signal


def answer(question: str) -> str:
    """What is typed. An interrupt ends the wait at once: asyncio's handler only cancels the task, which is in here.

    Raises:
        EOFError: nobody is there.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(question)
    finally:
        signal.signal(signal.SIGINT, before)
