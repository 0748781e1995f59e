"""mDNS: each board as `_http._tcp`, instance and host `SmartEVSE-<serial>`, for as long as the API listens.

Clients of the original look for the name and take the address; none of them reads TXT, and some ignore the port.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
from asyncio import sleep
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

import ifaddr
from zeroconf import Error, IPVersion, NonUniqueNameException
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from evse_tui.site.commands import SiteView
from evse_tui.site.snapshot import ChargerSnapshot

SERVICE_TYPE: Final = "_http._tcp.local."
LOOK_AGAIN_S: Final = 5.0
"""How often we look for boards that have said their number, and for changed addresses of this machine."""
CLOSE_PATIENCE_S: Final = 0.8
"""Saying good-bye takes a quarter of a second."""
_OF_CONTAINERS: Final = re.compile(r"docker\d*|br-[0-9a-f]{12}|veth.*|virbr.*|vnet.*|lo")
"""Interfaces that lead nowhere beyond this machine."""

logging.getLogger("zeroconf").addHandler(logging.NullHandler())
logging.getLogger("zeroconf").propagate = False  # what matters is told; stderr may be a terminal app's screen


def addresses_behind(host: str) -> tuple[str, ...]:
    """The addresses at which a server that listens on `host` is reached from the network."""
    wildcard = ipaddress.ip_address(host)
    if not wildcard.is_unspecified:
        return (host,)
    found = [
        ipaddress.ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
        for adapter in ifaddr.get_adapters()
        if not _OF_CONTAINERS.fullmatch(adapter.name)
        for ip in adapter.ips
    ]
    usable = {
        address
        for address in found
        if not address.is_loopback and not address.is_link_local and address.version <= wildcard.version
    }
    return tuple(str(address) for address in sorted(usable, key=lambda address: (address.version, int(address))))


def service_of(charger: ChargerSnapshot, addresses: Iterable[str], port: int) -> AsyncServiceInfo:
    """What is said of a charger."""
    name = f"SmartEVSE-{charger.serial}"
    return AsyncServiceInfo(
        SERVICE_TYPE,
        f"{name}.{SERVICE_TYPE}",
        port=port,
        properties={"path": "/", "serialnr": str(charger.serial), "id": charger.id},
        server=f"{name}.local.",
        parsed_addresses=list(addresses),
    )


class Announcer:
    """Announces the boards of a site until it is stopped. Trouble is told in one line each, and does not repeat."""

    def __init__(
        self,
        site: SiteView,
        host: str,
        port: int,
        tell: Callable[[str], None],
        addresses: Callable[[str], tuple[str, ...]] = addresses_behind,
    ) -> None:
        """`tell` takes a sentence for the event log."""
        self._site = site
        self._host = host
        self._port = port
        self._tell = tell
        self._find_addresses = addresses
        self._addresses: tuple[str, ...] = ()
        self._zeroconf: AsyncZeroconf | None = None
        self._done: set[int] = set()
        """Serial numbers that are announced, or can't be."""
        self._trouble = ""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to announce, in the background."""
        self._task = asyncio.create_task(self._run(), name="mDNS")

    async def stop(self) -> None:
        """Withdraws everything; takes less than a second, whatever the network does."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._withdraw()

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except (OSError, Error) as error:
                self._complain(f"the chargers are not announced by mDNS: {error}")
                await self._withdraw()
            await sleep(LOOK_AGAIN_S)

    async def look(self) -> None:
        """Announces what is not yet announced, and everything again at other addresses.

        Raises:
            OSError, zeroconf.Error: the network does not let us.
        """
        addresses = self._find_addresses(self._host)
        if addresses != self._addresses:
            await self._withdraw()
            self._addresses = addresses
        if not addresses:
            self._complain("the chargers are not announced by mDNS: this machine has no network")
            return
        if self._zeroconf is None:
            self._zeroconf = _open(addresses)
        for charger in self._site.snapshot.chargers:
            if charger.serial and charger.serial not in self._done:
                await self._announce(self._zeroconf, charger)
        self._trouble = ""

    async def _announce(self, zeroconf: AsyncZeroconf, charger: ChargerSnapshot) -> None:
        try:
            broadcast = await zeroconf.async_register_service(service_of(charger, self._addresses, self._port))
        except NonUniqueNameException:
            self._tell(
                f"charger {charger.id} is not announced by mDNS: "
                f"another device in this network is called SmartEVSE-{charger.serial}"
            )
        else:
            await broadcast
        self._done.add(charger.serial)

    async def _withdraw(self) -> None:
        zeroconf, self._zeroconf = self._zeroconf, None
        self._done.clear()
        self._addresses = ()
        if zeroconf is not None:
            with suppress(OSError, Error, TimeoutError):
                await asyncio.wait_for(zeroconf.async_close(), CLOSE_PATIENCE_S)

    def _complain(self, sentence: str) -> None:
        if sentence != self._trouble:
            self._trouble = sentence
            self._tell(sentence)


def _open(addresses: tuple[str, ...]) -> AsyncZeroconf:
    """Speaks IPv4 if there is any, as all known clients do."""
    fourth = [address for address in addresses if ":" not in address]
    if fourth:
        return AsyncZeroconf(interfaces=fourth, ip_version=IPVersion.V4Only)
    return AsyncZeroconf(interfaces=list(addresses), ip_version=IPVersion.V6Only)
