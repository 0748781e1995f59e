"""The compatible surface as endpoints of the API's own document."""

from __future__ import annotations

from typing import Any, Final

from evse_tui.api import endpoint
from evse_tui.api.chargers import PREFIXES
from evse_tui.api.compat.names import NOT_ALLOWED
from evse_tui.api.compat.routes import ROUTES, Answer, Parameter, Route
from evse_tui.api.compat.schema import SettingsDocument

_TAGS: Final = {PREFIXES[0]: "SmartEVSE-compatible", PREFIXES[1]: "SmartEVSE-compatible, one of several chargers"}

_REPLY: Final[dict[str, Any]] = {
    "type": "object",
    "description": f'What was taken, by key; "{NOT_ALLOWED}" for what was not. Unknown keys are left out.',
}
_BODIES: Final[dict[Answer, endpoint.Answer]] = {
    Answer.JSON: endpoint.Answer("Always, whatever the values are.", schema=_REPLY),
    Answer.TEXT_OR_JSON: endpoint.Answer(
        "One sentence; an object for whoever accepts JSON.",
        media=("text/plain", "application/json"),
        schema={"type": ["string", "object"]},
    ),
    Answer.BITMAP: endpoint.Answer("A bitmap of 128 x 64 pixels of one bit: 1086 bytes.", media="image/bmp", schema={}),
}


_DOCUMENT: Final = endpoint.Answer("The whole document.", SettingsDocument)


def _endpoint(prefix: str, route: Route) -> endpoint.Endpoint:
    name = f"{route.method.lower()}_{route.path.strip('/').replace('/', '_')}"
    return endpoint.Endpoint(
        method=route.method,
        path=prefix + route.path,
        handler=route.handler,
        tag=_TAGS[prefix],
        summary=route.doc,
        name=f"{name}_of_charger" if prefix else f"{name}_compatible",
        texts=tuple(_text(parameter) for parameter in route.parameters),
        answers={
            200: _DOCUMENT if (route.method, route.path) == ("GET", "/settings") else _BODIES[route.answer],
            404: endpoint.problem_answer("There is no such charger."),
        },
    )


def _text(parameter: Parameter) -> endpoint.Text:
    return endpoint.Text(parameter.name, f"{parameter.doc} ({parameter.value.value})")


ENDPOINTS: Final = tuple(_endpoint(prefix, route) for prefix in PREFIXES for route in ROUTES)
