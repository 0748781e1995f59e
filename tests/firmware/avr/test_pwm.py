"""What the pin tells the car, measured from its edges."""

from __future__ import annotations

from evse_protocol.messages import Access
from tests.firmware.avr.judge import STATIC, told_a
from tests.firmware.avr.stand import Stand

LIMITS_DA = [*range(800, 520, -10), 528, 527, *range(520, 505, -1), *range(500, 59, -10), 61, 60]
"""Falling: what falls is told at once. Every ampere, and every step around the knee at 85 %."""


def told_now(stand: Stand) -> float:
    stand.host.run(2)
    stand.bench.do("clear_pwm")
    stand.host.run(5)
    state = stand.bench.state
    assert state["periods"] == [16_000, 16_000], "1 kHz without jitter"
    assert state["highs"][0] == state["highs"][1]
    return told_a(state["high"])


def test_every_limit_from_80_to_6_a(fixed: Stand) -> None:
    fixed.offer(800)
    for da in sorted(LIMITS_DA, reverse=True):
        fixed.host.grant(da)
        told = told_now(fixed)
        coarsest_a = 0.07 if da <= 510 else 1.76 if da <= 527 else 0.26
        assert da / 10 - coarsest_a < told <= da / 10 + 1e-6, f"{da / 10} A told as {told}"


def test_less_than_6_a_is_a_static_level(fixed: Stand) -> None:
    fixed.offer(60)
    for access, da in ((Access.ALLOW, 59), (Access.ALLOW, 30), (Access.PAUSE, 320), (Access.DENY, 320)):
        with fixed.branch() as stand:
            stand.host.grant(da, access=access)
            stand.host.run(5)
            rises = stand.bench.state["rises"]
            stand.host.run(20)
            assert (stand.bench.state["period"], stand.bench.state["high"]) == (0, STATIC)
            assert stand.bench.state["rises"] == rises


def test_instants_of_sampling(fixed: Stand, figures: dict[str, float]) -> None:
    """50 us after the rising edge, and the middle of the low half: 20 us from either edge at 96 %. What the converter's
    prescaler adds, up to 4 us, is not modelled."""
    fixed.offer(800)
    for da in (800, 510, 300, 160, 60):
        fixed.host.grant(da)
        fixed.host.run(5)
        fixed.bench.do("clear_pwm")
        fixed.host.run(200)
        for name, target in (("high_sample", 50 * 16), ("low_sample", 0)):
            off = max(abs(cycles - target) for cycles in fixed.bench.state[name])
            title = f"{name.replace('_', ' ')} off its instant, cycles"
            figures[title] = max(off, figures.get(title, 0))
            assert off <= 6 * 16, f"{name} at {da / 10} A: {fixed.bench.state[name]}"


def test_raises_wait_and_have_no_glitch(fixed: Stand) -> None:
    fixed.offer(60)
    fixed.host.run(4_900)
    for steps, highs in (((800,), [100 * 16, 960 * 16]), ((0, 320), [100 * 16, 533 * 16])):
        with fixed.branch() as stand:
            stand.bench.do("clear_pwm")
            for da in steps:
                stand.host.grant(da)
                stand.host.run(20)
            stand.host.run(200)
            state = stand.bench.state
            assert state["periods"] == [16_000, 16_000]
            assert state["highs"] == highs, "no cycle of another duty, no short pulse"
