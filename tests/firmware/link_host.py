"""A host at the other end of the link under test: sends payloads, collects what the board says. Time is explicit."""

from __future__ import annotations

from typing import Any, TypeVar

from evse_protocol.framing import Frame, FrameReader, encode_frame
from evse_protocol.payloads import Hello, Identity, Payload, decode_payload, encode_payload
from tests.firmware.link_library import load

P = TypeVar("P")


class LinkHost:
    """Speaks to the node in the library; there is one, so make a new host for a new boot."""

    def __init__(self, *, boot: int = 7, largest_payload: int = 240, port: bool = False, now_ms: int = 0) -> None:
        self.ffi, self.library = load()
        self.fake: Any = self.library.fake
        self.ffi.buffer(self.ffi.addressof(self.fake))[:] = bytes(self.ffi.sizeof(self.fake))
        self.fake.boot = boot
        self.fake.status.phases = 3
        self.now_ms = now_ms
        self.library.shim_node_init(largest_payload, port, now_ms)
        self._reader = FrameReader()
        self.first_bytes = self.take()

    def send(self, payload: Payload, session: int = 0, sequence: int = 0) -> list[Frame]:
        """Sends one payload; returns the frames that the board answers at once."""
        return self.send_raw(*encode_payload(payload), session, sequence)

    def send_raw(self, message_id: int, payload: bytes, session: int = 0, sequence: int = 0) -> list[Frame]:
        """As `send`, with bytes that need not be valid."""
        return self.send_bytes(encode_frame(Frame(message_id, 0, session, sequence, payload)))

    def send_bytes(self, wire: bytes) -> list[Frame]:
        """As `send`, with the line's bytes."""
        self.library.shim_node_receive(wire, len(wire), self.now_ms)
        return self._reader.feed(self.take())

    def take(self, capacity: int = 4096) -> bytes:
        """What the board has for the line."""
        out = self.ffi.new("uint8_t[]", capacity)
        return bytes(self.ffi.buffer(out, self.library.shim_node_transmit(out, capacity)))

    def step(self, *, high_mv: int = 0, low_mv: int = 0) -> list[Frame]:
        """One millisecond; returns the frames that the board sends in it."""
        self.now_ms = (self.now_ms + 1) % (1 << 32)
        self.library.shim_node_step(high_mv, low_mv, self.now_ms)
        return self._reader.feed(self.take())

    def run(self, duration_ms: int, kind: type[P]) -> list[tuple[int, P]]:
        """Runs and returns (board ms, payload) of the messages of one kind."""
        found: list[tuple[int, P]] = []
        for _ in range(duration_ms):
            for frame in self.step():
                payload = decode_payload(frame.type, frame.payload)
                if isinstance(payload, kind):
                    found.append((self.now_ms, payload))
        return found

    def hello(self, host_id: int = 1) -> Identity:
        """The board's IDENTITY for this host."""
        (frame,) = self.send(Hello(host_id, 1))
        identity = decode_payload(frame.type, frame.payload)
        assert isinstance(identity, Identity)
        return identity


def only(frames: list[Frame], kind: type[P]) -> P:
    """The payload of the single frame, which must be of this kind."""
    (frame,) = frames
    payload = decode_payload(frame.type, frame.payload)
    assert isinstance(payload, kind)
    return payload
