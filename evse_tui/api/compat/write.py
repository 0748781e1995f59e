"""`POST /settings`, `/currents` and `/ev_meter`: a query becomes commands or measurements, and a reply. Pure.

Parameters come from the query; of a repeated key the first counts; unknown keys are ignored. An integer is read like C
`atol`, but what is no number at all (empty, `NaN`) is refused rather than read as 0, because 0 would lift a limit.

Not yet supported, hence ignored and left out of the reply like any unknown key: `starttime`, `stoptime`, `repeat`,
`backlight`, `lcdlock`, `custombutton` and `mqtt_*`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from evse_tui.api.compat.atol import atol
from evse_tui.api.compat.names import NOT_ALLOWED, c2_name
from evse_tui.api.compat.read import ev_meter, with_total
from evse_tui.config import API, DISABLED
from evse_tui.control.types import C2Mode, Mode, PhaseCurrents
from evse_tui.settings import BY_NAME
from evse_tui.site.commands import Command, SetC2, SetLockHold, SetMode, SetOverride, SetSetting
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot

Query = Mapping[str, str]
"""`[key]` gives the first of repeated keys, as aiohttp's MultiDict does."""
Reply = dict[str, Any]

HIGHEST_CURRENT_DA: Final = 10_000
"""1000 A per phase; a larger reading is an error of the sender, not a house."""
HIGHEST_POWER_W: Final = 1_000_000
HIGHEST_ENERGY_WH: Final = 10**12
UNKNOWN: Final = -1
"""Senders without an energy register say -1."""


@dataclass(frozen=True, slots=True)
class Step:
    """One answered key of `POST /settings`. Without a command the reply is `accepted`."""

    path: tuple[str, ...]
    accepted: Any
    command: Command | None = None
    refused: Any = NOT_ALLOWED


def put(reply: Reply, path: tuple[str, ...], value: Any) -> None:
    """Sets `reply[a][b].. = value`."""
    for key in path[:-1]:
        reply = reply.setdefault(key, {})
    reply[path[-1]] = value


def plan_settings(query: Query, snapshot: Snapshot, charger: ChargerSnapshot) -> list[Step]:
    """What to do for `POST /settings`, in the order in which it must happen: mode, C2, stop timer, override."""
    plan = _SettingsPlan(query, snapshot, charger)
    plan.setting("current_min", "current_min", own=True)
    plan.setting("current_max_sum_mains", "current_max_sum_mains")
    plan.setting("max_sum_mains_timer", "max_sum_mains_time")
    plan.disable_override()
    plan.mode()
    plan.c2()
    plan.setting("stop_timer", "solar_stop_time", path="stop_timer", echo=lambda _: True, refused=False)
    plan.override()
    plan.setting("solar_start_current", "solar_start_current")
    plan.setting("solar_max_import", "solar_max_import")
    plan.cable_lock()
    return plan.steps


class _SettingsPlan:
    """Collects steps; a later step sees what an earlier one of the same request will have changed."""

    def __init__(self, query: Query, snapshot: Snapshot, charger: ChargerSnapshot) -> None:
        self.steps: list[Step] = []
        self._query = query
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
        """The echo is the text as it came; SMART and SOLAR without a mains meter change nothing, but still echo."""
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
        self.steps.append(Step(("mode",), text, SetMode(self._charger_id, mode)))

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

    def cable_lock(self) -> None:
        if "cablelock" not in self._query:
            return
        value = atol(self._query["cablelock"])
        if value not in (0, 1):
            self.steps.append(Step(("cablelock",), NOT_ALLOWED))
            return
        self.steps.append(Step(("cablelock",), value, SetLockHold(self._charger_id, bool(value))))


@dataclass(frozen=True, slots=True)
class Currents:
    """A parsed `POST /currents`; `refused` holds the answers to unusable values."""

    battery_da: int | None
    mains_da: PhaseCurrents | None
    refused: Reply


def parse_currents(query: Query, mains_kind: str) -> Currents:
    """L1, L2 and L3 count only together, all usable, and only while the mains meter is `API`."""
    refused: Reply = {}
    battery_da = _number(query, "battery_current", -HIGHEST_CURRENT_DA, HIGHEST_CURRENT_DA, refused)
    mains_da = _phases(query, refused) if mains_kind == API else None
    return Currents(battery_da, mains_da, refused)


@dataclass(frozen=True, slots=True)
class EvReading:
    """A parsed `POST /ev_meter`; None was not sent, is unknown or unusable."""

    currents_da: PhaseCurrents | None
    power_w: int | None
    import_wh: int | None
    export_wh: int | None
    refused: Reply


def parse_ev_meter(query: Query) -> EvReading:
    """Each field may be left out; the currents count only together. An energy of -1 is unknown."""
    refused: Reply = {}
    return EvReading(
        _phases(query, refused),
        _number(query, "import_active_power", -HIGHEST_POWER_W, HIGHEST_POWER_W, refused),
        _energy(query, "import_active_energy", refused),
        _energy(query, "export_active_energy", refused),
        refused,
    )


def ev_meter_reply(reading: EvReading, charger: ChargerSnapshot) -> Reply:
    """Echoes what was taken; with an energy also the totals that `charger`, seen after the feed, has made of it."""
    told: Reply = dict(reading.refused)
    if reading.currents_da is not None:
        told["currents"] = with_total(reading.currents_da)
    for key, value in (
        ("import_active_power", reading.power_w),
        ("import_active_energy", reading.import_wh),
        ("export_active_energy", reading.export_wh),
    ):
        if value is not None:
            told[key] = value
    if reading.import_wh is not None or reading.export_wh is not None:
        document = ev_meter(charger)
        told |= {key: document[key] for key in ("total_wh", "charged_wh", "total_kwh", "charged_kwh")}
    return {"ev_meter": told} if told else {}


def _phases(query: Query, refused: Reply) -> PhaseCurrents | None:
    l1, l2, l3 = (_number(query, name, -HIGHEST_CURRENT_DA, HIGHEST_CURRENT_DA, refused) for name in ("L1", "L2", "L3"))
    return None if l1 is None or l2 is None or l3 is None else (l1, l2, l3)


def _energy(query: Query, key: str, refused: Reply) -> int | None:
    value = _number(query, key, UNKNOWN, HIGHEST_ENERGY_WH, refused)
    return None if value == UNKNOWN else value


def _number(query: Query, key: str, lowest: int, highest: int, refused: Reply) -> int | None:
    if key not in query:
        return None
    value = atol(query[key])
    if value is None or not lowest <= value <= highest:
        refused[key] = NOT_ALLOWED
        return None
    return value
