"""JSON Schemas as HTML: a type in a few words, and the fields of an object as a table. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any, Final

Json = Mapping[str, Any]

_CODE: Final = re.compile(r"`([^`]+)`")
_LONGEST_CHOICE: Final = 12
"""More values than this are folded away."""


def prose(text: str) -> str:
    """Text with `code` in backquotes, as HTML."""
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def anchor(name: str) -> str:
    """The id of a schema on the page."""
    return f"schema-{name}"


def type_html(schema: Json) -> str:
    """`integer -10000..10000`, `array of Timer`, `string or null`; names of schemas are links."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return f'<a href="#{anchor(name)}">{escape(name)}</a>'
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    if "enum" in schema:
        return _choice([f"<code>{escape(json.dumps(value))}</code>" for value in schema["enum"]])
    kind = schema.get("type")
    if "anyOf" in schema and kind is None:
        return " or ".join(type_html(option) for option in schema["anyOf"])
    if kind == "array":
        return _array(schema)
    if kind == "object" and isinstance(values := schema.get("additionalProperties"), dict):
        return f"object of {type_html(values)}"
    return escape(" or ".join(kind) if isinstance(kind, list) else str(kind or "anything")) + _range(schema)


def _array(schema: Json) -> str:
    if "prefixItems" in schema:
        items = schema["prefixItems"]
        same = all(item == items[0] for item in items)
        inside = f"{len(items)} x {type_html(items[0])}" if same else ", ".join(type_html(item) for item in items)
        return f"[{inside}]"
    return f"array of {type_html(schema.get('items') or {})}"


def _choice(values: list[str]) -> str:
    if len(values) <= _LONGEST_CHOICE:
        return " | ".join(values)
    return f"<details><summary>one of {len(values)}</summary>{' | '.join(values)}</details>"


def _range(schema: Json) -> str:
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    parts = []
    if lowest is not None or highest is not None:
        parts.append(f"{_bound(lowest)}..{_bound(highest)}")
    if any("const" in option for option in schema.get("anyOf", ())):
        parts = [" or ".join(_bound(option.get("const")) or _range(option).strip() for option in schema["anyOf"])]
    if "maxLength" in schema:
        parts.append(f"at most {schema['maxLength']} characters")
    if "pattern" in schema and not schema.get("examples"):
        parts.append(f"matching {schema['pattern']}")
    parts.extend(f"such as {json.dumps(example)}" for example in schema.get("examples", ())[:1])
    return "".join(f" {escape(part)}" for part in parts)


def _bound(value: Any) -> str:
    return "" if value is None else f"{value}"


def schema_html(schema: Json) -> str:
    """The inside of a named schema: its fields, or what it is one of."""
    if "properties" not in schema:
        return f"<p>{type_html(schema)}</p>"
    required = set(schema.get("required", ()))
    rows = "".join(_field(name, field, name in required) for name, field in schema["properties"].items())
    return (
        '<div class="wide"><table><thead><tr><th scope="col">Field</th><th scope="col">Type</th>'
        f'<th scope="col">Meaning</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _field(name: str, schema: Json, required: bool) -> str:
    optional = "" if required else ' <span class="optional">optional</span>'
    meaning = prose(str(schema.get("description", "")))
    if schema.get("default") is not None:
        meaning += f" Default: <code>{escape(json.dumps(schema['default']))}</code>."
    return (
        f'<tr><th scope="row"><code>{escape(name)}</code>{optional}</th>'
        f"<td>{type_html(schema)}</td><td>{meaning}</td></tr>"
    )


def example(schema: Json, schemas: Json) -> Any:
    """The shortest value that fits: only what is required, of an object without that its first field."""
    if "$ref" in schema:
        return example(schemas[str(schema["$ref"]).rsplit("/", 1)[-1]], schemas)
    for key in ("examples", "enum"):
        if key in schema:
            return schema[key][0]
    kind = schema.get("type")
    if "anyOf" in schema and kind is None:
        return example(schema["anyOf"][0], schemas)
    if kind == "object":
        fields = schema.get("required") or list(schema["properties"])[:1]
        return {name: example(schema["properties"][name], schemas) for name in fields}
    if kind == "array":
        return [example(item, schemas) for item in schema.get("prefixItems", ())]
    if kind == "boolean":
        return True
    return "" if kind == "string" else max(0, schema.get("minimum", 0))
