"""Reads the golden vectors of protocol/vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evse_protocol.framing import Frame

FOLDER = Path(__file__).parents[2] / "protocol" / "vectors"


def rows(name: str) -> list[dict[str, Any]]:
    """The entries of one file, each with a `name`."""
    entries: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return entries


def frame(row: dict[str, Any]) -> Frame:
    """The frame of an entry."""
    return Frame(row["type"], row["flags"], row["session"], row["sequence"], bytes.fromhex(row["payload"]))
