"""The RFID reader's wire: a 1-Wire device of our own answers what card.c does to it, microsecond by microsecond."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from .library import load, new

FFI, LIB = load()

_READ_ROM: Final = 0x33
_LONGEST_UNINTERRUPTED_US: Final = 100


def _crc8(data: bytes) -> int:
    """Maxim's polynomial x^8 + x^5 + x^4 + 1, bit by bit."""
    crc = 0
    for byte in data:
        for bit in range(8):
            mix = (crc ^ byte >> bit) & 1
            crc = crc >> 1 ^ (0x8C if mix else 0)
    return crc


def _rom(number: int) -> bytes:
    body = b"\x01" + number.to_bytes(6, "little")
    return body + bytes([_crc8(body)])


@dataclass
class _Wire:
    """Open drain with a pull-up. Times of the standard speed from Maxim's application note 126; the device is as slow
    and as fast as it may be by turns."""

    rom: bytes | None = None
    slow: bool = False
    shorted: bool = False
    now: int = 0
    low_since: int | None = None
    holds_until: int = -1
    """The device pulls low until then."""
    waits_until: int = -1
    received: list[int] = field(default_factory=list)
    awake: bool = False
    sent: int = 0
    exclusive_since: int | None = None
    longest: int = 0
    presence: tuple[int, int] | None = None

    def pull_low(self) -> None:
        assert self.low_since is None
        self.low_since = self.now
        if self.rom is not None and self.awake and self._addressed() and self.sent < 64:
            bit = self.rom[self.sent // 8] >> self.sent % 8 & 1
            self.sent += 1
            if not bit:
                self.holds_until = self.now + (60 if self.slow else 15)

    def release(self) -> None:
        if self.low_since is None:
            return
        low = self.now - self.low_since
        self.low_since = None
        if low >= 480:
            self.awake, self.received, self.sent = True, [], 0
            begin = self.now + (60 if self.slow else 15)
            self.presence = (begin, begin + (240 if self.slow else 60))
        elif self.awake and len(self.received) < 8:
            assert low <= 15 or 60 <= low <= 120, f"a slot of {low} us is neither 0 nor 1"
            self.received.append(int(low <= 15))

    def _addressed(self) -> bool:
        return self.received == [_READ_ROM >> bit & 1 for bit in range(8)]

    def level(self) -> bool:
        if self.shorted or self.low_since is not None:
            return False
        if self.rom is None:
            return True
        present = self.presence is not None and self.presence[0] <= self.now < self.presence[1]
        return not present and self.now >= self.holds_until

    def wait_us(self, us: int) -> None:
        self.now += us

    def begin(self) -> None:
        assert self.exclusive_since is None
        self.exclusive_since = self.now

    def end(self) -> None:
        assert self.exclusive_since is not None
        self.longest = max(self.longest, self.now - self.exclusive_since)
        self.exclusive_since = None


class _Reader:
    def __init__(self) -> None:
        self.wire = _Wire()
        self._reader = new("card_reader_t *")
        self._kept: list[Any] = []
        self._wire = new("card_wire_t *")
        self._wire.pull_low = self._callback("void(void *)", lambda _: self.wire.pull_low())
        self._wire.release = self._callback("void(void *)", lambda _: self.wire.release())
        self._wire.level = self._callback("bool(void *)", lambda _: self.wire.level())
        self._wire.wait_us = self._callback("void(void *, uint16_t)", lambda _, us: self.wire.wait_us(us))
        self._wire.begin = self._callback("void(void *)", lambda _: self.wire.begin())
        self._wire.end = self._callback("void(void *)", lambda _: self.wire.end())

    def _callback(self, kind: str, function: Callable[..., Any]) -> Any:
        def told(*arguments: Any) -> Any:
            try:
                return function(*arguments)
            except AssertionError as error:
                self.errors.append(error)
                return False

        self._kept.append(FFI.callback(kind, told))
        return self._kept[-1]

    def poll(self, rom: bytes | None = None, *, slow: bool = False, shorted: bool = False) -> int:
        self.errors: list[AssertionError] = []
        self.wire = _Wire(rom, slow, shorted)
        card: int = LIB.card_poll(self._reader, self._wire)
        assert not self.errors
        return card


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("number", [0x0000DEADBEEF, 0xFFFFFFFFFFFF, 0x0000000001, 0xAA5500FF80])
def test_a_card_is_read_by_the_low_half_of_its_number(number: int, slow: bool) -> None:
    assert _Reader().poll(_rom(number), slow=slow) == number & 0xFFFFFFFF


def test_no_reader_and_a_shorted_wire_give_no_card() -> None:
    reader = _Reader()
    assert reader.poll() == 0
    assert reader.poll(shorted=True) == 0
    assert reader.wire.now == 0  # and nothing drives against the short


def test_a_number_with_a_wrong_crc_is_no_card() -> None:
    rom = bytearray(_rom(0x123456789A))
    rom[3] ^= 0x10
    assert _Reader().poll(bytes(rom)) == 0


def test_a_card_counts_once_until_it_has_gone() -> None:
    reader = _Reader()
    assert reader.poll(_rom(7)) == 7
    assert reader.poll(_rom(7)) == 0
    assert reader.poll() == 0  # one reading that failed is not an absence
    assert reader.poll(_rom(7)) == 0
    assert reader.poll() == 0
    assert reader.poll() == 0
    assert reader.poll(_rom(7)) == 7


def test_another_card_counts_at_once() -> None:
    reader = _Reader()
    assert [reader.poll(_rom(n)) for n in (7, 8, 7)] == [7, 8, 7]


def test_reading_is_short_and_never_keeps_interrupts_off_for_long() -> None:
    reader = _Reader()
    reader.poll(_rom(0x5A5A5A5A5A5A))
    assert reader.wire.longest <= _LONGEST_UNINTERRUPTED_US
    assert reader.wire.now < 7_500
    reader.poll()
    assert reader.wire.now <= 1_000
