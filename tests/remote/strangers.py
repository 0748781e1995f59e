"""Servers that are not ours, or not well: they answer every request with the same bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

PROBLEM = '{"type":"about:blank","title":"x","status":%d,"detail":"%s"}'


def answer(status: str, content_type: str = "text/html", body: str = "", *headers: str) -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def problem(status: str, detail: str, *headers: str) -> bytes:
    """An error as our server tells it."""
    return answer(status, "application/problem+json", PROBLEM % (int(status[:3]), detail), *headers)


@dataclass
class Stranger:
    """What it was asked."""

    url: str
    requests: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def stranger(says: bytes) -> AsyncIterator[Stranger]:
    """Reads a head, says its bytes and closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(says)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    found = Stranger(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        yield found
