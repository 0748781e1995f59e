"""The one error type that users read."""

from __future__ import annotations


class UserError(Exception):
    """One sentence that names the thing and the way out. The command line prints it and exits with 1."""
