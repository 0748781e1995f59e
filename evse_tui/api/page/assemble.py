"""The status page from its sources: modules, styles and skeleton become one document. Pure, and done once.

The scripts are ES modules, so that editors and people can read them as such; here each becomes a scope of its own, in
the order in which they need each other. Understood are `import { a, b } from "./x.js"`, `import * as x from "./x.js"`
and `export` before a function, class or constant; nothing else is needed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

_FOLDER: Final = Path(__file__).parent
_STYLES: Final = ("theme.css", "layout.css", "cards.css", "controls.css", "drawings.css")
_ENTRY: Final = "main.js"

_IMPORT: Final = re.compile(r'^import (?:\{([^}]*)\}|\* as (\w+)) from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_LEFT_OVER: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class BundleError(ValueError):
    """The modules do not fit together."""


def bundle(modules: Mapping[str, str], entry: str) -> str:
    """One script that does what the module `entry` would.

    Raises:
        BundleError: a module or a name is missing, needs itself, or uses what is not understood.
    """
    done: dict[str, frozenset[str]] = {}
    scopes: list[str] = []

    def add(name: str, waiting: tuple[str, ...]) -> None:
        if name in done:
            return
        if name not in modules:
            raise BundleError(f"{waiting[-1] if waiting else 'nobody'} needs {name}, which does not exist")
        if name in waiting:
            raise BundleError(f"{name} needs itself, by way of {', '.join(waiting)}")
        source = modules[name]
        for _, _, needed in _IMPORT.findall(source):
            add(needed, (*waiting, name))

        def bind(found: re.Match[str]) -> str:
            names, space, needed = found.groups()
            if space:
                return f"const {space} = {_variable(needed)};\n"
            wanted = {each.strip() for each in names.split(",")} - {""}
            if missing := wanted - done[needed]:
                raise BundleError(f"{name} wants {', '.join(sorted(missing))} of {needed}, which does not export it")
            return f"const {{ {', '.join(sorted(wanted))} }} = {_variable(needed)};\n"

        exports = frozenset(_EXPORT.findall(source))
        body = _EXPORT.sub("", _IMPORT.sub(bind, source))
        if left := _LEFT_OVER.search(body):
            raise BundleError(f"{name}: {left[0]!r} is not understood")
        scopes.append(
            f"const {_variable(name)} = (() => {{\n{body}return {{ {', '.join(sorted(exports))} }};\n}})();\n"
        )
        done[name] = exports

    add(entry, ())
    if unused := modules.keys() - done.keys():
        raise BundleError(f"nobody needs {', '.join(sorted(unused))}")
    return f'(() => {{\n"use strict";\n{"".join(scopes)}}})();\n'


def _variable(name: str) -> str:
    return f"${name.removesuffix('.js').replace('-', '_')}"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_STYLE: Final = "".join(_read(_FOLDER / "style" / name) for name in _STYLES)
_SCRIPT: Final = bundle({path.name: _read(path) for path in (_FOLDER / "script").glob("*.js")}, _ENTRY)


def _page(logout: str) -> bytes:
    return Template(_read(_FOLDER / "page.html")).substitute(style=_STYLE, script=_SCRIPT, logout=logout).encode()


PAGE: Final = _page(" hidden")
"""The whole document."""
PAGE_OF_SESSION: Final = _page("")
"""The same, for who has logged in: with the way out."""

POLICY: Final = (
    f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: the page's own script and style, known by their hashes, and this server; nothing else."""
