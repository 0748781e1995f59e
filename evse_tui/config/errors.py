"""The one error of this room."""

from __future__ import annotations

from evse_tui.errors import UserError


class ConfigError(UserError):
    """The configuration can't be used; the text is one sentence that names file, line, key and what is allowed."""
