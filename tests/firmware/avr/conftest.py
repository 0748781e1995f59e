"""Boards that have booted once for all tests of this folder; every test works on a branch of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.firmware.avr.stand import FIXED, SOCKET, Stand

_FIGURES: dict[str, float] = {}
_MEASURED: list[dict[str, Any]] = []
_WORST = {"step": 0.0}
_WHERE = {"step": ""}


@pytest.fixture
def figures() -> dict[str, float]:
    """Worst figures of this run, for the summary at its end."""
    return _FIGURES


@pytest.fixture
def measured() -> list[dict[str, Any]]:
    """What benches of their own measured before they ended, for the budgets."""
    return _MEASURED


def _booted(config: dict[str, int]) -> Iterator[Stand]:
    stand = Stand.commissioned(config)
    try:
        yield stand
    finally:
        assert stand.bench.close() == 0


def _branch(booted: Stand, test: str) -> Iterator[Stand]:
    with booted.branch() as stand:
        yield stand
    step = booted.bench.figures["step_worst"]
    if step > _WORST["step"]:
        _WORST["step"], _WHERE["step"] = step, test


@pytest.fixture(scope="session")
def booted_fixed() -> Iterator[Stand]:
    yield from _booted(FIXED)


@pytest.fixture(scope="session")
def booted_socket() -> Iterator[Stand]:
    yield from _booted(SOCKET)


@pytest.fixture
def fixed(booted_fixed: Stand, request: pytest.FixtureRequest) -> Iterator[Stand]:
    """80 A on a fixed cable, no lock, no C2."""
    yield from _branch(booted_fixed, request.node.name)


@pytest.fixture
def socket(booted_socket: Stand, request: pytest.FixtureRequest) -> Iterator[Stand]:
    """32 A, socket with lock, C2."""
    yield from _branch(booted_socket, request.node.name)


@pytest.fixture(scope="module")
def charging_socket(booted_socket: Stand) -> Iterator[Stand]:
    with booted_socket.branch() as stand:
        yield stand.charge(160)


@pytest.fixture
def charging(charging_socket: Stand, request: pytest.FixtureRequest) -> Iterator[Stand]:
    """The socket board with C1 and C2 closed at 16 A."""
    yield from _branch(charging_socket, request.node.name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _FIGURES:
        terminalreporter.section("ATmega328P in the emulator")
        for name, value in _FIGURES.items():
            terminalreporter.write_line(f"{name:40} {value:8.0f}")
        elsewhere = _FIGURES.get("worst step, cycles", 0) > _WORST["step"]
        where = "a bench of its own, or the flooded line of the budgets" if elsewhere else _WHERE["step"]
        terminalreporter.write_line(f"{'the worst step was in':40} {where}")
