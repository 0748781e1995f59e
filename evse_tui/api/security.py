"""Who may talk to us, and how much: api.md, Security.

`Host` has to be one of our own names or addresses (DNS rebinding); an `Origin` has to be the one we answer under
(forms and scripts of other pages); beyond this machine a token is needed; a request body is read to its end, at most
16 KiB and not for ever. All of that is decided before any handler runs, for paths that don't exist too.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from evse_tui.api.access import READING, Access, plain_address
from evse_tui.api.keys import ACCESS, CONNECTIONS, SITE
from evse_tui.api.responses import HEADERS
from evse_tui.api.tokens import Keyring, Token

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
LARGEST_BODY: Final = 16 * 1024
BODY_PATIENCE_S: Final = 5.0
LOGIN: Final = "/login"
HEALTH: Final = "/healthz"
ANONYMOUS: Final = web.RequestKey("anonymous", bool)
"""Set on a request for `/healthz` by somebody who may know that we are well, and nothing else."""

_AUTHORITY: Final = re.compile(r"(?:\[([0-9a-f:.]+)\]|([0-9a-z._-]+))(?::([0-9]{1,5}))?")
_UNCLEAR: Final = re.compile(rb"[\x00-\x1f\x7f\\]|//|/\.{1,2}(?:/|$)")
"""In a decoded path: what two programs may read in two ways."""
_OWN_FETCH_SITES: Final = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Security:
    """What the operator allows beyond the defaults."""

    names: frozenset[str] = frozenset()
    """Further host names under which clients may reach us, without port."""
    keyring: Keyring = field(default_factory=Keyring)
    trusted_clients: frozenset[str] = frozenset()
    """Addresses, in canonical spelling, whose requests need no token."""
    token_on_loopback: bool = False
    body_patience_s: float = BODY_PATIENCE_S

    def access(self) -> Access:
        """The doorkeeper of an application with these rules."""
        return Access(self.keyring, trusted_clients=self.trusted_clients, token_on_loopback=self.token_on_loopback)


@lru_cache(maxsize=256)
def split_authority(authority: str) -> tuple[str, int | None]:
    """Host in lower case, without the brackets of IPv6, and the port if there is one.

    Raises:
        ValueError: it is not `host`, `host:port`, `[address]` or `[address]:port`.
    """
    found = _AUTHORITY.fullmatch(authority.lower())
    if found is None:
        raise ValueError(f"{authority!r} is no host")
    address, name, port = found.groups()
    return address or name, None if port is None else int(port)


def serial_names(serials: Iterable[int]) -> frozenset[str]:
    """`smartevse-<serial>` with and without `.local`, for the serial numbers that are known."""
    known = [f"smartevse-{serial}" for serial in serials if serial]
    return frozenset([*known, *(f"{name}.local" for name in known)])


def guard(security: Security) -> Middleware:
    """The middleware that enforces the rules of this module."""
    static_names = LOOPBACK_NAMES | {name.lower() for name in security.names}

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        _check_target(request)
        _check_host(request, static_names)
        _check_origin(request)
        access = request.app[ACCESS]
        try:
            token = _admit(request, access)
        except web.HTTPUnauthorized:
            if _is_page_visit(request):
                return web.Response(status=303, headers={**HEADERS, hdrs.LOCATION: LOGIN})
            raise
        if request.body_exists:
            await _read(request, security.body_patience_s)
        with access.serving(token), request.app[CONNECTIONS].busy(request):
            return await handler(request)

    return middleware


def _check_target(request: web.Request) -> None:
    # an absolute target would name a second host beside the one that is checked
    if not request.raw_path.startswith("/"):
        raise web.HTTPBadRequest(text="The request target must be a path.")
    if _is_unclear(request.raw_path.partition("?")[0]):
        raise web.HTTPBadRequest(text="The path is malformed.")


@lru_cache(maxsize=256)
def _is_unclear(path: str) -> bool:
    return _UNCLEAR.search(unquote_to_bytes(path)) is not None


def _check_host(request: web.Request, static_names: frozenset[str]) -> None:
    hosts = request.headers.getall(hdrs.HOST, [])
    if len(hosts) != 1:
        raise web.HTTPBadRequest(text="There must be exactly one Host header.")
    try:
        host, port = split_authority(hosts[0])
    except ValueError:
        raise web.HTTPBadRequest(text="The Host header is malformed.") from None
    own_address, own_port = _own_end(request)
    known = host in static_names or host == own_address
    if not known:
        known = host in serial_names(charger.serial for charger in request.app[SITE].snapshot.chargers)
    if not known or port not in (None, own_port):
        raise web.HTTPForbidden(text="This host name is not in the allow-list of the server.")


def _check_origin(request: web.Request) -> None:
    for origin in request.headers.getall(hdrs.ORIGIN, []):
        scheme, separator, authority = origin.partition("://")
        same = authority.lower() == request.headers[hdrs.HOST].lower()
        if not separator or scheme.lower() not in ("http", "https") or not same:
            raise web.HTTPForbidden(text="Requests from other web pages are refused.")
    # browsers add this one also where privacy settings remove Origin
    fetch_site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method not in READING and fetch_site not in _OWN_FETCH_SITES:
        raise web.HTTPForbidden(text="Requests from other web pages are refused.")


def _admit(request: web.Request, access: Access) -> Token | None:
    if request.path == LOGIN:
        return None
    if request.path == HEALTH and request.method in READING and access.is_stranger(request):
        request[ANONYMOUS] = True
        return None
    return access.admit(request)


def _is_page_visit(request: web.Request) -> bool:
    return request.method == hdrs.METH_GET and "text/html" in request.headers.get(hdrs.ACCEPT, "")


def _own_end(request: web.Request) -> tuple[str, int]:
    """Address and port at which this very connection reached us: also right behind 0.0.0.0 and port 0."""
    transport = request.transport
    name = None if transport is None else transport.get_extra_info("sockname")
    if not isinstance(name, tuple):  # the client has gone meanwhile
        raise web.HTTPBadRequest(text="The connection is gone.")
    return plain_address(str(name[0])), int(name[1])


async def _read(request: web.Request, patience_s: float) -> None:
    """Reads the body; handlers that want it find it in `await request.read()`."""
    try:
        if (request.content_length or 0) > LARGEST_BODY:
            raise web.HTTPRequestEntityTooLarge(LARGEST_BODY)
        async with asyncio.timeout(patience_s):
            await request.read()
    except TimeoutError:
        error = web.HTTPRequestTimeout(text=f"The request body did not arrive within {patience_s:g} s.")
        error.force_close()
        raise error from None
    except (ConnectionError, web.RequestPayloadError):
        raise web.HTTPBadRequest(text="The request body broke off or is malformed.") from None
    except web.HTTPRequestEntityTooLarge as error:
        error.force_close()
        raise
