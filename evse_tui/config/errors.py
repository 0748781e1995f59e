"""The one error of this room."""

from __future__ import annotations


class ConfigError(Exception):
    """The configuration can't be used; the text is one sentence that names file, line, key and what is allowed."""
