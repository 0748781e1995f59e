"""The bench's own measurements, against programs whose cycles, duty, stack and behaviour are known."""

from __future__ import annotations

import os
import select
from pathlib import Path

import pytest

from tests.firmware.avr.avr_bench import CYCLES_PER_MS, AvrBench, BenchError, program
from tests.firmware.avr.stand import image

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


@pytest.mark.parametrize("verb", ["read", "checkpoint", "pace"])
def test_end_of_stdin_ends_it(folder: Path, verb: str) -> None:
    bench = AvrBench.start(program("echo", folder))
    bench.do(verb)
    assert bench.close() == 0


def test_refusals(folder: Path) -> None:
    with AvrBench.start(program("echo", folder)) as bench:
        for verb, members in (("dance", {}), ("set", {"moon": 1.0}), ("run", {}), ("rollback", {})):
            with pytest.raises(BenchError):
                bench.do(verb, **members)
        assert bench.run(1).cycle == pytest.approx(CYCLES_PER_MS, abs=10)


def test_cycles_of_handlers_and_depth_of_stack(folder: Path) -> None:
    with AvrBench.start(program("costs", folder)) as bench:
        figures = bench.run(100).figures
        timer0, step = 4 + 3 + 48 + 4, 4 + 3 + 1 + 1000 + 1 + 4
        assert figures["isr"]["14"][1] == timer0
        assert (figures["step_worst"] - step) % timer0 == 0
        assert 0 <= figures["step_worst"] - step <= timer0
        assert figures["step_worst_nested"] == figures["step_worst"] - step
        assert abs(figures["step_median"] - figures["step_worst"]) < 2 * timer0
        assert figures["step_gap"] == pytest.approx(CYCLES_PER_MS, abs=timer0 + 5)
        assert figures["steps"] == pytest.approx(99, abs=1)
        assert figures["stack"] == 0x8FF - (0x804 - 16)
        assert figures["masked"] == timer0 - 4, "without the acceptance"


def test_converter_samples_at_its_instant(folder: Path) -> None:
    """The pilot falls 8000 cycles after its edge; a sample is taken 192 after the start, of that moment's channel."""
    with AvrBench.start(program("sampling", folder)) as bench:
        bench.set(pp_ohm=100.0)

        def sampled(start: int) -> float:
            """Control pilot in volt as sampled by a conversion that began so many cycles after the edge."""
            bench.send(bytes([start // 64])).run(4)
            bench.take_uart()
            (code,) = set(bench.run(5).take_uart())
            return (code * 4 + 2 - 551) / 30.8

        for cycles, volts in ((6_400, 12), (7_744, 12), (8_128, -12), (12_800, -12)):
            assert sampled(cycles) == pytest.approx(volts, abs=0.1)
        bench.do("clear_pwm")
        sampled(6_400)
        assert bench.state["high_sample"] == [pytest.approx(6_400 + 192 + 40, abs=25)] * 2
        sampled(12_800)
        assert bench.state["low_sample"][1] == pytest.approx(12_800 + 192 + 40 - 12_000, abs=25)
        assert -11 < sampled(7_872) < 11, "on the edge itself: 1 kOhm into 3.1 nF"


@pytest.mark.parametrize(("torn", "read"), [(0, {0xFF}), (1, {0x11}), (2, set(range(256)))])
def test_eeprom_is_slow_and_can_be_torn(folder: Path, torn: int, read: set[int]) -> None:
    with AvrBench.start(program("store", folder)) as bench:
        bench.do("load_eeprom", hex="111111")
        bench.run(1).send(b"\xab\xcd").run(5)
        first, second = bench.named("eeprom")
        assert second.cycle - first.cycle == pytest.approx(3.4 * CYCLES_PER_MS, abs=100)
        bench.do("off", torn=torn)
        cells = bench.eeprom()
        assert (cells[0], cells[2]) == (0xAB, 0x11)
        assert cells[1] in read
        assert bench.figures["eeprom_overruns"] == 0


def test_eeprom_cannot_be_read_while_it_writes(folder: Path) -> None:
    with AvrBench.start(program("store", folder)) as bench:
        bench.run(1).send(b"\xabr").run(1)
        assert bench.figures["eeprom_overruns"] == 1
        bench.run(4).send(b"r").run(1)
        assert bench.figures["eeprom_overruns"] == 1
        bench.send(b"\xab").run(1).do("reset")
        bench.run(1).send(b"r").run(1)
        assert bench.figures["eeprom_overruns"] == 2, "the write goes on through a reset"


def test_eeprom_is_kept_in_a_file(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "eeprom"
    for expected in (b"\xff\xff", b"\xab\xff"):
        with AvrBench.start(program("store", folder), "--eeprom", str(kept)) as bench:
            assert bench.eeprom()[:2] == expected
            bench.run(1).send(b"\xab").run(10)
    assert len(kept.read_bytes()) == 1024


def test_flash_is_patched_and_repaired(folder: Path) -> None:
    with AvrBench.start(program("deaf", folder)) as bench:
        bench.run(20)
        with bench.branch():
            bench.patch(bench.state["pc"], b"\xff\xcf")
            pc = bench.state["pc"]
            assert bench.run(20).state["pc"] == pc
            bench.repair()
            assert len({bench.run(cycles=count).state["pc"] for count in range(1, 20)}) > 1
        assert len({bench.run(cycles=count).state["pc"] for count in range(1, 20)}) > 1, "only in the branch"
        for members in ({"address": 0}, {"address": 32_767, "hex": "0000"}, {"hex": "00"}):
            with pytest.raises(BenchError):
                bench.do("patch", **members)


def test_watchdog_resets_and_keeps_ram(folder: Path) -> None:
    with AvrBench.start(program("hang", folder)) as bench:
        reset = bench.until("reset", 1, 1_200)
        assert reset.ms == pytest.approx(1_024, rel=0.02)
        bench.run(5)
        powered, watchdog = bench.uart[:2], bench.uart[2:4]
        assert powered[0] == 1 << 0
        assert powered[1] != 0x5A, "RAM at power-up is chance"
        assert watchdog == bytes([1 << 3, 0x5A])
        bench.take_uart()
        bench.do("off")
        bench.run(5)
        bench.do("on")
        assert bench.run(5).take_uart()[0] == 1 << 0
        bench.do("reset")
        assert bench.run(5).take_uart() == bytes([1 << 1, 0x5A])


def test_watchdog_ends_a_sleep_without_interrupts(folder: Path) -> None:
    with AvrBench.start(program("dead", folder)) as bench:
        first = bench.until("reset", 1, 150)
        assert first.ms == pytest.approx(128, rel=0.02)
        assert bench.until("reset", 1, 150).ms == pytest.approx(2 * first.ms, rel=0.02)


def test_masked_time_and_lost_bytes(folder: Path) -> None:
    """Three bytes wait, the fourth and all that follow are lost: 11 arrive in 16000 cycles."""
    with AvrBench.start(program("deaf", folder)) as bench:
        bench.run(cycles=16_300).send(bytes(9)).run(10)
        figures = bench.figures
        assert 16_000 <= figures["masked"] <= 16_050
        assert figures["rx_overruns"] == 9 - 3
        assert figures["rx_bytes"] == 3


def test_leaps_over_idle_loops_change_nothing() -> None:
    """Every pin, every byte on the line and every figure of the shipped image, to the cycle."""
    told = []
    for options in ((), ("--every-instruction",)):
        with AvrBench.start(image(), *options) as bench:
            bench.run(100).set(car_ohm=2740.0, pp_ohm=220.0)
            for length in (1, 40):
                bench.run(cycles=777_777).send(bytes(range(length)))
            bench.set(residual="high").run(100)
            told.append((bench.events, bytes(bench.uart), bench.figures))
    assert told[0] == told[1]
