"""`POST /rfid`: a card's number as clients write it. Pure."""

from __future__ import annotations

from typing import Final

from evse_tui.api.compat.names import RFID_READER_OFF
from evse_tui.site import rfid
from evse_tui.site.snapshot import ChargerSnapshot

_SIX_BYTES: Final = 12
_FAMILY: Final = "01"


def crc8(data: bytes) -> int:
    """CRC-8 of 1-Wire numbers: polynomial x^8 + x^5 + x^4 + 1, reflected (Maxim application note 27)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x8C if crc & 1 else crc >> 1
    return crc


def card_number(text: str) -> str:
    """Upper-case hex digits. The six bytes that old readers print are a 1-Wire number without family and checksum.

    Raises:
        ValueError: it is none; the text is the original's answer.
    """
    digits = text.strip()
    if len(digits) != _SIX_BYTES:
        return rfid.card_number(digits)
    number = rfid.card_number(_FAMILY + digits)
    return f"{number}{crc8(bytes.fromhex(number)):02X}"


def shown_number(card: str) -> str:
    """A card as `evse.rfid_lastread` shows it: of a 1-Wire number the six bytes in the middle."""
    middle = card[len(_FAMILY) : -2]
    return middle if len(middle) == _SIX_BYTES and card == card_number(middle) else card


def reader_is_on(charger: ChargerSnapshot) -> bool:
    """Whether cards are looked at."""
    return charger.settings["rfid_reader"] != RFID_READER_OFF
