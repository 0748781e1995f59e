"""Samples of the control pilot."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from evse_tui.api.v1.models.base import LARGEST, Count, Model, Request, doc


class PilotQuery(Request):
    """Which samples; by default all that are kept."""

    after_ms: Annotated[
        Annotated[int, Meta(ge=0, le=LARGEST)] | UnsetType,
        doc("Only later ones: the last of `times_ms` that you have."),
    ] = field(name="after", default=UNSET)


class PilotSamples(Model):
    """The levels of PWM cycles, oldest first, at most 10 000 in one answer; the three lists have the same length."""

    times_ms: Annotated[list[int], doc("Ascending, on the board's clock, which goes on over its restarts.")]
    high_mv: Annotated[list[int], doc("Level of the high part of each cycle.")]
    low_mv: Annotated[list[int], doc("Level of the low part; without meaning at a duty of 100 %.")]
    gaps: Annotated[list[Count], doc("Positions before which samples were lost, because the line was busy or broke.")]
    age_ms: Annotated[int | None, doc("Since the newest sample arrived; null if there is none.")]
    obstacle: Annotated[str, doc("Why nothing comes, one sentence; empty while samples come, or are about to.")]
