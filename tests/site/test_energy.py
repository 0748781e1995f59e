"""Energy and times of a plug-in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evse_tui.site.energy import EnergyAccount
from evse_tui.site.snapshot import SessionSnapshot
from evse_tui.store.downsample import HOLD_MS

HOUR_MS = 3_600_000


def _session(account: EnergyAccount) -> SessionSnapshot:
    session = account.session()
    assert session is not None
    return session


def _pass(account: EnergyAccount, from_ms: int, to_ms: int) -> None:
    """Time passes under a host that is awake."""
    for now_ms in range(from_ms, to_ms + 1, 10_000):
        account.advance(now_ms)


def test_nothing_before_the_first_plug() -> None:
    account = EnergyAccount("1", None, 0)
    account.power(0, 11_000, guessed=True, charging=False)
    assert account.session() is None


def test_offered_current_is_an_estimate() -> None:
    account = EnergyAccount("1", None, 0)
    account.plug(1_000, 50.0, True)
    account.power(1_000, 11_040, guessed=True, charging=True)
    _pass(account, 1_000, 1_000 + HOUR_MS)
    account.power(1_000 + HOUR_MS, 0, guessed=True, charging=False)
    account.advance(1_000 + 2 * HOUR_MS)
    assert _session(account) == SessionSnapshot(50.0, 2 * HOUR_MS, HOUR_MS, 11_040, True)
    assert account.total_wh == 11_040


def test_measured_power_is_none() -> None:
    account = EnergyAccount("1", None, 0)
    account.plug(0, 50.0, True)
    account.power(0, 1_000, guessed=False, charging=True)
    _pass(account, 0, HOUR_MS)
    assert (_session(account).energy_wh, _session(account).estimated) == (1_000, False)


@given(st.lists(st.tuples(st.integers(0, HOLD_MS), st.integers(0, 60_000)), max_size=50))
def test_no_remainder_is_lost(steps: list[tuple[int, int]]) -> None:
    account = EnergyAccount("1", None, 0)
    account.plug(0, 0.0, True)
    now_ms = total_mj = 0
    for duration_ms, power_w in steps:
        account.power(now_ms, power_w, guessed=True, charging=True)
        now_ms += duration_ms
        total_mj += duration_ms * power_w
        account.advance(now_ms)
    assert account.stored().total_mj == total_mj
    assert account.session_wh == total_mj // 3_600_000


def test_the_meter_decides_from_its_first_value_on() -> None:
    account = EnergyAccount("1", None, 0)
    account.plug(0, 0.0, True)
    account.power(0, 1_000, guessed=True, charging=True)
    _pass(account, 0, HOUR_MS)
    account.meter(HOUR_MS, 70_000)
    assert account.session_wh == 1_000
    account.meter(2 * HOUR_MS, 71_500)
    assert (_session(account).energy_wh, _session(account).estimated) == (2_500, False)


def test_a_replaced_meter_loses_nothing() -> None:
    account = EnergyAccount("1", None, 0)
    account.meter(0, 70_000)
    account.plug(0, 0.0, True)
    account.meter(1, 73_000)
    account.meter(2, 10)
    assert account.session_wh == 3_000
    account.meter(3, 20)
    assert account.session_wh == 3_010


def test_the_next_car_starts_from_zero_and_the_last_one_stays_readable() -> None:
    account = EnergyAccount("1", None, 0)
    account.meter(0, 100)
    account.plug(0, 10.0, True)
    account.meter(1, 600)
    account.plug(2, 12.0, False)
    account.advance(1_000)
    assert (_session(account).energy_wh, _session(account).duration_ms) == (500, 2)
    account.plug(2_000, 20.0, True)
    assert (_session(account).energy_wh, _session(account).started_s, _session(account).duration_ms) == (0, 20.0, 0)


def test_a_restart_goes_on_with_the_same_car() -> None:
    before = EnergyAccount("1", None, 0)
    before.meter(0, 100)
    before.plug(0, 10.0, True)
    before.meter(5_000, 600)
    after = EnergyAccount("1", before.stored(), 77)
    after.plug(100, 40.0, True)
    after.meter(200, 700)
    assert _session(after).started_s == 10.0
    assert _session(after).energy_wh == 600
    assert _session(after).duration_ms == 30_100


def test_a_restart_after_the_car_left_begins_anew() -> None:
    before = EnergyAccount("1", None, 0)
    before.plug(0, 10.0, True)
    after = EnergyAccount("1", before.stored(), 0)
    after.plug(1, 40.0, False)
    after.plug(2, 50.0, True)
    assert _session(after).started_s == 50.0


def test_a_car_that_was_swapped_while_nobody_looked() -> None:
    account = EnergyAccount("1", None, 0)
    account.plug(0, 10.0, True)
    account.power(0, 1_000, guessed=True, charging=True)
    _pass(account, 0, HOUR_MS)
    account.replug(HOUR_MS, 99.0)
    assert (_session(account).started_s, _session(account).energy_wh) == (99.0, 0)


def test_a_clock_that_does_not_move_adds_nothing() -> None:
    account = EnergyAccount("1", None, 1_000)
    account.power(1_000, 1_000, guessed=True, charging=True)
    account.advance(500)
    account.advance(1_000)
    assert account.stored().total_mj == 0


def test_nobody_knows_what_was_drawn_while_the_host_slept() -> None:
    account = EnergyAccount("1", None, 0)
    account.plug(0, 50.0, True)
    account.power(0, 11_000, guessed=True, charging=True)
    account.advance(HOLD_MS)
    before = _session(account)
    account.power(HOLD_MS + 8 * HOUR_MS, 0, guessed=True, charging=False)
    session = _session(account)
    assert (session.energy_wh, session.charging_ms) == (before.energy_wh, before.charging_ms)
    assert session.duration_ms == HOLD_MS + 8 * HOUR_MS
