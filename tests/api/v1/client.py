"""Requests with JSON bodies, and what is expected of refusals."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from tests.api.conftest import Client

JSON = {"Content-Type": "application/json"}


async def send(client: Client, method: str, path: str, body: Any) -> tuple[int, Any]:
    """Status and document; `body` as JSON, or as it is if it is bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client.request(method, f"/api/v1{path}", data=data, headers=JSON) as response:
        return response.status, await read(response)


async def get(client: Client, path: str) -> Any:
    """The document of a successful answer."""
    async with client.get(f"/api/v1{path}") as response:
        assert response.status == 200
        assert response.content_type == "application/json"
        assert response.headers["Cache-Control"] == "no-store"
        return await response.json()


async def read(response: aiohttp.ClientResponse) -> Any:
    """The body; an error must be a problem document that says its own status."""
    if response.status == 204:
        assert await response.read() == b""
        return None
    document = await response.json(content_type=None)
    if response.status >= 400:
        assert response.content_type == "application/problem+json"
        assert document["status"] == response.status
    return document
