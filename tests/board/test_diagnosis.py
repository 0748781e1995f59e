"""Diagnosis of scripted boards in virtual time, and the checks one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evse_protocol.messages import Connector, Fault, Flag, LockKind, Monitor, Pilot, Result, SwitchFunction
from evse_protocol.payloads import Config, Grant, Status, decode_payload
from evse_tui.board.diagnosis import DiagnosisReport, diagnose
from evse_tui.board.model import LinkHealth
from evse_tui.board.pilot_samples import PilotSamples
from evse_tui.board.self_checks import link_check, status_checks, trace_check
from evse_tui.clock import LoopClock
from evse_tui.sim.virtual_time import run_virtual
from tests.board.memory import MemoryOpener
from tests.protocol.scripted import STATUS, Peer

CONFIG = Config(
    hardware_max_da=160,
    connector=Connector.SOCKET,
    cable_da=0,
    monitor=Monitor.FITTED,
    lock=LockKind.SOLENOID,
    phases=3,
    c2=1,
    fallback_da=0,
    switch_function=SwitchFunction.NONE,
    limit_da=130,
    phase_wait_s=60,
    backlight_max=100,
)


def diagnosed(opener: MemoryOpener, duration_ms: int = 5_000) -> DiagnosisReport:
    async def main() -> DiagnosisReport:
        report = await diagnose(opener, LoopClock(), duration_ms)
        assert opener.transport is None
        return report

    return run_virtual(main())


def test_a_good_board() -> None:
    peer = Peer(config=CONFIG)
    report = diagnosed(MemoryOpener(peer))
    assert report.exit_status == 0
    assert report.asked == report.answered > 50
    text = report.render()
    assert "serial number 7" in text
    assert "Firmware        0.1.0" in text
    assert "hardware maximum 16.0 A, limit 13.0 A, 3 phases, C2 present" in text
    assert "round trip p50 4 ms p99 4 ms" in text
    assert "Pilot trace     A 14 of 14 cycles, high 12.00 to 12.00 V\n" in text
    assert "PROBLEM" not in text
    assert text.endswith("Verdict         good\n")
    assert not any(isinstance(decode_payload(frame.type, frame.payload), Grant) for frame in peer.copies)


def test_a_board_without_configuration_answers_but_has_a_problem() -> None:
    peer = Peer(result=Result.UNSUPPORTED)
    opener = MemoryOpener(peer, speak=None)
    report = diagnosed(opener)
    assert report.config is None
    assert report.answered == report.asked


def test_a_mute_board_is_not_reachable() -> None:
    report = diagnosed(MemoryOpener(Peer(mute=True)))
    assert report.exit_status == 2
    assert "mute" in report.render()
    assert report.render().endswith("Verdict         not reachable\n")


def test_a_missing_port_is_not_reachable() -> None:
    report = diagnosed(MemoryOpener(error="There is no port memory: plug the adapter in."))
    assert report.exit_status == 2
    assert "There is no port memory" in report.render()


def test_another_schema_is_a_problem() -> None:
    report = diagnosed(MemoryOpener(Peer(schema=1)))
    assert report.exit_status == 1
    assert report.asked == 0
    assert "flash firmware and host of the same release" in report.render()


def test_a_board_that_falls_silent_is_a_problem() -> None:
    opener = MemoryOpener(Peer(config=CONFIG))

    async def main() -> DiagnosisReport:
        LoopClock().call_later_ms(1_000, lambda: setattr(opener.peer, "mute", True))
        return await diagnose(opener, LoopClock(), 10_000)

    report = run_virtual(main())
    assert report.exit_status == 1
    assert report.answered < report.asked
    assert "fell silent" in report.render()


PLUGGED = replace(STATUS, pilot=Pilot.C, cp_high_mv=6_000, cp_low_mv=-12_000, duty_permille=266)


@pytest.mark.parametrize(
    ("status", "config", "problems"),
    [
        (STATUS, CONFIG, set()),
        (PLUGGED, CONFIG, set()),
        (replace(PLUGGED, flags=Flag.COMMISSIONED | Flag.C1 | Flag.LOCKED), CONFIG, set()),
        (replace(PLUGGED, flags=Flag.COMMISSIONED | Flag.C1), CONFIG, {"Lock"}),
        (replace(PLUGGED, flags=Flag.COMMISSIONED | Flag.C1), replace(CONFIG, connector=Connector.FIXED), set()),
        (replace(STATUS, flags=Flag(0)), None, {"Commissioned"}),
        (replace(STATUS, cp_high_mv=4_600), CONFIG, {"Control pilot"}),
        (replace(PLUGGED, cp_low_mv=-500), CONFIG, {"Control pilot"}),
        (replace(STATUS, pilot=Pilot.INVALID), CONFIG, {"Control pilot"}),
        (replace(STATUS, temperature_dc=-400), CONFIG, {"Temperature"}),
        (replace(STATUS, temperature_dc=700), CONFIG, {"Temperature"}),
        (replace(STATUS, faults=Fault.LOCK | Fault.DIODE), CONFIG, {"Faults", "Lock"}),
        (replace(STATUS, events_lost=3), CONFIG, {"Events lost"}),
    ],
)
def test_checks(status: Status, config: Config | None, problems: set[str]) -> None:
    checks = status_checks(status, config)
    assert {check.name for check in checks if not check.good} == problems
    assert {check.name for check in checks if "PROBLEM" in check.line} == problems


@pytest.mark.parametrize(
    ("high_mv", "low_mv", "status", "good", "text"),
    [
        ((), (), STATUS, False, "no samples came"),
        ((9_000,) * 3 + (6_000,) * 97, (-12_000,) * 100, PLUGGED, True, "B 3, C 97 of 100 cycles, high 6.00 to 9.00 V"),
        ((6_000,) * 100, (-12_000,) * 98 + (-500,) * 2, PLUGGED, False, "low -12.00 to -0.50 V, 2 gaps"),
        ((6_000,) * 100, (-12_000,) * 99 + (-500,), PLUGGED, True, "low -12.00 to -0.50 V"),
        ((12_000,) * 100, (0,) * 100, STATUS, True, "A 100 of 100 cycles, high 12.00 to 12.00 V"),
        ((12_000,) * 99 + (1_000,), (0,) * 100, STATUS, False, "A 99, E 1 of 100 cycles"),
    ],
)
def test_a_second_of_the_control_pilot(
    high_mv: tuple[int, ...], low_mv: tuple[int, ...], status: Status, good: bool, text: str
) -> None:
    gaps = (0, 5, 7) if "gaps" in text else (0,)
    check = trace_check(PilotSamples(tuple(range(len(high_mv))), high_mv, low_mv, gaps), status)
    assert (check.good, check.name) == (good, "Pilot trace")
    assert text in check.text
    assert ("gaps" in check.text) is ("gaps" in text)


@pytest.mark.parametrize(
    ("health", "answered", "good"),
    [
        (LinkHealth(round_trip_p50_ms=4, round_trip_p99_ms=9, frames_received=300), 100, True),
        (LinkHealth(round_trip_p50_ms=4, round_trip_p99_ms=9, frames_received=300, crc_errors=9), 100, False),
        (LinkHealth(round_trip_p50_ms=4, round_trip_p99_ms=9, frames_received=300, retries=2), 100, False),
        (LinkHealth(round_trip_p50_ms=4, round_trip_p99_ms=900, frames_received=300), 100, False),
        (LinkHealth(frames_received=300), 0, False),
    ],
)
def test_link_quality(health: LinkHealth, answered: int, good: bool) -> None:
    assert link_check(health, 100, answered).good is good
