"""The address of a site, as a user types it. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urlsplit

from evse_tui.errors import UserError

PORTS: Final = {"http": 8080, "https": 443}
"""Where none is named. We serve no TLS: behind https is a proxy, which has the usual port."""


def base_url(text: str) -> str:
    """The URL below which the API is, with its port and without a slash at the end.

    Raises:
        UserError: it is no http or https URL, or says more than an address.
    """
    parts = _split(text)
    if parts is None:
        raise UserError(f"{text} is not an address: write http://host:port")
    if parts.username is not None or parts.password is not None:
        raise UserError("an address with a user or a password is not used: the token goes into EVSE_TUI_TOKEN")
    host = str(parts.hostname)
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{parts.port or PORTS[parts.scheme]}{parts.path.rstrip('/')}"


def _split(text: str) -> SplitResult | None:
    if not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        good = parts.scheme in PORTS and parts.port != 0 and not parts.query and not parts.fragment
        if not good or not parts.hostname:
            return None
        if ":" not in parts.hostname:
            parts.hostname.encode("idna")  # what a name server can be asked for
    except ValueError:  # an unfinished IPv6 address, a port that is no number, a name with an empty part
        return None
    return parts
