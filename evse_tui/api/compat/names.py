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

COLORS: Final[dict[str, tuple[int, int, int]]] = {
    "off": (0, 0, 0),
    "normal": (0, 255, 0),
    "smart": (0, 255, 0),
    "solar": (255, 170, 0),
    "custom": (0, 0, 255),
}
"""The original's default colours of the status light."""


def c2_name(value: int) -> str:
    """`settings.enable_C2`, for 0..4."""
    return C2_NAMES[C2Mode(value)]
