"""What to ask over HTTP for a command of the site, and what the answer means. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec

from evse_tui.api.v1.models.command import Accepted
from evse_tui.api.v1.models.settings import SettingsChanged
from evse_tui.api.v1.orders import asked_of
from evse_tui.site.commands import Command, Outcome, SetSetting

_ACCEPTED: Final = msgspec.json.Decoder(Accepted)
_CHANGED: Final = msgspec.json.Decoder(SettingsChanged)


@dataclass(frozen=True, slots=True)
class Order:
    """One request; the path is below `/api/v1`."""

    method: str
    path: str
    body: bytes


def order_of(command: Command) -> Order:
    """The request that makes the remote site execute `command`."""
    where = "" if command.charger_id is None else f"/chargers/{quote(command.charger_id, safe='')}"
    if isinstance(command, SetSetting):
        return Order("PATCH", f"{where}/settings", msgspec.json.encode({command.name: command.value}))
    return Order("POST", f"{where}/commands", msgspec.json.encode(asked_of(command)))


def outcome_of(command: Command, status: int, body: bytes) -> Outcome:
    """What an answer of success says.

    Raises:
        DecodeError: it is not ours.
        KeyError: it says nothing of this command.
    """
    if isinstance(command, SetSetting):
        accepted = _CHANGED.decode(body).commands[command.name]
    else:
        accepted = _ACCEPTED.decode(body)
    return Outcome(status in (HTTPStatus.OK, HTTPStatus.ACCEPTED), accepted.detail, accepted.id)
