"""A charging car, and everything that must open its contactor: how fast, in cycles at the pins."""

from __future__ import annotations

import random

import pytest

from evse_protocol.framing import Frame, encode_frame
from evse_protocol.messages import GRANT, MESSAGES, EventKind, Fault, Flag, Hold, ResetReason, Slot
from tests.firmware.avr.avr_bench import CYCLES_PER_MS
from tests.firmware.avr.judge import STATIC
from tests.firmware.avr.stand import Stand

TIMSK1 = 0x6F


@pytest.mark.parametrize(
    ("change", "within_ms"),
    [
        ({"car_ohm": 2740.0}, 100.0),
        ({"car_ohm": 0.0}, 100.0),
        ({"cp_short": True}, 50.0),
        ({"car_ohm": 246.0}, 50.0),
        ({"diode_shorted": True}, 50.0),
    ],
    ids=["B", "unplugged", "CP on PE", "D", "diode"],
)
def test_opens_in_time(
    charging: Stand,
    change: dict[str, float],
    within_ms: float,
    figures: dict[str, float],
    request: pytest.FixtureRequest,
) -> None:
    name = f"{request.node.callspec.id} to C1 open, ms"
    for phase in (0, 4_000, 12_000):
        with charging.branch() as stand:
            stand.bench.run(cycles=phase + 1)
            stand.bench.set(**change)
            figures[name] = max(stand.opens(within_ms), figures.get(name, 0))


@pytest.mark.parametrize("line", ["high", "open"])
def test_residual_current_opens_both_contactors(charging: Stand, line: str, figures: dict[str, float]) -> None:
    for phase in range(0, CYCLES_PER_MS, 1_000):
        with charging.branch() as stand:
            stand.bench.send(b"\x0e" + bytes(range(1, 15)) + b"\x00")  # a busy line
            stand.bench.run(cycles=phase + 5_001)
            stand.bench.set(residual=line)
            start = stand.bench.cycle
            c1 = stand.bench.until("c1", 0, 20).cycle - start
            if stand.bench.state["c2"]:
                stand.bench.until("c2", 0, 20)
            c2 = stand.bench.named("c2")[-1].cycle - start
            figures["residual current to C1, cycles"] = max(c1, figures.get("residual current to C1, cycles", 0))
            figures["residual current to C2, cycles"] = max(c2, figures.get("residual current to C2, cycles", 0))
            assert max(c1, c2) <= 20 * CYCLES_PER_MS
    charging.bench.set(residual=line)
    charging.host.until(lambda: charging.faults == Fault.RESIDUAL_CURRENT, 200)
    charging.bench.set(residual="low")
    charging.host.run(300)
    assert charging.faults == Fault.RESIDUAL_CURRENT, "latched"
    assert not charging.bench.state["c1"]


def test_residual_glitch_of_20_us_neither_latches_nor_disorders(charging: Stand) -> None:
    """Shorter than the second reading 1 ms later. C2 closes at least 100 ms before C1, whatever opened them."""
    charging.bench.set(residual="high").run(cycles=320).set(residual="low")
    charging.host.run(200)
    assert not charging.faults
    assert charging.bench.named("c1")[-1].value == 1


def test_train_of_spikes_does_not_chatter_the_contactor(charging: Stand) -> None:
    """C1 stays closed, because no second reading confirms."""
    seen = len(charging.bench.events)
    for _ in range(20):
        charging.bench.set(residual="high").run(cycles=320).set(residual="low").run(ms=3)
    assert not [event for event in charging.bench.events[seen:] if event.name in ("c1", "c2")]


def test_boundary_between_c_and_d(charging: Stand) -> None:
    """5.0 V - 0.2 V; a count of the converter is 32 mV."""
    charging.bench.set(car_ohm=0, source_high_v=4.87)
    charging.host.run(100)
    assert charging.bench.state["c1"]
    charging.bench.set(source_high_v=4.73)
    charging.opens(50)
    charging.host.until(lambda: Fault.PILOT in charging.faults, 200)


def test_soft_stop_when_the_lease_ends(charging: Stand) -> None:
    charging.host.ttl_ms = 1_100
    charging.host.grant(160)
    charging.host.renewing = False
    start = charging.bench.ms
    charging.host.until(lambda: charging.bench.state["high"] == STATIC, 1_200)
    assert charging.bench.ms - start >= 1_000
    assert charging.bench.state["c1"], "the car may finish"
    charging.opens(6_100)
    c2 = charging.bench.until("c2", 0, 200)
    assert c2.ms - charging.bench.named("c1")[-1].ms == pytest.approx(100, abs=3)


def test_button_stops_and_the_car_leaves(charging: Stand) -> None:
    charging.bench.set(button=True)
    charging.host.until(lambda: charging.bench.state["high"] == STATIC, 60)
    charging.bench.set(button=False)
    charging.host.run(50)
    charging.car("B").opens(100)
    charging.host.run(100)
    assert charging.host.telemetry.slots_da[Slot.STOP] == 0


def test_lock_pulled_out(charging: Stand) -> None:
    charging.bench.set(lock_forced=True)
    charging.host.until(lambda: charging.bench.state["high"] == STATIC, 520)
    charging.car("B").opens(100)


def test_welded_contactor_is_noticed(charging: Stand) -> None:
    charging.bench.set(c1_welded=True)
    charging.car("B").opens(100)
    charging.host.until(lambda: Fault.WELDED_CONTACTOR in charging.faults, 500)
    assert Flag.LOCKED in charging.host.telemetry.flags


def test_temperature_ladder(charging: Stand) -> None:
    for celsius, da in ((64.0, 160), (66.0, 160), (69.0, 80)):
        charging.bench.set(celsius=celsius)
        charging.host.run(30)
        assert charging.bench.state["high"] == da * 5 // 3 * 16
    charging.bench.set(celsius=72.0)
    charging.host.until(lambda: charging.bench.state["high"] == STATIC, 50)
    charging.car("B").opens(100)


def test_step_that_never_begins_is_ended_by_the_watchdog(charging: Stand) -> None:
    """Its timer is dead. What hangs in the program itself: test_hangs.py."""
    charging.may_reset = True
    charging.bench.do("poke", address=TIMSK1, value=0)
    reset = charging.bench.until("reset", 1, 20)
    assert charging.bench.named("c1")[-1].cycle == reset.cycle, "the reset itself opens"
    charging.host.until(lambda: charging.host.boots == 2, 3_000)
    charging.host.run(1_000)
    event = next(event for event in charging.host.events if event.boot == charging.host.boot)
    assert (event.kind, event.code) == (EventKind.RESET, ResetReason.WATCHDOG)
    assert charging.host.telemetry.hold is Hold.BOOT
    assert not charging.bench.state["c1"]


@pytest.mark.parametrize("seed", range(2))
def test_hostile_bytes(charging: Stand, seed: int) -> None:
    """Noise, torn frames of the host itself, zeros, frames that never end: at the full speed of the line."""
    noise = random.Random(seed)
    pieces = [
        noise.randbytes(700),
        bytes(500),
        b"\xff" * 700,
        bytes(noise.choice((0, 1, 2, 0x10, 0x30, 254, 255)) for _ in range(1_500)),
    ]
    charging.bench.send(b"".join(noise.sample(pieces, len(pieces))))
    charging.host.run(400)
    charging.host.until(lambda: not charging.host.failed, 100)
    charging.host.run(1_500)
    assert charging.bench.state["c1"], "the lease is still renewed"
    charging.car("B").opens(100)


def test_hostile_commands(charging: Stand) -> None:
    """Whole frames of the board's own session with chance inside: every message but GRANT, whose effect is its own."""
    noise = random.Random(3)
    session = charging.host.session._session
    for _ in range(4):
        for message in MESSAGES:
            if message.id != GRANT.id:
                payload = noise.randbytes(noise.choice((0, 1, 2, 4, 5, 17, 20, 64)))
                frame = Frame(message.id, noise.choice((0, 1)), session, noise.randrange(1 << 16), payload)
                charging.bench.send(encode_frame(frame))
        charging.host.run(150)
    charging.host.renewing = False
    charging.car("B").opens(100)


@pytest.mark.parametrize("line", ["high", "open"])
def test_residual_current_at_boot(charging: Stand, line: str) -> None:
    """A cut wire is found before anything closes."""
    charging.bench.do("off")
    charging.bench.set(residual=line)
    charging.bench.do("on")
    charging.host.until(lambda: charging.host.boots == 2, 6_000)
    charging.host.until(lambda: Fault.RESIDUAL_CURRENT in charging.faults, 500)


def test_three_phases_to_one(charging: Stand) -> None:
    """Static, C1 opens, 100 ms, CP off, C2 moves, CP off for the wait of 30 s, then one phase without C2."""
    bench, host = charging.bench, charging.host
    host.grant(160, phases=1)
    host.until(lambda: bench.state["high"] == STATIC, 50)
    charging.car("B").opens(100)
    off = bench.until("cp_off", 1, 200)
    bench.run(5)
    c1, c2 = bench.named("c1")[-1], bench.named("c2")[-1]
    assert c2.value == 0
    assert off.ms - c1.ms >= 99
    assert c2.ms > off.ms - 1, "in the same step at the earliest"
    host.until(lambda: not bench.state["cp_off"], 30_200)
    host.until(lambda: bench.state["period"], 2_000)
    charging.car("C")
    host.until(lambda: bench.state["c1_main"], 4_000)
    assert bench.state["c2"] == 0
