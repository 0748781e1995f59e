"""How answers are written: compact JSON, never cached, never guessed at or framed by a browser."""

from __future__ import annotations

import json
from typing import Any, Final

from aiohttp import web

HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # a click on a hidden frame would be ours
    "Referrer-Policy": "no-referrer",
    "Server": "evse-tui",
}
JSON: Final = "application/json"


def encode(document: Any) -> bytes:
    """JSON without blanks. NaN has no place in JSON and raises ValueError."""
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode()


def answer(body: bytes, content_type: str = JSON, *, status: int = 200) -> web.Response:
    """A whole body of known length."""
    return web.Response(body=body, status=status, content_type=content_type, headers=HEADERS)


def answer_json(document: Any) -> web.Response:
    """200 with a JSON document."""
    return answer(encode(document))
