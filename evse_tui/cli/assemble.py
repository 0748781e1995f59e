"""Puts clock, store, boards, site and API together, and takes them apart again in the right order.

The API's address is taken here, at once; its server is started by `serve_api`, which the terminal app calls after its
first frame: importing the web framework takes a third of a second.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from evse_tui.api.listen import Listener, is_loopback
from evse_tui.board.ports import Opener, SerialOpener
from evse_tui.board.recording import Recorder, Wires
from evse_tui.board.recording_file import Link
from evse_tui.board.wiretap import TappedOpener, Wiretap
from evse_tui.cli.access import followed_tokens, rules, take_address, teller, with_listen_option
from evse_tui.cli.config import configuration
from evse_tui.clock import Clock, SystemClock
from evse_tui.config import ChargerConfig, SiteConfig, default_config, default_data_dir
from evse_tui.site.site import Site
from evse_tui.store import Store

if TYPE_CHECKING:
    from evse_tui.api.discovery import Announcer
    from evse_tui.sim.demo import DemoParameters

DEMO_INITIAL = {"mode": 3, "enable_c2": 4, "current_max": 16}
"""The demo's cars charge at once: Smart, phases chosen by the host."""
DEMO_SITE = {"current_max_circuit": 25}


@dataclass(frozen=True)
class Running:
    """A running site and the address of its API."""

    config: SiteConfig
    site: Site
    clock: Clock
    listener: Listener
    past: Callable[[], Coroutine[Any, Any, None]] | None = None
    """Brings a simulated site its past; it is called with the API, after the first frame of a terminal."""
    wires: Wires | None = None
    """The links of its boards, to look at and to record."""


@asynccontextmanager
async def real_site(options: argparse.Namespace) -> AsyncIterator[Running]:
    """The configured site, or the boards named, with state in the user's data directory.

    Raises:
        UserError: configuration, database or address can't be used.
    """
    config = with_listen_option(configuration(options), options)
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        store = await Store.open(config.data_dir or default_data_dir())
        stack.push_async_callback(store.close)
        serial = {charger.id: SerialOpener(charger.port) for charger in config.chargers}
        taps, openers = tapped(config, clock, serial)
        listener = take_address(config, next_free=False)
        stack.callback(listener.close)
        site = Site(config, store, clock, openers)
        wires = Wires(clock, taps, partial(_write_besides, site))
        stack.push_async_callback(wires.close)  # after the site's end, which is recorded too
        stack.push_async_callback(site.stop)
        if options.capture is not None:
            await wires.start(options.capture)
        await site.start()
        yield Running(config, site, clock, listener, wires=wires)


@asynccontextmanager
async def demo_site(options: argparse.Namespace, *, next_free: bool) -> AsyncIterator[Running]:
    """A simulated site that forgets everything at its end.

    Raises:
        UserError: no compiler for the simulated board, or the address can't be used.
    """
    from evse_tui.sim.demo import DemoParameters, DemoWorld

    clock = SystemClock(options.speed)
    world = DemoWorld(clock, DemoParameters(boards=options.boards, seed=options.seed))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(world.stop)
        config = replace(
            default_config(),
            name="Demo",
            settings=DEMO_SITE,
            chargers=tuple(
                ChargerConfig(name, opener.port, rotation=world.rotation(name), settings=DEMO_INITIAL)
                for name, opener in world.openers.items()
            ),
        )
        config = with_listen_option(config, options)
        listener = take_address(config, next_free=next_free)
        stack.callback(listener.close)
        store = await Store.open(None)
        taps, openers = tapped(config, clock, world.openers)
        site = Site(config, store, clock, openers, demo=True)
        wires = Wires(clock, taps, partial(_write_besides, site))
        stack.push_async_callback(wires.close)  # after the site's end, which is recorded too
        stack.push_async_callback(site.stop)
        if options.capture is not None:
            await wires.start(options.capture)
        await site.start()
        world.start(site)
        past = partial(_remember_past, store, world.parameters, config, clock.wall_s())
        yield Running(config, site, clock, listener, past, wires)


def tapped(
    config: SiteConfig, clock: Clock, openers: Mapping[str, Opener]
) -> tuple[dict[str, tuple[Link, Wiretap]], dict[str, Opener]]:
    """A wiretap for each link, by charger id, and openers that go through them."""
    taps = {charger.id: (Link(charger.port, charger.id, charger.name), Wiretap(clock)) for charger in config.chargers}
    return taps, {name: TappedOpener(opener, taps[name][1]) for name, opener in openers.items()}


async def _remember_past(store: Store, parameters: DemoParameters, config: SiteConfig, until_s: float) -> None:
    from evse_tui.cli.demo_past import demo_plant, remember_past  # after the first frame

    await remember_past(store, demo_plant(parameters, config), until_s, config.zone)


async def _write_besides(site: Site, recorder: Recorder) -> None:
    from evse_tui.replay.besides import write_besides  # only a capture needs it

    await write_besides(site, recorder)


@asynccontextmanager
async def serve_api(running: Running) -> AsyncIterator[None]:
    """Answers on the site's address while the block runs."""
    app, server = await asyncio.to_thread(_web_modules)
    config = running.config
    security = rules(config, await followed_tokens(config, running.site))
    api = app.make_app(running.site, clock=running.clock, security=security, compatibility=config.api, zone=config.zone)
    serving = await server.start_server(api, running.listener)
    announcer = await _announcer(running)
    past = None if running.past is None else asyncio.create_task(running.past(), name="simulated past")
    try:
        yield
    finally:
        await asyncio.gather(serving.stop(), *([announcer.stop()] if announcer else []))
        if past is not None:
            past.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await past


async def _announcer(running: Running) -> Announcer | None:
    """Announces the boards in the network, if the network can reach the API."""
    if is_loopback(running.listener.host):
        return None
    module = await asyncio.to_thread(importlib.import_module, "evse_tui.api.discovery")
    announcer: Announcer = module.Announcer(
        running.site, running.listener.host, running.listener.port, teller(running.site)
    )
    announcer.start()
    return announcer


def _web_modules() -> tuple[ModuleType, ModuleType]:
    return importlib.import_module("evse_tui.api.app"), importlib.import_module("evse_tui.api.server")
