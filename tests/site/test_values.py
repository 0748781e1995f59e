"""Settings in force."""

from __future__ import annotations

from datetime import datetime

from evse_tui.config import ChargerConfig, SiteConfig
from evse_tui.control.types import BatteryPolicy, C2Mode, ChargerSettings, Mode, SiteSettings
from evse_tui.site.schedule import LocalSchedule
from evse_tui.site.values import LOCK_HOLD, Live, Values, as_row
from evse_tui.store import Stored
from evse_tui.store.records import SettingKey

CONFIG = SiteConfig(
    settings={"current_main": 35},
    chargers=(ChargerConfig("1", "a", settings={"current_max": 20}), ChargerConfig("2", "b", rotation=2)),
)


def _stored(**settings: int) -> Stored:
    keys: dict[SettingKey, int] = {}
    for name, value in settings.items():
        charger, _, rest = name.partition("__")
        keys[(charger.removeprefix("c"), rest) if rest else (None, name)] = value
    return Stored(keys, {}, (), ())


def test_stored_beats_configured_beats_default() -> None:
    values = Values(CONFIG, _stored())
    assert (values.site["current_main"], values.site["current_max_circuit"]) == (35, 16)
    assert [values.charger(charger)["current_max"] for charger in ("1", "2")] == [20, 13]
    values = Values(CONFIG, _stored(current_main=20, c1__current_max=16, c2__mode=3))
    assert values.site["current_main"] == 20
    assert values.charger("1")["current_max"] == 16
    assert values.charger("2")["mode"] == 3
    assert values.unusable == []


def test_a_stored_value_out_of_range_is_said() -> None:
    values = Values(CONFIG, _stored(current_main=5000, c2__mode=77))
    assert values.site["current_main"] == 35
    assert values.unusable == [
        "the stored current_main of 5000 is out of range; 35 is used",
        "charger 2: the stored mode of 77 is out of range; 0 is used",
    ]


def test_first_start_is_off_with_the_originals_defaults() -> None:
    values = Values(SiteConfig(chargers=(ChargerConfig("1", "a"),)), _stored())
    assert values.site_for_control() == SiteSettings()
    assert values.charger_for_control(ChargerConfig("1", "a"), Live()) == ChargerSettings()


def test_for_control_in_its_units() -> None:
    values = Values(
        CONFIG,
        _stored(
            current_max_sum_mains=40,
            max_sum_mains_time=5,
            solar_start_current=3,
            solar_max_import=1,
            solar_stop_time=0,
            battery_policy=2,
            battery_reserve=7,
            battery_full=90,
            battery_min_soc=20,
            c2__mode=2,
            c2__enable_c2=4,
            c2__current_min=7,
            c2__priority=9,
        ),
    )
    assert values.site_for_control() == SiteSettings(
        current_main_da=350,
        current_max_sum_mains_da=400,
        max_sum_mains_time_min=5,
        solar_start_current_da=30,
        solar_max_import_da=10,
        solar_stop_time_min=0,
        battery_policy=BatteryPolicy.RESERVE,
        battery_reserve_da=70,
        battery_full_permille=900,
        battery_min_soc_permille=200,
    )
    assert values.charger_for_control(CONFIG.chargers[1], Live(90)) == ChargerSettings(
        mode=Mode.SOLAR, current_min_da=70, override_da=90, c2=C2Mode.AUTO, rotation=2, priority=9
    )


def test_for_control_follows_changes() -> None:
    values = Values(CONFIG, _stored())
    charger = CONFIG.chargers[0]
    assert values.site_for_control() is values.site_for_control()
    assert values.charger_for_control(charger, Live()) is values.charger_for_control(charger, Live())
    assert values.charger_for_control(charger, Live(70)).override_da == 70
    assert values.charger_for_control(charger, Live()).override_da == 0
    values.set(None, "current_main", 20)
    values.set("1", "mode", 1)
    assert values.site_for_control().current_main_da == 200
    assert values.charger_for_control(charger, Live()).mode is Mode.NORMAL


def test_mappings_given_out_never_change() -> None:
    values = Values(CONFIG, _stored())
    site, charger = values.site, values.charger("1")
    values.set(None, "current_main", 20)
    values.set("1", "current_max", 6)
    values.set("1", LOCK_HOLD, 1)
    assert (site["current_main"], charger["current_max"]) == (35, 20)
    assert (values.site["current_main"], values.charger("1")["current_max"]) == (20, 6)
    assert values.lock_hold("1")
    assert LOCK_HOLD not in values.charger("1")
    assert not values.lock_hold("2")


def test_a_stored_minimum_above_the_configured_maximum_never_raises_a_current() -> None:
    config = SiteConfig(chargers=(ChargerConfig("1", "a", settings={"current_max": 10}),))
    values = Values(config, _stored(c1__current_min=16))
    assert (values.charger("1")["current_min"], values.charger("1")["current_max"]) == (10, 10)
    assert values.unusable == [
        "charger 1: current_min of 16 A is above current_max of 10 A; the maximum is used for both"
    ]


def test_every_site_setting_reaches_control() -> None:
    values = Values(
        CONFIG, _stored(mains_headroom=2, grid_relay_limit=30, unbalance=20, rotation_time=5, switch_worth=7)
    )
    settings = values.site_for_control()
    assert (settings.headroom_da, settings.grid_relay_limit_da, settings.unbalance_da) == (20, 300, 200)
    assert (settings.rotation_min, settings.switch_worth_wh) == (5, 7)


def test_schedules_come_back_from_the_store() -> None:
    start, stop = datetime.fromisoformat("2026-05-01T23:30"), datetime.fromisoformat("2026-05-02T06:00")
    for schedule in (LocalSchedule(start), LocalSchedule(start, stop), LocalSchedule(start, stop, daily=True)):
        stored = Stored({}, {}, (), (), {"1": as_row("1", schedule)})
        values = Values(CONFIG, stored)
        assert values.unusable == []
        assert (values.schedule("1"), values.schedule("2")) == (schedule, None)
