"""Random walks over inputs and commands, judged from outside: no sequence breaks an invariant."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

import pytest

from evse_protocol.messages import Access, ResetReason, Result
from tests.firmware.core_bench import (
    A_MV,
    B_MV,
    C_MV,
    CONFIG,
    D_MV,
    E_MV,
    LOCKED,
    PP_MV,
    SOCKET,
    WITH_C2,
    WRAP,
    Bench,
)
from tests.firmware.core_judge import Judge, Seen

CONFIGS = [
    {},
    WITH_C2,
    {**SOCKET, **WITH_C2, "fallback_da": 60},
    {**LOCKED, **WITH_C2, "phase_wait_s": 30},
    {**LOCKED, "fallback_da": 100, "switch_function": 3, "phases": 1},
    {**WITH_C2, "monitor": 2, "fallback_da": 320, "switch_function": 2, "phase_wait_s": 30},
    {"hardware_max_da": 630, "limit_da": 540, "cable_da": 630, "fallback_da": 530},
]


@dataclass
class Walk:
    """A board, a car with moods, a host that may be hostile or dead, and an unkind world."""

    seed: int
    steps: int
    closes: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # a replayable walk, no secret
        config = CONFIGS[self.seed % len(CONFIGS)]
        self.bench = Bench(config, start_ms=WRAP - self.random.randrange(200_000))
        self.judge = Judge({**CONFIG, **config})
        self.mood = "gone"
        self.phases = 3
        self.bench.inputs.pp_mv = PP_MV[320]
        self.bench.run(0)

    # --- one run of equal steps

    def advance(self, ms: int) -> None:
        bench = self.bench
        while ms > 0 and not self.judge.broken:
            before = self.seen()
            done = bench.c.shim_run(bench.evse, bench.inputs, bench.now, ms, bench.out)
            after = self.seen()
            if done > 1:
                self.judge.step(before if after != before else after, done - 1)
            self.judge.step(after, 1)
            self.closes += after.c1 and not before.c1
            bench._after(done)
            ms -= done
            if bench.evse.broken or bench.out.reset:
                self.judge.fail(f"the board itself saw invariant {bench.evse.broken}", after)
            self.car_reacts()

    def seen(self) -> Seen:
        i, o = self.bench.inputs, self.bench.out
        return Seen(
            i.cp_high_mv,
            i.cp_low_mv,
            i.pp_mv,
            i.temperature_dc,
            bool(i.rcm_ok),
            bool(i.lock_engaged),
            bool(o.c1),
            bool(o.c2),
            bool(o.cp_connected),
            o.duty_permille,
            o.lock_drive,
        )

    def car_reacts(self) -> None:
        out = self.bench.out
        if self.mood == "kind":
            self.bench.cp(C_MV if out.cp_connected and out.duty_permille < 1000 else B_MV)
        elif self.mood == "stubborn":
            self.bench.cp(C_MV)
        elif self.mood == "asleep":
            self.bench.cp(B_MV)
        elif self.mood == "gone":
            self.bench.cp(A_MV)

    # --- what may happen

    def world(self) -> None:
        choice = self.random.choice
        inputs = self.bench.inputs
        match self.random.randrange(30):
            case 0 | 1 | 2 | 3 | 4:
                self.mood = choice(["kind", "kind", "kind", "kind", "stubborn", "asleep", "gone", "odd"])
                self.car_reacts()
            case 5:
                self.bench.cp(choice([A_MV, B_MV, C_MV, D_MV, E_MV, 4_600, 15_000]), choice([-12_000, -9_000, 6_000]))
            case 6:
                inputs.rcm_ok = False
                self.advance(choice([1] * 9 + [5]))
                inputs.rcm_ok = True
            case 7:
                inputs.temperature_dc = choice([250, 250, 250, 640, 660, 690, 720, 250, -500, 3_000])
            case 8:
                inputs.button = True
                self.advance(choice([20, 60, 60, 3_100, 5_200]))
                inputs.button = False
            case 9:
                inputs.pp_mv = choice([*PP_MV.values(), 3_300, 100, 600, 600, 600])
            case 10:
                self.bench.bolt_follows = choice([True, True, True, False])
                inputs.lock_engaged = choice([bool(inputs.lock_engaged), False, True])
            case 11:
                self.bench.feedback_follows = choice([True] * 9 + [False])
            case 12:
                inputs.switch_closed = not inputs.switch_closed
            case 13 | 14 | 15 | 16 | 17 | 18:
                inputs.temperature_dc, inputs.pp_mv, inputs.switch_closed = 250, 600, True
                self.bench.bolt_follows = self.bench.feedback_follows = True
                if self.random.random() < 0.3:
                    self.tidy()
            case 19 if self.random.random() < 0.2:
                self.bench.boot(choice([ResetReason.POWER_ON, ResetReason.WATCHDOG, ResetReason.BROWN_OUT]))
                self.judge.reset()

    def tidy(self) -> None:
        """Somebody unplugs, acknowledges everything and starts over."""
        self.mood = "gone"
        self.car_reacts()
        self.advance(1_500)
        self.bench.acknowledge()
        self.bench.resume()
        self.mood = "kind"

    def host(self) -> None:
        choice = self.random.choice
        bench = self.bench
        match self.random.randrange(14):
            case 0:
                bench.acknowledge(choice([0xFFFF, self.random.randrange(1 << 16)]))
            case 1 | 2:
                bench.resume()
            case 3 if self.random.random() < 0.3:
                bench.unlock()
            case 4:
                bench.lock_hold(choice([True, False]))
            case 5 if self.random.random() < 0.03:
                bench.weld_evidence()
            case _:
                access = choice([Access.ALLOW] * 25 + [Access.PAUSE, Access.DENY])
                limit = choice([0, 59, 60, 61, 100, 160, 160, 160, 200, 320, 320, 512, 530, 800])
                if self.random.random() < 0.03:
                    self.phases = 4 - self.phases
                ttl = choice([5_000, 5_000, 30_000, 30_000, 30_000, 1, 0, -5, 30_001])
                if bench.grant(limit, self.phases, access, ttl).result == Result.OK:
                    self.judge.accepted(limit, access, self.judge.now + ttl)

    def run(self) -> Walk:
        while self.judge.now < self.steps and not self.judge.broken:
            if self.random.random() < 0.25:
                self.world()
            if self.random.random() < 0.7:
                self.host()
            spans = (
                self.random.randrange(1, 40),
                self.random.randrange(40, 1_000),
                self.random.randrange(1_000, 8_000),
            )
            self.advance(self.random.choices((*spans, 40_000), (30, 40, 29, 1))[0])
        return self


SEEDS = range(14)
STEPS = 300_000


@cache
def walked(seed: int) -> Walk:
    return Walk(seed, STEPS).run()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_walk_breaks_an_invariant(seed: int) -> None:
    assert walked(seed).judge.broken == []


def test_the_walks_do_charge() -> None:
    walks = [walked(seed) for seed in SEEDS]
    assert sum(walk.closes for walk in walks) > 20
    assert sum(walk.judge.closed_ms for walk in walks) > 100_000
