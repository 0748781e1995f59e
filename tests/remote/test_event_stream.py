"""Events from chunks that are cut anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.api.stream import HEARTBEAT, RETRY, frame_of
from evse_tui.remote import event_stream
from evse_tui.remote.event_stream import Event, EventParser, FloodError
from tests.api.factory import make_snapshot

LINES = [
    "",
    ": comment",
    "event: a",
    "event:b",
    "data: x",
    "data:y:z",
    "data:  two",
    "data",
    "id: 1",
    "retry: 5",
    "odd",
]


def parsed(*chunks: bytes) -> list[Event]:
    parser = EventParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def test_the_frames_of_our_server() -> None:
    snapshot = make_snapshot(warnings=("line\r\nfeed ü",))
    (event, again) = parsed(RETRY + HEARTBEAT + frame_of(snapshot) + HEARTBEAT + frame_of(snapshot))
    assert event == again
    assert event.kind == "snapshot"
    assert event.data == frame_of(snapshot).partition(b"data: ")[2].removesuffix(b"\n\n")


@given(st.lists(st.sampled_from(LINES)), st.sampled_from(["\n", "\r", "\r\n"]), st.data())
def test_neither_cuts_nor_the_kind_of_line_end_matter(lines: list[str], end: str, data: st.DataObject) -> None:
    stream = "".join(line + end for line in lines).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert parsed(*pieces) == parsed("".join(f"{line}\n" for line in lines).encode())


def test_fields() -> None:
    assert parsed(b"event: a\ndata: 1\ndata:2\n\ndata\n\nevent: lost\n\ndata: 3\n") == [
        Event("a", b"1\n2"),
        Event("message", b""),
    ]


@pytest.mark.parametrize("piece", [b"data: " + b"x" * 100, b"data: x\n" * 20, b"x" * 100])
def test_an_event_without_end_is_refused(monkeypatch: pytest.MonkeyPatch, piece: bytes) -> None:
    monkeypatch.setattr(event_stream, "LARGEST", 1000)
    with pytest.raises(FloodError):
        parsed(*[piece] * 100)
