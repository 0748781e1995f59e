"""`evse-tui status`: one plain-text look at every charger of a running serve or demo, over its API."""

from __future__ import annotations

import argparse
import http
import http.client
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, overload

from evse_tui.errors import UserError, plain

TIMEOUT_S = 5
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A token is for the address that was named, and for no proxy of the environment."""
TOKEN_VARIABLE = "EVSE_TUI_TOKEN"  # noqa: S105  # where the token is, not what it is


def run(options: argparse.Namespace) -> int:
    """Prints the document of every charger, or a few lines of each and of the site."""
    url = options.url.rstrip("/")
    document = _get(url + "/settings")
    chargers = _every_charger(url)
    try:
        if options.json:
            text = json.dumps(document if chargers is None else {**document, "chargers": chargers}, indent=2)
        elif chargers is None or len(chargers) < 2:  # nobody has to be told which of one it is
            text = render(document)
        else:
            text = render_all(chargers)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UserError(f"{options.url} is not evse-tui: its /settings is another document") from error
    print(text)
    return 0


def _every_charger(url: str) -> list[dict[str, Any]] | None:
    """The `GET /settings` document of each with its `id` and `name`; None where only one charger answers."""
    listed = _get(url + "/api/v1/chargers", or_nothing=True)
    if listed is None:
        return None
    try:
        return [
            {
                "id": charger["id"],
                "name": charger["name"],
                **_get(f"{url}/evse/{urllib.parse.quote(charger['id'], safe='')}/settings"),
            }
            for charger in listed["chargers"]
        ]
    except (KeyError, TypeError) as error:
        raise UserError(f"{url} is not evse-tui: its /api/v1/chargers is another document") from error


def render(document: dict[str, Any]) -> str:
    """The lines that matter of a `GET /settings` document."""
    rows = _charger_rows(document)
    return _lines([*rows[:4], *_site_rows(document), *rows[4:]])


def render_all(chargers: list[dict[str, Any]]) -> str:
    """The same of several chargers: each below its id and name, and what they share once, at the end."""
    parts = [
        plain(f"{document['id']}  {document['name']}") + "\n" + _lines(_charger_rows(document)) for document in chargers
    ]
    return "\n\n".join([*parts, _lines(_site_rows(chargers[0]))])


def _charger_rows(document: dict[str, Any]) -> list[tuple[str, str]]:
    settings, ev = document["settings"], document["ev_meter"]
    return [
        ("state", document["evse"]["state"]),
        ("mode", document["mode"]),
        ("offered", f"{settings['charge_current'] / 10:.1f} A"),
        ("car", _amps(ev["currents"])),
        ("charged", f"{ev['charged_kwh']:.1f} kWh"),
        ("error", document["evse"]["error"]),
    ]


def _site_rows(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("mains", _amps(document["phase_currents"]["original_data"])),
        ("battery", f"{document['home_battery']['current'] / 10:.1f} A"),
    ]


def _amps(currents: dict[str, int]) -> str:
    return "  ".join(f"{phase} {currents[phase] / 10:.1f} A" for phase in ("L1", "L2", "L3"))


def _lines(rows: list[tuple[str, str]]) -> str:
    return "\n".join(f"{name:<8} {plain(str(value))}" for name, value in rows)


@overload
def _get(url: str) -> dict[str, Any]: ...
@overload
def _get(url: str, *, or_nothing: bool) -> dict[str, Any] | None: ...
def _get(url: str, *, or_nothing: bool = False) -> dict[str, Any] | None:
    """The document; with `or_nothing` None where there is none."""
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
            if error.code == http.HTTPStatus.NOT_FOUND and or_nothing:
                return None
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
