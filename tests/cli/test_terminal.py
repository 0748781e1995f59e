"""The terminal app in its loop, with an app that does not draw."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from evse_tui.cli import terminal
from evse_tui.errors import UserError
from evse_tui.ui.app import EvseApp
from evse_tui.ui.preferences import Preferences


class Ended:
    """As much of an app as `show` uses; it ends at once."""

    def __init__(self, return_code: int) -> None:
        self.return_code = return_code
        self.painted = asyncio.Event()

    def prefer(self, preferences: Preferences) -> None:
        assert preferences.theme

    async def run_async(self) -> None:
        """Over."""

    def exit(self) -> None:
        raise AssertionError("it has ended")


@pytest.mark.parametrize("return_code", [0, 1])
async def test_an_app_that_failed_is_no_success(return_code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its traceback stood on the screen, and the exit status was 0."""
    monkeypatch.setattr(terminal, "read", lambda _path: Preferences())
    app = cast("EvseApp", Ended(return_code))
    if not return_code:
        await terminal.show(app, {})
        return
    with pytest.raises(UserError, match="the terminal app failed"):
        await terminal.show(app, {})
