"""What the parts of a charger need of their site."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Protocol

from evse_tui.site.snapshot import Level


class ChargerHost(Protocol):
    """Implemented by `evse_tui.site.site.Site`."""

    def log(self, charger_id: str | None, level: Level, text: str) -> None:
        """Adds a line to the event log."""

    def touch(self, *, at_once: bool = False) -> None:
        """The snapshot has changed."""

    def decide_soon(self) -> None:
        """Something that control looks at has changed."""

    def record_soon(self) -> None:
        """Something waits for the store."""

    def spawn(self, coroutine: Coroutine[None, None, None], name: str) -> None:
        """Runs a background task until the site stops."""
