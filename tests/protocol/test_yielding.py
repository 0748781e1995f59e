"""Text and light never delay a command: whatever comes takes their place on the line."""

from __future__ import annotations

import pytest

from evse_protocol.command_channel import QUEUE_LENGTH, Command, CommandChannel
from evse_protocol.round_trip import RoundTrip

TEXT = Command(1, 0x1B, b"text", yields=True)
OTHER_TEXT = Command(2, 0x1B, b"more", yields=True)
ACKNOWLEDGE = Command(3, 0x14, b"")
GRANT = Command(None, 0x10, b"grant")


class Line:
    """A channel and what it has sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[Command, int, bool]] = []
        self.channel = CommandChannel(RoundTrip(), lambda *sent: self.sent.append(sent))

    @property
    def newest(self) -> tuple[Command, int, bool]:
        return self.sent[-1]


@pytest.mark.parametrize("command", [GRANT, ACKNOWLEDGE], ids=["grant", "acknowledge"])
def test_a_command_takes_the_place_of_text_at_once(command: Command) -> None:
    line = Line()
    assert line.channel.submit(TEXT, 0) is None
    assert line.channel.submit(command, 5) is TEXT
    assert line.newest == (command, 2, False)
    assert line.channel.waiting == 0


def test_a_late_answer_to_the_text_is_nobodys() -> None:
    line = Line()
    line.channel.submit(TEXT, 0)
    line.channel.submit(ACKNOWLEDGE, 5)
    assert line.channel.answered(1, 6) is None
    assert line.channel.answered(2, 7) == (ACKNOWLEDGE, 2)


def test_a_command_that_took_the_place_has_all_its_tries() -> None:
    line = Line()
    line.channel.submit(TEXT, 0)
    now_ms = 0
    for _ in range(3):
        now_ms = line.channel.due_ms or 0
        assert line.channel.poll(now_ms) is None
    line.channel.submit(GRANT, now_ms)
    tries = 0
    while line.channel.poll(line.channel.due_ms or 0) is None:
        tries += 1
    assert tries == 4


def test_text_waits_behind_everything() -> None:
    line = Line()
    line.channel.submit(ACKNOWLEDGE, 0)
    assert line.channel.submit(TEXT, 1) is None
    assert line.channel.submit(GRANT, 2) is None
    line.channel.answered(1, 3)
    assert line.newest[0] is GRANT
    line.channel.answered(2, 4)
    assert line.newest[0] is TEXT


def test_text_does_not_take_the_place_of_text() -> None:
    line = Line()
    line.channel.submit(TEXT, 0)
    assert line.channel.submit(OTHER_TEXT, 1) is None
    assert line.channel.waiting == 1
    line.channel.answered(1, 2)
    assert line.newest == (OTHER_TEXT, 2, False)


def test_a_full_queue_does_not_matter_to_who_takes_the_place() -> None:
    line = Line()
    line.channel.submit(TEXT, 0)
    for _ in range(QUEUE_LENGTH):
        line.channel.submit(OTHER_TEXT, 0)
    assert line.channel.submit(ACKNOWLEDGE, 1) is TEXT
