"""The OpenAPI 3.1 document, made from the endpoints and from the types that validate. Pure."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from evse_tui import __version__
from evse_tui.api.access import COOKIE
from evse_tui.api.endpoint import Answer, Endpoint, problem_answer
from evse_tui.api.responses import JSON
from evse_tui.api.v1.models.base import LARGEST

Json = dict[str, Any]

FORM: Final = "application/x-www-form-urlencoded"

_REFERENCE: Final = "#/components/schemas/{name}"
_IN_PATH: Final = re.compile(r"\{([a-z_]+)\}")

_ABOUT: Final = """\
An EV charging controller. Two surfaces on the same site: `/api/v1`, and the SmartEVSE-compatible one that existing
clients know.

Units are in the names: `_da` 0.1 A, `_w` W, `_wh` Wh, `_ms` ms, `_s` seconds, `_mv` mV, `_dc` 0.1 degrees Celsius,
`_permille` thousandths. Mains is + import, the home battery + charging. `null` is unknown or absent, never zero.

Errors are problem documents (RFC 9457). A method that a path does not have is answered with 405 and `Allow`. Where a
token is needed, a browser that opens a page without one is sent to `/login`."""

PATH_PARAMETERS: Final[Mapping[str, tuple[str, Json]]] = {
    "id": (
        "Id of a charger, as `/api/v1/chargers` lists them.",
        {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$", "examples": ["1"]},
    ),
    "number": ("Number of a command.", {"type": "integer", "minimum": 1, "maximum": LARGEST}),
}
"""What every parameter in a path means."""


SHARED: Final[Mapping[int, Answer]] = {
    400: problem_answer("The request is malformed."),
    401: problem_answer("A token is needed, or this one is not known."),
    403: problem_answer("The host name is not ours, or the request comes from another web page."),
    408: problem_answer("The request body did not arrive in time."),
    413: problem_answer("The request body is larger than 16 KiB."),
    429: problem_answer("Too many wrong tokens from this address; `Retry-After` says how many seconds to wait."),
    503: problem_answer("The server can't answer this now."),
}
"""What every endpoint may answer, whatever it does."""
_NOT_FOUND: Final = problem_answer("There is no such thing.")
_WITH_BODY: Final[Mapping[int, Answer]] = {
    415: problem_answer("The body is not `application/json` in UTF-8."),
    422: problem_answer("The body is JSON, but not what this takes."),
}
_WITH_QUERY: Final[Mapping[int, Answer]] = {422: problem_answer("The query is not what this takes.")}


def answers_of(endpoint: Endpoint) -> dict[int, Answer]:
    """Every answer of an endpoint, in the order of the status."""
    answers = dict(SHARED)
    if _IN_PATH.search(endpoint.path):
        answers[404] = _NOT_FOUND
    if endpoint.body is not None:
        answers |= _WITH_BODY
    if endpoint.query is not None:
        answers |= _WITH_QUERY
    answers |= endpoint.answers
    return dict(sorted(answers.items()))


def document(endpoints: Iterable[Endpoint]) -> Json:
    """The whole OpenAPI document."""
    endpoints = tuple(endpoints)
    schemas = _Schemas(endpoints)
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    tags = list(dict.fromkeys(endpoint.tag for endpoint in endpoints))
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "evse-tui",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"bearer": []}, {"cookie": []}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": {_response_name(status): _response(answer, schemas) for status, answer in SHARED.items()},
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of `evse-tui token new`. Loopback needs none unless tokens exist.",
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": COOKIE,
                    "description": "What `/login` gives a browser in exchange for a token.",
                },
            },
        },
    }


class _Schemas:
    """JSON Schemas of all types that the endpoints name, built together so that shared types are shared."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        kinds = list(_kinds(endpoints))
        found, components = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
        self._found = {id(kind): schema for kind, schema in zip(kinds, found, strict=True)}
        self.components: Json = dict(sorted((name, _clean(schema)) for name, schema in components.items()))

    def of(self, kind: Any) -> Json:
        return self._found[id(kind)]


def _kinds(endpoints: Iterable[Endpoint]) -> Iterator[Any]:
    seen: set[int] = set()
    for endpoint in endpoints:
        for kind in (endpoint.body, endpoint.form, *(answer.body for answer in answers_of(endpoint).values())):
            if kind is not None and id(kind) not in seen:
                seen.add(id(kind))
                yield kind


def _clean(schema: Json) -> Json:
    """Docstrings as they are meant, without the indentation of their source; no title, it is the name."""
    schema = {key: value for key, value in schema.items() if key != "title"}
    if "description" in schema:
        schema["description"] = inspect.cleandoc(schema["description"])
    return schema


def _operation(endpoint: Endpoint, schemas: _Schemas) -> Json:
    operation: Json = {"operationId": endpoint.operation_id, "tags": [endpoint.tag], "summary": endpoint.summary}
    if endpoint.doc:
        operation["description"] = endpoint.doc
    parameters = [*_path_parameters(endpoint.path), *_query_parameters(endpoint.query), *_texts(endpoint)]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas.of(endpoint.body)}}}
    elif endpoint.form is not None:
        operation["requestBody"] = {"required": True, "content": {FORM: {"schema": schemas.of(endpoint.form)}}}
    operation["responses"] = {
        str(status): {"$ref": _reference(status)} if answer is SHARED.get(status) else _response(answer, schemas)
        for status, answer in answers_of(endpoint).items()
    }
    return operation


def _reference(status: int) -> str:
    return f"#/components/responses/{_response_name(status)}"


def _response_name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def _response(answer: Answer, schemas: _Schemas) -> Json:
    response: Json = {"description": answer.doc}
    schema = schemas.of(answer.body) if answer.body is not None else answer.schema
    if schema is not None:
        response["content"] = {media: {"schema": dict(schema)} for media in answer.medias}
    if answer.links is not None:
        response["links"] = dict(answer.links)
    return response


def _path_parameters(path: str) -> Iterator[Json]:
    for name in _IN_PATH.findall(path):
        doc, schema = PATH_PARAMETERS[name]
        yield {"name": name, "in": "path", "required": True, "description": doc, "schema": schema}


def _query_parameters(kind: Any) -> Iterator[Json]:
    if kind is None:
        return
    _, components = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    schema = components[kind.__name__]
    for name, described in schema["properties"].items():
        described = dict(described)
        parameter: Json = {"name": name, "in": "query", "required": name in schema["required"]}
        if "description" in described:
            parameter["description"] = described.pop("description")
        yield parameter | {"schema": _without_null(described)}


def _texts(endpoint: Endpoint) -> Iterator[Json]:
    for parameter in endpoint.texts:
        described = {"name": parameter.name, "in": "query", "required": False, "description": parameter.doc}
        yield described | {"allowEmptyValue": True, "schema": {"type": "string"}}


def _without_null(schema: Json) -> Json:
    """A query has no null: leaving the parameter out is how to say it."""
    if schema.get("default", ...) is None:
        del schema["default"]
    either = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    return either[0] if len(either) == 1 else schema


def text(endpoints: Iterable[Endpoint]) -> str:
    """The document as a file: readable, and stable from run to run."""
    return json.dumps(document(endpoints), indent=1, ensure_ascii=False) + "\n"
