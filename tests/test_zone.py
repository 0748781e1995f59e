"""The zone of the host's local times has a name where one can be found."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import TZPATH

import pytest

from evse_tui.config import system_zone, zone_name, zone_named
from evse_tui.config import zone as rooms

DATABASE = next(Path(folder) for folder in TZPATH if Path(folder, "Europe/Lisbon").is_file())
SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def localtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for /etc/localtime; there is no TZ and no /etc/timezone."""
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(rooms, "_LOCALTIME", tmp_path / "localtime")
    monkeypatch.setattr(rooms, "_TOLD", tmp_path / "timezone")
    return tmp_path / "localtime"


def test_the_environment_names_the_zone(localtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    localtime.symlink_to(DATABASE / "Europe/Lisbon")
    monkeypatch.setitem(os.environ, "TZ", ":Asia/Kathmandu")
    assert zone_name(system_zone()) == "Asia/Kathmandu"


def test_a_link_names_the_zone(localtime: Path) -> None:
    localtime.symlink_to(DATABASE / "Europe/Lisbon")
    zone = system_zone()
    assert zone_name(zone) in {"Europe/Lisbon", "Portugal"}  # one of them may itself be a link
    assert SUMMER.astimezone(zone).hour == 13


def test_a_copy_is_known_by_its_rules(localtime: Path) -> None:
    localtime.write_bytes((DATABASE / "Asia/Kathmandu").read_bytes())
    assert zone_name(system_zone()) in {"Asia/Kathmandu", "Asia/Katmandu"}


def test_of_zones_with_the_same_rules_the_named_one_counts(localtime: Path) -> None:
    localtime.write_bytes((DATABASE / "Asia/Katmandu").read_bytes())
    localtime.with_name("timezone").write_text("Asia/Katmandu\n")
    assert zone_name(system_zone()) == "Asia/Katmandu"


def test_a_name_for_other_rules_is_not_believed(localtime: Path) -> None:
    localtime.write_bytes((DATABASE / "Asia/Kathmandu").read_bytes())
    localtime.with_name("timezone").write_text("Europe/Lisbon\n")
    assert zone_name(system_zone()) == "Asia/Kathmandu"


def test_without_anything_it_is_utc(localtime: Path) -> None:
    assert not localtime.exists()
    assert zone_name(system_zone()) == "UTC"


def test_rules_of_nobody_hold_without_a_name(localtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    localtime.write_bytes((DATABASE / "Asia/Kathmandu").read_bytes())
    monkeypatch.setattr(rooms, "available_timezones", set)
    zone = system_zone()
    assert zone_name(zone) == ""
    assert SUMMER.astimezone(zone).strftime("%H:%M") == "17:45"


def test_names() -> None:
    assert zone_name(zone_named("Europe/Amsterdam")) == "Europe/Amsterdam"
    assert zone_name(timezone(timedelta(hours=3))) == ""
