"""Exports that nobody reads to their end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from evse_tui.api.app import make_app
from evse_tui.api.listen import listen
from evse_tui.api.server import start_server
from evse_tui.api.v1.past import PAGE
from evse_tui.clock import LoopClock
from evse_tui.store import LogEntry
from tests.api.factory import RecordingSite
from tests.memories import NoMemory


class EndlessMemory(NoMemory):
    """A log that has always more."""

    async def events(self, *_: Any, **__: Any) -> tuple[LogEntry, ...]:
        return (LogEntry(1_000_000, 1.0, None, "info", "x" * 1_000),) * PAGE


async def test_a_client_that_leaves_is_no_error_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    """What is logged goes to stderr, which may be the screen of the terminal app."""
    server = await start_server(
        make_app(RecordingSite(memory=EndlessMemory()), clock=LoopClock()), listen("127.0.0.1", 0)
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /api/v1/events.csv HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readexactly(100_000)
    writer.transport.abort()
    await server.stop()  # waits for the answer
    assert caplog.text == ""
