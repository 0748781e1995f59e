"""The page as bytes: one document, nothing from anywhere else, and a policy that fits it."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from aiohttp import ClientSession

from evse_tui.api.page.assemble import PAGE, POLICY, BundleError, bundle
from tests.page.shown import Shown
from tests.ui.snapshots import normal


def test_modules_become_one_script_in_the_order_of_need() -> None:
    modules = {
        "main.js": 'import { twice } from "./maths.js";\nimport * as words from "./words.js";\ntwice(words.ONE);\n',
        "maths.js": 'import { ONE } from "./words.js";\nexport function twice(n) { return n * ONE * 2; }\n',
        "words.js": "export const ONE = 1;\n",
    }
    script = bundle(modules, "main.js")
    assert script.index("const $words") < script.index("const $maths") < script.index("const $main")
    assert "const { twice } = $maths;" in script
    assert "const words = $words;" in script
    assert not re.search(r"^(import|export)", script, re.MULTILINE)


@pytest.mark.parametrize(
    ("modules", "complaint"),
    [
        ({"main.js": 'import { a } from "./b.js";\n'}, "does not exist"),
        ({"main.js": 'import { a } from "./b.js";\n', "b.js": "const a = 1;\n"}, "does not export"),
        ({"main.js": 'import { a } from "./main.js";\n'}, "needs itself"),
        ({"main.js": 'import a from "./b.js";\n', "b.js": ""}, "not understood"),
        ({"main.js": "", "b.js": ""}, "nobody needs b.js"),
    ],
)
def test_modules_that_do_not_fit_are_named(modules: dict[str, str], complaint: str) -> None:
    with pytest.raises(BundleError, match=complaint):
        bundle(modules, "main.js")


async def test_page_is_whole_and_its_policy_knows_nothing_else() -> None:
    shown = Shown(normal())
    await shown.serve()
    async with ClientSession() as session, session.get(shown.origin) as response:
        page = await response.text()
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        policy = response.headers["Content-Security-Policy"]
    await shown.cut()
    assert policy == POLICY
    assert page.encode() == PAGE
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    elsewhere = set(re.findall(r"[a-z]+://[^\s\"'<>]+", page))
    assert elsewhere == {"http://www.w3.org/2000/svg"}  # the name of a vocabulary, never fetched


def test_nothing_parses_markup_or_opens_a_web_socket() -> None:
    script = PAGE.decode()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "WebSocket("):
        assert word not in script
