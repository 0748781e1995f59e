"""Chromium on the page, and what no visit may do: complain, break the policy, or ask anybody else."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PATIENCE_MS = 30_000
"""Real time after which a wait has failed; generous because machines are slow, never a duration that is waited out."""
_ANSWERS_WITHIN_MS = 400
"""Usual time of an answer; a slower one only makes the page's clock run further."""
_NO_ANSWER = "Failed to load resource"
_TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI}`));"""

expect.set_options(timeout=PATIENCE_MS)


def chromium() -> str:
    """Path of the browser; without one the tests are skipped, which CI counts as a failure."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("There is no Chromium: install it (Debian: apt-get install chromium) or name it in CHROMIUM.")
    return found


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        # as root, as in most containers, Chromium's own sandbox can't start; it shows nothing but our own page
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=chromium(), args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Visit:
    """One visitor with the page open."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    may_miss_answers: bool = False
    """Whether requests may fail here, because the test makes them fail."""

    def at(self, selector: str) -> Locator:
        return self.page.locator(selector)

    async def passes(self, seconds: float) -> None:
        """Lets the page's own clock run, where the visit holds it."""
        await self.page.clock.run_for(round(seconds * 1000))

    async def passes_until(self, connection: str) -> None:
        """Lets the page's clock run, and the network answer in between, until the connection is called so."""
        word = self.at("#connection")
        for _ in range(90):
            await self.passes(1)
            try:
                await expect(word).to_contain_text(connection, timeout=_ANSWERS_WITHIN_MS)
            except AssertionError:
                continue
            return
        await expect(word).to_contain_text(connection)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not (self.may_miss_answers and message.text.startswith(_NO_ANSWER)):
            self.complaints.append(f"console: {message.text}")

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:")):
            self.complaints.append(f"asked elsewhere: {request.url}")


Scheme = Literal["light", "dark"]


@asynccontextmanager
async def visiting(
    browser: Browser,
    origin: str,
    *,
    width: int = 1280,
    height: int = 900,
    scheme: Scheme = "light",
    clock_s: float | None = None,
    reduced_motion: bool = True,
    timezone: str = "UTC",
    ready: str = "#main-column > *",
) -> AsyncIterator[Visit]:
    """Opens the page; fails at the end if anything complained. With `clock_s` the page's clock stands there.

    The page is there when `ready` is.
    """
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce" if reduced_motion else "no-preference",
        timezone_id=timezone,
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        page = await context.new_page()
        visit = Visit(page, origin)
        page.on("console", visit.on_console)
        page.on("pageerror", lambda error: visit.complaints.append(f"script: {error}"))
        context.on("request", visit.on_request)
        await page.add_init_script(_TELL_VIOLATIONS)
        if clock_s is not None:
            await page.clock.install(time=clock_s)
            await page.clock.pause_at(clock_s + 1)
        await page.goto(origin)
        await page.wait_for_selector(ready, state="attached")
        yield visit
        assert not visit.complaints
    finally:
        await context.close()


async def value(visit: Visit, expression: str) -> Any:
    """The value of a JavaScript expression on the page."""
    return await visit.page.evaluate(expression)
