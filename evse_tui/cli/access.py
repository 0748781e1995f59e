"""Taking the API's address, and the rules and tokens under which a site's API answers.

What deals with tokens is imported where it is needed: an address on loopback is taken before the first frame, and asks
for none.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from evse_tui.api.listen import Listener, ServerError, is_loopback, listen
from evse_tui.config import SiteConfig
from evse_tui.site.site import Site
from evse_tui.site.snapshot import Level

if TYPE_CHECKING:
    from evse_tui.api.security import Security
    from evse_tui.api.tokens import Keyring


def with_listen_option(config: SiteConfig, options: argparse.Namespace) -> SiteConfig:
    """The configuration with the address of `--listen`; what is without effect on loopback is left out."""
    host, port = getattr(options, "listen", None) or (config.listen.host, config.listen.port)
    effective = replace(config.listen, host=host, port=port)
    if is_loopback(host):
        effective = replace(effective, trusted_clients=())
    return replace(config, listen=effective)


def take_address(config: SiteConfig, *, next_free: bool) -> Listener:
    """Listens where the configuration says.

    Raises:
        UserError: the address can't be used, or nobody could be let in: no token, or no good file of them.
    """
    asked = config.listen
    if is_loopback(asked.host) and not asked.token_on_loopback:
        return listen(asked.host, asked.port, next_free=next_free)
    from evse_tui.api.tokens import read_tokens
    from evse_tui.cli.token import token_path

    tokens = read_tokens(token_path(config))
    if is_loopback(asked.host) and not tokens:
        raise ServerError("token_on_loopback asks everybody for a token: make one with `evse-tui token new`")
    return listen(asked.host, asked.port, next_free=next_free, has_token=bool(tokens))


def teller(site: Site) -> Callable[[str], None]:
    """Writes sentences into the site's event log."""

    def tell(sentence: str) -> None:
        site.log(None, Level.WARNING, sentence)
        site.touch()

    return tell


async def followed_tokens(config: SiteConfig, site: Site) -> Keyring:
    """The site's tokens, re-read whenever their file changes until the site stops; trouble goes into the event log."""
    from evse_tui.api.tokens import Keyring, follow_file, look_at_file
    from evse_tui.cli.token import token_path

    keyring, path, tell = Keyring(), token_path(config), teller(site)
    await look_at_file(keyring, path, tell)
    site.spawn(follow_file(keyring, path, tell), "tokens")  # should it ever fail, the host ends: revoking has to work
    return keyring


def rules(config: SiteConfig, keyring: Keyring) -> Security:
    """What the configuration allows."""
    from evse_tui.api.security import Security

    return Security(
        names=frozenset(config.listen.names),
        keyring=keyring,
        trusted_clients=frozenset(config.listen.trusted_clients),
        token_on_loopback=config.listen.token_on_loopback,
    )
