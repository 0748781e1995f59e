"""The page: an OpenAPI document as HTML, with its style and its script inside. Pure.

The policy lets the page run its own script and style, known by their hashes, and ask this server; nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Final

from evse_tui.api.docs.schema import Json, anchor, example, prose, schema_html, type_html
from evse_tui.api.openapi import SHARED

_STYLE: Final = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
_SCRIPT: Final = Path(__file__).with_name("page.js").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY: Final = (
    f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(document: Json) -> str:
    """The whole page."""
    info = document["info"]
    operations = list(_operations(document))
    tags = [tag["name"] for tag in document["tags"]]
    schemas = document["components"]["schemas"]
    about = "".join(f"<p>{prose(paragraph)}</p>" for paragraph in info["description"].split("\n\n"))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(info["title"])} API</title>
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>{escape(info["title"])} API <span class="version">{escape(info["version"])}</span></h1>
<label for="search">Search</label>
<input id="search" type="search" placeholder="path, field or word  ( / )" autocomplete="off" spellcheck="false">
<output id="found" for="search" aria-live="polite"></output>
</header>
<div class="columns">
<nav aria-label="Contents">{_contents(tags, operations, schemas)}</nav>
<main id="content" tabindex="-1">
<section class="about">{about}
<p>For programs: <a href="/openapi.json">/openapi.json</a>.</p>
{_shared()}
</section>
{"".join(_tag(tag, operations, schemas) for tag in tags)}
<h2 id="schemas">Schemas</h2>
{"".join(_schema(name, schema) for name, schema in schemas.items())}
</main>
</div>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _operations(document: Json) -> Iterator[Json]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield {**operation, "method": method.upper(), "path": path}


def _contents(tags: Iterable[str], operations: list[Json], schemas: Json) -> str:
    parts = []
    for tag in tags:
        items = "".join(
            f'<li><a href="#{escape(o["operationId"])}">{_method(o)} {_breakable(o["path"])}</a></li>'
            for o in operations
            if tag in o["tags"]
        )
        parts.append(f"<details open><summary>{escape(tag)}</summary><ul>{items}</ul></details>")
    items = "".join(f'<li><a href="#{anchor(name)}">{escape(name)}</a></li>' for name in schemas)
    parts.append(f"<details><summary>Schemas</summary><ul>{items}</ul></details>")
    return "".join(parts)


def _shared() -> str:
    """What every operation may answer, said once."""
    rows = "".join(
        f'<tr><th scope="row"><code>{status}</code></th><td>{prose(answer.doc)}</td></tr>'
        for status, answer in sorted(SHARED.items())
    )
    return f"<details><summary>Errors that any request may meet</summary><table>{rows}</table></details>"


def _tag(tag: str, operations: list[Json], schemas: Json) -> str:
    return f"<h2>{escape(tag)}</h2>" + "".join(_operation(o, schemas) for o in operations if tag in o["tags"])


def _operation(operation: Json, schemas: Json) -> str:
    described = f"<p>{prose(operation['description'])}</p>" if "description" in operation else ""
    return (
        f'<details class="operation" id="{escape(operation["operationId"])}">'
        f"<summary>{_method(operation)} <code>{_breakable(operation['path'])}</code>"
        f'<span class="says">{prose(operation["summary"])}</span></summary>'
        f'<div class="inside">{described}{_parameters(operation)}{_body(operation, schemas)}{_answers(operation)}'
        f"{_try(operation)}</div></details>"
    )


def _method(operation: Json) -> str:
    method = escape(operation["method"])
    return f'<b class="method {method.lower()}">{method}</b>'


def _breakable(path: str) -> str:
    return escape(path).replace("/", "<wbr>/")


def _parameters(operation: Json) -> str:
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(p["name"])}</code> <span class="optional">{escape(p["in"])}'
        f"{'' if p['required'] else ', optional'}</span></th><td>{type_html(p['schema'])}</td>"
        f"<td>{prose(p.get('description', ''))}</td></tr>"
        for p in operation.get("parameters", ())
    )
    return f'<h3>Parameters</h3><div class="wide"><table>{rows}</table></div>' if rows else ""


def _body(operation: Json, schemas: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return "".join(
        f'<h3>Body <span class="optional">{escape(media)}</span></h3>{_bodies(described["schema"], schemas)}'
        for media, described in content.items()
    )


def _bodies(schema: Json, schemas: Json) -> str:
    """Each kind of body with the shortest example of it."""
    items = "".join(
        f"<li>{type_html(kind)} <code>{escape(json.dumps(example(kind, schemas)))}</code></li>"
        for kind in schema.get("anyOf", [schema])
    )
    return f'<ul class="bodies">{items}</ul>'


def _answers(operation: Json) -> str:
    rows = ""
    for status, answer in operation["responses"].items():
        if "$ref" in answer:  # shared by all, said once
            continue
        bodies = " ".join(
            f"{type_html(described['schema'])} <span class='optional'>{escape(media)}</span>"
            for media, described in answer.get("content", {}).items()
        )
        meaning = prose(answer["description"])
        rows += f'<tr><th scope="row"><code>{status}</code></th><td>{meaning}</td><td>{bodies}</td></tr>'
    return f'<h3>Answers</h3><div class="wide"><table class="answers">{rows}</table></div>'


def _try(operation: Json) -> str:
    """Only what changes nothing can be tried from a page that is there to be read."""
    if operation["method"] != "GET" or "{" in operation["path"]:
        return ""
    path = escape(operation["path"])
    button = f'<button type="button" data-try="{path}">Try it</button>'
    return f'<p>{button}</p><pre class="tried" tabindex="0" hidden></pre>'


def _schema(name: str, schema: Json) -> str:
    described = f"<p>{prose(schema['description'])}</p>" if "description" in schema else ""
    return (
        f'<details class="schema" id="{anchor(name)}"><summary><code>{escape(name)}</code></summary>'
        f'<div class="inside">{described}{schema_html(schema)}</div></details>'
    )
