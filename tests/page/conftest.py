"""One browser for all tests of the page; a visit of its own, and a server of its own, for each."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from evse_tui.site.snapshot import Snapshot
from tests.page.browser import Visit, launched, visiting
from tests.page.shown import Shown
from tests.ui.snapshots import WALL_S

HERE = Path(__file__).parent
Stage = tuple[Shown, Visit]
Staged = Callable[..., AbstractAsyncContextManager[Stage]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE and isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.add_marker(pytest.mark.asyncio(loop_scope="package"), append=False)


@pytest_asyncio.fixture(loop_scope="package")
async def no_leaked_tasks(browser: Browser) -> AsyncIterator[None]:
    """The rule of all tests, on the loop that these share with the browser."""
    before = asyncio.all_tasks()
    yield
    leaked = [task for task in asyncio.all_tasks() - before if not task.done() and task is not asyncio.current_task()]
    assert not leaked, f"tasks left running: {leaked}"


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="package")
async def staged(browser: Browser) -> Staged:
    """Opens the page on a hand-made snapshot, with the page's clock standing."""

    @asynccontextmanager
    async def open_stage(snapshot: Snapshot, **options: Any) -> AsyncIterator[Stage]:
        async with AsyncExitStack() as stack:
            shown = Shown(snapshot, security=options.pop("security", None))
            await shown.serve()
            stack.push_async_callback(shown.cut)
            visit = await stack.enter_async_context(visiting(browser, shown.origin, **{"clock_s": WALL_S, **options}))
            yield shown, visit

    return open_stage
