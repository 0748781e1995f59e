"""Words of the SmartEVSE API. Ids are positions; the texts of states live beside `ChargerState`."""

from __future__ import annotations

from typing import Final

from evse_tui import settings
from evse_tui.control.types import C2Mode, Mode

NOT_ALLOWED: Final = "Value not allowed!"

INTERNAL_MODE: Final = {Mode.NORMAL: 0, Mode.SMART: 1, Mode.SOLAR: 2}
"""`evse.mode`: the original's internal order, which is not `mode_id`. OFF and PAUSE are NORMAL inside."""

ACCESS: Final = {Mode.OFF: 0, Mode.PAUSE: 2}
"""`evse.access`; every other mode is 1, on."""

C2_NAMES: Final = settings.BY_NAME["enable_c2"].choices
RFID_READERS: Final = settings.BY_NAME["rfid_reader"].choices
RFID_READER_OFF: Final = 0

COLORS: Final = ("off", "normal", "smart", "solar", "custom")
"""What the status light has a colour for: settings `color_*`."""


def c2_name(value: int) -> str:
    """`settings.enable_C2`, for 0..4."""
    return C2_NAMES[C2Mode(value)]


def rgb(color: int) -> dict[str, int]:
    """0xRRGGBB as `{R, G, B}`."""
    return {"R": color >> 16, "G": color >> 8 & 0xFF, "B": color & 0xFF}
