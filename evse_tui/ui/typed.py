"""What users type into dialogs, as values. Pure; every ValueError is a sentence for the user."""

from __future__ import annotations

import re
from typing import Final

_CARD: Final = re.compile(r"(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{16})")
_HIGHEST_KWH: Final = 1000


def boost_energy(typed: str) -> int:
    """Energy in Wh of a typed kWh; 0 for nothing, which is until the car is unplugged.

    Raises:
        ValueError: not an energy, or out of range.
    """
    cleaned = re.sub(r"\s*kwh$", "", typed.strip(), flags=re.IGNORECASE).replace(",", ".")
    if not cleaned:
        return 0
    try:
        energy_wh = round(float(cleaned) * 1000)
    except (ValueError, OverflowError):
        raise ValueError(f"{typed.strip()!r} is not an energy in kWh.") from None
    if not 1 <= energy_wh <= _HIGHEST_KWH * 1000:
        raise ValueError(f"Above 0 and at most {_HIGHEST_KWH} kWh, or nothing for until unplugged.")
    return energy_wh


def card(typed: str) -> str:
    """The hex digits of a card.

    Raises:
        ValueError: not 8, 14 or 16 hex digits.
    """
    cleaned = re.sub(r"[\s:-]", "", typed).upper()
    if _CARD.fullmatch(cleaned) is None:
        raise ValueError("A card has 8, 14 or 16 hex digits.")
    return cleaned
