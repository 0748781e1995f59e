"""The event stream."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from evse_tui.api.v1.models.base import Request

SHORTEST_MS: Final = 100
USUAL_MS: Final = 500
LONGEST_MS: Final = 10_000


class StreamQuery(Request):
    """How often."""

    interval_ms: Annotated[
        int,
        Meta(
            ge=SHORTEST_MS,
            le=LONGEST_MS,
            description="Usual time between two events, ms. A change of state does not wait for it.",
        ),
    ] = USUAL_MS
