"""From configuration to TOML text: the file that `config init` writes, and what `config show` prints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from evse_tui.config.load import PHASE_NAMES
from evse_tui.config.model import SiteConfig
from evse_tui.config.paths import default_data_dir
from evse_tui.settings import BY_NAME, SETTINGS, Scope, Setting


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(setting: Setting, value: int) -> str:
    return _quote(setting.choices[value - setting.lowest]) if setting.choices else str(value)


def _range(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(setting.choices)
    off = "" if setting.off is None or setting.lowest <= setting.off <= setting.highest else f"{setting.off} or "
    return f"{off}{setting.lowest} to {setting.highest}{' ' * bool(setting.unit)}{setting.unit}"


def _commented(scope: Scope) -> Iterable[str]:
    for setting in SETTINGS:
        if setting.scope is scope:
            yield f"# {setting.doc} ({_range(setting)})"
            yield f"# {setting.name} = {_value(setting, setting.default)}"


def template() -> str:
    """A commented site file that is valid as it stands."""
    site = "\n".join(_commented(Scope.SITE))
    charger = "\n".join(_commented(Scope.CHARGER))
    return f"""\
# The site of evse-tui. Lines that begin with # show the defaults.
# Check it with `evse-tui config check`, see what it amounts to with `evse-tui config show`.

name = "Home"

# Phases of the grid connection, 1 or 3.
phases = 3

# Of schedules, of days in the past, and of the times that windows show; without it the system's.
# timezone = "Europe/Amsterdam"

# The charger whose switch input is wired to the grid operator's contact. The input must be commissioned as `report`;
# an open contact limits the cars to `grid_relay_limit`, so that a cut wire limits too.
# grid_relay_from = "1"

# Where settings, events and energy are kept; a relative path starts at this file.
# data_dir = {_quote(str(default_data_dir()))}

# At an orderly end: true pauses the cars at once, false lets the leases run out, so that a restart is not noticed.
# stop_charging_on_exit = false

[listen]
# The API and the status page. Any address but 127.0.0.1 and ::1 opens them to the network and needs a token:
# `evse-tui token new`. What that protects and what not: docs/security.md.
host = "127.0.0.1"
port = 8080
# Further names under which clients reach this machine, for example of a reverse proxy.
# names = ["evse.example"]
# Old clients that can't send a token: the whole machine at each of these addresses may do everything.
# trusted_clients = ["192.168.1.20"]
# Ask clients on this machine for a token too. Set it when a reverse proxy runs on this machine.
# token_on_loopback = false

[api]
# Clients of the SmartEVSE API ask for one charger, without /evse/<id>: the id of the one they get; else the first.
# root_charger = "1"
# Power in kW and energies in kWh, as clients of old firmware expect.
# legacy_units = false

[meters]
# API: fed by POST /currents and POST /ev_meter. Disabled: not there.
mains = "API"
circuit = "API"
battery = "API"
pv = "API"

[settings]
# Values for the first start. What is changed at run time is kept in the database and wins.
{site}

[[charger]]
# Letters, digits, - and _. Without an id it is the charger's position: "1", "2", ..
# id = "1"
name = "Charger"
# A serial port, or socket://host:port for a board behind a serial server.
port = "/dev/ttyUSB0"
# The mains phase that this charger's L1 is wired to; L2 and L3 follow in order.
# rotation = "L1"
# The charger's own meter: API or Disabled.
# ev_meter = "API"
# Values for the first start, as above.
{charger}
"""


def _flag(value: bool) -> str:
    return str(value).lower()


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quote, texts))}]"


def _settings(values: Mapping[str, int]) -> Iterable[str]:
    for name, value in values.items():
        yield f"{name} = {_value(BY_NAME[name], value)}"


def render(config: SiteConfig) -> str:
    """The configuration as a site file: every key that is not a setting, and the settings that are given."""
    lines = [f"name = {_quote(config.name)}", f"phases = {config.phases}"]
    if config.timezone:
        lines.append(f"timezone = {_quote(config.timezone)}")
    if config.grid_relay_from is not None:
        lines.append(f"grid_relay_from = {_quote(config.grid_relay_from)}")
    if config.data_dir is not None:
        lines.append(f"data_dir = {_quote(str(config.data_dir))}")
    lines.append(f"stop_charging_on_exit = {_flag(config.stop_charging_on_exit)}")
    lines += ["", "[listen]", f"host = {_quote(config.listen.host)}", f"port = {config.listen.port}"]
    lines += [f"names = {_list(config.listen.names)}", f"trusted_clients = {_list(config.listen.trusted_clients)}"]
    lines.append(f"token_on_loopback = {_flag(config.listen.token_on_loopback)}")
    lines += ["", "[api]"]
    if config.api.root_charger:
        lines.append(f"root_charger = {_quote(config.api.root_charger)}")
    lines.append(f"legacy_units = {_flag(config.api.legacy_units)}")
    lines += ["", "[meters]"]
    lines += [f"{role} = {_quote(getattr(config.meters, role))}" for role in ("mains", "circuit", "battery", "pv")]
    if config.settings:
        lines += ["", "[settings]", *_settings(config.settings)]
    for charger in config.chargers:
        lines += [
            "",
            "[[charger]]",
            f"id = {_quote(charger.id)}",
            f"name = {_quote(charger.name)}",
            f"port = {_quote(charger.port)}",
            f"rotation = {_quote(PHASE_NAMES[charger.rotation])}",
            f"ev_meter = {_quote(charger.ev_meter)}",
            *_settings(charger.settings),
        ]
    return "\n".join(lines) + "\n"
