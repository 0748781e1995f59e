"""The time zone of the site: named in the configuration, else the system's."""

from __future__ import annotations

import os
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

_LOCALTIME = Path("/etc/localtime")
_TOLD = Path("/etc/timezone")


def zone_named(name: str) -> ZoneInfo:
    """A zone of the IANA database, such as `Europe/Amsterdam`.

    Raises:
        ValueError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:  # directories, odd characters, unknown names
        raise ValueError(f"there is no time zone {name!r}") from error


def zone_name(zone: tzinfo) -> str:
    """The zone's name in the IANA database; empty if it has none that is known."""
    if isinstance(zone, ZoneInfo):
        return zone.key or ""
    return "UTC" if zone is UTC else ""


def system_zone() -> tzinfo:
    """What `TZ` or /etc/localtime say, by name where it has one; UTC if they say nothing."""
    try:
        return zone_named(os.environ.get("TZ", "").removeprefix(":"))
    except ValueError:
        pass
    try:
        return zone_named(_linked(_LOCALTIME))
    except ValueError:
        pass
    try:
        with _LOCALTIME.open("rb") as file:
            return ZoneInfo.from_file(file, key=_same(_LOCALTIME))
    except (OSError, ValueError):
        return UTC


def _linked(path: Path) -> str:
    """The name of the database's file that `path` links to; empty if it is none of the database."""
    real = path.resolve()
    for folder in TZPATH:
        if path.is_symlink() and real.is_relative_to(Path(folder).resolve()):
            return real.relative_to(Path(folder).resolve()).as_posix()
    return ""


def _same(path: Path) -> str | None:
    """The name of a zone with the very rules of a copied file: the one of /etc/timezone if it is among them."""
    rules = path.read_bytes()
    told = _TOLD.read_text(errors="replace").strip() if _TOLD.is_file() else ""
    known = available_timezones()
    for name in (told, *sorted(known)):
        if name in known and any(_is(Path(folder, name), rules) for folder in TZPATH):
            return name
    return None


def _is(path: Path, rules: bytes) -> bool:
    return path.is_file() and path.read_bytes() == rules
