"""Errors: RFC 9457."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Struct, UnsetType

from evse_tui.api.v1.models.base import doc


class Problem(Struct):
    """What went wrong (RFC 9457)."""

    type: Annotated[str, doc("`about:blank`: the status says it all.")]
    title: Annotated[str, doc("Phrase of the status.")]
    status: int
    detail: Annotated[str | UnsetType, doc("One sentence for people.")] = UNSET
