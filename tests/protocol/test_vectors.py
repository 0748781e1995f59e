"""Both languages reproduce every golden vector."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from evse_protocol.framing import FrameReader, decode_frame, encode_frame
from evse_protocol.messages import MESSAGES
from evse_protocol.payloads import PayloadError, decode_payload, encode_payload
from tests.firmware.link_library import FirmwareReader, firmware_encode
from tests.protocol.codecs import firmware_decode, firmware_reencode
from tests.protocol.vectors import frame, rows

FRAMES = rows("frames.json")
REJECTED = rows("rejected_payloads.json")
STREAMS = rows("streams.json")


def test_every_message_has_vectors() -> None:
    assert {row["type"] for row in FRAMES} == {message.id for message in MESSAGES}
    assert {row["type"] for row in REJECTED} == {message.id for message in MESSAGES}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return list(value) if isinstance(value, tuple) else int(value)


def test_python_reproduces_every_frame() -> None:
    for row in FRAMES:
        wire = bytes.fromhex(row["wire"])
        expected = frame(row)
        assert encode_frame(expected) == wire, row["name"]
        assert decode_frame(wire[:-1]) == expected, row["name"]
        payload = decode_payload(expected.type, expected.payload)
        assert encode_payload(payload) == (expected.type, expected.payload), row["name"]
        values = {field.name: _plain(getattr(payload, field.name)) for field in fields(payload)}
        assert values == row["fields"], row["name"]


def test_the_firmware_reproduces_every_frame() -> None:
    for row in FRAMES:
        wire = bytes.fromhex(row["wire"])
        expected = frame(row)
        assert firmware_encode(expected).startswith(wire), row["name"]
        assert FirmwareReader().feed(wire) == [expected], row["name"]
        assert firmware_decode(expected.type, expected.payload) == row["fields"], row["name"]
        assert firmware_reencode(expected.type, expected.payload) == expected.payload, row["name"]


def test_both_reject_the_same_payloads() -> None:
    for row in REJECTED:
        payload = bytes.fromhex(row["payload"])
        with pytest.raises(PayloadError):
            pytest.fail(f"{row['name']} was accepted: {decode_payload(row['type'], payload)}")
        assert firmware_decode(row["type"], payload) is None, row["name"]


def test_both_read_every_stream() -> None:
    for row in STREAMS:
        chunks = [bytes.fromhex(chunk) for chunk in row["chunks"]]
        expected = [frame(entry) for entry in row["frames"]]
        reader = FrameReader()
        assert [found for chunk in chunks for found in reader.feed(chunk)] == expected, row["name"]
        counters = {"damaged": reader.damaged, "oversize": reader.oversize, "garbage_bytes": reader.garbage_bytes}
        assert counters == {key: row[key] for key in counters}, row["name"]
        assert reader.frames == len(expected), row["name"]
        firmware = FirmwareReader()
        assert [found for chunk in chunks for found in firmware.feed(chunk)] == expected, row["name"]
