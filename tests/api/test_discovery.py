"""mDNS with the real library, on the loopback interface."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from zeroconf import IPVersion, Zeroconf
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from evse_tui.api import discovery
from evse_tui.api.discovery import SERVICE_TYPE, Announcer, addresses_behind, service_of
from tests.api.factory import RecordingSite, make_charger, make_snapshot

NAME = f"SmartEVSE-51446.{SERVICE_TYPE}"
LOOPBACK = ("127.0.0.1",)
PATIENCE_MS = 20_000
"""After which a question has failed; never waited out."""


class Listener:
    """Somebody else in the network, who keeps what is announced."""

    def __init__(self) -> None:
        self.zeroconf = AsyncZeroconf(interfaces=list(LOOPBACK), ip_version=IPVersion.V4Only)
        self.added: asyncio.Queue[str] = asyncio.Queue()
        self.removed: asyncio.Queue[str] = asyncio.Queue()

    def add_service(self, _zeroconf: Zeroconf, _type: str, name: str) -> None:
        self.added.put_nowait(name)

    def remove_service(self, _zeroconf: Zeroconf, _type: str, name: str) -> None:
        self.removed.put_nowait(name)

    def update_service(self, _zeroconf: Zeroconf, _type: str, name: str) -> None:
        """Is no news here."""


@pytest_asyncio.fixture
async def listener() -> AsyncIterator[Listener]:
    """A browser for `_http._tcp`."""
    listener = Listener()
    await listener.zeroconf.async_add_service_listener(SERVICE_TYPE, listener)  # type: ignore[arg-type]  # as documented
    yield listener
    await listener.zeroconf.async_close()


def announcer(site: RecordingSite, told: list[str], addresses: tuple[str, ...] = LOOPBACK) -> Announcer:
    return Announcer(site, "0.0.0.0", 8080, told.append, lambda _: addresses)  # noqa: S104  # opens no socket


def test_service_is_what_clients_of_the_original_look_for() -> None:
    info = service_of(make_charger(id="carport"), ["192.0.2.5", "2001:db8::5"], 80)
    assert info.type == "_http._tcp.local."
    assert info.name == "SmartEVSE-51446._http._tcp.local."
    assert info.server == "SmartEVSE-51446.local."
    assert info.port == 80
    assert info.parsed_addresses() == ["192.0.2.5", "2001:db8::5"]
    assert info.decoded_properties == {"path": "/", "serialnr": "51446", "id": "carport"}


async def test_board_is_announced_when_its_number_is_known_and_withdrawn_at_the_end(listener: Listener) -> None:
    site = RecordingSite(make_snapshot(make_charger(serial=0)))
    told: list[str] = []
    announced = announcer(site, told)
    await announced.look()
    site.snapshot = make_snapshot(make_charger())
    await announced.look()
    await announced.look()
    assert await asyncio.wait_for(listener.added.get(), PATIENCE_MS / 1000) == NAME
    info = await listener.zeroconf.async_get_service_info(SERVICE_TYPE, NAME, PATIENCE_MS)
    assert info is not None
    assert (info.server, info.port) == ("SmartEVSE-51446.local.", 8080)
    assert info.parsed_addresses() == list(LOOPBACK)
    await announced.stop()
    assert await asyncio.wait_for(listener.removed.get(), PATIENCE_MS / 1000) == NAME
    assert listener.added.empty()
    assert told == []


async def test_conflict_is_told_once(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real device of that number keeps its name."""
    real = AsyncZeroconf(interfaces=list(LOOPBACK), ip_version=IPVersion.V4Only)
    site, told = RecordingSite(), list[str]()
    announced = announcer(site, told)
    opened = discovery._open(LOOPBACK)  # it listens before the other one speaks, as a host in a network does
    monkeypatch.setattr(discovery, "_open", lambda _: opened)
    await opened.async_add_service_listener(SERVICE_TYPE, listener)  # type: ignore[arg-type]  # as documented
    theirs = AsyncServiceInfo(
        SERVICE_TYPE, NAME, port=80, server="SmartEVSE-51446.local.", parsed_addresses=["127.0.0.1"]
    )
    await (await real.async_register_service(theirs))
    await asyncio.wait_for(listener.added.get(), PATIENCE_MS / 1000)
    await asyncio.wait_for(listener.added.get(), PATIENCE_MS / 1000)
    for _ in range(3):
        await announced.look()
    assert told == ["charger 1 is not announced by mDNS: another device in this network is called SmartEVSE-51446"]
    await announced.stop()
    await real.async_close()


async def run_a_while(announced: Announcer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty looks of the background task."""
    looks = 0
    enough = asyncio.Event()

    async def sleep(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 20:
            enough.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(discovery, "sleep", sleep)
    announced.start()
    await asyncio.wait_for(enough.wait(), PATIENCE_MS / 1000)
    await announced.stop()


async def test_no_network_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    await run_a_while(announcer(RecordingSite(), told, ()), monkeypatch)
    assert told == ["the chargers are not announced by mDNS: this machine has no network"]


async def test_network_that_refuses_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: tuple[str, ...]) -> AsyncZeroconf:
        raise OSError(19, "No such device")

    monkeypatch.setattr(discovery, "_open", refuse)
    told: list[str] = []
    await run_a_while(announcer(RecordingSite(), told), monkeypatch)
    assert told == ["the chargers are not announced by mDNS: [Errno 19] No such device"]


async def test_new_address_is_announced(listener: Listener) -> None:
    site = RecordingSite()
    addresses: list[tuple[str, ...]] = [LOOPBACK]
    announced = Announcer(site, "::", 8080, list[str]().append, lambda _: addresses[-1])
    await announced.look()
    await asyncio.wait_for(listener.added.get(), PATIENCE_MS / 1000)
    addresses.append(("127.0.0.1", "2001:db8::5"))
    await announced.look()
    assert await asyncio.wait_for(listener.removed.get(), PATIENCE_MS / 1000) == NAME
    assert await asyncio.wait_for(listener.added.get(), PATIENCE_MS / 1000) == NAME
    info = await listener.zeroconf.async_get_service_info(SERVICE_TYPE, NAME, PATIENCE_MS)
    assert info is not None
    assert info.parsed_addresses() == ["127.0.0.1", "2001:db8::5"]
    await announced.stop()


def test_addresses_of_one_host_and_of_every_one() -> None:
    assert addresses_behind("192.0.2.9") == ("192.0.2.9",)
    for wildcard in ("0.0.0.0", "::"):  # noqa: S104  # opens no socket
        found = addresses_behind(wildcard)
        assert not any(address.startswith(("127.", "fe80:")) or address == "::1" for address in found)
        assert wildcard == "::" or not any(":" in address for address in found)
