"""Numbers of cards as clients write and read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.api.compat.cards import card_number, crc8, shown_number


def test_crc8_is_that_of_maxim() -> None:
    assert crc8(bytes.fromhex("021CB801000000")) == 0xA2  # the example of application note 27
    assert crc8(b"123456789") == 0xA1  # the catalogue's check value of CRC-8/MAXIM


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("04a2b3c4", "04A2B3C4"),
        ("11223344556677", "11223344556677"),
        (" 11223344556677 ", "11223344556677"),
        ("1122334455667788", "1122334455667788"),
        ("112233445566", f"01112233445566{crc8(bytes.fromhex('01112233445566')):02X}"),
    ],
)
def test_card_number(text: str, card: str) -> None:
    assert card_number(text) == card


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Invalid RFID length"),
        ("1122", "Invalid RFID length"),
        ("112233445566778", "Invalid RFID length"),
        ("1122334455667788AA", "Invalid RFID length"),
        ("1122334455667G", "Invalid RFID hex string"),
        ("11 22 33 44", "Invalid RFID hex string"),
        ("\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "Invalid RFID hex string"),
    ],
)
def test_what_is_no_card(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{complaint}$"):
        card_number(text)


@given(st.binary(min_size=6, max_size=6))
def test_six_bytes_are_read_back_as_written(uid: bytes) -> None:
    assert shown_number(card_number(uid.hex())) == uid.hex().upper()


def test_other_numbers_are_shown_as_they_are() -> None:
    assert shown_number("11223344556677") == "11223344556677"
    assert shown_number("0111223344556677") == "0111223344556677"  # 77 is no checksum
    assert shown_number("") == ""
