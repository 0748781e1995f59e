"""The wire and a recording as they look, compared with the approved pictures (`pytest --snapshot-update`)."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.ui.test_frames import FakePlayer, FakeWires, app_with
from tests.ui.test_pictures import LARGE, MEDIUM, SMALL, Compare


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


async def _frames(pilot: Pilot[None]) -> None:
    await pilot.press("5", "v")
    for worker in list(pilot.app.workers):
        if worker.group == "flow":
            await worker.wait()
    await pilot.pause()


@pytest.mark.parametrize(("size", "theme"), [(SMALL, "evse-light"), (LARGE, "evse-dark")], ids=["small", "large"])
def test_frames(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    app, _site, _clock = app_with(FakeWires())
    app.theme = theme
    assert snap_compare(app, terminal_size=size, run_before=_frames)


def test_far_from_the_wire(snap_compare: Compare) -> None:
    app, _site, _clock = app_with(None)
    assert snap_compare(app, terminal_size=SMALL, run_before=_frames)


@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["small", "medium"])
def test_replay(snap_compare: Compare, size: tuple[int, int]) -> None:
    player = FakePlayer()
    player.playing, player.speed = False, 4.0
    app, _site, _clock = app_with(FakeWires(), player)
    assert snap_compare(app, terminal_size=size)
