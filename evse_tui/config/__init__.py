"""The site's configuration: one TOML file, read once, validated whole, frozen."""

from evse_tui.config.errors import ConfigError
from evse_tui.config.load import load_config, parse_config
from evse_tui.config.model import (
    API,
    DISABLED,
    ChargerConfig,
    Compatibility,
    Listen,
    Meters,
    SiteConfig,
    default_config,
)
from evse_tui.config.paths import default_config_path, default_data_dir
from evse_tui.config.text import render, template
from evse_tui.config.zone import system_zone, zone_name, zone_named

__all__ = [
    "API",
    "DISABLED",
    "ChargerConfig",
    "Compatibility",
    "ConfigError",
    "Listen",
    "Meters",
    "SiteConfig",
    "default_config",
    "default_config_path",
    "default_data_dir",
    "load_config",
    "parse_config",
    "render",
    "system_zone",
    "template",
    "zone_name",
    "zone_named",
]
