"""The time zone of the site: named in the configuration, else the system's."""

from __future__ import annotations

import os
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

_LOCALTIME = Path("/etc/localtime")


def zone_named(name: str) -> ZoneInfo:
    """A zone of the IANA database, such as `Europe/Amsterdam`.

    Raises:
        ValueError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:  # directories, odd characters, unknown names
        raise ValueError(f"there is no time zone {name!r}") from error


def system_zone() -> tzinfo:
    """What `TZ` or /etc/localtime say; UTC if they say nothing."""
    try:
        return zone_named(os.environ.get("TZ", "").removeprefix(":"))
    except ValueError:
        pass
    try:
        with _LOCALTIME.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return UTC
