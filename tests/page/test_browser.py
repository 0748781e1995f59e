"""The tests' own browser: found, or missed in a sentence that says what to install."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.page.browser import chromium
from tests.page.conftest import Staged
from tests.ui import snapshots


def test_a_missing_browser_is_said_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        chromium()


def test_a_named_browser_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/browser")
    assert chromium() == "/opt/browser"


async def test_a_visit_notices_what_the_page_may_not_do(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        await visit.page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "document.title = 'ran'";
                document.body.append(script);
                fetch("http://127.0.0.2:9/").catch(() => {});
                console.error("something is wrong");
                Promise.reject(new Error("thrown"));
            }"""
        )
        await expect(visit.at(".charger")).to_have_count(1)
        await expect(visit.page).to_have_title("evse-tui")
        found = " | ".join(visit.complaints)
        for complaint in ("violated: script-src", "violated: connect-src", "something is wrong", "script: thrown"):
            assert complaint in found
        visit.complaints.clear()
