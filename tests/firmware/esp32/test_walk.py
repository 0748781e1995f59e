"""A random day at the board's terminals: cars, faults, garbage on the line, a slow flash, late interrupts."""

from __future__ import annotations

import random
from typing import Final

import pytest

from evse_protocol.messages import EventKind, Fault
from evse_protocol.payloads import Acknowledge, Resume

from .stand import OHM, V30, V31, Host, commissioned

_C1, _C2, _CP_OFF = 32, 27, 15
_ROUNDS: Final = 4
_ACTS: Final = 4
_RESIDUAL_MS: Final = 20
_LEFT_C_MS: Final = 100


class _Judge:
    """What must hold at the pins, whatever happens."""

    def __init__(self, host: Host, rcm: int) -> None:
        self._host, self._rcm = host, rcm
        self._bad_since: dict[str, int] = {}
        self._before = (0, 0)
        self.closed = 0

    def _lasting(self, name: str, bad: bool, limit_ms: int) -> None:
        now_ms = self._host.board.ms
        if not bad:
            self._bad_since.pop(name, None)
        else:
            assert now_ms - self._bad_since.setdefault(name, now_ms) <= limit_ms, name

    def look(self) -> None:
        board = self._host.board
        c1, c2 = board.level(_C1), board.level(_C2)
        if c2 and not self._before[1]:
            assert not self._before[0], "C2 closes only while C1 is open"
        self.closed += c1 and not self._before[0]
        self._before = (c1, c2)
        assert not (c1 and board.level(_CP_OFF))
        assert board.chip.duty_counts == 8192 or board.chip.duty_counts >= 819
        self._lasting("residual current", bool(c1 and board.level(self._rcm)), _RESIDUAL_MS)
        self._lasting("not C", bool(c1 and board.world["car_ohm"] != OHM["C"]), _LEFT_C_MS)
        self._lasting("short", bool(c1 and board.world["cp_short"]), _LEFT_C_MS)


def _act(host: Host, chance: random.Random, rcm: int) -> None:
    board = host.board
    match chance.randrange(12):
        case 0:
            board.set(car_ohm=OHM["B"], pp_ohm=220)
        case 1:
            board.set(car_ohm=OHM[chance.choice("AD")], pp_ohm=0)
        case 2:
            board.set(cp_short=1)
            host.run(chance.choice((5, 200)))
            board.set(cp_short=0)
        case 3:
            board.set(diode_ok=0)
            host.run(chance.choice((5, 200)))
            board.set(diode_ok=1)
        case 4:
            board.pin(rcm, 1)
            host.run(chance.choice((5, 50)))
            board.pin(rcm, 0)
        case 5:
            host.limit_da, host.phases = chance.choice((0, 60, 90, 160)), chance.choice((1, 3))
        case 6:
            host.renewing = not host.renewing
        case 7:
            board.send(chance.randbytes(chance.randrange(200)))
        case 8:
            board.set(latency_us=chance.choice((1, 3, 12, 300)), erase_ms=chance.choice((20, 400)))
        case 9:
            board.pulse(rcm, chance.randrange(1_000), chance.choice((5, 50)))
        case 10:
            board.set(stalled=1)
            host.run(10)
            board.set(stalled=0)
        case _:
            board.pin(0, 0)
            host.run(100)
            board.pin(0, 1)


def _recover(host: Host) -> None:
    """All that a patient user does, until the car charges again."""
    host.board.set(car_ohm=OHM["A"], pp_ohm=0, latency_us=3)
    host.limit_da, host.phases, host.renewing = 160, 3, True
    host.run(1_500)
    host.command(Acknowledge(Fault.RESIDUAL_CURRENT))
    host.command(Resume())
    host.board.set(car_ohm=OHM["C"], pp_ohm=220)
    host.until(lambda: host.board.level(_C1), 60_000)


@pytest.mark.parametrize(("package", "seed"), [(V30, 1), (V31, 2)])
def test_nothing_breaks_what_must_hold_at_the_terminals(package: int, seed: int) -> None:
    chance = random.Random(seed)
    rcm = 13 if package == V30 else 38
    host = commissioned(package)
    judge = _Judge(host, rcm)
    host.watch = judge.look
    for _ in range(_ROUNDS):
        _recover(host)
        for _ in range(_ACTS):
            _act(host, chance, rcm)
            host.run(chance.choice((50, 700, 4_000)))
    assert judge.closed >= _ROUNDS
    assert not any(event.kind == EventKind.INVARIANT for event in host.events)
    assert host.board.chip.restarts == 0
