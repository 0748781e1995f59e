"""The front of the simulated board, told by a plain session; the shipped link handles every message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from evse_protocol.messages import Capability, EventKind, LedPattern, ResetReason, Result
from evse_protocol.payloads import Backlight, Config, ConfigGet, ConfigSet, Display, Led, Payload, Reply
from evse_protocol.session import HostSession
from evse_protocol.session_events import Answered, BoardEvent, SessionEvent
from evse_tui.sim.board import SimulatedBoard
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.sim_board import Bench, CommandError


class Host:
    """A session with a board, in simulated time."""

    def __init__(self, board: SimulatedBoard) -> None:
        self.board = board
        self.session = HostSession(7)
        self.events: list[SessionEvent] = []
        self.session.start(0)
        self.run(100)

    def run(self, duration_ms: int) -> None:
        end_ms = self.board.now_ms + duration_ms
        while self.board.now_ms < end_ms:
            self.session.tick(self.board.now_ms)
            data = self.session.take_bytes()
            if data:
                self.board.receive(data)
            self.board.run(1)
            self.session.receive(self.board.transmit(), self.board.now_ms)
            self.events += self.session.take_events()

    def ask(self, payload: Payload) -> Reply | Config:
        ticket = self.session.command(payload, self.board.now_ms)
        self.run(20)
        (answer,) = [event.answer for event in self.events if isinstance(event, Answered) and event.ticket == ticket]
        return answer

    def result(self, payload: Payload) -> Result:
        answer = self.ask(payload)
        assert isinstance(answer, Reply)
        return Result(answer.result)


@pytest.fixture
def host() -> Iterator[Host]:
    with SimulatedBoard(7) as board:
        yield Host(board)


def test_board_says_that_it_has_a_front(host: Host) -> None:
    assert host.session.identity is not None
    front = Capability.DISPLAY | Capability.BACKLIGHT | Capability.LED | Capability.RFID
    assert host.session.identity.capabilities & front == front


def test_lines_are_kept_each_on_its_own(host: Host) -> None:
    assert host.board.panel().lines == ("",) * 8
    assert host.result(Display(0, b"top")) is Result.OK
    assert host.result(Display(7, b"x" * 21)) is Result.OK
    assert host.result(Display(0, b"to")) is Result.OK
    assert host.board.panel().lines == ("to", *("",) * 6, "x" * 21)


def test_reset_clears_the_front(host: Host) -> None:
    host.ask(Display(3, b"old"))
    host.ask(Backlight(80, 60))
    host.board.reset(ResetReason.EXTERNAL)
    assert host.board.panel().lines == ("",) * 8
    assert host.board.panel().backlight == 0


def test_backlight_ends_by_itself(host: Host) -> None:
    assert host.result(Backlight(80, 2)) is Result.OK
    assert host.board.panel().backlight == 80
    host.run(1_900)
    assert host.board.panel().backlight == 80
    host.run(200)
    assert host.board.panel().backlight == 0


def test_backlight_for_no_time_is_dark(host: Host) -> None:
    host.ask(Backlight(80, 10))
    host.ask(Backlight(80, 0))
    assert host.board.panel().backlight == 0


def test_backlight_is_clamped_to_the_commissioned_maximum(host: Host) -> None:
    config = host.ask(ConfigGet())
    assert isinstance(config, Config)
    fields = {name: getattr(config, name) for name in ConfigSet.__slots__}
    assert host.result(replace(ConfigSet(**fields), backlight_max=40)) is Result.OK
    host.ask(Backlight(100, 10))
    assert host.board.panel().backlight == 40


def test_light_shows_the_host_for_its_time_only(host: Host) -> None:
    own = host.board.panel()
    assert host.result(Led(LedPattern.BREATHE, 1, 2, 3, 1_000)) is Result.OK
    assert (host.board.panel().led, host.board.panel().color) == (LedPattern.BREATHE, (1, 2, 3))
    host.run(1_000)
    assert (host.board.panel().led, host.board.panel().color) == (own.led, own.color)


def test_change_of_the_front_ends_a_run(host: Host) -> None:
    before = host.board.changes
    host.ask(Display(0, b"new"))
    assert host.board.changes == before + 1
    host.ask(Display(0, b"new"))
    assert host.board.changes == before + 1


def test_card_of_the_bench_is_told(host: Host) -> None:
    bench = Bench(SimulatedCharger(host.board))
    bench.command("card 00c0ffee")
    cards = []
    for _ in range(5):  # a board tells the next event when this one is stored
        host.run(50)
        for event in host.events:
            if isinstance(event, BoardEvent):
                host.session.acknowledge_event(event.event.boot, event.event.number)
                if event.event.kind is EventKind.CARD:
                    cards.append(event.event.value)
        host.events.clear()
    assert cards == [0xC0FFEE]


@pytest.mark.parametrize("line", ["card", "card 0", "card xyz", "card 123456789", "card 1 2", "card -1"])
def test_card_needs_a_number(host: Host, line: str) -> None:
    with pytest.raises(CommandError, match="card needs one number"):
        Bench(SimulatedCharger(host.board)).command(line)
