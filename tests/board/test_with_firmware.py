"""Session, client and diagnosis against the shipped C, on good, bad and shared lines."""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable, Iterator

import pytest

from evse_protocol.messages import Access, ResetReason, Result
from evse_protocol.payloads import Config, ConfigGet, Reboot, Reply
from evse_protocol.session import HostSession
from evse_protocol.session_events import (
    Answered,
    BoardEvent,
    Failed,
    GrantAnswer,
    Greeted,
    SessionEvent,
    SessionState,
    Telemetry,
)
from evse_tui.board.diagnosis import DiagnosisReport, diagnose
from evse_tui.clock import LoopClock
from evse_tui.sim.board import Plug, SimulatedBoard
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.fleet import Fleet
from evse_tui.sim.transport import SimulatedOpener
from evse_tui.sim.virtual_time import run_virtual

Fault = Callable[[bytes], bytes]


class Bus:
    """Hosts and one board on a shared line with a delay of `delay_ms` each way."""

    def __init__(self, board: SimulatedBoard, hosts: int = 1) -> None:
        self.board = board
        self.sessions = [HostSession(number + 1) for number in range(hosts)]
        self.events: list[list[SessionEvent]] = [[] for _ in range(hosts)]
        self.fault: Fault = bytes
        self.delay_ms = 0
        self.now_ms = 5_000
        self._to_board: deque[tuple[int, bytes]] = deque()
        self._to_hosts: deque[tuple[int, bytes]] = deque()

    def start(self, host: int = 0) -> None:
        self.sessions[host].start(self.now_ms)

    def run(self, duration_ms: int, grant_da: int | None = None) -> None:
        """Runs; with `grant_da` the first host renews it once a second."""
        end_ms = self.now_ms + duration_ms
        grant_ms = self.now_ms if grant_da is not None else end_ms
        while self.now_ms < end_ms:
            if grant_da is not None and self.now_ms >= grant_ms:
                grant_ms += 1_000
                self.sessions[0].grant(grant_da, 3, Access.ALLOW, self.now_ms)
            self._hosts()
            wakeups = [session.next_wakeup_ms for session in self.sessions]
            due = [due_ms for queue in (self._to_board, self._to_hosts) for due_ms, _ in queue]
            until_ms = min([end_ms, grant_ms if grant_ms > self.now_ms else end_ms, *filter(None, wakeups), *due])
            self.now_ms += self.board.run(max(1, until_ms - self.now_ms))
            self._line(self.board.transmit(), self._to_hosts)
            while self._to_hosts and self._to_hosts[0][0] <= self.now_ms:
                _, data = self._to_hosts.popleft()
                for session in self.sessions:
                    session.receive(data, self.now_ms)

    def _hosts(self) -> None:
        for session, events in zip(self.sessions, self.events, strict=True):
            session.tick(self.now_ms)
            for event in session.take_events():
                events.append(event)
                if isinstance(event, BoardEvent):
                    session.acknowledge_event(event.event.boot, event.event.number)
            self._line(session.take_bytes(), self._to_board)
        while self._to_board and self._to_board[0][0] <= self.now_ms:
            self.board.receive(self._to_board.popleft()[1])

    def _line(self, data: bytes, queue: deque[tuple[int, bytes]]) -> None:
        if data:
            queue.append((self.now_ms + self.delay_ms, self.fault(data)))


@pytest.fixture
def board() -> Iterator[SimulatedBoard]:
    with SimulatedBoard(42) as made:
        yield made
        made.assert_invariants()


def test_a_car_charges_and_the_estimated_lease_is_the_boards(board: SimulatedBoard) -> None:
    bus = Bus(board)
    bus.start()
    bus.run(100)
    bus.run(12_000, grant_da=100)
    board.plug(Plug.B)
    bus.run(3_000, grant_da=100)
    board.set_car(Plug.C)
    bus.run(10_000, grant_da=100)
    view = board.view()
    assert view.c1
    assert view.offered_da == 100
    session = bus.sessions[0]
    assert abs(session.board.lease_ms(bus.now_ms) - view.lease_ms) <= 5
    assert session.counters.telemetry_missed == session.counters.grants_refused == session.retries == 0
    assert session.board.clock.board_ms(bus.now_ms) == pytest.approx(view.board_ms, abs=2)


def test_the_boards_clock_wraps_under_a_running_lease(board: SimulatedBoard) -> None:
    board.set_clock(2**32 - 20_000)
    bus = Bus(board)
    bus.start()
    bus.run(100)
    bus.run(40_000, grant_da=100)
    assert board.view().board_ms < 2**31
    assert board.view().lease_ms > 3_900
    assert bus.sessions[0].counters.grants_refused == 0


def test_every_event_arrives_once_and_in_order_on_a_line_that_flips_bits(board: SimulatedBoard) -> None:
    dice = random.Random(5)  # a replayable fault, no secret
    bus = Bus(board)

    def flip(data: bytes) -> bytes:
        damaged = bytearray(data)
        for place in range(len(damaged)):
            if dice.random() < 0.004:
                damaged[place] ^= 1 << dice.randrange(8)
        return bytes(byte for byte in damaged if dice.random() > 0.001)

    bus.fault = flip
    bus.start()
    for cycle in range(8):
        bus.run(4_000, grant_da=100)
        if cycle % 2:
            board.unplug()
        else:
            board.plug(Plug.C)
    bus.fault = bytes
    bus.run(20_000, grant_da=100)
    session = bus.sessions[0]
    numbers = [event.event.number for event in bus.events[0] if isinstance(event, BoardEvent)]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > 8
    assert session.state is SessionState.ONLINE
    assert session.retries > 0
    assert session.reader.damaged > 0
    assert board.view().lease_ms > 3_900


def test_a_delayed_line_makes_the_board_refuse_never_renew(board: SimulatedBoard) -> None:
    bus = Bus(board)
    bus.delay_ms = 300
    bus.start()
    bus.run(5_000)
    bus.sessions[0].grant(100, 3, Access.ALLOW, bus.now_ms, ttl_ms=500)
    bus.run(3_000)
    (answer,) = [event for event in bus.events[0] if isinstance(event, GrantAnswer)]
    assert answer.reply.result == Result.EXPIRED
    assert board.view().lease_ms == 0


def test_two_hosts_do_not_fight(board: SimulatedBoard) -> None:
    bus = Bus(board, hosts=2)
    bus.start(0)
    bus.run(5_000, grant_da=100)
    bus.start(1)
    bus.run(30_000, grant_da=100)
    states = {session.state for session in bus.sessions}
    assert states == {SessionState.ONLINE, SessionState.OTHER_HOST}
    hellos = [sum(isinstance(event, Greeted) for event in events) for events in bus.events]
    assert max(hellos) <= 2


def test_a_restarted_host_resumes_without_touching_the_contactor(board: SimulatedBoard) -> None:
    bus = Bus(board, hosts=2)
    bus.start()
    bus.run(12_000, grant_da=100)
    board.plug(Plug.C)
    bus.run(15_000, grant_da=100)
    assert board.view().c1
    closed_for = board.view().boot
    bus.sessions[0].stop()
    bus.sessions.reverse()
    bus.events.reverse()
    bus.start()
    bus.run(1_000)
    for _ in range(20):
        bus.run(1_000, grant_da=100)
        assert board.view().c1
    assert board.view().boot == closed_for


def test_commands_and_a_commanded_reboot(board: SimulatedBoard) -> None:
    bus = Bus(board)
    bus.start()
    bus.run(1_000)
    session, events = bus.sessions[0], bus.events[0]
    assert session.identity is not None
    asked = session.command(ConfigGet(), bus.now_ms)
    refused = session.command(Reboot(session.identity.boot + 1), bus.now_ms)
    rebooted = session.command(Reboot(session.identity.boot), bus.now_ms)
    bus.run(5_000)
    answers = {event.ticket: event.answer for event in events if isinstance(event, Answered)}
    assert isinstance(answers[asked], Config)
    refusal = answers[refused]
    assert isinstance(refusal, Reply)
    assert refusal.result is not Result.OK
    assert answers.get(rebooted) is not None or any(isinstance(event, Failed) for event in events)
    greetings = [event for event in events if isinstance(event, Greeted)]
    assert [greeted.restarted for greeted in greetings] == [False, True]
    assert greetings[-1].identity.reset_reason == ResetReason.COMMANDED
    assert session.counters.resets_seen == 1


def test_a_board_that_keeps_resetting_is_not_another_host(board: SimulatedBoard) -> None:
    bus = Bus(board)
    bus.start()
    for _ in range(4):
        bus.run(3_000, grant_da=100)
        board.reset(ResetReason.BROWN_OUT)
    bus.run(3_000, grant_da=100)
    assert bus.sessions[0].state is SessionState.ONLINE
    assert bus.sessions[0].counters.resets_seen == 4


def test_telemetry_says_how_many_were_lost(board: SimulatedBoard) -> None:
    bus = Bus(board)
    bus.start()
    bus.run(3_000)
    bus.fault = lambda data: b""
    bus.run(2_500)
    bus.fault = bytes
    bus.run(2_000)
    missed = [event.missed for event in bus.events[0] if isinstance(event, Telemetry)]
    assert 2 <= sum(missed) <= 3
    assert bus.sessions[0].state is SessionState.ONLINE


@pytest.mark.parametrize(("blank", "exit_status"), [(False, 0), (True, 1)])
def test_diagnosis(blank: bool, exit_status: int) -> None:
    async def main() -> DiagnosisReport:
        charger = SimulatedCharger(SimulatedBoard(42, blank=blank))
        fleet = Fleet(LoopClock())
        fleet.add(charger)
        fleet.start()
        try:
            report = await diagnose(SimulatedOpener(fleet, charger, "simulated"), LoopClock(), 3_000)
            charger.board.assert_invariants()
        finally:
            await fleet.stop()
        return report

    report = run_virtual(main())
    assert report.exit_status == exit_status, report.render()
    assert report.answered == report.asked > 30
    assert (report.config is None) is blank
    assert "serial number 42" in report.render()
    assert re.search(r"Pilot trace     [ABC] (99\d|1000) of \1 cycles, high ", report.render()), report.render()
