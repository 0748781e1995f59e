"""The status light's patterns."""

from __future__ import annotations

from itertools import pairwise

import pytest

from evse_protocol.messages import LedPattern

from .library import load, new

_, LIB = load()


def _levels(pattern: LedPattern, now_ms: int) -> tuple[int, int, int]:
    led = new("evse_msg_led_t *", {"pattern": pattern, "red": 255, "green": 100, "blue": 1})
    out = new("uint8_t[3]")
    LIB.light_levels(led, now_ms, out)
    return out[0], out[1], out[2]


@pytest.mark.parametrize("now_ms", [0, 499, 500, 12345, 0xFFFFFFFF])
def test_steady_and_off(now_ms: int) -> None:
    assert _levels(LedPattern.STEADY, now_ms) == (255, 100, 1)
    assert _levels(LedPattern.OFF, now_ms) == (0, 0, 0)


def test_blinking_is_lit_half_of_a_second() -> None:
    lit = [_levels(LedPattern.BLINK, ms) == (255, 100, 1) for ms in range(1000)]
    dark = [_levels(LedPattern.BLINK, ms) == (0, 0, 0) for ms in range(1000)]
    assert lit == [True] * 500 + [False] * 500
    assert dark == [False] * 500 + [True] * 500


def test_breathing_rises_and_falls_without_a_step() -> None:
    levels = [_levels(LedPattern.BREATHE, ms)[0] for ms in range(4096 * 2)]
    assert (min(levels), max(levels)) == (0, 255)
    assert max(abs(a - b) for a, b in pairwise(levels)) <= 1
    assert levels[0] == levels[4096] == 0
    assert levels[2048] == 255
