"""Rules for every test: no leaked tasks, no leaked file descriptors, nothing skipped in CI."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio

hypothesis.settings.register_profile(  # a busy machine is not a property of the code
    "machine", deadline=None, suppress_health_check=(hypothesis.HealthCheck.too_slow,)
)
hypothesis.settings.load_profile("machine")

_DESCRIPTORS = Path("/proc/self/fd")


def _open_descriptors() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in os.listdir(_DESCRIPTORS):  # noqa: PTH208  # the directory changes while it is read
        try:
            found[name] = str((_DESCRIPTORS / name).readlink())
        except OSError:
            continue
    return found


def _left_open(before: dict[str, str]) -> dict[str, str]:
    return {
        name: target
        for name, target in _open_descriptors().items()
        if before.get(name) != target and target.startswith(("socket:", "pipe:", "/dev/pts", "/dev/ptmx"))
    }


@pytest.fixture(autouse=True)
def no_leaked_descriptors() -> Iterator[None]:
    """A pty, socket or pipe that a test leaves open fails it."""
    if not _DESCRIPTORS.exists():  # not Linux
        yield
        return
    before = _open_descriptors()
    yield
    leaked = _left_open(before)
    if leaked:  # a collection before every verdict would cost more than most tests
        gc.collect()
        leaked = _left_open(before)
    assert not leaked, f"file descriptors left open: {leaked}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.fixturenames.insert(0, "no_leaked_tasks")


@pytest_asyncio.fixture
async def no_leaked_tasks() -> AsyncIterator[None]:
    """A task that outlives its test fails it."""
    before = asyncio.all_tasks()
    yield
    leaked = [task for task in asyncio.all_tasks() - before if not task.done() and task is not asyncio.current_task()]
    assert not leaked, f"tasks left running: {leaked}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In CI a skipped test is an error: what the tests need must be installed."""
    if os.environ.get("EVSE_TUI_NO_SKIP") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("skipped tests are not allowed here", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("EVSE_TUI_NO_SKIP") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
