"""Settings as people read and type them. Pure."""

from __future__ import annotations

import re
from typing import Final

from evse_tui.settings import COLOUR, Setting

_HEX: Final = re.compile(r"(?:#|0x)?([0-9a-f]{6})", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}")


def is_colour(setting: Setting) -> bool:
    """Whether it is typed as `#RRGGBB`."""
    return setting.unit == COLOUR


def value_text(setting: Setting, value: int | None) -> str:
    """`16 A`, `Smart`, `#00FF00`, `off`; `-` for one that the site does not have."""
    if value is None:
        return "-"
    if setting.choices:
        return choice_text(setting, value)
    if is_colour(setting):
        return f"#{value:06X}"
    if value == setting.off:
        return "off"
    return f"{value} {setting.unit}".rstrip()


def typed_text(setting: Setting, value: int) -> str:
    """A value as a user would type it: without its unit."""
    return f"#{value:06X}" if is_colour(setting) else f"{value}"


def choice_text(setting: Setting, value: int) -> str:
    """The name of one of the choices; the number of one that nobody named."""
    index = value - setting.lowest
    return setting.choices[index] if 0 <= index < len(setting.choices) else f"{value}"


def range_text(setting: Setting) -> str:
    """What may be typed: `6 to 80 A`, `10 to 600 A, or 0 for off`, `#000000 to #FFFFFF`."""
    if setting.choices:
        return ", ".join(setting.choices)
    if is_colour(setting):
        return "#000000 to #FFFFFF (red, green, blue)"
    bounds = f"{setting.lowest} to {setting.highest} {setting.unit}".rstrip()
    return bounds if setting.off is None else f"{bounds}, or {setting.off} for off"


def parse(setting: Setting, typed: str) -> int:
    """The value that was typed; the unit may be typed too.

    Raises:
        ValueError: it is none of this setting; the message says what is wrong and what would be right.
    """
    cleaned = typed.strip()
    if not cleaned:
        raise ValueError(f"Type a value: {range_text(setting)}.")
    if is_colour(setting):
        found = _HEX.fullmatch(cleaned)
        if found is None:
            raise ValueError(f"{cleaned!r} is not a colour: type # and six hex digits, as #FFAA00.")
        return int(found[1], 16)
    if setting.off is not None and cleaned.lower() == "off":
        return setting.off
    if setting.unit:
        cleaned = re.sub(rf"\s*{re.escape(setting.unit)}$", "", cleaned, flags=re.IGNORECASE)
    if _NUMBER.fullmatch(cleaned) is None:
        unit = f" of {setting.unit}" if setting.unit else ""
        raise ValueError(f"{typed.strip()!r} is not a whole number{unit}.")
    value = int(cleaned)
    if not setting.allows(value):
        side = "below" if value < setting.lowest else "above"
        raise ValueError(f"{value} is {side} the range: {range_text(setting)}.")
    return value


def matches(setting: Setting, typed: str) -> bool:
    """Whether a setting has every typed word in its name, sentence, unit or choices."""
    text = " ".join((setting.name, setting.name.replace("_", " "), setting.doc, setting.unit, *setting.choices)).lower()
    return all(word in text for word in typed.lower().split())
