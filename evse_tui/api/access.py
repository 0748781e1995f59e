"""Who is asking: somebody on this machine, a trusted address, or the holder of a token or of a login session.

The network address that counts is that of the connection. What a proxy writes into a header can be written by anybody,
so it never helps; but a request that carries such a header has come through a proxy and is not from this machine.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from aiohttp import hdrs, web

from evse_tui.api.attempts import Attempts
from evse_tui.api.sessions import Sessions
from evse_tui.api.tokens import LONGEST_SECRET, Keyring, Token

COOKIE: Final = "evse_tui_session"
CHALLENGE: Final = 'Bearer realm="evse-tui"'
FORWARDED: Final = (hdrs.FORWARDED, hdrs.X_FORWARDED_FOR, "X-Real-IP", hdrs.VIA)
"""A proxy adds at least one of these, unless somebody has told it not to."""
READING: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})


class Access:
    """Decides for each request whether it is let in."""

    def __init__(
        self,
        keyring: Keyring | None = None,
        *,
        trusted_clients: frozenset[str] = frozenset(),
        token_on_loopback: bool = False,
    ) -> None:
        """`trusted_clients`: addresses in canonical spelling that need no token."""
        self.keyring = Keyring() if keyring is None else keyring  # an empty one is one too
        self.sessions = Sessions()
        self._attempts = Attempts()
        self._trusted = trusted_clients
        self._token_on_loopback = token_on_loopback
        self._served: dict[asyncio.Task[Any] | None, Token] = {}
        self.keyring.on_change(self._cut_revoked)

    def needs_token(self, request: web.Request) -> bool:
        """Whether this request is let in only with a token."""
        if any(header in request.headers for header in FORWARDED):
            return True
        peer = peer_address(request)
        if peer in self._trusted:
            return bool(self.keyring.trouble)
        return self._token_on_loopback or not _is_loopback(peer)

    def is_stranger(self, request: web.Request) -> bool:
        """Whether this request needs a token and shows neither one nor a session that holds."""
        return self.needs_token(request) and hdrs.AUTHORIZATION not in request.headers and self.session(request) is None

    def admit(self, request: web.Request) -> Token | None:
        """The token by which this request is let in; None if it needs none.

        Raises:
            HTTPUnauthorized, HTTPTooManyRequests: no token, or a wrong one.
            HTTPForbidden: a browser that does not say which page its request comes from wants to change something.
            HTTPServiceUnavailable: the tokens can't be read, so nobody is let in by one.
        """
        if not self.needs_token(request):
            return None
        if self.keyring.trouble:
            raise web.HTTPServiceUnavailable(
                text="The server can't trust its file of tokens now, so it answers only on its own machine."
            )
        shown = request.headers.getall(hdrs.AUTHORIZATION, [])
        if shown:
            return self.check(request, _bearer(shown))
        token = self.session(request)
        if token is None:
            raise web.HTTPUnauthorized(
                text="This needs a token: send it as Authorization: Bearer, or open /login in a browser.",
                headers={hdrs.WWW_AUTHENTICATE: CHALLENGE},
            )
        if request.method not in READING and hdrs.ORIGIN not in request.headers:
            raise web.HTTPForbidden(text="A request with a session cookie must say its Origin.")
        return token

    def check(self, request: web.Request, secret: str) -> Token:
        """The token with this secret.

        A right one always passes, however many wrong ones its address has shown: else whoever shares an address with
        others (behind a router or a proxy) could lock them out. Guessing is hopeless by the length of a token alone.

        Raises:
            HTTPUnauthorized, HTTPTooManyRequests: there is no such token.
        """
        token = self.keyring.match(secret) if len(secret) <= LONGEST_SECRET else None
        if token is not None:
            return token
        wait_s = self._attempts.bad(peer_address(request), _now_s())
        if wait_s is None:
            raise web.HTTPUnauthorized(text="This token is wrong.", headers={hdrs.WWW_AUTHENTICATE: CHALLENGE})
        raise web.HTTPTooManyRequests(
            text="Too many wrong tokens came from this address.", headers={hdrs.RETRY_AFTER: str(math.ceil(wait_s))}
        )

    def session(self, request: web.Request) -> Token | None:
        """The token behind the request's session cookie, if both still hold."""
        token = self.sessions.token(request.cookies.get(COOKIE, ""), _now_s())
        return token if token is not None and self.keyring.holds(token) else None

    def login(self, request: web.Request, secret: str) -> str:
        """A session in exchange for a token.

        Raises:
            HTTPException: as `check`.
        """
        return self.sessions.open(self.check(request, secret), _now_s())

    @contextmanager
    def serving(self, token: Token | None) -> Iterator[None]:
        """While this task answers, it (think of an event stream) is cut off when the request's token is revoked."""
        if token is None:
            yield
            return
        task = asyncio.current_task()
        self._served[task] = token
        try:
            yield
        finally:
            del self._served[task]

    def _cut_revoked(self) -> None:
        for task, token in self._served.items():
            if task is not None and not self.keyring.holds(token):
                task.cancel()


def plain_address(address: str) -> str:
    """An address of a socket in canonical spelling: no zone, IPv4 as IPv4."""
    return address.partition("%")[0].removeprefix("::ffff:")


def peer_address(request: web.Request) -> str:
    """Who is at the other end of the connection.

    Raises:
        HTTPBadRequest: nobody any more.
    """
    transport = request.transport
    name = None if transport is None else transport.get_extra_info("peername")
    if not isinstance(name, tuple):
        raise web.HTTPBadRequest(text="The connection is gone.")
    return plain_address(str(name[0]))


@lru_cache(maxsize=256)
def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def _bearer(shown: list[str]) -> str:
    """The secret of the one Authorization header; empty, which is never right, for anything else."""
    scheme, _, secret = shown[0].partition(" ")
    return secret.strip() if len(shown) == 1 and scheme.lower() == "bearer" else ""


def _now_s() -> float:
    return asyncio.get_running_loop().time()
