"""An independent judge of the board: from what goes in and out alone, by the words of the design's invariants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from evse_protocol.messages import Access

C_MV: Final = range(4_800, 7_751)
DIODE_MV: Final = -10_000
STATIC: Final = 1000


@dataclass(frozen=True)
class Seen:
    """Terminals of the board for one step or a run of equal steps."""

    cp_high_mv: int
    cp_low_mv: int
    pp_mv: int
    temperature_dc: int
    rcm_ok: bool
    lock_engaged: bool
    c1: bool
    c2: bool
    cp_connected: bool
    duty: int
    lock_drive: int


@dataclass
class Grant:
    limit_da: int
    access: Access
    deadline: int
    plugged: bool
    """Granted while a car was plugged in, which has not left since."""


def told_ma(duty: int) -> int:
    """Current that a duty cycle tells a car; 0 for static +12 V."""
    if duty == STATIC:
        return 0
    return duty * 60 if duty <= 850 else (duty - 640) * 250


@dataclass
class Judge:
    """Feed `step` with runs of equal steps on an unwrapped clock; `broken` collects what was wrong."""

    config: dict[str, int]
    now: int = 0
    grant: Grant | None = None
    broken: list[str] = field(default_factory=list)
    closed_ms: int = 0
    last: Seen | None = None
    not_c_since: int | None = None
    bad_diode_since: int | None = None
    residual_since: int | None = None
    unlocked_since: int | None = None
    no_cable_since: int | None = None
    soft_since: int | None = None
    a_since: int | None = None
    sighted_since: int | None = None
    raised_at: int | None = None
    c2_since: int | None = None
    cp_off_since: int | None = None
    cp_off_longest: int = 0
    charged_phases: int = 0

    def fail(self, reason: str, seen: Seen) -> None:
        self.broken.append(f"{self.now}: {reason}: {seen}")

    def accepted(self, limit_da: int, access: Access, deadline: int) -> None:
        self.grant = Grant(limit_da, access, deadline, self._lasted(self.a_since) < 50)

    def reset(self) -> None:
        """The processor starts again: everything open, no lease."""
        self.grant = None
        self.last = None
        self.soft_since = self.bad_diode_since = self.c2_since = self.cp_off_since = self.sighted_since = None
        self.raised_at = None

    def host_ma(self) -> int:
        """The most that lease or fallback can give now."""
        grant = self.grant
        if grant is None or grant.access != Access.ALLOW:
            return 0
        if self.now < grant.deadline:
            return grant.limit_da * 100
        return min(grant.limit_da, self.config["fallback_da"]) * 100 if grant.plugged else 0

    def step(self, seen: Seen, ms: int) -> None:
        """`ms` steps that began with these inputs and ended each with these outputs."""
        begin = self.now + 1
        self.now += ms
        before = self.last if self.last is not None else seen
        self._watch(seen, before, begin)
        self._duty(seen, before, begin)
        self._c2(seen, before, begin)
        if seen.c1:
            self._closed(seen, before)
            self.closed_ms += ms
        self.last = seen

    def _since(self, old: int | None, condition: bool, begin: int) -> int | None:
        if not condition:
            return None
        return begin if old is None else old

    def _lasted(self, since: int | None) -> int:
        """Whole milliseconds since the first step with it."""
        return 0 if since is None else self.now - since

    def _watch(self, seen: Seen, before: Seen, begin: int) -> None:
        sighted = before.cp_connected and seen.cp_connected
        self.sighted_since = self._since(self.sighted_since, sighted, begin)
        in_c = sighted and seen.cp_high_mv in C_MV
        self.not_c_since = self._since(self.not_c_since, not in_c, begin)
        bad_diode = in_c and before.duty < STATIC and seen.cp_low_mv > DIODE_MV
        self.bad_diode_since = self._since(self.bad_diode_since, bad_diode, begin)
        fitted = self.config["monitor"] == 1
        self.residual_since = self._since(self.residual_since, fitted and not seen.rcm_ok, begin)
        self.unlocked_since = self._since(self.unlocked_since, not seen.lock_engaged, begin)
        no_cable = not 187 <= seen.pp_mv <= 2_700
        self.no_cable_since = self._since(self.no_cable_since, no_cable, begin)
        soft = seen.c1 and seen.duty == STATIC
        self.soft_since = self._since(self.soft_since, soft, begin)
        unplugged = sighted and seen.cp_high_mv > 10_200 and self._lasted(self.sighted_since) > 350
        self.a_since = self._since(self.a_since, unplugged, begin)
        if self._lasted(self.a_since) > 50:
            self.charged_phases = 0
            if self.grant is not None:
                self.grant.plugged = False

    def _closed(self, seen: Seen, before: Seen) -> None:
        if self._lasted(self.not_c_since) >= 100:
            self.fail("2: closed 100 ms after C", seen)
        if self._lasted(self.bad_diode_since) > 50:
            self.fail("1: closed with a bad diode", seen)
        if self._lasted(self.residual_since) > 20:
            self.fail("1: closed with a residual current", seen)
        if seen.lock_drive < 0:
            self.fail("1: lock released while closed", seen)
        if seen.duty == STATIC:
            if not before.c1:
                self.fail("1: closed into full duty", seen)
            if self._lasted(self.soft_since) > 6_100:
                self.fail("1: soft stop too long", seen)
        elif self.config["lock"] > 1 and self._lasted(self.unlocked_since) > 510:
            self.fail("1: closed without the lock", seen)
        if self.config["connector"] == 1 and not before.c1 and self._lasted(self.no_cable_since) > 1_000:
            self.fail("1: closed without a cable", seen)

    def _duty(self, seen: Seen, before: Seen, begin: int) -> None:
        if seen.duty != STATIC and not 100 <= seen.duty <= 960:
            self.fail("3: no duty of ours", seen)
        told = told_ma(seen.duty)
        if told > self.host_ma() and self._past_deadline_by_more_than_a_step(told):
            self.fail("4: more than lease or fallback", seen)
        if told > self.config["hardware_max_da"] * 100 or told > self.config["limit_da"] * 100:
            self.fail("3: more than the configuration", seen)
        if seen.temperature_dc >= 710 and told:
            self.fail("3: too hot", seen)
        if seen.temperature_dc >= 650 and told > max(6_000, self.config["hardware_max_da"] * 50):
            self.fail("3: more than the temperature allows", seen)
        if told > told_ma(before.duty):
            if self.raised_at is not None and begin - self.raised_at < 5_000:
                self.fail("raised twice within 5 s", seen)
            self.raised_at = begin

    def _past_deadline_by_more_than_a_step(self, told: int) -> bool:
        """A run of steps may reach beyond the deadline only by the step that reacts to it."""
        grant = self.grant
        return grant is None or self.now > grant.deadline or told > grant.limit_da * 100

    def _c2(self, seen: Seen, before: Seen, begin: int) -> None:
        if not seen.cp_connected and before.cp_connected:
            self.cp_off_since = begin
        if seen.cp_connected and self.cp_off_since is not None:
            self.cp_off_longest = max(self.cp_off_longest, begin - self.cp_off_since)
            self.cp_off_since = None
        if seen.c2 != before.c2 and (seen.c1 or (before.c1 and seen.c2)):
            self.fail("5: C2 moved under C1", seen)
        lead = 0 if self.c2_since is None else begin - self.c2_since
        self.c2_since = self._since(self.c2_since, seen.c2, begin)
        if not seen.c1 or not self.config["c2"]:
            return
        phases = 3 if seen.c2 else 1
        if not before.c1:
            if seen.c2 and lead < 100:
                self.fail("5: C1 closed less than 100 ms after C2", seen)
            if self.charged_phases not in (0, phases) and self.cp_off_longest < 30_000:
                self.fail("5: other phases without the sequence", seen)
            self.cp_off_longest = 0
        self.charged_phases = phases
