"""The page to read: everything of the document, nothing from anywhere else."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import msgspec
import pytest

from evse_tui.api.docs.page import POLICY, page
from evse_tui.api.docs.schema import example
from evse_tui.api.endpoint import Endpoint
from evse_tui.api.endpoints import ENDPOINTS
from evse_tui.api.openapi import document
from evse_tui.api.responses import JSON
from tests.api.conftest import Client

DOCUMENT = document(ENDPOINTS)


class Elements(HTMLParser):
    """Collects ids, links, and what a browser would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.inline: dict[str, list[str]] = {"style": [], "script": []}
        self.handlers: set[str] = set()
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        for name, value in attributes:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and tag == "a":
                self.links.add(value or "")
            elif name in ("src", "href"):
                self.loads.add(value or "")
            elif name.startswith("on") or name == "style":
                self.handlers.add(name)

    def handle_data(self, data: str) -> None:
        if self._inside in self.inline:
            self.inline[self._inside].append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


ELEMENTS = Elements(page(DOCUMENT))


def test_every_operation_and_schema_has_its_place_and_every_link_leads_there() -> None:
    assert len(set(ELEMENTS.ids)) == len(ELEMENTS.ids)
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            assert f"#{operation['operationId']}" in ELEMENTS.links
    for name in DOCUMENT["components"]["schemas"]:
        assert f"#schema-{name}" in ELEMENTS.links
    inside = {link.removeprefix("#") for link in ELEMENTS.links if link.startswith("#")}
    assert inside <= set(ELEMENTS.ids)
    assert ELEMENTS.links - {f"#{name}" for name in inside} == {"/openapi.json"}


def test_nothing_is_loaded_and_only_hashed_text_runs() -> None:
    assert ELEMENTS.loads == {"data:,"}
    assert not ELEMENTS.handlers
    for kind, policy in (("style", "style-src"), ("script", "script-src")):
        (text,) = ELEMENTS.inline[kind]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{policy} 'sha256-{digest}'" in POLICY
        assert not re.search(r"https?://|url\(|@import|import\(", text)
    assert POLICY.startswith("default-src 'none';")
    assert "unsafe" not in POLICY


async def test_it_is_served_with_its_policy(client: Client) -> None:
    async with client.get("/docs") as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert response.headers["Content-Security-Policy"] == POLICY
        assert await response.text() == page(DOCUMENT)


def test_what_the_document_says_is_escaped() -> None:
    hostile = {**DOCUMENT, "info": {**DOCUMENT["info"], "title": "<script>x</script>", "description": "<b>&`<i>`"}}
    text = page(hostile)
    assert "<script>x" not in text
    assert "<p>&lt;b&gt;&amp;<code>&lt;i&gt;</code></p>" in text


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.body is not None], ids=lambda e: e.operation_id)
def test_examples_are_taken(endpoint: Endpoint) -> None:
    schema = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]["requestBody"]["content"][JSON]["schema"]
    for kind in schema.get("anyOf", [schema]):
        value = example(kind, DOCUMENT["components"]["schemas"])
        msgspec.convert(value, endpoint.body, strict=True)
