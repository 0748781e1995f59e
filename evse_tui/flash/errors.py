"""Why a board is not flashed: one sentence each."""

from __future__ import annotations

from evse_tui.errors import UserError


class RefusedError(UserError):
    """Nothing was written."""


class WriteError(UserError):
    """Writing was begun; the board may have no whole firmware now."""
