"""The API's description of itself, made once when somebody first asks for it; and `GET /openapi.json`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

from aiohttp import web

from evse_tui.api.endpoint import Endpoint
from evse_tui.api.openapi import document
from evse_tui.api.responses import answer, encode


class Description:
    """The OpenAPI document of an application."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._endpoints = endpoints

    @cached_property
    def document(self) -> dict[str, Any]:
        return document(self._endpoints)

    @cached_property
    def encoded(self) -> bytes:
        return encode(self.document)


DESCRIPTION: Final = web.AppKey("description", Description)


async def get_document(request: web.Request) -> web.Response:
    return answer(request.app[DESCRIPTION].encoded)
