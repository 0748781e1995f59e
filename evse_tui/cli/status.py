"""`evse-tui status`: one plain-text look at the first charger of a running serve or demo, over its API."""

from __future__ import annotations

import argparse
import http
import http.client
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from evse_tui.errors import UserError, plain

TIMEOUT_S = 5
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A token is for the address that was named, and for no proxy of the environment."""
TOKEN_VARIABLE = "EVSE_TUI_TOKEN"  # noqa: S105  # where the token is, not what it is


def run(options: argparse.Namespace) -> int:
    """Prints the first charger's document, or a few lines of it."""
    document = _get(options.url.rstrip("/") + "/settings")
    try:
        text = json.dumps(document, indent=2) if options.json else render(document)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UserError(f"{options.url} is not evse-tui: its /settings is another document") from error
    print(text)
    return 0


def render(document: dict[str, Any]) -> str:
    """The lines that matter of a `GET /settings` document."""
    settings, ev, mains = document["settings"], document["ev_meter"], document["phase_currents"]["original_data"]

    def amps(currents: dict[str, int]) -> str:
        return "  ".join(f"{phase} {currents[phase] / 10:.1f} A" for phase in ("L1", "L2", "L3"))

    rows = [
        ("state", document["evse"]["state"]),
        ("mode", document["mode"]),
        ("offered", f"{settings['charge_current'] / 10:.1f} A"),
        ("car", amps(ev["currents"])),
        ("mains", amps(mains)),
        ("battery", f"{document['home_battery']['current'] / 10:.1f} A"),
        ("charged", f"{ev['charged_kwh']:.1f} kWh"),
        ("error", document["evse"]["error"]),
    ]
    return "\n".join(f"{name:<8} {plain(str(value))}" for name, value in rows)


def _get(url: str) -> dict[str, Any]:
    try:
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("no scheme")
    except ValueError as error:  # also an unfinished IPv6 address
        raise UserError(f"{url} is not an address: write http://host:port") from error
    try:
        with _DIRECT.open(_request(url), timeout=TIMEOUT_S) as answer:
            document: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == http.HTTPStatus.UNAUTHORIZED:
                wrong = "is wrong there" if TOKEN_VARIABLE in os.environ else "is not set"
                raise UserError(f"{url} asks for a token, and {TOKEN_VARIABLE} {wrong}") from error
            raise UserError(f"{url} answered {error.code} {error.reason}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise UserError(f"{url} does not answer as evse-tui does ({reason}); is `evse-tui serve` running?") from error
    return document


def _request(url: str) -> urllib.request.Request:
    request = urllib.request.Request(url)  # noqa: S310  # scheme checked by the caller
    token = os.environ.get(TOKEN_VARIABLE, "")
    if token.isascii() and token.isprintable() and token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")  # for this server and no other
    return request
