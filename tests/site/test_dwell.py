"""The dwell of the second contactor: counted from telemetry, and against the shipped firmware."""

from __future__ import annotations

from evse_protocol.messages import Flag, Hold
from evse_protocol.payloads import Status
from evse_tui.sim.car import Car
from evse_tui.site.commands import SetSetting
from evse_tui.site.dwell import DWELL_MS, PhaseDwell
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerState
from evse_tui.site.wording import timer_text
from tests.site.bench import Bench, play
from tests.site.samples import STATUS, status

PLUGGED = STATUS.flags | Flag.PLUGGED


def _at(seconds: int, offered_da: int = 0, phases: int = 1, hold: Hold = Hold.NONE, hold_ms: int = 0) -> Status:
    return status(
        board_ms=seconds * 1_000 % (1 << 32),
        flags=PLUGGED,
        offered_da=offered_da,
        phases=phases,
        hold=hold,
        hold_ms=hold_ms,
    )


def _after(*statuses: Status) -> PhaseDwell:
    dwell = PhaseDwell()
    for one in statuses:
        dwell.take(one)
    return dwell


def test_it_begins_with_the_first_offer_of_a_plug_in() -> None:
    assert _after(status(board_ms=0), _at(1), _at(2)).left_ms(0) == 0
    dwell = _after(status(board_ms=0), _at(1), _at(2, 60), _at(3), _at(30, 60))
    assert dwell.left_ms(0) == DWELL_MS - 29_000  # not longer than the board's, which began between 1 s and 2 s
    assert dwell.left_ms(500) == DWELL_MS - 29_500
    assert dwell.left_ms(DWELL_MS) == 0
    dwell.take(status(board_ms=31_000))
    assert dwell.left_ms(0) == 0


def test_nobody_saw_it_begin() -> None:
    assert _after(_at(100, 60), _at(101, 60)).left_ms(0) == 0


def test_what_the_board_says_counts() -> None:
    dwell = _after(_at(100, hold=Hold.PHASE_DWELL, hold_ms=123_000))
    assert dwell.left_ms(0) == 123_000
    dwell.take(_at(101, 60))
    assert dwell.left_ms(0) == 122_000


def test_it_begins_again_when_the_switch_to_one_phase_is_over() -> None:
    dwell = _after(
        status(board_ms=0),
        _at(1, 60, 3),
        _at(900, 60, 3),
        _at(901, 0, 3, Hold.PHASE_WAIT, 61_000),
        _at(902, 0, 1, Hold.PHASE_WAIT, 61_000),
        _at(903, 0, 1, Hold.PHASE_WAIT, 60_000),
        _at(963, 0, 1),
        _at(970, 60, 1),
    )
    assert DWELL_MS - 9_000 <= dwell.left_ms(0) <= DWELL_MS - 7_000


def test_a_switch_that_was_given_up_changes_nothing() -> None:
    begun = status(board_ms=0), _at(1, 60), _at(700, 60)
    assert _after(*begun, _at(701, 0, 1, Hold.PHASE_WAIT, 61_000), _at(702, 60)).left_ms(0) == 0


def test_a_reset_within_a_plug_in_begins_it_again() -> None:
    dwell = _after(status(board_ms=0), _at(1, 60))
    dwell.reset()
    assert dwell.left_ms(0) == 0
    dwell.take(_at(20))
    assert dwell.left_ms(0) == DWELL_MS - 20_000


def test_the_boards_clock_may_wrap() -> None:
    wrap_s = (1 << 32) // 1_000
    dwell = _after(status(board_ms=(wrap_s - 60) * 1_000), _at(wrap_s - 50), _at(wrap_s - 49, 60), _at(wrap_s + 51, 60))
    assert dwell.left_ms(0) in range(DWELL_MS - 102_000, DWELL_MS - 99_000)


def test_three_phases_wait_for_the_dwell_of_the_firmware_and_then_come() -> None:
    def told(site: Site) -> int:
        board = site._chargers["1"].observation(site._clock.now_ms()).board
        assert board is not None
        return board.phase_dwell_ms

    async def story(bench: Bench) -> None:
        board = bench.chargers["1"].board
        async with bench.host() as site:
            bench.plug(Car())
            await bench.live(site, 3)
            assert told(site) == 0
            await bench.until(site, lambda c: c.board is not None and c.board.offered_da > 0, 60)
            assert told(site) > DWELL_MS - 4_000
            await bench.live(site, 60)
            assert told(site) in range(DWELL_MS - 64_000, DWELL_MS - 59_000)
            await site.execute(SetSetting("enable_c2", 3, "1"))
            grant = site.snapshot.charger("1").grant
            assert grant is not None
            [timer] = grant.timers
            assert timer_text(timer, site.snapshot.at_ms).startswith("3 phases in 8 min 5")
            while told(site):
                await bench.live(site, 1)
                assert board.view().c1  # it goes on with one phase meanwhile
            refused_ms = 0
            for _ in range(100):
                await bench.live(site, 1)
                status = site.snapshot.charger("1").board
                assert status is not None
                if status.hold == Hold.PHASE_DWELL:
                    refused_ms = max(refused_ms, status.hold_ms)
            assert refused_ms < 2_000
            await bench.until(site, lambda c: c.state is ChargerState.C, 60)
            assert board.view().phases == 3

    play(Bench(charger={"mode": 1, "enable_c2": 1}), story)


def test_a_car_that_comes_after_the_hosts_start_gets_its_three_phases_at_once() -> None:
    async def story(bench: Bench) -> None:
        bench.house_da = (-160, -160, -160)
        async with bench.host() as site:
            await bench.live(site, 20)  # the board rests on one phase
            bench.plug(Car())
            await bench.until(site, lambda c: c.state is ChargerState.C, 90)
            assert bench.chargers["1"].board.view().phases == 3

    play(Bench(charger={"mode": 2, "enable_c2": 3}), story)
