"""Documents of servers of this version, of others, and of strangers."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui import __version__
from evse_tui.api.v1.rebuild import UNNAMED
from evse_tui.api.v1.views.site import snapshot_view
from evse_tui.remote.errors import RemoteError
from evse_tui.remote.picture import picture
from evse_tui.remote.timeline import Timeline
from evse_tui.site.snapshot import Snapshot
from tests.api.factory import make_snapshot
from tests.api.v1.test_views import FULL
from tests.remote.served import moved

URL = "http://charger.example:8080"
Document = dict[str, Any]


def document(snapshot: Snapshot = FULL) -> Document:
    told: Document = json.loads(msgspec.json.encode(snapshot_view(snapshot)))
    told["site"]["version"] = "9.8.7"
    return told


def read(told: Any, arrived_ms: int = 5_000) -> Snapshot:
    return picture(URL, json.dumps(told).encode(), Timeline(), arrived_ms)


@pytest.mark.parametrize("snapshot", [FULL, make_snapshot()], ids=["full", "usual"])
def test_all_moments_are_on_our_clock(snapshot: Snapshot) -> None:
    assert read(document(snapshot)) == moved(snapshot, 5_000 - snapshot.at_ms)


def test_what_only_a_newer_site_tells_is_left_out() -> None:
    told = document()
    told["weather"] = {}
    told["site"]["moon"] = told["chargers"][0]["board"]["humidity"] = 1
    told["site"]["settings"]["new_setting"] = 5
    known = moved(FULL, 5_000 - FULL.at_ms)
    assert read(told).chargers == known.chargers
    assert read(told).settings == {**known.settings, "new_setting": 5}


def put(told: Document, path: str, value: Any) -> Document:
    *parents, last = (int(part) if part.isdecimal() else part for part in path.split("."))
    at: Any = told
    for part in parents:
        at = at[part]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return told


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("chargers.0.state", "flying"),
        ("chargers.0.mode", "lunar"),
        ("chargers.0.link.state", "entangled"),
        ("chargers.0.grant.reason.constraint", "tide"),
        ("chargers.0.grant.reason.phase", "L4"),
        ("chargers.0.grant.access", "maybe"),
        ("chargers.0.commands.0.state", "forgotten"),
        ("chargers.0.board.faults", ["gravity"]),
        ("chargers.0.identity.firmware", "2"),
        ("chargers.0.settings.enable_c2", 9),
        ("chargers.0.settings.current_min", None),
        ("site.settings.current_main", None),
        ("site.mains.freshness", "ripe"),
        ("site.mains.currents_da", [1, 2]),
        ("site.rooms_da", "wide"),
        ("site.commands", None),
        ("events.0.level", "panic"),
        ("events", None),
    ],
)
def test_what_another_version_means_is_not_guessed(path: str, value: Any) -> None:
    with pytest.raises(RemoteError) as raised:
        read(put(document(), path, value))
    sentence = str(raised.value)
    assert sentence.startswith(f"{URL} runs evse-tui 9.8.7, which {__version__} does not understand (")
    assert sentence.endswith("): use one version")
    assert "\n" not in sentence


def test_a_number_of_a_newer_board_stays_unnamed() -> None:
    for name in ("pilot", "hold", "binding", "access"):
        board = read(put(document(), f"chargers.0.board.{name}", "new")).chargers[0].board
        assert board is not None
        assert getattr(board, name) == UNNAMED


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every value in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(leaf for key, inner in items for leaf in leaves(inner, (*path, key)))]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(10**18, 10**400) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(leaves(document())[1:]), ANYTHING)
def test_whatever_stands_there_it_is_a_snapshot_or_a_sentence(path: tuple[str | int, ...], value: Any) -> None:
    told: Any = document()
    at = told
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with contextlib.suppress(RemoteError):
        read(told)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"site": {}}', b'{"site": {"version": 1}}', b"\xff"])
def test_strangers(body: bytes) -> None:
    with pytest.raises(RemoteError, match="does not answer as evse-tui does"):
        picture(URL, body, Timeline(), 0)
