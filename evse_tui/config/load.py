"""From TOML text to `SiteConfig`, or one sentence that says where and what is wrong."""

from __future__ import annotations

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from evse_tui.config.errors import ConfigError
from evse_tui.config.lines import KeyPath, line_of
from evse_tui.config.model import METER_KINDS, ChargerConfig, Compatibility, Listen, Meters, SiteConfig
from evse_tui.config.zone import zone_named
from evse_tui.settings import BY_NAME, SETTINGS, Scope, Setting, contradiction

PHASE_NAMES: Final = ("L1", "L2", "L3")
_METER_ROLES: Final = ("mains", "circuit", "battery", "pv")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_HOST_NAME: Final = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*")
_LARGEST_FILE: Final = 1 << 20
_POSITION: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def load_config(path: Path) -> SiteConfig:
    """Reads and validates the site file.

    Raises:
        ConfigError: it can't be read, or something in it is wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file; `evse-tui config init` makes one") from None
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    if len(content) > _LARGEST_FILE:
        raise ConfigError(f"{path}: longer than 1 MiB, that is no site file")
    try:
        text = content.decode("utf-8-sig")  # some editors begin a file with a byte order mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path.name}, line {line}: not UTF-8 text") from error
    return parse_config(text, path.name, path.parent)


def parse_config(text: str, name: str = "site.toml", directory: Path | None = None) -> SiteConfig:
    """Validates the text of a site file; `name` goes into errors, a relative `data_dir` starts at `directory`.

    Raises:
        ConfigError: the first thing that is wrong.
    """
    text = text.replace("\r\n", "\n")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_syntax_error(str(error), text, name)) from error
    except ValueError as error:
        raise ConfigError(_number_error(text, name)) from error
    except RecursionError as error:
        raise ConfigError(f"{name}: nested too deeply") from error
    return _site(_Table(document, (), text, name), directory)


def _syntax_error(message: str, text: str, name: str) -> str:
    match = _POSITION.search(message)
    if match is None:
        return f"{name}: {message}"
    line = match[1] or max(1, len(text.splitlines()))
    return f"{name}, line {line}: {message[: match.start()]}"


def _number_error(text: str, name: str) -> str:
    """Python refuses to convert integers of more than 4300 digits; tomllib passes that on without a place."""
    match = re.search(r"[0-9_]{4300}", text)
    line = 1 if match is None else text.count("\n", 0, match.start()) + 1
    return f"{name}, line {line}: a number with thousands of digits"


class _Table:
    """One table of the document, with its place; every complaint carries it."""

    def __init__(self, values: Mapping[str, Any], path: KeyPath, text: str, name: str) -> None:
        self._values = values
        self._path = path
        self._text = text
        self._name = name

    def error(self, key: str | None, complaint: str) -> ConfigError:
        path = self._path if key is None else (*self._path, key)
        line = line_of(self._text, path) if path else 1
        return ConfigError(f"{self._name}, line {line or 1}: {_spell(path)}: {complaint}")

    def only(self, known: Iterable[str]) -> None:
        """Refuses keys that nobody reads, with the nearest known one."""
        names = list(known)
        for key in self._values:
            if key in BY_NAME and key not in names:
                home = "[settings]" if BY_NAME[key].scope is Scope.SITE else "[[charger]]"
                raise self.error(key, f"belongs into {home}")
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1)
                hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(names)}"
                raise self.error(key, f"unknown key; {hint}")

    def has(self, key: str) -> bool:
        return key in self._values

    def table(self, key: str) -> _Table:
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table, `[{key}]`")
        return self._inner(value, key)

    def tables(self, key: str) -> list[_Table]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, f"must be a list of tables, `[[{key}]]`")
        return [self._inner(item, key, position) for position, item in enumerate(value)]

    def _inner(self, values: Mapping[str, Any], *steps: str | int) -> _Table:
        return _Table(values, (*self._path, *steps), self._text, self._name)

    def text(self, key: str, default: str | None = None, longest: int = 200) -> str:
        """A text without control characters; required if there is no default."""
        if key not in self._values and default is None:
            raise self.error(None, f"`{key}` is missing")
        value = self._values.get(key, default)
        if not isinstance(value, str):
            raise self.error(key, f"{_say(value)} is not a text in quotes")
        if not value and default is None:
            raise self.error(key, "must not be empty")
        if len(value) > longest or not value.isprintable():
            raise self.error(key, f"must be at most {longest} printable characters")
        return value

    def integer(self, key: str, lowest: int, highest: int, default: int, unit: str = "") -> int:
        value = self._values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, f"{_say(value)} is not a whole number")
        if not lowest <= value <= highest:
            raise self.error(key, f"{_say(value)} is not within {lowest} to {highest}{' ' * bool(unit)}{unit}")
        return value

    def flag(self, key: str) -> bool:
        """True or false; false without the key."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, f"{_say(value)} is not true or false")
        return value

    def texts(self, key: str, check: Callable[[str], str], wanted: str, most: int = 32) -> tuple[str, ...]:
        """A list of texts, each as `check` returns it; a ValueError of `check` means that it is not `wanted`."""
        values = self._values.get(key, [])
        if not isinstance(values, list) or len(values) > most:
            raise self.error(key, f"must be a list of at most {most} texts")
        checked: dict[str, None] = {}
        for value in values:
            try:
                checked[check(value if isinstance(value, str) else "")] = None
            except ValueError:
                raise self.error(key, f"{_say(value)} is not {wanted}") from None
        return tuple(checked)

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> int:
        """The position of one of `choices`, case ignored."""
        value = self._values.get(key, default)
        if not isinstance(value, str) or value.casefold() not in (choice.casefold() for choice in choices):
            raise self.error(key, f"{_say(value)} is not one of {', '.join(choices)}")
        return [choice.casefold() for choice in choices].index(value.casefold())

    def setting(self, setting: Setting) -> int:
        """A value of the settings table: by its name where it has names, else as a number."""
        value = self._values.get(setting.name, setting.default)
        if setting.choices and isinstance(value, str):
            return setting.lowest + self.choice(setting.name, setting.choices, "")
        if value == setting.off and isinstance(value, int) and not isinstance(value, bool):
            return value
        return self.integer(setting.name, setting.lowest, setting.highest, setting.default, setting.unit)

    def settings(self, scope: Scope) -> Mapping[str, int]:
        """The settings of this scope that the table names."""
        return MappingProxyType(
            {
                setting.name: self.setting(setting)
                for setting in SETTINGS
                if setting.scope is scope and self.has(setting.name)
            }
        )


def _spell(path: KeyPath) -> str:
    """`charger[1].port`; positions count from 1, as the chargers' ids do."""
    spelt = ""
    for step in path:
        spelt += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if spelt else step
    return spelt


def _say(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value) if isinstance(value, int | float | str) else f"a {type(value).__name__}"
    return text if len(text) <= 40 else f"{text[:37]}..."


def _names_of(scope: Scope) -> tuple[str, ...]:
    return tuple(setting.name for setting in SETTINGS if setting.scope is scope)


def _site(root: _Table, directory: Path | None) -> SiteConfig:
    root.only(
        (
            "name",
            "phases",
            "timezone",
            "grid_relay_from",
            "data_dir",
            "stop_charging_on_exit",
            "listen",
            "api",
            "meters",
            "settings",
            "charger",
        )
    )
    phases = root.integer("phases", 1, 3, 3)
    if phases == 2:
        raise root.error("phases", "2 is not 1 or 3")
    chargers = _chargers(root.tables("charger"))
    settings = root.table("settings")
    settings.only(_names_of(Scope.SITE))
    return SiteConfig(
        name=root.text("name", "Home", longest=60),
        phases=phases,
        timezone=_timezone(root),
        grid_relay_from=_grid_relay_from(root, chargers),
        listen=_listen(root.table("listen")),
        api=_api(root.table("api"), chargers),
        meters=_meters(root.table("meters")),
        settings=settings.settings(Scope.SITE),
        chargers=chargers,
        data_dir=_data_dir(root, directory),
        stop_charging_on_exit=root.flag("stop_charging_on_exit"),
    )


def _timezone(root: _Table) -> str:
    name = root.text("timezone", "", longest=64)
    if name:
        try:
            zone_named(name)
        except ValueError:
            raise root.error("timezone", f"{_say(name)} is not a time zone such as Europe/Amsterdam") from None
    return name


def _grid_relay_from(root: _Table, chargers: tuple[ChargerConfig, ...]) -> str | None:
    if not root.has("grid_relay_from"):
        return None
    charger_id = root.text("grid_relay_from", longest=32)
    if charger_id not in [charger.id for charger in chargers]:
        raise root.error("grid_relay_from", f"there is no charger with the id {_say(charger_id)}")
    return charger_id


def _data_dir(root: _Table, directory: Path | None) -> Path | None:
    if not root.has("data_dir"):
        return None
    try:
        path = Path(root.text("data_dir", longest=1000)).expanduser()
    except RuntimeError as error:
        raise root.error("data_dir", "there is no such home directory") from error
    return path if directory is None else directory / path


def _listen(table: _Table) -> Listen:
    table.only(("host", "port", "names", "trusted_clients", "token_on_loopback"))
    host = table.text("host", Listen().host)
    try:
        host = host if host == "localhost" else _address(host)
    except ValueError:
        raise table.error("host", f"{_say(host)} is not an IP address") from None
    return Listen(
        host=host,
        port=table.integer("port", 0, 65535, Listen().port),
        names=table.texts("names", _host_name, "a host name without port"),
        trusted_clients=table.texts("trusted_clients", _client_address, "the address of one machine"),
        token_on_loopback=table.flag("token_on_loopback"),
    )


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


def _client_address(text: str) -> str:
    address = ipaddress.ip_address(text)
    if address.is_unspecified or address.is_multicast:
        raise ValueError(text)
    return str(getattr(address, "ipv4_mapped", None) or address)


def _host_name(text: str) -> str:
    if not _HOST_NAME.fullmatch(text):
        raise ValueError(text)
    return text.lower()


def _api(table: _Table, chargers: tuple[ChargerConfig, ...]) -> Compatibility:
    table.only(("root_charger", "legacy_units"))
    root_charger = table.text("root_charger", "", longest=32)
    if root_charger and root_charger not in [charger.id for charger in chargers]:
        raise table.error("root_charger", f"there is no charger with the id {_say(root_charger)}")
    return Compatibility(root_charger, table.flag("legacy_units"))


def _meters(table: _Table) -> Meters:
    table.only(_METER_ROLES)
    kinds = {role: METER_KINDS[table.choice(role, METER_KINDS, getattr(Meters(), role))] for role in _METER_ROLES}
    return Meters(**kinds)


def _chargers(tables: list[_Table]) -> tuple[ChargerConfig, ...]:
    chargers: list[ChargerConfig] = []
    for position, table in enumerate(tables):
        charger = _charger(table, str(position + 1))
        for earlier, other in enumerate(chargers, start=1):
            if other.id == charger.id:
                key = "id" if table.has("id") else None
                raise table.error(key, f"charger[{earlier}] has the id {charger.id!r} already")
            if other.port == charger.port:
                raise table.error("port", f"charger[{earlier}] uses {charger.port} already")
        chargers.append(charger)
    return tuple(chargers)


def _charger(table: _Table, default_id: str) -> ChargerConfig:
    table.only(("id", "name", "port", "rotation", "ev_meter", *_names_of(Scope.CHARGER)))
    charger_id = table.text("id", default_id, longest=32)
    if not _ID.fullmatch(charger_id):
        raise table.error("id", f"{_say(charger_id)} is not made of letters, digits, - and _")
    settings = table.settings(Scope.CHARGER)
    if complaint := contradiction(
        {name: settings.get(name, BY_NAME[name].default) for name in _names_of(Scope.CHARGER)}
    ):
        raise table.error("current_min" if table.has("current_min") else "current_max", complaint)
    return ChargerConfig(
        id=charger_id,
        port=table.text("port", longest=1000),
        name=table.text("name", "", longest=60),
        rotation=table.choice("rotation", PHASE_NAMES, "L1"),
        ev_meter=METER_KINDS[table.choice("ev_meter", METER_KINDS, METER_KINDS[0])],
        settings=settings,
    )
