"""`GET /api/v1/stream`: snapshots as server-sent events (HTML Living Standard, 9.2).

The first bytes are `retry: 2000`. Then, for each snapshot that is sent:

    event: snapshot
    id: 4711
    data: {"site":{..},"chargers":[..],"events":[..]}

with one line of data, the document of `GET /api/v1/snapshot`, and as id its `site.number`. The first one comes at once,
also after a reconnection: nothing is repeated, because each one is the whole picture. A line `:` keeps a quiet stream
alive. The end of the stream is the end of the connection; who wants more connects again.

A client that does not read is sent nothing more until it has taken what it was sent, and is cut off after a while. What
waits for it is one snapshot, and what little the system may keep.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Final

from aiohttp import hdrs, web

from evse_tui.api.broadcast import FullError, Listener
from evse_tui.api.keys import BROADCAST
from evse_tui.api.responses import HEADERS
from evse_tui.api.v1.encode import encoded
from evse_tui.api.v1.models.stream import StreamQuery
from evse_tui.api.v1.views.site import snapshot_view
from evse_tui.site.snapshot import Snapshot

EVENT_STREAM: Final = "text/event-stream"
RETRY: Final = b"retry: 2000\n\n"
HEARTBEAT: Final = b":\n\n"
HEARTBEAT_S: Final = 12.0
PATIENCE_S: Final = 15.0
"""A client that takes nothing for so long is gone, or no use to itself."""
SYSTEM_BUFFER: Final = 64 * 1024
"""Bytes; without it the system would queue megabytes of the past for a slow client."""
_LARGEST_FRAME: Final = 16 * 1024 * 1024
"""aiohttp's own waiting for a slow client would have no end, so it must not begin: we wait ourselves."""

_HEADERS: Final = HEADERS | {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


def frame_of(snapshot: Snapshot) -> bytes:
    """The event of one snapshot."""
    return b"event: snapshot\nid: %d\ndata: %b\n\n" % (snapshot.number, encoded(snapshot_view(snapshot)))


async def get_stream(request: web.Request, query: StreamQuery) -> web.StreamResponse:
    response = web.StreamResponse(headers=_HEADERS)
    response.content_type = EVENT_STREAM
    response.force_close()
    if request.method == hdrs.METH_HEAD:
        return response
    try:
        async with request.app[BROADCAST].listener(query.interval_ms / 1000) as listener:
            with suppress(ConnectionError):
                await response.prepare(request)
                if request.transport is not None:
                    _bound(request.transport)
                    await send(response, request.transport, listener)
    except FullError:
        raise web.HTTPServiceUnavailable(text="There are too many event streams; poll instead.") from None
    return response


def _bound(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SYSTEM_BUFFER)
    transport.set_write_buffer_limits(_LARGEST_FRAME)


async def send(response: web.StreamResponse, transport: asyncio.Transport, listener: Listener) -> None:
    """Until the end of the stream.

    Raises:
        ConnectionError: the client has gone.
    """
    loop = asyncio.get_running_loop()
    await response.write(RETRY)
    written_s = loop.time()
    while True:
        frame: bytes | None = HEARTBEAT
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_S):
                frame = await listener.next()
        waiting = transport.get_write_buffer_size()
        if waiting and (frame is None or loop.time() - written_s > PATIENCE_S):
            transport.abort()
            return
        if frame is None:
            return
        if not waiting:
            await response.write(frame)
            written_s = loop.time()
