"""Settings in force: what was set at run time, else the configuration's, else the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from evse_tui.config import ChargerConfig, SiteConfig
from evse_tui.control.types import BatteryPolicy, Boost, C2Mode, ChargerSettings, Mode, Schedule, SiteSettings
from evse_tui.settings import SETTINGS, Scope, contradiction
from evse_tui.site.schedule import LocalSchedule, flaw
from evse_tui.store import ScheduleRow, Stored

LOCK_HOLD: Final = "lock_hold"
"""Kept with the settings, but not one: it is a command that lasts."""

_POLICIES: Final = tuple(BatteryPolicy)


@dataclass(frozen=True, slots=True)
class Live:
    """What control takes for a setting but a restart forgets or works out again."""

    override_da: int = 0
    boost: Boost | None = None
    schedule: Schedule | None = None
    authorised: bool = True


class Values:
    """Values by scope and name; every mapping that it gives out is frozen."""

    def __init__(self, config: SiteConfig, stored: Stored) -> None:
        self.unusable: list[str] = []
        """One sentence for each stored value that is out of range; the configuration's is used instead."""
        self._phases = config.phases
        self._site_settings: SiteSettings | None = None
        self._charger_settings: dict[str, tuple[Live, ChargerSettings]] = {}
        self._site = self._merge(Scope.SITE, None, config.settings, stored)
        self._chargers = {
            charger.id: self._merge(Scope.CHARGER, charger.id, charger.settings, stored) for charger in config.chargers
        }
        self._lock_holds = {
            charger.id: bool(stored.settings.get((charger.id, LOCK_HOLD), 0)) for charger in config.chargers
        }
        self._schedules = {charger.id: self._read(stored.schedules.get(charger.id)) for charger in config.chargers}

    def _merge(
        self, scope: Scope, charger_id: str | None, initial: Mapping[str, int], stored: Stored
    ) -> Mapping[str, int]:
        values = {}
        for setting in SETTINGS:
            if setting.scope is not scope:
                continue
            value = initial.get(setting.name, setting.default)
            kept = stored.settings.get((charger_id, setting.name), value)
            if setting.allows(kept):
                value = kept
            else:
                where = "" if charger_id is None else f"charger {charger_id}: "
                self.unusable.append(f"{where}the stored {setting.name} of {kept} is out of range; {value} is used")
            values[setting.name] = value
        if complaint := contradiction(values):  # one of the two is the configuration's and has changed since
            values["current_min"] = values["current_max"]
            self.unusable.append(f"charger {charger_id}: {complaint}; the maximum is used for both")
        return MappingProxyType(values)

    def _read(self, row: ScheduleRow | None) -> LocalSchedule | None:
        if row is None:
            return None
        try:
            stop = None if row.stop is None else datetime.fromisoformat(row.stop)
            schedule = LocalSchedule(datetime.fromisoformat(row.start), stop, row.daily)
        except ValueError:
            complaint = "its times can't be read"
        else:
            complaint = flaw(schedule)
        if not complaint:
            return schedule
        self.unusable.append(f"charger {row.charger_id}: the stored schedule is not used: {complaint}")
        return None

    @property
    def site(self) -> Mapping[str, int]:
        """The site's settings."""
        return self._site

    def charger(self, charger_id: str) -> Mapping[str, int]:
        """One charger's settings."""
        return self._chargers[charger_id]

    def lock_hold(self, charger_id: str) -> bool:
        """Whether the cable stays locked without a car."""
        return self._lock_holds[charger_id]

    def schedule(self, charger_id: str) -> LocalSchedule | None:
        """When this charger may charge; None is always."""
        return self._schedules[charger_id]

    def set_schedule(self, charger_id: str, schedule: LocalSchedule | None) -> None:
        """Puts a committed schedule in force."""
        self._schedules[charger_id] = schedule

    def set(self, charger_id: str | None, name: str, value: int) -> None:
        """Puts a committed value in force."""
        self._site_settings = None
        self._charger_settings.clear()
        if charger_id is None:
            self._site = MappingProxyType({**self._site, name: value})
        elif name == LOCK_HOLD:
            self._lock_holds[charger_id] = bool(value)
        else:
            self._chargers[charger_id] = MappingProxyType({**self._chargers[charger_id], name: value})

    def site_for_control(self) -> SiteSettings:
        """The site's settings in control's units; the same object until one changes."""
        if self._site_settings is None:
            self._site_settings = self._convert_site()
        return self._site_settings

    def _convert_site(self) -> SiteSettings:
        site = self._site
        return SiteSettings(
            current_main_da=site["current_main"] * 10,
            current_max_circuit_da=site["current_max_circuit"] * 10,
            current_max_sum_mains_da=site["current_max_sum_mains"] * 10,
            max_sum_mains_time_min=site["max_sum_mains_time"],
            solar_start_current_da=site["solar_start_current"] * 10,
            solar_max_import_da=site["solar_max_import"] * 10,
            solar_stop_time_min=site["solar_stop_time"],
            battery_policy=_POLICIES[site["battery_policy"]],
            battery_reserve_da=site["battery_reserve"] * 10,
            battery_full_permille=site["battery_full"] * 10,
            battery_min_soc_permille=site["battery_min_soc"] * 10,
            phases=self._phases,
            headroom_da=site["mains_headroom"] * 10,
            grid_relay_limit_da=site["grid_relay_limit"] * 10,
            unbalance_da=site["unbalance"] * 10,
            rotation_min=site["rotation_time"],
            switch_worth_wh=site["switch_worth"],
        )

    def charger_for_control(self, charger: ChargerConfig, live: Live) -> ChargerSettings:
        """One charger's settings in control's units; the same object until something changes."""
        known = self._charger_settings.get(charger.id)
        if known is None or known[0] != live:
            known = self._charger_settings[charger.id] = live, self._convert_charger(charger, live)
        return known[1]

    def _convert_charger(self, charger: ChargerConfig, live: Live) -> ChargerSettings:
        values = self._chargers[charger.id]
        return ChargerSettings(
            mode=Mode(values["mode"]),
            current_min_da=values["current_min"] * 10,
            current_max_da=values["current_max"] * 10,
            override_da=live.override_da,
            c2=C2Mode(values["enable_c2"]),
            rotation=charger.rotation,
            priority=values["priority"],
            session_limit_wh=values["session_limit"] * 1_000,
            boost=live.boost,
            schedule=live.schedule,
            authorised=live.authorised,
        )


def as_row(charger_id: str, schedule: LocalSchedule) -> ScheduleRow:
    """A schedule as the store keeps it."""
    stop = None if schedule.stop is None else schedule.stop.isoformat()
    return ScheduleRow(charger_id, schedule.start.isoformat(), stop, schedule.daily)
