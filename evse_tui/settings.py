"""Every setting a user can change at run time, once: name, unit, range, default and one sentence.

REST, the settings screen, the store and the configuration file all read this table. Values are what users type
(A, min, W); `_da` conversions happen where they enter control. Defaults: those of the original firmware, except the
mode, which starts as OFF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique
from typing import Final

COLOUR: Final = "0xRRGGBB"
"""The unit of settings that are colours."""


@unique
class Scope(Enum):
    SITE = "site"
    CHARGER = "charger"


@dataclass(frozen=True, slots=True)
class Setting:
    """One integer setting. `choices` names its values where they are not amounts."""

    name: str
    scope: Scope
    unit: str
    lowest: int
    highest: int
    default: int
    doc: str
    choices: tuple[str, ...] = ()
    off: int | None = None
    """A value outside lowest..highest that means "off"."""

    def allows(self, value: int) -> bool:
        """Whether `value` may be stored."""
        return value == self.off or self.lowest <= value <= self.highest


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        "mode",
        Scope.CHARGER,
        "",
        0,
        4,
        0,
        "What decides the current. Off until you choose.",
        choices=("Off", "Normal", "Solar", "Smart", "Pause"),
    ),
    Setting(
        "enable_c2",
        Scope.CHARGER,
        "",
        0,
        4,
        0,
        "When the second contactor connects L2 and L3.",
        choices=("Not present", "Always Off", "Solar Off", "Always On", "Auto"),
    ),
    Setting("current_min", Scope.CHARGER, "A", 6, 16, 6, "Lowest current offered; below it the car is stopped."),
    Setting("current_max", Scope.CHARGER, "A", 6, 80, 13, "Highest current offered to this car."),
    Setting("priority", Scope.CHARGER, "", 0, 99, 0, "Lower numbers are served first when not all cars fit."),
    Setting("session_limit", Scope.CHARGER, "kWh", 0, 200, 0, "Energy after which a session ends. 0 is no limit."),
    Setting(
        "rfid_reader",
        Scope.CHARGER,
        "",
        0,
        6,
        0,
        "Whether a card must be shown before charging, and what the reader does with cards.",
        choices=("Disabled", "EnableAll", "EnableOne", "Learn", "Delete", "DeleteAll", "Rmt/OCPP"),
    ),
    Setting(
        "lcd_lock",
        Scope.CHARGER,
        "",
        0,
        1,
        0,
        "Whether the host ignores the board's button; what the board does by itself with it, as stop, stays.",
        choices=("Off", "On"),
    ),
    Setting(
        "ev_meter_alone",
        Scope.CHARGER,
        "",
        0,
        1,
        0,
        "Whether the EV meter measures this charger alone; current while the contactor is open then blocks charging.",
        choices=("Off", "On"),
    ),
    Setting("color_off", Scope.CHARGER, COLOUR, 0, 0xFFFFFF, 0x000000, "Status light while off."),
    Setting("color_normal", Scope.CHARGER, COLOUR, 0, 0xFFFFFF, 0x00FF00, "Status light in Normal."),
    Setting("color_smart", Scope.CHARGER, COLOUR, 0, 0xFFFFFF, 0x00FF00, "Status light in Smart."),
    Setting("color_solar", Scope.CHARGER, COLOUR, 0, 0xFFFFFF, 0xFFAA00, "Status light in Solar."),
    Setting("color_custom", Scope.CHARGER, COLOUR, 0, 0xFFFFFF, 0x0000FF, "Status light for the custom button."),
    Setting("current_main", Scope.SITE, "A", 10, 200, 25, "Main fuse, per phase."),
    Setting("current_max_circuit", Scope.SITE, "A", 10, 160, 16, "Fuse of the chargers' own group, per phase."),
    Setting(
        "current_max_sum_mains", Scope.SITE, "A", 10, 600, 0, "Capacity: most import, sum of phases. 0 is off.", off=0
    ),
    Setting(
        "max_sum_mains_time", Scope.SITE, "min", 0, 60, 0, "How long the capacity may be exceeded before cars stop."
    ),
    Setting("solar_start_current", Scope.SITE, "A", 0, 48, 4, "Export, sum of phases, that starts solar charging."),
    Setting("solar_max_import", Scope.SITE, "A", 0, 48, 0, "Import, sum of phases, that solar charging may cause."),
    Setting(
        "solar_stop_time", Scope.SITE, "min", 0, 60, 10, "Minutes of too little sun before solar stops. 0 is never."
    ),
    Setting(
        "battery_policy",
        Scope.SITE,
        "",
        0,
        2,
        0,
        "Whether the home battery's own current counts as surplus.",
        choices=("Car first", "Battery first", "Reserve"),
    ),
    Setting("battery_reserve", Scope.SITE, "A", 0, 200, 0, "Current kept for the battery under the policy Reserve."),
    Setting("battery_full", Scope.SITE, "%", 1, 100, 95, "State of charge at which the reserve is let go."),
    Setting("mains_headroom", Scope.SITE, "A", 0, 50, 0, "Kept free under the main fuse, per phase."),
    Setting(
        "unbalance",
        Scope.SITE,
        "A",
        1,
        100,
        0,
        "Most that one-phase charging may load one phase with. 0 is off.",
        off=0,
    ),
    Setting(
        "grid_relay",
        Scope.SITE,
        "",
        0,
        1,
        0,
        "Whether the grid operator limits the chargers now.",
        choices=("Off", "On"),
    ),
    Setting(
        "grid_relay_limit",
        Scope.SITE,
        "A",
        6,
        600,
        18,
        "What all cars may take while the grid operator limits, sum of phases.",
    ),
    Setting("rotation_time", Scope.SITE, "min", 1, 240, 15, "How long a car charges while another waits for room."),
    Setting(
        "switch_worth", Scope.SITE, "Wh", 0, 5000, 100, "Energy that a change between 1 and 3 phases must be worth."
    ),
    Setting("battery_min_soc", Scope.SITE, "%", 0, 100, 0, "Below this state of charge the battery goes first."),
)

BY_NAME: Final[dict[str, Setting]] = {setting.name: setting for setting in SETTINGS}


def contradiction(values: Mapping[str, int]) -> str:
    """One sentence if settings of one charger, or of the site, contradict each other; else nothing."""
    lowest, highest = values.get("current_min"), values.get("current_max")
    if lowest is not None and highest is not None and lowest > highest:
        return f"current_min of {lowest} A is above current_max of {highest} A"
    return ""
