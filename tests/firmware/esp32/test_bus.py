"""Modbus RTU on the board's RS-485: where an answer ends and what it is worth."""

from __future__ import annotations

from typing import Any, Final

import pytest

from evse_protocol.messages import BusResult

from .library import load, new

_, LIB = load()

_ANSWER: Final = bytes.fromhex("0203020001")
_SILENCE_MS: Final = 8


def _framed(body: bytes) -> bytes:
    crc: int = LIB.bus_crc(body, len(body))
    return body + crc.to_bytes(2, "little")


def _started(now_ms: int = 0, timeout_ms: int = 100, data: bytes = bytes(8)) -> Any:
    bus = new("bus_t *")
    LIB.bus_init(bus)
    request = new("evse_msg_bus_request_t *", {"tag": 9, "timeout_ms": timeout_ms, "data_count": len(data)})
    LIB.bus_start(bus, request, now_ms)
    return bus


def _hear(bus: Any, data: bytes, now_ms: int) -> None:
    for byte in data:
        LIB.bus_receive(bus, byte, now_ms)


def test_the_crc_is_that_of_modbus() -> None:
    """The example of the serial line guide and one of every byte."""
    assert LIB.bus_crc(bytes.fromhex("02 07"), 2).to_bytes(2, "little") == bytes.fromhex("41 12")
    assert LIB.bus_crc(bytes.fromhex("01 03 00 00 00 0A"), 6).to_bytes(2, "little") == bytes.fromhex("C5 CD")


def test_an_answer_ends_with_silence() -> None:
    bus = _started()
    data = _framed(_ANSWER)
    _hear(bus, data[:4], 20)
    assert not LIB.bus_done(bus, 20 + _SILENCE_MS - 1)
    _hear(bus, data[4:], 20 + _SILENCE_MS - 1)
    assert not LIB.bus_done(bus, 20 + 2 * _SILENCE_MS - 2)
    assert LIB.bus_done(bus, 20 + 2 * _SILENCE_MS - 1)
    assert (bus.response.tag, bus.response.result) == (9, BusResult.OK)
    assert bytes(bus.response.data[0 : bus.response.data_count]) == data


@pytest.mark.parametrize("start_ms", [0, 0xFFFFFFF0])
def test_the_time_to_answer_counts_from_the_last_bit_of_the_request(start_ms: int) -> None:
    """Eight bytes of ten bits take 8.4 ms at 9600 baud."""
    bus = _started(start_ms)
    assert not LIB.bus_done(bus, (start_ms + 108) & 0xFFFFFFFF)
    assert LIB.bus_done(bus, (start_ms + 109) & 0xFFFFFFFF)
    assert bus.response.result == BusResult.TIMEOUT
    assert bus.response.data_count == 0


def test_an_answer_that_has_begun_in_time_may_end_later() -> None:
    bus = _started()
    _hear(bus, _framed(_ANSWER), 105)
    assert not LIB.bus_done(bus, 110)
    assert LIB.bus_done(bus, 105 + _SILENCE_MS)
    assert bus.response.result == BusResult.OK


@pytest.mark.parametrize(
    "data",
    [_framed(_ANSWER)[:-1], b"\x01", bytes(3), _framed(_ANSWER)[:-1] + b"\x00", _framed(bytes(60))],
    ids=["cut", "one byte", "three bytes", "wrong CRC", "too long"],
)
def test_what_is_not_a_frame_is_corrupt(data: bytes) -> None:
    bus = _started()
    _hear(bus, data, 10)
    assert LIB.bus_done(bus, 10 + _SILENCE_MS)
    assert bus.response.result == BusResult.CORRUPT
    assert bus.response.data_count <= 61


def test_the_longest_answer_fits() -> None:
    bus = _started()
    data = _framed(bytes(range(59)))
    _hear(bus, data, 10)
    assert LIB.bus_done(bus, 10 + _SILENCE_MS)
    assert bus.response.result == BusResult.OK
    assert bytes(bus.response.data[0 : bus.response.data_count]) == data


def test_noise_between_exchanges_is_nobodys() -> None:
    bus = _started()
    assert LIB.bus_done(bus, 500)
    _hear(bus, b"noise", 501)
    assert not LIB.bus_done(bus, 2000)
    assert bus.response.data_count == 0
