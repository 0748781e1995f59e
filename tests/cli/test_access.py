"""What the configuration and `--listen` together allow, and what every window then says."""

from __future__ import annotations

import argparse
from dataclasses import replace

import pytest

from evse_tui.api.tokens import Keyring
from evse_tui.cli.access import rules, with_listen_option
from evse_tui.clock import LoopClock
from evse_tui.config import Listen, SiteConfig
from evse_tui.site.site import Site
from evse_tui.store import Store

TRUSTING = SiteConfig(listen=Listen("192.0.2.1", 80, ("evse.example",), ("192.0.2.20",), token_on_loopback=True))


def test_option_replaces_host_and_port_only() -> None:
    assert with_listen_option(TRUSTING, argparse.Namespace()) == TRUSTING
    assert with_listen_option(TRUSTING, argparse.Namespace(listen=None)) == TRUSTING
    changed = with_listen_option(TRUSTING, argparse.Namespace(listen=("192.0.2.2", 81)))
    assert changed.listen == replace(TRUSTING.listen, host="192.0.2.2", port=81)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_nobody_is_said_to_be_trusted_where_nobody_can_come_from(host: str) -> None:
    changed = with_listen_option(TRUSTING, argparse.Namespace(listen=(host, 80)))
    assert changed.listen.trusted_clients == ()
    assert changed.listen.token_on_loopback


def test_rules_are_those_of_the_configuration() -> None:
    keyring = Keyring()
    security = rules(TRUSTING, keyring)
    assert security.names == {"evse.example"}
    assert security.trusted_clients == {"192.0.2.20"}
    assert security.token_on_loopback
    assert security.keyring is keyring


async def test_every_snapshot_says_who_is_trusted() -> None:
    site = Site(TRUSTING, await Store.open(None), LoopClock(), {})
    await site.start()
    assert "no token is asked of 192.0.2.20 (trusted_clients)" in site.snapshot.warnings
    await site.stop()
    site = Site(SiteConfig(), await Store.open(None), LoopClock(), {})
    await site.start()
    assert site.snapshot.warnings == ()
    await site.stop()
