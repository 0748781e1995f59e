"""Tables as CSV, sent while they are read, so that no export has to fit into memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final

from aiohttp import hdrs, web

from evse_tui.api.csv_text import Cell, lines
from evse_tui.api.responses import HEADERS

CSV: Final = "text/csv"
PATIENCE_S: Final = 30.0
"""For one piece; who reads more slowly is cut off."""


async def answer_csv(
    request: web.Request, name: str, header: Sequence[str], pages: AsyncIterator[Iterable[Sequence[Cell]]]
) -> web.StreamResponse:
    """200 with a file `name`.csv. What fails before the first page is the request's error; later the file ends early.

    Raises:
        whatever `pages` raises for the first page.
    """
    first = await anext(pages)
    response = web.StreamResponse(headers=HEADERS | {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}.csv"'})
    response.content_type, response.charset = CSV, "utf-8"
    if request.method == hdrs.METH_HEAD:
        return response
    await response.prepare(request)
    try:
        await _write(response, [header, *first])
        async for page in pages:
            await _write(response, page)
    except (TimeoutError, web.HTTPServiceUnavailable):
        if request.transport is not None:
            request.transport.abort()  # a whole end would look like a whole file
    return response


async def _write(response: web.StreamResponse, rows: Iterable[Sequence[Cell]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await response.write(lines(rows).encode())
