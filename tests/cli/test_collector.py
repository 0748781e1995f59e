"""When garbage is looked for."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from evse_tui.cli import collector


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_what_is_made_while_idle_is_old_afterwards() -> None:
    with collector.idle():
        made: list[list[int]] = [[number] for number in range(10_000)]
        assert not gc.isenabled()
    assert gc.isenabled()
    assert made
    assert len(gc.get_objects(generation=0)) + len(gc.get_objects(generation=1)) < len(made)
    assert gc.get_freeze_count() == 0, "garbage among it is still found"


def test_what_is_kept_meanwhile_stays_kept() -> None:
    with collector.idle():
        collector.keep()
    assert gc.get_freeze_count() > 0
