"""The document: complete, sound, current, and true of real answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from evse_tui.api import describe
from evse_tui.api.app import make_app
from evse_tui.api.compat.read import settings_document
from evse_tui.api.endpoint import Answer, Endpoint
from evse_tui.api.endpoints import ENDPOINTS
from evse_tui.api.openapi import SHARED, document, text
from evse_tui.api.v1.views.site import snapshot_view
from evse_tui.clock import LoopClock
from evse_tui.site.snapshot import Snapshot
from tests.api.conftest import Client
from tests.api.factory import RecordingSite, make_snapshot
from tests.api.test_read import BARE, NOTHING_YET

DOCUMENT = document(ENDPOINTS)
METHODS = {"get", "post", "put", "patch", "delete"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for inside in part.values():
            yield from references(inside)
    elif isinstance(part, list):
        for inside in part:
            yield from references(inside)


def validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Of a schema of the document, with its components."""
    components = {"components": {"schemas": DOCUMENT["components"]["schemas"]}}
    return jsonschema_rs.Draft202012Validator({**schema, **components})


def test_every_registered_route_is_documented_and_nothing_else() -> None:
    app = make_app(RecordingSite(), clock=LoopClock())
    registered = {
        (route.method.lower(), route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert registered == {(method, path) for method, path, _ in operations()}
    assert {method for method, _ in registered} <= METHODS


def test_the_committed_copy_is_current() -> None:
    assert describe.main(["--check"]) == 0


def test_a_stale_copy_is_named_and_renewed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    assert describe.main(["--check", "--root", str(tmp_path)]) == 1
    assert "make generate" in capsys.readouterr().out
    assert describe.main(["--root", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "docs" / "openapi.json").read_text()) == DOCUMENT
    assert describe.main(["--check", "--root", str(tmp_path)]) == 0


def test_it_is_the_same_every_time() -> None:
    assert text(ENDPOINTS) == text(ENDPOINTS)


def test_every_operation_has_its_own_name_and_a_summary() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    assert all(operation["summary"] for _, _, operation in operations())


def test_every_reference_leads_somewhere() -> None:
    for reference in set(references(DOCUMENT)):
        part: Any = DOCUMENT
        for key in reference.removeprefix("#/").split("/"):
            part = part[key]
        assert part, reference


def test_schemas_are_schemas_with_plain_names() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert re.fullmatch("[A-Z][A-Za-z0-9]*", name)
        assert jsonschema_rs.meta.is_valid({"$schema": DOCUMENT["jsonSchemaDialect"], **schema}), name


def test_every_integer_of_a_request_has_a_range() -> None:
    """Whatever a client may send has a lowest and a highest value."""

    def integers(schema: Any) -> Iterator[dict[str, Any]]:
        if isinstance(schema, dict):
            if schema.get("type") == "integer":
                yield schema
            for inside in schema.values():
                yield from integers(inside)
        elif isinstance(schema, list):
            for inside in schema:
                yield from integers(inside)

    schemas = DOCUMENT["components"]["schemas"]
    for _, path, operation in operations():
        for schema in integers(operation.get("parameters")):
            assert {"minimum", "maximum"} <= schema.keys(), path
        body = operation.get("requestBody")
        for name in {reference.rsplit("/", 1)[-1] for reference in references(body)}:
            for schema in integers(schemas[name]):
                assert {"minimum", "maximum"} <= schema.keys(), f"{path}: {name}"


def test_every_error_is_a_problem_document() -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert all(response["content"] == problem for response in DOCUMENT["components"]["responses"].values())
    for _, path, operation in operations():
        for status, response in operation["responses"].items():
            if status >= "400" and "$ref" not in response and not path.startswith("/log"):
                assert response["content"] == problem, f"{path} {status}"
        assert set(map(str, SHARED)) <= operation["responses"].keys()


@pytest.mark.parametrize("snapshot", [make_snapshot(), NOTHING_YET], ids=["charging", "nothing known"])
def test_real_answers_fit_their_schemas(snapshot: Snapshot) -> None:
    fits = validator({"$ref": "#/components/schemas/Snapshot"})
    fits.validate(msgspec.to_builtins(snapshot_view(snapshot)))
    settings = validator({"$ref": "#/components/schemas/SettingsDocument"})
    settings.validate(settings_document(snapshot, snapshot.chargers[0]))
    settings.validate(settings_document(snapshot, snapshot.chargers[0], legacy_units=True))


def test_a_schema_can_refuse() -> None:
    view = msgspec.to_builtins(snapshot_view(make_snapshot(BARE)))
    view["chargers"][0]["grant"] = {"limit_da": 0}
    assert not validator({"$ref": "#/components/schemas/Snapshot"}).is_valid(view)


async def test_it_is_served(client: Client) -> None:
    async with client.get("/openapi.json") as response:
        assert response.status == 200
        assert response.content_type == "application/json"
        assert await response.json() == DOCUMENT


def test_a_path_parameter_without_a_meaning_is_an_error() -> None:
    async def get_thing() -> Any: ...

    endpoint = Endpoint(
        method="GET", path="/{thing}", handler=get_thing, tag="t", summary="s", answers={200: Answer("Yes.")}
    )
    with pytest.raises(KeyError, match="thing"):
        document([endpoint])
