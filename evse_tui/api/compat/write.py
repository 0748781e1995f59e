"""`POST /settings` and `/color_*`: a query becomes commands and a reply. Pure.

Parameters come from the query; of a repeated key the first counts; unknown keys are ignored. An integer is read like C
`atol`, but what is no number at all (empty, `NaN`) is refused rather than read as 0, because 0 would lift a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import Any, Final

from evse_tui.api.compat.atol import atol
from evse_tui.api.compat.names import NOT_ALLOWED, c2_name
from evse_tui.api.compat.schedule import shown_schedule, wanted_schedule
from evse_tui.config import DISABLED
from evse_tui.control.types import C2Mode, Mode
from evse_tui.settings import BY_NAME
from evse_tui.site.commands import (
    Command,
    SetBacklight,
    SetC2,
    SetCustomButton,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSetting,
)
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot

Query = Mapping[str, str]
"""`[key]` gives the first of repeated keys, as aiohttp's MultiDict does."""
Reply = dict[str, Any]

BACKLIGHT_S: Final = 120
"""Seconds of light for each 1 of `backlight`, as in the original."""
MOST_BACKLIGHT: Final = 0xFFFF // BACKLIGHT_S
"""The board counts its seconds in 16 bits."""
FULL_BACKLIGHT: Final = 100
"""%; the board clamps it to its own maximum."""


@dataclass(frozen=True, slots=True)
class Step:
    """One answered key of `POST /settings`. Without a command the reply is `accepted`."""

    path: tuple[str, ...]
    accepted: Any
    command: Command | None = None
    refused: Any = NOT_ALLOWED
    read: Callable[[ChargerSnapshot], Any] | None = None
    """What an earlier step has brought about, to be read from a later snapshot; replaces `accepted`."""


def put(reply: Reply, path: tuple[str, ...], value: Any) -> None:
    """Sets `reply[a][b].. = value`."""
    for key in path[:-1]:
        reply = reply.setdefault(key, {})
    reply[path[-1]] = value


def plan_settings(query: Query, snapshot: Snapshot, charger: ChargerSnapshot, zone: tzinfo) -> list[Step]:
    """What to do for `POST /settings`, in the order in which it must happen: mode, C2, stop timer, override.

    `zone` is that of local times.
    """
    plan = _SettingsPlan(query, snapshot, charger, zone)
    plan.backlight()
    plan.setting("current_min", "current_min", own=True)
    plan.setting("current_max_sum_mains", "current_max_sum_mains")
    plan.setting("max_sum_mains_timer", "max_sum_mains_time")
    plan.disable_override()
    plan.custom_button()
    plan.mode()
    plan.c2()
    plan.setting("stop_timer", "solar_stop_time", path="stop_timer", echo=lambda _: True, refused=False)
    plan.override()
    plan.setting("solar_start_current", "solar_start_current")
    plan.setting("solar_max_import", "solar_max_import")
    plan.setting("lcdlock", "lcd_lock", own=True, path="lcdlock")
    plan.cable_lock()
    return plan.steps


def parse_color(query: Query) -> tuple[int | None, Reply]:
    """0xRRGGBB of R, G and B, which count only together; else None, and the answers to unusable values."""
    given = {name: atol(query[name]) for name in "RGB" if name in query}
    refused = {name: NOT_ALLOWED for name, value in given.items() if value is None or not 0 <= value <= 0xFF}
    if refused or len(given) < 3:
        return None, refused
    red, green, blue = (value or 0 for value in given.values())
    return red << 16 | green << 8 | blue, {}


class _SettingsPlan:
    """Collects steps; a later step sees what an earlier one of the same request will have changed."""

    def __init__(self, query: Query, snapshot: Snapshot, charger: ChargerSnapshot, zone: tzinfo) -> None:
        self.steps: list[Step] = []
        self._query = query
        self._schedule = wanted_schedule(query, zone, snapshot.wall_s)
        self._charger_id = charger.id
        self._mode = charger.mode
        self._current_min = charger.settings["current_min"]
        self._current_max = charger.settings["current_max"]
        self._has_mains_meter = snapshot.mains.kind != DISABLED

    def setting(
        self,
        key: str,
        name: str,
        *,
        own: bool = False,
        path: str | None = None,
        echo: Callable[[int], Any] = int,
        refused: Any = NOT_ALLOWED,
    ) -> None:
        """A setting of `evse_tui.settings`: of this charger if `own`, else of the site."""
        if key not in self._query:
            return
        at = (path or name,)
        value = atol(self._query[key])
        if value is None or not BY_NAME[name].allows(value):
            self.steps.append(Step(at, refused))
            return
        if name == "current_min":
            self._current_min = value
        command = SetSetting(name, value, self._charger_id if own else None)
        self.steps.append(Step(at, echo(value), command, refused))

    def disable_override(self) -> None:
        """In SOLAR there is no override: nothing to do, and that is OK."""
        if "disable_override_current" in self._query:
            command = None if self._mode is Mode.SOLAR else SetOverride(self._charger_id, 0)
            self.steps.append(Step(("disable_override_current",), "OK", command))

    def mode(self) -> None:
        """The echo is the text as it came; SMART and SOLAR without a mains meter change nothing, but still echo.

        Without `starttime` it cancels the schedule: who chooses a mode wants it now.
        """
        if "mode" not in self._query:
            return
        text = self._query["mode"]
        value = atol(text)
        if value is None or not Mode.OFF <= value <= Mode.PAUSE:
            self.steps.append(Step(("mode",), NOT_ALLOWED))
            return
        mode = Mode(value)
        if mode in (Mode.SMART, Mode.SOLAR) and not self._has_mains_meter:
            self.steps.append(Step(("mode",), text))
            return
        self._mode = mode
        self.steps.append(Step(("mode",), text, SetMode(self._charger_id, mode, self._schedule)))
        if "starttime" in self._query:
            for key in ("starttime", "stoptime", "repeat"):
                if key in self._query:
                    self.steps.append(Step((key,), None, read=partial(_scheduled, key)))

    def c2(self) -> None:
        if "enable_C2" not in self._query:
            return
        at = ("settings", "enable_C2")
        value = atol(self._query["enable_C2"])
        if value is None or not C2Mode.NOT_PRESENT <= value <= C2Mode.AUTO:
            self.steps.append(Step(at, NOT_ALLOWED))
            return
        self.steps.append(Step(at, c2_name(value), SetC2(self._charger_id, C2Mode(value))))

    def override(self) -> None:
        """0 clears; else 10 x current_min .. 10 x current_max. In SOLAR there is none, and no answer."""
        if "override_current" not in self._query or self._mode is Mode.SOLAR:
            return
        at = ("override_current",)
        value = atol(self._query["override_current"])
        if value is None or not (value == 0 or 10 * self._current_min <= value <= 10 * self._current_max):
            self.steps.append(Step(at, NOT_ALLOWED))
            return
        self.steps.append(Step(at, value, SetOverride(self._charger_id, value)))

    def backlight(self) -> None:
        if "backlight" not in self._query:
            return
        at = ("Backlight",)
        value = atol(self._query["backlight"])
        if value is None or not 0 <= value <= MOST_BACKLIGHT:
            self.steps.append(Step(at, NOT_ALLOWED))
            return
        level = FULL_BACKLIGHT if value else 0
        self.steps.append(Step(at, value, SetBacklight(self._charger_id, level, value * BACKLIGHT_S)))

    def custom_button(self) -> None:
        """More than 0 is on; the echo is what `evse.custombutton` will be."""
        if "custombutton" not in self._query:
            return
        at = ("custombutton",)
        value = atol(self._query["custombutton"])
        if value is None:
            self.steps.append(Step(at, NOT_ALLOWED))
            return
        self.steps.append(Step(at, value > 0, SetCustomButton(self._charger_id, value > 0)))

    def cable_lock(self) -> None:
        if "cablelock" not in self._query:
            return
        value = atol(self._query["cablelock"])
        if value not in (0, 1):
            self.steps.append(Step(("cablelock",), NOT_ALLOWED))
            return
        self.steps.append(Step(("cablelock",), value, SetLockHold(self._charger_id, bool(value))))


def _scheduled(key: str, charger: ChargerSnapshot) -> int:
    return shown_schedule(charger)[key]
