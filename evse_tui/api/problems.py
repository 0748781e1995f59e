"""Errors as problem documents: RFC 9457."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from evse_tui.api.responses import answer, encode

PROBLEM_JSON: Final = "application/problem+json"
_KEPT: Final = frozenset({"Allow", "Retry-After", "WWW-Authenticate"})
"""Headers of an error that tell the client what to do next."""


def problem(status: int, detail: str = "") -> web.Response:
    """A problem document of type about:blank, whose title is the status phrase; `detail` is one sentence."""
    document: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        document["detail"] = detail
    return answer(encode(document), PROBLEM_JSON, status=status)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns every HTTP error into a problem document; a text that was given to the error is the detail."""
    try:
        return await handler(request)
    except web.HTTPError as error:
        default = f"{error.status}: {error.reason}"
        response = problem(error.status, "" if error.text is None or error.text == default else error.text)
        for name in _KEPT & error.headers.keys():
            response.headers[name] = error.headers[name]
        if not error.keep_alive:
            response.force_close()
        return response
