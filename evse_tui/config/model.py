"""The configuration as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Final

from evse_tui.config.zone import system_zone, zone_named

API: Final = "API"
DISABLED: Final = "Disabled"
METER_KINDS: Final = (API, DISABLED)
"""SmartEVSE names of the meters that this version reads."""


def _no_settings() -> Mapping[str, int]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the API listens."""

    host: str = "127.0.0.1"
    port: int = 8080
    names: tuple[str, ...] = ()
    """Further host names, in lower case and without port, under which clients reach us."""
    trusted_clients: tuple[str, ...] = ()
    """Addresses whose requests need no token, in their canonical spelling."""
    token_on_loopback: bool = False
    """Clients on this machine need a token too."""


@dataclass(frozen=True, slots=True)
class Compatibility:
    """How the site looks to clients of the SmartEVSE API."""

    root_charger: str = ""
    """Id of the charger that answers without `/evse/{id}`; empty is the first."""
    legacy_units: bool = False
    """Power in kW and energies in kWh, as clients of old firmware expect."""


@dataclass(frozen=True, slots=True)
class Meters:
    """Kind of each of the site's meters: `API` is fed by POST, `Disabled` is not there."""

    mains: str = API
    circuit: str = API
    battery: str = API
    pv: str = API


@dataclass(frozen=True, slots=True)
class ChargerConfig:
    """One charger."""

    id: str
    port: str
    """Anything pyserial opens, `socket://host:port` included."""
    name: str = ""
    rotation: int = 0
    """Index of the mains phase that this charger's L1 is wired to; L2 and L3 follow in order."""
    ev_meter: str = API
    settings: Mapping[str, int] = field(default_factory=_no_settings)
    """Initial values of settings with scope `charger`; what was set at run time wins."""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or f"Charger {self.id}"


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """The whole site."""

    name: str = "Home"
    phases: int = 3
    """Phases of the grid connection, 1 or 3."""
    listen: Listen = Listen()
    api: Compatibility = Compatibility()
    meters: Meters = Meters()
    settings: Mapping[str, int] = field(default_factory=_no_settings)
    """Initial values of settings with scope `site`; what was set at run time wins."""
    chargers: tuple[ChargerConfig, ...] = ()
    data_dir: Path | None = None
    """None is the user's data directory."""
    timezone: str = ""
    """Of schedules, days and the times that windows show, a name of the IANA database; empty is the system's."""
    grid_relay_from: str | None = None
    """Charger whose switch input is wired to the grid operator's contact."""
    stop_charging_on_exit: bool = False
    """An orderly end pauses the cars at once; else the leases run out and the boards fall back."""

    @property
    def zone(self) -> tzinfo:
        """Of local times: the configured one, else the system's."""
        return zone_named(self.timezone) if self.timezone else system_zone()

    def with_boards(self, ports: Sequence[str]) -> SiteConfig:
        """The same site on other ports: the charger at a position keeps its identity and settings."""
        chargers = []
        for position, port in enumerate(ports):
            if position < len(self.chargers):
                chargers.append(replace(self.chargers[position], port=port))
            else:
                chargers.append(ChargerConfig(id=_free_id(position, {charger.id for charger in chargers}), port=port))
        return replace(self, chargers=tuple(chargers))


def _free_id(position: int, taken: set[str]) -> str:
    number = position + 1
    while str(number) in taken:
        number += 1
    return str(number)


def default_config(boards: Sequence[str] = ()) -> SiteConfig:
    """The site without a file: meters fed by POST, default settings, one charger per port, ids "1", "2", .."""
    return SiteConfig().with_boards(boards)
