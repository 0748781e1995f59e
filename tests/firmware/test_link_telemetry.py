"""When the shipped link sends STATUS, EVENT and PILOT_TRACE."""

from __future__ import annotations

from itertools import pairwise

import pytest

from evse_protocol import messages
from evse_protocol.framing import Frame
from evse_protocol.messages import EventKind, Fault, Flag, Hold, Pilot, Result, Slot
from evse_protocol.payloads import Event, EventAck, PilotTrace, Reply, Status, Trace, decode_payload
from tests.firmware.link_host import LinkHost, only


def gaps(times: list[tuple[int, Status]]) -> list[int]:
    return [later - earlier for (earlier, _), (later, _) in pairwise(times)]


def quiet(host: LinkHost) -> None:
    """Past everything that a start causes, and just after a STATUS."""
    host.run(3000, Status)
    while not host.run(1, Status):
        pass


def test_at_rest_once_a_second() -> None:
    host = LinkHost()
    found = host.run(5500, Status)
    assert found[0][0] == 1
    assert gaps(found) == [1000] * 5
    assert [status.counter for _, status in found] == list(range(6))
    assert all(status.board_ms == now_ms for now_ms, status in found)


def test_ten_a_second_while_a_hold_runs() -> None:
    host = LinkHost()
    host.fake.status.hold = Hold.BOOT
    assert gaps(host.run(1050, Status)) == [100] * 10


def test_lively_for_two_seconds_after_the_duty_changed() -> None:
    host = LinkHost()
    quiet(host)
    host.fake.status.duty_permille = 200
    found = host.run(4000, Status)
    changed_ms = found[0][0]
    assert gaps([pair for pair in found if pair[0] - changed_ms <= 2000]) == [100] * 20
    assert gaps(found)[-1] == 1000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pilot", Pilot.B),
        ("flags", Flag.BUTTON),
        ("binding", Slot.CABLE),
        ("limit_da", 60),
        ("offered_da", 60),
        ("duty_permille", 100),
        ("phases", 1),
        ("access", 1),
        ("hold", Hold.RAMP),
        ("faults", Fault.DIODE),
        ("cp_high_mv", 301),
        ("cp_low_mv", -301),
        ("temperature_dc", 11),
    ],
)
def test_a_change_goes_out_at_once(field: str, value: int) -> None:
    host = LinkHost()
    quiet(host)
    host.run(60, Status)
    setattr(host.fake.status, field, value)
    ((_, status),) = host.run(1, Status)
    assert int(getattr(status, field)) == value


def test_a_changed_slot_goes_out_at_once() -> None:
    host = LinkHost()
    quiet(host)
    host.run(60, Status)
    host.fake.status.slots_da[Slot.HOST] = 60
    assert len(host.run(1, Status)) == 1


@pytest.mark.parametrize(
    ("field", "value"), [("lease_ms", 4000), ("hold_ms", 5), ("cp_high_mv", 300), ("temperature_dc", -10)]
)
def test_what_runs_by_itself_or_trembles_is_no_change(field: str, value: int) -> None:
    host = LinkHost()
    quiet(host)
    host.run(60, Status)
    setattr(host.fake.status, field, value)
    assert host.run(900, Status) == []


def test_never_more_than_twenty_a_second() -> None:
    host = LinkHost()
    found: list[tuple[int, Status]] = []
    for count in range(1000):
        host.fake.status.limit_da = count % 800
        found += host.run(1, Status)
    assert gaps(found) == [50] * 19


def test_the_clock_may_wrap() -> None:
    host = LinkHost(now_ms=(1 << 32) - 2500)
    assert gaps([(now_ms % (1 << 31), status) for now_ms, status in host.run(2400, Status)]) == [1000] * 2
    found = host.run(3000, Status)
    assert [status.board_ms for _, status in found] == [501, 1501, 2501]


def test_a_new_host_gets_a_status_soon() -> None:
    host = LinkHost()
    quiet(host)
    host.run(60, Status)
    host.hello()
    assert len(host.run(1, Status)) == 1


def test_telemetry_carries_the_session() -> None:
    host = LinkHost()
    (frame,) = host.step()
    assert (frame.session, frame.sequence) == (0, 0)
    session = host.hello().session
    frames = [frame for _ in range(60) for frame in host.step()]
    assert [(frame.session, frame.sequence) for frame in frames] == [(session, 0)]


def event_host(count: int, boot: int = 7) -> LinkHost:
    host = LinkHost(boot=boot)
    host.fake.event.kind = EventKind.PILOT
    host.fake.event.code = Pilot.C
    host.fake.event.board_ms = 99
    host.fake.events = count
    return host


def test_an_event_is_repeated_until_it_is_acknowledged() -> None:
    host = event_host(2)
    found = host.run(2500, Event)
    assert [now_ms for now_ms, _ in found] == [1, 1001, 2001]
    assert {event for _, event in found} == {Event(7, 0, 99, EventKind.PILOT, Pilot.C, 0)}
    host.send(EventAck(7, 0))
    assert [event.number for _, event in host.run(1500, Event)] == [1, 1]
    host.send(EventAck(7, 1))
    assert host.run(2000, Event) == []


def test_one_acknowledgement_covers_all_before_it() -> None:
    host = event_host(5)
    host.run(10, Event)
    host.send(EventAck(7, 3))
    assert [event.number for _, event in host.run(10, Event)] == [4]


@pytest.mark.parametrize("ack", [EventAck(8, 0), EventAck(7, 2), EventAck(7, 0xFFFF_FFFF)])
def test_a_foreign_acknowledgement_is_ignored(ack: EventAck) -> None:
    host = event_host(2)
    host.run(10, Event)
    host.send(ack)
    assert [event.number for _, event in host.run(1000, Event)] == [0]


def test_events_survive_a_new_host() -> None:
    host = event_host(3)
    host.hello(1)
    host.run(10, Event)
    host.hello(2)
    assert [event.number for _, event in host.run(1000, Event)] == [0]


def test_a_full_ring_loses_the_oldest_and_counts_it() -> None:
    host = event_host(130)
    found = host.run(1, Event)
    assert [(event.number, event.value) for _, event in found] == [(2, 2)]
    assert host.run(60, Status)[-1][1].events_lost == 2
    host.send(EventAck(7, 129))
    assert host.run(2000, Event) == []


def test_the_count_of_lost_events_saturates() -> None:
    host = event_host(128 + 65_536)
    host.run(1, Event)
    assert host.run(60, Status)[-1][1].events_lost == 65_535


def trace(host: LinkHost, duration_ms: int, sequence: int) -> None:
    reply = only(host.send(Trace(duration_ms), host.hello().session, sequence), Reply)
    assert reply.result is Result.OK


def traced(frames: list[Frame]) -> list[PilotTrace]:
    payloads = [decode_payload(frame.type, frame.payload) for frame in frames]
    return [payload for payload in payloads if isinstance(payload, PilotTrace)]


def test_a_trace_has_every_sample_and_its_time() -> None:
    host = LinkHost()
    trace(host, 100, 1)
    found = traced([frame for count in range(200) for frame in host.step(high_mv=count, low_mv=-count)])
    samples = [sample for frame in found for sample in frame.samples_mv]
    assert samples == [sample for count in range(99) for sample in (count, -count)]
    assert [frame.board_ms for frame in found] == [1 + 14 * number for number in range(8)]
    assert {frame.period_ms for frame in found} == {1}


def test_a_trace_ends_when_the_host_says_so() -> None:
    host = LinkHost()
    trace(host, 60_000, 1)
    assert traced([frame for _ in range(50) for frame in host.step()])
    trace(host, 0, 2)
    assert len(traced(host.step() + host.step())) == 1, "what was already sampled"
    assert traced([frame for _ in range(200) for frame in host.step()]) == []


def test_a_blocked_line_drops_telemetry_and_keeps_events() -> None:
    host = event_host(1)
    host.fake.status.hold = Hold.BOOT
    for _ in range(5000):
        host.now_ms += 1
        host.library.shim_node_step(0, 0, host.now_ms)
    frames = host.send_bytes(b"\x00")
    assert len(frames) <= 1
    assert host.run(1100, Event)[-1][1].number == 0


def test_a_reply_waits_for_one_frame_of_telemetry_at_most() -> None:
    host = LinkHost(boot=7)
    session = host.hello().session
    host.send(Trace(60_000), session, 1)
    host.fake.status.hold = Hold.BOOT
    for _ in range(500):
        host.now_ms += 1
        host.library.shim_node_step(0, 0, host.now_ms)
    kinds = [frame.type for frame in host.send(Trace(0), session, 2)]
    assert kinds[-1] == messages.REPLY.id
    assert len(kinds) <= 2
