"""Every path of the API, once: registered and documented from here."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from evse_tui.api.compat import describe
from evse_tui.api.docs import get_docs
from evse_tui.api.document import get_document
from evse_tui.api.endpoint import Answer, Endpoint, problem_answer
from evse_tui.api.health import get_health
from evse_tui.api.login import LOGOUT, get_login, post_login, post_logout
from evse_tui.api.metrics import TEXT, get_metrics
from evse_tui.api.page import get_page
from evse_tui.api.security import LOGIN
from evse_tui.api.v1 import endpoints as v1

_PAGES: Final = "Pages"
_HEALTH: Final = "Health"
_HTML: Final = Answer("A page.", media="text/html", schema={"type": "string"})
_AWAY: Final = Answer("To the page named in `Location`.")


class Health(Struct):
    """Control ticks."""

    status: Annotated[str, Meta(extra_json_schema={"const": "ok"})]
    chargers: Annotated[int, Meta(ge=0, description="Left out for who needs a token and shows none.")] = 0


class LoginForm(Struct, forbid_unknown_fields=True):
    """What the page sends."""

    token: Annotated[str, Meta(min_length=1)]


ENDPOINTS: Final = (
    *v1.ENDPOINTS,
    *describe.ENDPOINTS,
    Endpoint(
        method="GET",
        path="/healthz",
        handler=get_health,
        tag=_HEALTH,
        summary="Whether control ticks, boards connected or not",
        answers={200: Answer("It does.", Health)},
    ),
    Endpoint(
        method="GET",
        path="/metrics",
        handler=get_metrics,
        tag=_HEALTH,
        summary="The newest snapshot and this process, for Prometheus",
        doc="Amperes, watts, joules, seconds. What is unknown has no series. The prefix is `evse_`.",
        answers={200: Answer("Text format 0.0.4.", media=TEXT, schema={"type": "string"})},
    ),
    Endpoint(
        method="GET",
        path="/openapi.json",
        handler=get_document,
        tag=_HEALTH,
        summary="This document",
        answers={200: Answer("OpenAPI 3.1.", schema={"type": "object"})},
    ),
    Endpoint(method="GET", path="/", handler=get_page, tag=_PAGES, summary="The status page", answers={200: _HTML}),
    Endpoint(
        method="GET", path="/docs", handler=get_docs, tag=_PAGES, summary="This document to read", answers={200: _HTML}
    ),
    Endpoint(
        method="GET",
        path=LOGIN,
        handler=get_login,
        tag=_PAGES,
        summary="Where a browser shows a token",
        answers={200: _HTML, 303: _AWAY},
    ),
    Endpoint(
        method="POST",
        path=LOGIN,
        handler=post_login,
        tag=_PAGES,
        summary="A token becomes a session cookie",
        form=LoginForm,
        answers={303: _AWAY, 401: _HTML, 415: problem_answer("The body is no form."), 429: _HTML},
    ),
    Endpoint(
        method="POST",
        path=LOGOUT,
        handler=post_logout,
        tag=_PAGES,
        summary="Ends the session",
        answers={303: _AWAY},
    ),
)
