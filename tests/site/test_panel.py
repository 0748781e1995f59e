"""What the front shows and when it is told, without a board."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_protocol.framing import Frame, encode_frame
from evse_protocol.messages import Capability, Hold, LedPattern, Result, Slot
from evse_protocol.payloads import Backlight, Display, Led, Payload, Reply, encode_payload
from evse_tui.control.types import Mode
from evse_tui.settings import SETTINGS
from evse_tui.site import panel as front
from evse_tui.site.panel import COLUMNS, DIM_S, FULL, LINES, LIT_S, RED, Facts, Light, Panel, light_of, lines_of
from evse_tui.site.snapshot import ChargerState

ALL = Capability.DISPLAY | Capability.BACKLIGHT | Capability.LED
COLORS = {setting.name: setting.default for setting in SETTINGS if setting.name.startswith("color_")}
CHARGING = Facts(
    "Charging",
    Mode.SOLAR,
    ChargerState.C,
    plugged=True,
    phases=3,
    offered_da=120,
    drawn_da=118,
    reason="surplus",
    session_wh=3_440,
    session_min=83,
    note="Present",
)
IDLE = Facts("Ready to Charge", Mode.SMART, ChargerState.A, reason="not connected")
BYTES_PER_S = 115_200 / 10


def test_lines_while_charging() -> None:
    assert lines_of(CHARGING) == (
        "Charging",
        "Solar        3 phases",
        "Offered        12.0 A",
        "Drawn          11.8 A",
        "surplus",
        "",
        "3.4 kWh        1:23 h",
        "Present",
    )


def test_lines_without_a_car() -> None:
    assert lines_of(IDLE) == ("Ready to Charge", "Smart", "", "", "not connected", "", "", "")


def test_without_a_meter_nothing_is_made_up() -> None:
    assert lines_of(replace(CHARGING, drawn_da=None))[3] == "Drawn        no meter"


@given(title=st.text(), reason=st.text(), note=st.text(), offered_da=st.integers(0, 800), wh=st.integers(0, 10**6))
def test_lines_always_fit_the_display(title: str, reason: str, note: str, offered_da: int, wh: int) -> None:
    lines = lines_of(replace(CHARGING, title=title, reason=reason, note=note, offered_da=offered_da, session_wh=wh))
    assert len(lines) == LINES
    for line in lines:
        assert len(line) <= COLUMNS
        assert line.isascii()
        assert line.isprintable()


@pytest.mark.parametrize(
    ("facts", "custom", "led"),
    [
        (CHARGING, False, (LedPattern.BREATHE, 0xFFAA00)),
        (replace(CHARGING, mode=Mode.SMART), False, (LedPattern.BREATHE, 0x00FF00)),
        (CHARGING, True, (LedPattern.BREATHE, 0x0000FF)),
        (replace(CHARGING, state=ChargerState.B, waiting=True), False, (LedPattern.BLINK, 0xFFAA00)),
        (replace(CHARGING, state=ChargerState.B), False, (LedPattern.STEADY, 0xFFAA00)),
        (IDLE, False, (LedPattern.STEADY, 0x002B00)),
        (replace(IDLE, mode=Mode.OFF), False, (LedPattern.OFF, 0)),
        (replace(IDLE, mode=Mode.PAUSE), False, (LedPattern.OFF, 0)),
        (replace(IDLE, mode=Mode.OFF), True, (LedPattern.STEADY, 0x0000FF)),
        (replace(CHARGING, trouble=True), False, (LedPattern.BLINK, RED)),
    ],
)
def test_status_light(facts: Facts, custom: bool, led: tuple[LedPattern, int]) -> None:
    assert light_of(facts, COLORS, custom=custom) == led


class TestLight:
    def test_on_then_dimmed_then_off(self) -> None:
        light = Light()
        assert (light.status(0), light.level(0), light.left_s(0)) == ("OFF", 0, 0)
        light.event(0)
        dim_ms, end_ms = (LIT_S - DIM_S) * 1_000, LIT_S * 1_000
        assert (light.status(dim_ms - 1), light.level(dim_ms - 1)) == ("ON", FULL)
        assert (light.status(dim_ms), light.level(dim_ms), light.left_s(dim_ms)) == ("DIMMED", front.DIMMED, DIM_S)
        assert (light.status(end_ms - 1), light.left_s(end_ms - 1)) == ("DIMMED", 1)
        assert (light.status(end_ms), light.level(end_ms), light.left_s(end_ms)) == ("OFF", 0, 0)

    def test_an_event_lights_again(self) -> None:
        light = Light()
        light.event(0)
        light.event((LIT_S - 1) * 1_000)
        assert (light.level((LIT_S - 1) * 1_000), light.left_s((LIT_S - 1) * 1_000)) == (FULL, LIT_S)

    def test_a_wish_of_the_user_stands(self) -> None:
        light = Light()
        light.light(0, 10, 8)
        assert (light.level(0), light.level(7_000), light.status(7_000)) == (10, 10, "DIMMED")
        light.light(1_000, 0, 60)
        assert (light.status(1_000), light.left_s(1_000)) == ("OFF", 0)


class Told:
    """A board that answers at once, and what it was told in simulated time."""

    def __init__(self, capabilities: int = ALL) -> None:
        self.panel = Panel()
        self.capabilities = capabilities
        self.now_ms = 0
        self.commands: list[tuple[int, Payload]] = []

    def run(self, duration_ms: int) -> list[Payload]:
        end_ms = self.now_ms + duration_ms
        since = len(self.commands)
        while (due_ms := self.panel.due_ms(self.now_ms, self.capabilities)) is not None and due_ms < end_ms:
            self.now_ms = due_ms
            command = self.panel.take(self.now_ms, self.capabilities)
            if command is not None:
                self.commands.append((self.now_ms, command))
                self.panel.told(self.now_ms)
        self.now_ms = end_ms
        return [command for _, command in self.commands[since:]]

    def show(self, facts: Facts) -> None:
        self.panel.show(lines_of(facts), light_of(facts, COLORS, custom=False))


def _bytes(payload: Payload) -> int:
    message_id, data = encode_payload(payload)
    return len(encode_frame(Frame(message_id, 0, 0xFFFF_FFFF, 0xFFFF, data)))


def test_only_what_differs_is_told() -> None:
    board = Told(Capability.DISPLAY)
    board.show(CHARGING)
    first = board.run(5_000)
    assert [command.line for command in first if isinstance(command, Display)] == [0, 1, 2, 3, 4, 5, 6, 7]
    board.show(CHARGING)
    assert board.run(60_000) == []
    board.show(replace(CHARGING, reason="mains L2"))
    assert board.run(1_000) == [Display(4, b"mains L2")]


def test_digits_wait_words_do_not() -> None:
    board = Told(Capability.DISPLAY)
    board.show(CHARGING)
    board.run(3_000)
    board.show(replace(CHARGING, drawn_da=119))
    board.run(10_000)
    since_ms = board.now_ms
    board.show(replace(CHARGING, drawn_da=120))
    board.run(100)
    board.show(replace(CHARGING, drawn_da=121))
    board.run(500)
    board.show(replace(CHARGING, drawn_da=None))
    board.run(5_000)
    sent = [
        (at_ms - since_ms, bytes(c.text)) for at_ms, c in board.commands if at_ms >= since_ms and isinstance(c, Display)
    ]
    assert sent == [(0, b"Drawn          12.0 A"), (600, b"Drawn        no meter")]


def test_light_of_the_display_costs_two_commands_an_event() -> None:
    board = Told(Capability.BACKLIGHT)
    board.panel.light.event(0)
    assert board.run(LIT_S * 2_000) == [Backlight(FULL, LIT_S), Backlight(front.DIMMED, DIM_S)]
    board.panel.light.event(board.now_ms)
    board.run(10_000)
    board.panel.light.light(board.now_ms, 0, 0)
    assert board.run(10_000) == [Backlight(0, 0)]


def test_status_light_is_renewed_in_time() -> None:
    board = Told(Capability.LED)
    board.show(CHARGING)
    board.run(600_000)
    times = [at_ms for at_ms, _ in board.commands]
    assert max(after - before for before, after in itertools.pairwise(times)) * 2 < front.LED_TTL_MS
    assert all(c == Led(LedPattern.BREATHE, 0xFF, 0xAA, 0, front.LED_TTL_MS) for _, c in board.commands)


@pytest.mark.parametrize(
    ("capability", "kind"),
    [(Capability.DISPLAY, Display), (Capability.BACKLIGHT, Backlight), (Capability.LED, Led)],
)
def test_a_board_is_told_only_what_it_has(capability: Capability, kind: type[Payload]) -> None:
    board = Told(capability)
    board.show(CHARGING)
    board.panel.light.event(0)
    assert {type(command) for command in board.run(30_000)} == {kind}


def test_a_board_that_forgot_is_told_again() -> None:
    board = Told()
    board.show(CHARGING)
    board.panel.light.event(0)
    before = board.run(5_000)
    board.panel.forget()
    again = board.run(5_000)
    assert {type(command) for command in again} == {type(command) for command in before}
    assert len(again) == len(before)


def test_what_failed_is_told_again() -> None:
    board = Told(Capability.DISPLAY)
    board.show(IDLE)
    board.run(3_000)
    board.show(replace(IDLE, title="Charging"))
    for _ in range(3):
        assert board.panel.take(board.now_ms, board.capabilities) == Display(0, b"Charging")
        board.panel.failed()
        assert board.panel.take(board.now_ms + front.GAP_MS - 1, board.capabilities) is None
        board.now_ms += front.GAP_MS
    assert board.run(1_000) == [Display(0, b"Charging")]


def test_what_changed_on_the_way_is_told_too() -> None:
    board = Told(Capability.DISPLAY | Capability.BACKLIGHT)
    board.show(IDLE)
    board.run(3_000)
    board.show(replace(IDLE, title="Charging"))
    assert board.panel.take(board.now_ms, board.capabilities) is not None
    board.show(replace(IDLE, title="Charging Stopped"))
    board.panel.told(board.now_ms)
    assert board.run(1_000) == [Display(0, b"Charging Stopped")]


class TestCost:
    """The figures of the docstring, from real frames."""

    def test_sizes(self) -> None:
        reply = Reply(0xFF, Result.NOT_CLEARED, 800, Slot.SIMPLIFIED, 3, Hold.FILTER, 0xFFFF_FFFF, 0xFFFF_FFFF)
        assert _bytes(Display(7, b"x" * COLUMNS)) == 37
        assert _bytes(Led(LedPattern.BLINK, 255, 255, 255, 0xFFFF)) == 21
        assert _bytes(Backlight(100, 0xFFFF)) == 18
        assert _bytes(reply) == 30

    def test_worst_second(self) -> None:
        board = Told()
        for step in range(600):
            board.show(
                replace(CHARGING, title=f"{'ab'[step % 2] * 21}", reason=f"{'cd'[step % 2] * 21}", note="ef"[step % 2])
            )
            board.panel.light.light(board.now_ms, 50 + step % 2, 60)
            board.run(100)
        assert max(_per_second(board)) <= 185
        assert 185 / BYTES_PER_S < 0.02

    def test_while_every_number_moves(self) -> None:
        board = Told()
        for second in range(600):
            board.show(
                replace(CHARGING, offered_da=120 + second % 7, drawn_da=117 + second % 5, session_min=second // 60)
            )
            board.run(1_000)
        rates = _per_second(board)[10:]
        assert sum(rates) / len(rates) <= 42

    def test_at_rest(self) -> None:
        board = Told()
        board.show(IDLE)
        board.run(600_000)
        rates = _per_second(board)[10:]
        assert sum(rates) / len(rates) <= 4


def _per_second(board: Told) -> list[int]:
    """Bytes to the board in each second."""
    sums = [0] * (board.now_ms // 1_000 + 1)
    for at_ms, command in board.commands:
        sums[at_ms // 1_000] += _bytes(command)
    return sums
