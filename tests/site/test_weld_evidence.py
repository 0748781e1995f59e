"""A weld that only the charger's own meter can see, found by the shipped firmware; and what is not one."""

from __future__ import annotations

from collections import deque

import pytest

from evse_protocol.messages import Fault, Flag, Hold, Result, Slot
from evse_protocol.payloads import Config, Payload, Reply, WeldEvidence
from evse_tui.board.client import CommandError
from evse_tui.board.model import LinkState
from evse_tui.control.types import Constraint, Mode, PhaseCurrents
from evse_tui.sim.car import Behaviour, Car
from evse_tui.site.commands import BoardAction, DoBoardAction, EvMeasurement, MainsMeasurement, SetMode, SetSetting
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerSnapshot, ChargerState, CommandState, Level
from evse_tui.site.telemetry import Telemetry
from evse_tui.site.weld_reporter import COMMAND
from tests.site.bench import Bench, play

ALONE = {"mode": 1, "enable_c2": 3, "ev_meter_alone": 1}
SHARED = {**ALONE, "ev_meter_alone": 0}


def _faults(bench: Bench) -> Fault:
    return bench.chargers["1"].view.faults


def _told(site: Site) -> list[str]:
    return [event.text for event in site.snapshot.events if "reported to the board" in event.text]


def _open(charger: ChargerSnapshot) -> bool:
    return charger.board is not None and not charger.board.flags & Flag.C1


async def _charge(bench: Bench, site: Site, car: Car) -> None:
    """A car charges, on a board without a feedback input."""
    bench.chargers["1"].board.set_feedback_open(True)
    bench.plug(car)
    await bench.until(site, lambda charger: charger.state is ChargerState.C, 60)
    await bench.live(site, 30)


async def _stop(bench: Bench, site: Site) -> None:
    await site.execute(SetMode("1", Mode.OFF))
    await bench.until(site, _open, 10)


async def _weld(bench: Bench, site: Site) -> None:
    """The contacts have stuck when the board opens them, and the car goes on."""
    await _charge(bench, site, Car(behaviour=Behaviour.STUBBORN))
    bench.chargers["1"].board.set_welded(True)
    await _stop(bench, site)
    assert bench.chargers["1"].currents_a()[0] > 10


def test_a_weld_is_seen_through_the_meter_and_the_car_stays_denied() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _weld(bench, site)
            await bench.live(site, 27)
            assert _faults(bench) == Fault(0)  # the meter might be late
            await bench.live(site, 5)
            assert _faults(bench) == Fault.WELDED_CONTACTOR
            command = site.snapshot.charger("1").commands[-1]
            assert (command.what, command.state) == (COMMAND, CommandState.OBSERVED)
            lines = [(event.level, event.text) for event in site.snapshot.events[-2:]]
            assert lines[0][0] is lines[1][0] is Level.FAULT
            assert {text for _, text in lines} == {_told(site)[0], "fault: welded contactor"}
            assert _told(site)[0].startswith("contactor: the EV meter sees 12.8 A 3")

            await site.execute(SetMode("1", Mode.NORMAL))
            for _ in range(120):
                await bench.live(site, 1)
                assert not bench.chargers["1"].view.c1_drive
            charger = site.snapshot.charger("1")
            assert charger.grant is not None
            assert charger.grant.reason.constraint is Constraint.FAULT
            assert (charger.error, len(_told(site))) == ("Test IO", 1)

    play(Bench(charger=ALONE), story)


def test_a_fault_that_is_acknowledged_too_early_comes_back() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _weld(bench, site)
            await bench.live(site, 40)
            assert (await site.execute(DoBoardAction("1", BoardAction.ACKNOWLEDGE))).accepted
            await bench.live(site, 1)
            assert _faults(bench) == Fault(0)
            await bench.live(site, 12)
            assert _faults(bench) == Fault.WELDED_CONTACTOR
            assert len(_told(site)) == 2
            bench.chargers["1"].board.set_welded(False)  # replaced by an electrician
            await bench.live(site, 5)
            assert (await site.execute(DoBoardAction("1", BoardAction.ACKNOWLEDGE))).accepted
            await bench.live(site, 60)
            assert _faults(bench) == Fault(0)

    play(Bench(charger=ALONE), story)


def test_it_is_told_in_the_next_session_if_this_one_ends_before() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _weld(bench, site)
            await bench.live(site, 15)
            bench.openers["1"].unplug_adapter()
            await bench.live(site, 40)
            assert (_faults(bench), _told(site)) == (Fault(0), [])
            bench.openers["1"].plug_adapter()
            await bench.until(site, lambda charger: bool(charger.board and charger.board.faults), 60)
        async with bench.host() as site:  # another host: the board has kept it
            await bench.live(site, 60)
            assert (_faults(bench), _told(site)) == (Fault.WELDED_CONTACTOR, [])

    play(Bench(charger=ALONE), story)


def test_what_is_unseen_for_a_moment_begins_anew() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _weld(bench, site)
            await bench.live(site, 15)
            bench.chargers["1"].board.reset()
            await bench.live(site, 20)
            assert site.snapshot.charger("1").link is LinkState.ONLINE
            assert _faults(bench) == Fault(0)
            bench.openers["1"].unplug_adapter()
            await bench.clock.sleep_ms(100)
            bench.openers["1"].plug_adapter()
            await bench.until(site, lambda charger: charger.link is LinkState.ONLINE, 3)
            await bench.live(site, 25)
            assert (_faults(bench), _told(site)) == (Fault(0), [])
            await bench.live(site, 10)
            assert _faults(bench) == Fault.WELDED_CONTACTOR

    play(Bench(charger=ALONE), story)


class _Line:
    """Between the reporter and its board."""

    def __init__(self, site: Site, answer: CommandError | None) -> None:
        self.answer = answer
        self.open = False
        self.held: list[WeldEvidence] = []
        client = site._chargers["1"].client
        self._command = client.command
        client.command = self.command  # type: ignore[method-assign]  # to stand in its way

    async def command(self, payload: Payload) -> Reply | Config:
        if self.open or not isinstance(payload, WeldEvidence):
            return await self._command(payload)
        self.held.append(payload)
        if self.answer is not None:
            raise self.answer
        return Reply(WeldEvidence.MESSAGE.id, Result.OK, 0, Slot.HARDWARE, 0, Hold.NONE, 0, 0)


def test_what_the_board_refuses_is_told_once_and_tried_again() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _weld(bench, site)
            line = _Line(site, CommandError("The board is busy."))
            await bench.live(site, 60)
            assert [evidence.current_da for evidence in line.held] == [128] * 3
            command = site.snapshot.charger("1").commands[-1]
            assert (command.what, command.state, command.detail) == (COMMAND, CommandState.FAILED, "The board is busy.")
            assert len([e for e in site.snapshot.events if e.text.endswith("by the board: The board is busy.")]) == 1
            line.open = True
            await bench.live(site, 12)
            assert (_faults(bench), len(_told(site))) == (Fault.WELDED_CONTACTOR, 1)

    play(Bench(charger=ALONE), story)


def test_what_is_accepted_but_not_seen_has_failed() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _weld(bench, site)
            line = _Line(site, None)
            await bench.until(site, lambda _: bool(line.held), 40)
            assert site.snapshot.charger("1").commands[-1].state is CommandState.ACCEPTED
            await bench.live(site, 7)
            assert site.snapshot.charger("1").commands[-1].state is CommandState.FAILED

    play(Bench(charger=ALONE), story)


def test_nothing_is_sent_to_a_board_of_another_host(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _weld(bench, site)
            line = _Line(site, None)
            monkeypatch.setattr(Telemetry, "online", property(lambda _self: False))
            await bench.live(site, 60)
            assert line.held == []

    play(Bench(charger=ALONE), story)


def test_the_setting_comes_into_force_at_once() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _weld(bench, site)
            await bench.live(site, 120)
            assert (_faults(bench), _told(site)) == (Fault(0), [])
            await site.execute(SetSetting("ev_meter_alone", 1, "1"))
            await bench.live(site, 12)
            assert _faults(bench) == Fault.WELDED_CONTACTOR

    play(Bench(charger=SHARED), story)


async def _late(bench: Bench, site: Site, seconds: int, delay_s: int) -> None:
    """A meter whose values need `delay_s`, and whose energy register moves all the time."""
    values: deque[PhaseCurrents] = deque()
    for second in range(seconds):
        await bench.clock.sleep_ms(1_000)
        amps = bench.chargers["1"].currents_a()
        values.append((round(amps[0] * 10), round(amps[1] * 10), round(amps[2] * 10)))
        if len(values) > delay_s:
            site.feed(EvMeasurement("1", values.popleft(), import_wh=1_000 + second))
        site.feed(MainsMeasurement((0, 0, 0)))
        if second == seconds // 2:
            await site.execute(SetMode("1", Mode.OFF))


@pytest.mark.parametrize("delay_s", [5, 10])
def test_a_late_meter_convicts_nobody(delay_s: int) -> None:
    async def story(bench: Bench) -> None:
        bench.ev_meter = False
        async with bench.host() as site:
            await _charge(bench, site, Car())
            await _late(bench, site, 120, delay_s)
            assert not bench.chargers["1"].view.c1
            assert (_faults(bench), _told(site)) == (Fault(0), [])

    play(Bench(charger=ALONE), story)


def test_without_a_meter_nothing_is_told() -> None:
    async def story(bench: Bench) -> None:
        bench.ev_meter = False
        async with bench.host() as site:
            await _weld(bench, site)
            assert site.snapshot.charger("1").ev_modelled
            await bench.live(site, 120)
            assert (_faults(bench), _told(site)) == (Fault(0), [])

    play(Bench(charger=ALONE), story)


@pytest.mark.parametrize(("current_da", "moves"), [(3, True), (10, True), (160, False)])
def test_what_a_meter_shows_at_rest_or_repeats_is_no_weld(current_da: int, moves: bool) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _charge(bench, site, Car())
            await _stop(bench, site)
            for second in range(120):
                await bench.clock.sleep_ms(1_000)
                site.feed(EvMeasurement("1", (current_da, 0, current_da), import_wh=1_000 + second * moves))
            assert (_faults(bench), _told(site)) == (Fault(0), [])

    play(Bench(charger=ALONE), story)


def test_a_reading_that_renews_only_energy_is_no_sample() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _charge(bench, site, Car())
            await _stop(bench, site)
            await bench.live(site, 30)
            for second in range(60):
                await bench.clock.sleep_ms(1_000)
                site.feed(EvMeasurement("1", power_w=3_680, import_wh=1_000 + second))
                if second in (0, 5, 30, 40):
                    site.feed(EvMeasurement("1", (160, 0, 0)))
                elif second == 20:
                    site.feed(EvMeasurement("1", (0, 0, 0)))
            assert (_faults(bench), _told(site)) == (Fault(0), [])

    play(Bench(charger=ALONE), story)
