"""Strict JSON in: what a client sends is exactly one value of the declared type, or a problem document.

400 what is no JSON (RFC 8259: UTF-8, no NaN, no duplicate names, not nested beyond reason), 415 another media type, 422
JSON that does not fit the type. The standard parser reads, because it can refuse duplicate names; msgspec validates.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final, NoReturn, TypeVar

import msgspec
from aiohttp import web

from evse_tui.api.responses import JSON

_T = TypeVar("_T")
_LARGEST_EXACT: Final = 2**53
_CHARSETS: Final = ("utf-8", "utf8")


class NotJsonError(ValueError):
    """The text is no JSON that we take; the message is one sentence."""


def parse(body: bytes) -> Any:
    """The value of a JSON text. `2.0` is the integer 2, as JSON Schema has it.

    Raises:
        NotJsonError: it is none.
    """
    try:
        return json.loads(
            body.decode(), object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int
        )
    except UnicodeDecodeError:
        raise NotJsonError("The request body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise NotJsonError(f"The request body is not JSON: {error.msg}, at character {error.pos + 1}.") from None
    except RecursionError:
        raise NotJsonError("The request body is nested too deeply.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJsonError("A name occurs twice in an object.")
    if not all(name.isascii() for name in found):  # no field of ours; a lone surrogate could not even be quoted
        raise NotJsonError("A name contains a character that no field has.")
    return found


def _constant(name: str) -> NoReturn:
    raise NotJsonError(f"{name} is no JSON number.")


def _float(text: str) -> int | float:
    value = float(text)
    if not math.isfinite(value):
        raise NotJsonError("A number is too large.")
    return int(value) if value.is_integer() and abs(value) <= _LARGEST_EXACT else value


def _int(text: str) -> int:
    if len(text) > 20:  # 64 bits and a sign; thousands of digits are slow
        raise NotJsonError("A number is too large.")
    return int(text)


async def read_json(request: web.Request, kind: type[_T]) -> _T:
    """The request's body as a `kind`.

    Raises:
        HTTPBadRequest, HTTPUnsupportedMediaType, HTTPUnprocessableEntity: see this module.
    """
    if request.content_type != JSON or (request.charset or "utf-8").lower() not in _CHARSETS:
        raise web.HTTPUnsupportedMediaType(text="The request body must be application/json in UTF-8.")
    try:
        value = parse(await request.read())
    except NotJsonError as error:
        raise web.HTTPBadRequest(text=str(error)) from None
    return _convert(value, kind, strict=True)


def read_query(request: web.Request, kind: type[_T]) -> _T:
    """The request's query as a `kind`; each parameter at most once.

    Raises:
        HTTPUnprocessableEntity: it does not fit.
    """
    query = request.query
    if len(set(query)) != len(query):
        raise web.HTTPUnprocessableEntity(text="A query parameter occurs twice.")
    return _convert(dict(query), kind, strict=False)


def _convert(value: Any, kind: type[_T], *, strict: bool) -> _T:
    try:
        return msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        raise web.HTTPUnprocessableEntity(text=f"{error}.") from None
    except UnicodeEncodeError:  # half of a surrogate pair is a JSON string, but no text
        raise web.HTTPUnprocessableEntity(text="A string contains half of a surrogate pair.") from None
