"""A blank chip becomes a charger, and keeps what it was told through power cuts in the middle of every write."""

from __future__ import annotations

from typing import Any

from evse_protocol.messages import EventKind, Fault, Flag, ResetReason, Result
from evse_protocol.payloads import Config, ConfigGet, ConfigSet, Event, Reply
from tests.firmware.avr.avr_bench import AvrBench
from tests.firmware.avr.host import Host
from tests.firmware.avr.stand import eeprom_of, image
from tests.firmware.core_bench import CONFIG

FIRST = ConfigSet(**CONFIG)
SECOND = ConfigSet(**{**CONFIG, "hardware_max_da": 160, "limit_da": 130, "cable_da": 200})
ERASED, OLD, GARBAGE = range(3)


def stored(host: Host) -> Config | None:
    """What the board says it is commissioned with."""
    answer = host.command(ConfigGet())
    return answer if isinstance(answer, Config) else None


def set_config(host: Host, config: ConfigSet) -> Result:
    answer = host.command(config)
    assert isinstance(answer, Reply)
    return answer.result


def as_set(config: Config | None) -> ConfigSet | None:
    return None if config is None else ConfigSet(**{name: getattr(config, name) for name in CONFIG})


def cut_in_write(bench: AvrBench, host: Host, config: ConfigSet, byte: int, torn: int) -> tuple[Host, ConfigSet | None]:
    """Sends CONFIG_SET, ends the power while this byte is being written, and starts again."""
    host.session.command(config, host.now_ms)
    seen = len(bench.named("eeprom"))
    until_ms = bench.ms + 400
    while len(bench.named("eeprom")) <= seen + byte:  # a byte takes 3.4 ms
        assert bench.ms < until_ms, f"no byte {byte} was written"
        host.run(1)
    assert bench.ms - bench.named("eeprom")[-1].ms < 3
    bench.do("off", torn=torn)
    bench.run(20)
    bench.do("on")
    again = Host(bench).online()
    return again, as_set(stored(again))


def reset_event(host: Host) -> Event:
    """The first event of this boot."""

    def found() -> Event | None:
        return next((event for event in host.events if event.boot == host.boot), None)

    host.until(found, 1_500)
    event = found()
    assert event is not None
    return event


def test_blank_chip(measured: list[dict[str, Any]]) -> None:
    with AvrBench.start(image()) as bench:
        host = Host(bench).online()
        assert Flag.COMMISSIONED not in host.telemetry.flags
        assert stored(host) is None
        assert set_config(host, FIRST) is Result.NOT_PERMITTED

        bench.set(button=True)
        host.run(5_100)
        bench.set(button=False)
        host.until(lambda: Flag.COMMISSIONING_OPEN in host.telemetry.flags, 300)
        for byte in (0, 12, 24, 25):
            with bench.branch():
                _, config = cut_in_write(bench, host.twin(), FIRST, byte, GARBAGE)
                assert config == (FIRST if byte >= 25 else None), "all or nothing"

        assert set_config(host, FIRST) is Result.OK
        host.run(300)
        assert as_set(stored(host)) == FIRST
        assert bench.figures["eeprom_overruns"] == 0
        for byte, torn in [*((byte, GARBAGE) for byte in (0, 3, 7, 11, 15, 19)), (5, ERASED), (5, OLD)]:
            with bench.branch():
                again, config = cut_in_write(bench, host.twin(), SECOND, byte, torn)
                assert config in (FIRST, SECOND)
                assert Fault.CONFIG_CORRUPT not in again.telemetry.faults
                reset = reset_event(again)
                assert (reset.kind, reset.code) == (EventKind.RESET, ResetReason.POWER_ON)
                assert not bench.named("c1")
        measured.append(bench.figures)


def test_reset_while_a_byte_is_written() -> None:
    """It goes on being written, and nothing can be read before that is done."""
    with AvrBench.start(image()) as bench:
        bench.do("off")
        bench.do("load_eeprom", hex=eeprom_of(CONFIG).hex())
        bench.do("on")
        while not bench.named("eeprom"):
            bench.run(1)
        assert bench.ms - bench.named("eeprom")[0].ms < 3
        bench.do("reset")
        host = Host(bench).online()
        assert as_set(stored(host)) == FIRST
        assert bench.figures["eeprom_overruns"] == 0


def test_no_two_boots_have_the_same_number() -> None:
    """Nor the same session: nobody is answered before the number is stored, however soon the next reset comes."""
    with AvrBench.start(image()) as bench:
        seen: list[tuple[int, int]] = []
        for ms in range(8, 80, 6):
            bench.do("reset")
            bench.run(4).take_uart()  # its line is up
            host = Host(bench).run(ms)
            if host.session.identity is not None:
                seen.append((host.session.identity.boot, host.session.identity.session))
        assert len(seen) > 3
        assert len({boot for boot, _ in seen}) == len(seen)
        assert len({session for _, session in seen}) == len(seen)
