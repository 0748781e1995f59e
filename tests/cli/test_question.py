"""A question in a coroutine, and an interrupt instead of an answer."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from evse_tui.cli.question import answer


def test_an_interrupt_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """asyncio's own handler let the question go on, and took what was typed after it."""

    def typed(_question: str) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        return "yes"

    async def main() -> str:
        handler = signal.getsignal(signal.SIGINT)
        try:
            return answer("Write this? ")
        finally:
            assert signal.getsignal(signal.SIGINT) is handler

    monkeypatch.setattr("builtins.input", typed)
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
