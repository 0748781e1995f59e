"""What perfect foresight would have done: the yardsticks of control.md, "Plant for judging"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.control.plant import VOLTS, Phases

START_S, SWITCH_S, OFF_SWITCH_S, DWELL_S = 8, 85, 60, 600
SWITCH_WH = 100.0
_STATES = ((False, 1), (True, 1), (False, 3), (True, 3))


@dataclass(frozen=True, slots=True)
class Solar:
    """Energy of a day, Wh."""

    used_wh: float
    import_wh: float
    switches: int
    starts: int = 0

    @property
    def net_wh(self) -> float:
        return self.used_wh - self.import_wh


def solar_optimum(surplus_w: Sequence[float], max_a: int, car_phases: int = 3, switch_wh: float = SWITCH_WH) -> Solar:
    """Best use of the surplus over {off, 1p, 3p} x whole amps - 0.2 A: dynamic programming over seconds.

    A start takes 8 s, a phase switch 85 s and `switch_wh` of the objective used - import - switch_wh x switches.
    """
    n = len(surplus_w)
    best: dict[float, tuple[tuple[float, float, float], tuple[float, float, float]]] = {}
    draws = {n: [(amps - 0.2) * VOLTS * min(n, car_phases) for amps in range(6, max_a + 1)] for n in (1, 3)}

    def judge(surplus: float, phases: int) -> tuple[float, float, float]:
        found = (-1e18, 0.0, 0.0)
        for draw in draws[phases]:
            used = min(draw, max(0.0, surplus))
            found = max(found, (2 * used - draw, used, draw - used))
        return found

    for surplus in set(surplus_w):
        best[surplus] = judge(surplus, 1), judge(surplus, 3)
    cost = switch_wh * 3600
    size = n + SWITCH_S + 1
    off1, on1, off3, on3 = ([0.0] * size for _ in range(4))
    choice: list[tuple[int, int, int, int]] = [(0, 0, 0, 0)] * n
    for t in range(n - 1, -1, -1):
        one, three = best[surplus_w[t]]
        # 0 stay, 1 start or stop, 2 change phases
        options = (
            (off1[t + 1], on1[t + START_S], off3[t + OFF_SWITCH_S] - cost),
            (one[0] + on1[t + 1], off1[t + 1], on3[t + SWITCH_S] - cost),
            (off3[t + 1], on3[t + START_S], off1[t + OFF_SWITCH_S] - cost),
            (three[0] + on3[t + 1], off3[t + 1], on1[t + SWITCH_S] - cost),
        )
        picks = [max(range(3), key=option.__getitem__) for option in options]
        off1[t], on1[t], off3[t], on3[t] = (option[pick] for option, pick in zip(options, picks, strict=True))
        choice[t] = (picks[0], picks[1], picks[2], picks[3])
    used = imported = 0.0
    switches = starts = 0
    t, state = 0, 0  # the day begins with the second contactor open
    while t < n:
        pick = choice[t][state]
        charging = state in (1, 3)
        if pick == 0:
            if charging:
                _, u, i = best[surplus_w[t]][state // 2]
                used, imported = used + u, imported + i
            t += 1
        elif pick == 1:
            t += 1 if charging else START_S
            starts += not charging
            state ^= 1
        else:
            t += SWITCH_S if charging else OFF_SWITCH_S
            state = (state + 2) % 4
            switches += 1
    return Solar(used / 3600, imported / 3600, switches, starts)


def sharing_optimum_wh(others_da: Sequence[Phases], limit_da: int, cars: int, max_da: int) -> float:
    """Zero-lag progressive filling of equal three-phase cars on their own grid, Wh."""
    total = 0.0
    for phases in others_da:
        room = limit_da - max(phases)
        for admitted in range(cars, 0, -1):
            each = min(max_da, room / admitted)
            if each >= 60:
                total += admitted * (each // 10 * 10 - 2) / 10 * VOLTS * 3 / 3600
                break
    return total
