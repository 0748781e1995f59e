"""The bench's own measurements, against programs whose cycles, duty, stack and behaviour are known."""

from __future__ import annotations

import os
import select
from pathlib import Path

import pytest

from tests.firmware.avr.avr_bench import CYCLES_PER_MS, AvrBench, BenchError, program

BYTE_CYCLES = 10 * 16_000_000 / 115_200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("programs")


def test_uart_echoes_at_the_speed_of_the_line(folder: Path) -> None:
    text = bytes(range(100))
    with AvrBench.start(program("echo", folder)) as bench:
        bench.run(1).send(text)
        bench.run(cycles=int(BYTE_CYCLES * 50))
        assert 48 <= len(bench.uart) <= 50, "the line is not faster than 115200 baud"
        bench.run(10)
        assert bench.take_uart() == text
        assert bench.figures["rx_overruns"] == 0


def test_uart_on_a_pty(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "board"
    with AvrBench.start(program("echo", folder), "--pty", str(link)) as bench:
        host = os.open(link, os.O_RDWR | os.O_NOCTTY)
        try:
            os.write(host, b"\x00\x11\x13\n\r\xff")  # nothing of this may be interpreted by the terminal
            bench.run(5)
            assert select.select([host], [], [], 5)[0]
            assert os.read(host, 100) == b"\x00\x11\x13\n\r\xff"
        finally:
            os.close(host)
        assert link.is_symlink()
    assert not link.is_symlink()


@pytest.mark.parametrize("percent", [10, 50, 96])
def test_pwm_is_measured_to_the_cycle(folder: Path, percent: int) -> None:
    with AvrBench.start(program("pwm", folder)) as bench:
        bench.run(2).send(bytes([percent * 250 // 100])).run(4)
        bench.do("clear_pwm")
        state = bench.run(20).state
        assert state["periods"] == [16_000, 16_000]
        assert state["highs"] == [percent * 160, percent * 160]


@pytest.mark.parametrize("code", [0, 250])
def test_static_level_has_no_edge(folder: Path, code: int) -> None:
    """0: disconnected from the timer; 250: OCR1B = TOP."""
    with AvrBench.start(program("pwm", folder)) as bench:
        bench.run(2).send(bytes([code])).run(4)
        rises = bench.state["rises"]
        state = bench.run(20).state
        assert (state["period"], state["high"]) == (0, 16_000)
        assert state["rises"] == rises
        bench.send(bytes([125])).run(4)
        assert (bench.state["period"], bench.state["high"]) == (16_000, 8_000)


def test_branches_nest(folder: Path) -> None:
    with AvrBench.start(program("echo", folder)) as bench:
        bench.run(1)
        with bench.branch():
            bench.send(b"a").run(1)
            with bench.branch():
                bench.send(b"b").run(1)
                assert bench.uart == b"ab"
            with bench.branch():
                bench.send(b"c").run(1)
                assert bench.uart == b"ac"
            assert bench.run(1).uart == b"a"
        assert bench.run(1).cycle < 2.01 * CYCLES_PER_MS
        assert bench.uart == b""
        assert bench.figures["rx_bytes"] == 3, "figures outlive a branch"


def test_end_of_stdin_ends_it(folder: Path) -> None:
    bench = AvrBench.start(program("echo", folder))
    bench.do("checkpoint")
    assert bench.close() == 0


def test_refusals(folder: Path) -> None:
    with AvrBench.start(program("echo", folder)) as bench:
        for verb, members in (("dance", {}), ("set", {"moon": 1.0}), ("run", {}), ("rollback", {})):
            with pytest.raises(BenchError):
                bench.do(verb, **members)
        assert bench.run(1).cycle == pytest.approx(CYCLES_PER_MS, abs=10)
