"""The recording site of tests/api, as real clients see it."""

from __future__ import annotations

from tests.api.conftest import client, clock, server, site

__all__ = ["client", "clock", "server", "site"]
