"""Models as JSON."""

from __future__ import annotations

from typing import Any, Final

import msgspec

_ENCODER: Final = msgspec.json.Encoder()


def encoded(model: Any) -> bytes:
    """JSON in one line, UTF-8."""
    return _ENCODER.encode(model)
