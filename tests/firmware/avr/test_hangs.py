"""The program hangs while a car draws current: in the loop, in a section that the step waits for, in the step itself,
with interrupts and without. An endless loop is written into the flash of the running chip, over the very next
instruction; the shipped image stays as it is.

Whatever hangs, the judge finds every invariant kept: a step that does not come back is ended by the watchdog within
20 ms, a loop by the step."""

from __future__ import annotations

import subprocess
from functools import cache

import pytest

from evse_protocol.messages import EventKind, Fault, Flag, Hold, ResetReason
from evse_protocol.payloads import Acknowledge
from tests.firmware.avr.avr_bench import CYCLES_PER_MS, Event
from tests.firmware.avr.stand import BOOT_MS, WATCHDOG, Stand, image

ENDLESS = b"\xff\xcf"  # rjmp .-2
DEAF = b"\xf8\x94" + ENDLESS  # cli
WATCHDOG_MS = 2048 / 128
"""Cycles of its oscillator, from the end of the newest whole step on."""
STEP_MS = 1
LOOP_MS = 500

LOOP, GUARDED, STEP = "loop", "guarded", "step"
NO_STEPS = [(GUARDED, ENDLESS), (STEP, ENDLESS), (LOOP, DEAF), (GUARDED, DEAF), (STEP, DEAF)]
NAMES = [f"{place}{' deaf' if code == DEAF else ''}" for place, code in NO_STEPS]


@cache
def variable(name: str) -> int:
    """Its address in the data space."""
    told = subprocess.run(["avr-nm", str(image())], capture_output=True, text=True, check=True).stdout
    symbols = (line.split() for line in told.splitlines())
    (address,) = {int(address, 16) for address, _, symbol in symbols if symbol.partition(".")[0] == name}
    return address - 0x800000


def reach(stand: Stand, place: str) -> None:
    """Runs until the next instruction is one of this place, in no other interrupt."""
    for _ in range(2_000):
        state = stand.bench.run(cycles=97).state
        held = bool(stand.bench.peek(variable("held")))
        now = STEP if state["stepping"] else GUARDED if held else LOOP
        if now == place and state["interrupts"] and held is (place != LOOP):
            return
    pytest.fail(f"never in {place}")


def hang(stand: Stand, place: str, code: bytes) -> int:
    """The cycle from which on it hangs."""
    stand.may_reset = True
    reach(stand, place)
    stand.bench.patch(stand.bench.state["pc"], code)
    return stand.bench.cycle


def reset_of(stand: Stand, within_ms: float) -> Event:
    return stand.bench.until("reset", WATCHDOG, within_ms)


def edge_of(stand: Stand, contactor: str) -> Event:
    """The newest edge, which opened it."""
    edge = stand.bench.named(contactor)[-1]
    assert edge.value == 0
    return edge


def comes_up(stand: Stand) -> None:
    """Back from the reset with the flash as it was: open, telling why, and waiting as after any boot."""
    host, boots = stand.host, stand.host.boots
    host.until(lambda: host.boots == boots + 1, 3_000)
    host.until(lambda: any(event.boot == host.boot for event in host.events), 1_500)
    first = next(event for event in host.events if event.boot == host.boot)
    assert (first.kind, first.code) == (EventKind.RESET, ResetReason.WATCHDOG)
    assert host.session.identity is not None
    assert host.session.identity.reset_reason == ResetReason.WATCHDOG
    host.run(200)
    assert not host.telemetry.flags & (Flag.C1 | Flag.C2)
    assert not stand.bench.state["c1"]
    assert not stand.bench.state["c2"]
    assert host.telemetry.offered_da == 0


@pytest.mark.parametrize(("place", "code"), NO_STEPS, ids=NAMES)
@pytest.mark.parametrize("meanwhile", [{}, {"residual": "high"}, {"car_ohm": 2740.0}], ids=["", "residual", "B"])
def test_without_steps_the_watchdog_opens_both(
    charging: Stand, place: str, code: bytes, meanwhile: dict[str, float | str], figures: dict[str, float]
) -> None:
    """In the instant of the reset, which is sooner than residual current allows."""
    start = hang(charging, place, code)
    charging.bench.run(0.5)
    if meanwhile:
        charging.bench.set(**meanwhile)
    reset = reset_of(charging, 20)
    took_ms = (reset.cycle - start) / CYCLES_PER_MS
    name = "hang without steps to reset, ms"
    figures[name] = max(took_ms, figures.get(name, 0))
    assert WATCHDOG_MS - 2 * STEP_MS <= took_ms <= WATCHDOG_MS
    assert edge_of(charging, "c1").cycle == edge_of(charging, "c2").cycle == reset.cycle
    charging.bench.repair()
    comes_up(charging)
    assert (Fault.RESIDUAL_CURRENT in charging.faults) is ("residual" in meanwhile)


def test_hung_loop_is_opened_and_restarted_by_the_step(charging: Stand, figures: dict[str, float]) -> None:
    """The steps go on and know that nobody can reach the board."""
    start = hang(charging, LOOP, ENDLESS)
    c1 = charging.bench.until("c1", 0, LOOP_MS + 2 * STEP_MS)
    assert charging.bench.state["high"] == 4_256, "as it was"
    reset = reset_of(charging, WATCHDOG_MS + STEP_MS)
    took_ms = (c1.cycle - start) / CYCLES_PER_MS
    figures["hung loop to C1 open, ms"] = took_ms
    assert took_ms >= LOOP_MS - STEP_MS
    assert 0 <= edge_of(charging, "c2").cycle - c1.cycle < 10, "in this order, at once"
    assert reset.cycle - c1.cycle <= (WATCHDOG_MS + STEP_MS) * CYCLES_PER_MS
    charging.bench.repair()
    comes_up(charging)
    assert not charging.faults


@pytest.mark.parametrize(
    ("meanwhile", "within_ms"),
    [({"residual": "high"}, 20.0), ({"car_ohm": 2740.0}, 100.0), ({"cp_short": True}, 50.0)],
    ids=["residual", "B", "CP on PE"],
)
def test_hung_loop_leaves_the_steps_their_duty(
    charging: Stand, meanwhile: dict[str, float | str], within_ms: float
) -> None:
    hang(charging, LOOP, ENDLESS)
    charging.bench.run(100).set(**meanwhile)
    charging.opens(within_ms)
    assert not charging.bench.named("reset")
    reset_of(charging, LOOP_MS)


@pytest.mark.parametrize("place", [GUARDED, STEP])
def test_residual_current_that_only_the_hang_saw_is_a_fault(charging: Stand, place: str) -> None:
    """The contactors opened, so the current has ended before any step could confirm it."""
    hang(charging, place, ENDLESS)
    charging.bench.set(residual="high").run(5).set(residual="low")
    reset_of(charging, 20)
    charging.bench.repair()
    comes_up(charging)
    assert charging.faults == Fault.RESIDUAL_CURRENT
    charging.host.command(Acknowledge(Fault.RESIDUAL_CURRENT))
    charging.host.run(100)
    assert charging.faults == Fault.RESIDUAL_CURRENT, "not before the car is unplugged"


def test_only_a_watchdog_reset_brings_an_edge_along(charging: Stand) -> None:
    """After power-up the RAM holds anything, so also what looks like an edge."""
    charging.bench.do("off")
    charging.bench.do("on")
    charging.bench.do("poke", address=variable("residual_bad"), value=1)
    charging.host.until(lambda: charging.host.boots == 2, 3_000)
    charging.host.run(200)
    assert not charging.faults


def test_short_stall_is_no_reason_to_open(charging: Stand) -> None:
    """The loop goes on before the watchdog bites: the step that waited runs, and everything is as it was."""
    hang(charging, GUARDED, ENDLESS)
    charging.bench.run(10).repair()
    charging.host.run(100)
    assert not charging.bench.named("reset")
    assert charging.bench.state["c1"]
    assert charging.bench.state["c2"]
    assert not charging.faults


def test_residual_current_in_a_short_stall(charging: Stand) -> None:
    """The first step after it reads it, the second one confirms it."""
    start = hang(charging, GUARDED, ENDLESS)
    charging.bench.set(residual="high").run(10).repair()
    charging.opens(20, start)
    charging.host.until(lambda: charging.faults == Fault.RESIDUAL_CURRENT, 200)
    assert not charging.bench.named("reset")


@pytest.mark.parametrize("ms", [1.0, 2.0])
def test_hang_in_the_boot(charging: Stand, ms: float) -> None:
    """It takes 2.4 ms, and 3.4 ms more while a byte is still being written to the EEPROM."""
    charging.may_reset = True
    charging.bench.do("off")
    charging.bench.do("on")
    charging.bench.run(ms)
    charging.bench.patch(charging.bench.state["pc"], ENDLESS)
    reset_of(charging, WATCHDOG_MS)
    charging.bench.repair()
    comes_up(charging)


def test_error_that_stays_never_closes(charging: Stand) -> None:
    """The same instruction hangs after every restart."""
    hang(charging, LOOP, ENDLESS)
    charging.bench.run(2_500)
    resets = charging.bench.named("reset")
    assert len(resets) == 4
    last_open = charging.bench.named("c1", "c2")[-1]
    assert last_open.cycle < resets[0].cycle
    charging.bench.repair()
    comes_up(charging)


def test_third_hang_in_an_hour_ends_it(charging: Stand) -> None:
    for count in (1, 2, 3):
        hang(charging, GUARDED, ENDLESS)
        reset_of(charging, 20)
        charging.bench.repair()
        comes_up(charging)
        charging.host.run(300)  # the record is written
        assert (charging.faults == Fault.WATCHDOG) is (count == 3)


def test_charges_again_after_one_hang(charging: Stand) -> None:
    hang(charging, STEP, ENDLESS)
    reset_of(charging, 20)
    charging.bench.repair()
    comes_up(charging)
    assert charging.host.telemetry.hold is Hold.BOOT
    charging.car("B").host.run(BOOT_MS)
    charging.car("C").host.until(lambda: charging.bench.state["c1_main"], 3_000)


# --- what a program does that has lost its way


def test_jump_to_the_start_opens_and_restarts(charging: Stand) -> None:
    """Without a reset timers and interrupts go on; no step may close again what has just opened."""
    for cycles in range(1_000, 17_000, 3_300):
        with charging.branch() as stand:
            stand.may_reset = True
            stand.bench.run(cycles=cycles)
            reach(stand, LOOP)
            jumped = stand.bench.patch(stand.bench.state["pc"], b"\x0c\x94\x00\x00").cycle
            stand.bench.run(cycles=20).repair()
            reset = reset_of(stand, 20)
            assert edge_of(stand, "c1").cycle <= edge_of(stand, "c2").cycle <= jumped + 20 < reset.cycle
            comes_up(stand)


def test_interrupt_that_nobody_serves_opens_and_restarts(charging: Stand) -> None:
    charging.may_reset = True
    charging.bench.do("poke", address=0x6E, value=0b110)  # TIMSK0: also compare B
    charging.bench.until("c1", 0, 5)
    reset_of(charging, 20)
    comes_up(charging)
