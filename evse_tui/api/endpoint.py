"""One declaration for each path: it registers the handler and documents it, so neither can be forgotten.

A handler is called with the request, and with the decoded body or query where the endpoint declares one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from evse_tui.api.problems import PROBLEM_JSON
from evse_tui.api.reading import read_json, read_query
from evse_tui.api.responses import JSON
from evse_tui.api.v1.models.problem import Problem


@dataclass(frozen=True, slots=True)
class Answer:
    """One documented response."""

    doc: str
    body: Any = None
    """The type of the JSON body, as msgspec understands it; None is no body."""
    media: str | tuple[str, ...] = JSON
    schema: Mapping[str, Any] | None = None
    """JSON Schema of a body that no type describes."""
    links: Mapping[str, Any] | None = None
    """OpenAPI links: what of this answer another operation takes."""

    @property
    def medias(self) -> tuple[str, ...]:
        return (self.media,) if isinstance(self.media, str) else self.media


def problem_answer(doc: str) -> Answer:
    """A documented error."""
    return Answer(doc, Problem, PROBLEM_JSON)


@dataclass(frozen=True, slots=True)
class Text:
    """A query parameter that takes any text, because the handler judges it itself."""

    name: str
    doc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A method on a path."""

    method: str
    path: str
    """As the router and OpenAPI both write it: `/evse/{id}/settings`."""
    handler: Callable[..., Awaitable[web.StreamResponse]]
    tag: str
    summary: str
    doc: str = ""
    name: str = ""
    """The operation id; by default the handler's name."""
    body: Any = None
    """The type that a JSON request body must have; the handler gets it as second argument."""
    query: Any = None
    """The struct that the query must fit, nothing else allowed; the handler gets it as second argument."""
    texts: tuple[Text, ...] = ()
    """Query parameters that are only documented; the handler reads them as it likes."""
    form: Any = None
    """The type that documents a form in the request body; the handler reads it itself."""
    answers: Mapping[int, Answer] = field(default_factory=dict)
    """Beside those that every endpoint shares: `evse_tui.api.openapi`."""

    @property
    def operation_id(self) -> str:
        return self.name or self.handler.__name__


def register(app: web.Application, endpoints: Iterable[Endpoint]) -> None:
    """Adds every endpoint to the application's router. A GET also answers HEAD."""
    for endpoint in endpoints:
        if endpoint.method == "GET":
            app.router.add_get(endpoint.path, _bound(endpoint))
        else:
            app.router.add_route(endpoint.method, endpoint.path, _bound(endpoint))


def _bound(endpoint: Endpoint) -> Handler:
    call = endpoint.handler
    if endpoint.body is not None:

        async def with_body(request: web.Request) -> web.StreamResponse:
            return await call(request, await read_json(request, endpoint.body))

        return with_body
    if endpoint.query is not None:

        async def with_query(request: web.Request) -> web.StreamResponse:
            return await call(request, read_query(request, endpoint.query))

        return with_query
    return call
