"""Where files live unless the user says otherwise; on Linux `XDG_CONFIG_HOME` and `XDG_DATA_HOME` are respected."""

from __future__ import annotations

from pathlib import Path

import platformdirs

APPLICATION = "evse-tui"


def default_config_path() -> Path:
    """The site file that is read when it exists and no other is named."""
    return platformdirs.user_config_path(APPLICATION, appauthor=False) / "site.toml"


def default_data_dir() -> Path:
    """The directory of the database."""
    return platformdirs.user_data_path(APPLICATION, appauthor=False)
