"""Who may talk to us, and how much: api.md, Security.

`Host` has to be one of our own names or addresses (DNS rebinding); an `Origin` has to be the one we answer under
(forms and scripts of other pages); a request body is read to its end, at most 16 KiB and not for ever, and ignored.
What needs no state is decided before any handler runs.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from evse_tui.api.keys import SITE

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
LARGEST_BODY: Final = 16 * 1024
BODY_PATIENCE_S: Final = 5.0

_AUTHORITY: Final = re.compile(r"(?:\[([0-9a-f:.]+)\]|([0-9a-z._-]+))(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Security:
    """What the operator allows beyond the defaults."""

    names: frozenset[str] = frozenset()
    """Further host names under which clients may reach us, without port."""
    body_patience_s: float = BODY_PATIENCE_S


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
        if request.body_exists:
            await _read_and_ignore(request, security.body_patience_s)
        return await handler(request)

    return middleware


def _check_target(request: web.Request) -> None:
    # an absolute target would name a second host beside the one that is checked
    if not request.raw_path.startswith("/"):
        raise web.HTTPBadRequest(text="The request target must be a path.")


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


def _own_end(request: web.Request) -> tuple[str, int]:
    """Address and port at which this very connection reached us: also right behind 0.0.0.0 and port 0."""
    transport = request.transport
    name = None if transport is None else transport.get_extra_info("sockname")
    if not isinstance(name, tuple):  # the client has gone meanwhile
        raise web.HTTPBadRequest(text="The connection is gone.")
    return str(name[0]).removeprefix("::ffff:"), int(name[1])


async def _read_and_ignore(request: web.Request, patience_s: float) -> None:
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
