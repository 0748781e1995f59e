"""A recording against the life that was recorded: the same site, the same moments."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from evse_tui.board import recording
from evse_tui.board.model import LinkState
from evse_tui.board.recording import Wires
from evse_tui.board.recording_file import Capture, Link, MeterRecord, Record, encode_header, encode_record
from evse_tui.board.recording_file import encode_reading as encode_reading_record
from evse_tui.board.wiretap import TappedOpener, Wiretap
from evse_tui.control.types import Constraint, Mode
from evse_tui.replay import pictures
from evse_tui.replay.besides import write_besides
from evse_tui.replay.readings import Reading, encode_reading
from evse_tui.replay.reenactment import Progress, live_through
from evse_tui.sim.car import Behaviour, Car
from evse_tui.site.commands import (
    CircuitMeasurement,
    EvMeasurement,
    EvStateMeasurement,
    MainsMeasurement,
    PriceMeasurement,
    PvMeasurement,
    SetMode,
)
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerSnapshot, Freshness, Level, MeterSnapshot, Snapshot
from tests.board.test_recording import at_once
from tests.site.bench import Bench, play

SAME = (
    *("id", "port", "link", "link_detail", "identity", "board", "mode", "override_da", "settings", "state", "error"),
    *("no_power", "plugged", "applied_da", "authorised", "ev", "ev_modelled", "ev_state"),
)
"""What wire, notes and readings tell of a charger."""
SAME_SITE = (
    *("mains", "circuit", "battery", "pv", "surplus", "settings", "warnings", "demo", "name", "rooms_da", "budget_da"),
    *("grid_relay", "price_milli_per_kwh"),
)


@pytest.fixture(autouse=True)
def _every_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "FINEST_MS", 1)


@pytest.fixture(autouse=True)
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Virtual time does not wait for them: a capture would begin, and miss pieces, as the disk has time for it."""
    monkeypatch.setattr(recording, "in_thread", at_once)


SMART = {"mode": Mode.SMART.value, "enable_c2": 3}
SOLAR = {"mode": Mode.SOLAR.value, "enable_c2": 4}

Story = Callable[[Bench, Site], Coroutine[Any, Any, None]]


def recorded(
    path: Path, story: Story, *, boards: int = 1, late_s: int = 0, charger: Mapping[str, int] = SMART
) -> list[Snapshot]:
    """Lives `story`, records it from `late_s` on, and returns what windows saw once a second."""
    seen: list[Snapshot] = []
    bench = Bench(boards=boards, charger={"current_max": 16, **charger})
    taps = {name: (Link(opener.port, name), Wiretap(bench.clock)) for name, opener in bench.openers.items()}
    simulated = bench.openers
    live = bench.live

    async def watched(site: Site, seconds: int) -> None:
        for _ in range(seconds):
            await live(site, 1)
            await bench.clock.sleep_ms(160)  # notes follow within 50 ms, pictures within 100
            site.touch()  # a snapshot of this moment
            seen.append(site.snapshot)
            await bench.clock.sleep_ms(1)

    async def run(bench: Bench) -> None:
        bench.live = watched  # type: ignore[method-assign]  # to look at each second
        tapped: dict[str, Any] = {name: TappedOpener(opener, taps[name][1]) for name, opener in simulated.items()}
        bench.openers = tapped
        async with bench.host() as site:
            wires = Wires(bench.clock, taps, partial(write_besides, site))
            await live(site, late_s)
            await wires.start(path)
            bench.openers = simulated
            await story(bench, site)
            await wires.stop()

    play(bench, run)
    return seen


def lived(path: Path) -> Progress:
    progress = Progress(0)
    live_through(path, UTC, progress)
    assert progress.failure is None
    assert progress.ended
    return progress


def told(charger: ChargerSnapshot, at_ms: int) -> dict[str, object]:
    """All of a charger at a moment on its snapshot's clock."""
    facts: dict[str, object] = {name: getattr(charger, name) for name in SAME}
    grant = charger.grant
    if grant is not None:
        timers = tuple(replace(timer, due_ms=timer.due_ms - at_ms) for timer in grant.timers)
        facts["grant"] = replace(grant, timers=timers)
    health = charger.health
    facts["trouble"] = (health.retries, health.failures, health.telemetry_missed, health.resets_seen, health.lease_ms)
    facts["trips"] = (health.round_trip_p50_ms, health.round_trip_p99_ms, health.clock_offset_ms)
    return facts


def moment_ms(path: Path, snapshot: Snapshot) -> int:
    """When a snapshot was, on the capture's clock."""
    with path.open("rb") as file:
        return round((snapshot.wall_s - Capture(file, "F").start_s) * 1000)


def assert_same(path: Path, progress: Progress, seen: list[Snapshot]) -> None:
    """Every second of the recording shows what windows saw then."""
    assert len(seen) > 5
    for snapshot in seen:
        at_ms = moment_ms(path, snapshot)
        if at_ms > progress.now_ms:
            continue
        picture = progress.pictures.at(at_ms)
        assert picture is not None
        behind_ms = at_ms - picture.at_ms  # a picture ages until the next one
        for ours, theirs in zip(picture.chargers, snapshot.chargers, strict=True):
            board, health = ours.board, ours.health
            aged = replace(
                ours,
                board=None if board is None else replace(board, age_ms=board.age_ms + behind_ms),
                health=replace(health, lease_ms=max(0, health.lease_ms - behind_ms)),
                ev=older(ours.ev, behind_ms),
            )
            assert told(aged, at_ms) == told(theirs, snapshot.at_ms), f"at {at_ms} ms"
        for name in SAME_SITE:
            shown = getattr(picture, name)
            shown = older(shown, behind_ms) if isinstance(shown, MeterSnapshot) else shown
            assert shown == getattr(snapshot, name), f"{name} at {at_ms} ms"


def older(meter: MeterSnapshot, by_ms: int) -> MeterSnapshot:
    return meter if meter.age_ms is None else replace(meter, age_ms=meter.age_ms + by_ms)


async def a_charge(bench: Bench, site: Site) -> None:
    bench.house_da = (20, 160, 40)
    await bench.live(site, 5)
    bench.plug()
    await bench.live(site, 30)
    bench.house_da = (20, 240, 40)
    await bench.live(site, 10)
    await site.execute(SetMode("1", Mode.PAUSE))
    await bench.live(site, 10)


def test_a_charge_with_its_reasons(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    seen = recorded(path, a_charge)
    progress = lived(path)
    assert_same(path, progress, seen)
    reasons = {charger.grant.reason.constraint for s in seen for charger in s.chargers if charger.grant is not None}
    assert {Constraint.PAUSED, Constraint.NOT_CONNECTED} < reasons
    assert "contactor closed" in " ".join(event.text for event in progress.pictures.at(10**9).events)  # type: ignore[union-attr]


def test_a_capture_begun_while_the_car_charges(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    seen = recorded(path, a_charge, late_s=7)
    progress = lived(path)
    for snapshot in seen[3:]:
        picture = progress.pictures.at(moment_ms(path, snapshot))
        assert picture is not None
        ours, theirs = picture.chargers[0], snapshot.chargers[0]
        assert (ours.link, ours.state, ours.grant, ours.mode) == (theirs.link, theirs.state, theirs.grant, theirs.mode)
        assert (ours.ev.currents_da, picture.surplus) == (theirs.ev.currents_da, snapshot.surplus)  # phases are known


def test_an_adapter_that_comes_and_goes_a_reset_and_two_boards(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"

    async def story(bench: Bench, site: Site) -> None:
        await bench.live(site, 3)
        bench.openers["1"].unplug_adapter()
        await bench.live(site, 7)
        bench.openers["1"].plug_adapter()
        await bench.live(site, 12)
        bench.chargers["2"].board.reset()
        await bench.live(site, 12)

    seen = recorded(path, story, boards=2)
    progress = lived(path)
    links = {charger.link for snapshot in seen for charger in snapshot.chargers}
    assert len(links) > 1
    picture = progress.pictures.at(10**9)
    assert picture is not None
    for ours, theirs in zip(picture.chargers, seen[-1].chargers, strict=True):
        assert ours.link == theirs.link
        assert ours.health.resets_seen == theirs.health.resets_seen
        assert ours.board is not None
    assert [charger.health.resets_seen for charger in picture.chargers] == [0, 1]
    away = progress.pictures.at(moment_ms(path, seen[5]))
    assert away is not None
    assert away.chargers[0].link is seen[5].chargers[0].link is LinkState.WAITING
    assert any("restarted" in event.text for event in picture.events)


def test_a_weld_is_told_as_it_was_then(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"

    async def story(bench: Bench, site: Site) -> None:
        bench.chargers["1"].board.set_feedback_open(True)
        bench.plug(Car(behaviour=Behaviour.STUBBORN))
        await bench.live(site, 40)
        bench.chargers["1"].board.set_welded(True)
        await site.execute(SetMode("1", Mode.OFF))
        await bench.live(site, 40)

    seen = recorded(path, story, charger={"mode": Mode.NORMAL.value, "ev_meter_alone": 1})
    progress = lived(path)
    assert_same(path, progress, seen)
    picture = progress.pictures.at(10**9)
    assert picture is not None

    def welds(snapshot: Snapshot) -> list[str]:
        return [event.text for event in snapshot.events if event.level is Level.FAULT]

    assert sorted(welds(picture)) == sorted(welds(seen[-1]))
    assert len(welds(picture)) == 2
    [then], [now] = ([(c.what, c.state) for c in s.chargers[0].commands[-1:]] for s in (seen[-1], picture))
    assert then == now


def test_a_cut_recording_is_shown_up_to_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    recorded(path, a_charge)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 + 1])
    progress = lived(path)
    assert progress.cut
    assert 5_000 < progress.now_ms < 50_000


@pytest.mark.parametrize("stop_first", [True, False])
def test_it_can_be_stopped(tmp_path: Path, stop_first: bool) -> None:
    path = tmp_path / "a.pcapng"
    recorded(path, a_charge)
    progress = Progress(0)
    if stop_first:
        progress.stop.set()
    live_through(path, UTC, progress)
    assert progress.ended
    assert progress.began.is_set()
    assert (progress.now_ms > 10_000) is not stop_first


async def a_sunny_day(bench: Bench, site: Site) -> None:
    """Surplus with a home battery; then the mains fall silent, and a price and a car's state are told."""
    bench.house_da = (-30, -30, -30)
    bench.battery_da = 45
    site.feed(PriceMeasurement(-12))
    await bench.live(site, 5)
    bench.plug()
    site.feed(PvMeasurement(7_000))
    await bench.live(site, 60)
    bench.battery_da = -30
    site.feed(EvStateMeasurement("1", current_soc=40, evccid="00:11:22:33:44:55"))
    await bench.live(site, 18)
    site.feed(CircuitMeasurement((1, 2, 3)))
    await bench.live(site, 2)


def test_what_the_meters_told_is_shown_with_what_it_meant(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    seen = recorded(path, a_sunny_day, charger=SOLAR)
    progress = lived(path)
    assert seen[-1].chargers[0].ev_state is not None
    assert b"00:11:22" not in path.read_bytes()  # nobody needs to know which car it was
    assert_same(path, progress, [without_identity(snapshot) for snapshot in seen])
    last = progress.pictures.at(10**9)
    assert last is not None
    assert last.surplus is not None
    assert last.surplus.battery_da == -30
    assert last.surplus.neutralised_sum_da == last.surplus.raw_sum_da + 30
    assert last.budget_da is not None
    assert (last.pv.power_w, last.price_milli_per_kwh) == (7_000, -12)
    session, recorded_session = last.chargers[0].session, seen[-1].chargers[0].session
    assert session is not None
    assert recorded_session is not None
    assert session.energy_wh == recorded_session.energy_wh != 0
    assert not session.estimated
    reasons = [charger.grant.reason for s in seen for charger in s.chargers if charger.grant is not None]
    assert {Constraint.WAITING_FOR_SURPLUS, Constraint.SURPLUS} <= {reason.constraint for reason in reasons}


def without_identity(snapshot: Snapshot) -> Snapshot:
    chargers = [
        charger if charger.ev_state is None else replace(charger, ev_state=replace(charger.ev_state, evccid=""))
        for charger in snapshot.chargers
    ]
    return replace(snapshot, chargers=tuple(chargers))


def test_a_capture_begun_late_knows_how_old_the_readings_are(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"

    async def silence(bench: Bench, site: Site) -> None:
        bench.feed = lambda site: None  # type: ignore[method-assign]  # nobody speaks any more
        await bench.live(site, 50)

    seen = recorded(path, silence, late_s=9)
    progress = lived(path)
    ages = [snapshot.mains.freshness for snapshot in seen]
    warned = []
    assert {Freshness.FRESH, Freshness.LATE, Freshness.GONE} == set(ages)
    for snapshot in seen:
        picture = progress.pictures.at(moment_ms(path, snapshot))
        assert picture is not None
        behind_ms = moment_ms(path, snapshot) - picture.at_ms
        assert older(picture.mains, behind_ms).age_ms == snapshot.mains.age_ms
        assert picture.mains.currents_da == snapshot.mains.currents_da
        warned.append((picture.warnings, snapshot.warnings))
    assert sum(ours != theirs for ours, theirs in warned) <= 2, "each second they may differ once for each change"
    assert {ours for ours, _ in warned} == {(), ("mains data late",), ("mains data lost",)}
    texts = [line.text for line in progress.lines]
    assert "mains data are late" in texts
    assert "mains data are lost" in texts


def test_a_capture_of_the_first_version_shows_a_site_without_meters(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    seen = recorded(path, a_charge)
    with path.open("rb") as file:
        capture = Capture(file, "F")
        kept = [record for _, record in capture.records() if isinstance(record, Record)]
        data = encode_header(capture.links, capture.start_s) + b"".join(map(encode_record, kept))
    path.write_bytes(data.replace(b"evse-tui capture 2", b"evse-tui capture 1"))
    progress = lived(path)
    for snapshot in seen:
        picture = progress.pictures.at(moment_ms(path, snapshot))
        assert picture is not None
        assert picture.mains.freshness is Freshness.ABSENT
        assert picture.surplus is None
        ours, theirs = picture.chargers[0], snapshot.chargers[0]
        assert (ours.state, ours.grant, ours.error, ours.ev_modelled) == (
            *(theirs.state, theirs.grant, theirs.error),
            ours.board is not None,
        )


def test_readings_that_are_damaged_or_of_nobody_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    link = Link("p", "1")
    records = [
        MeterRecord(0, b"not JSON"),
        MeterRecord(10, encode_reading(Reading(EvMeasurement("nobody", (1, 2, 3))))),
        MeterRecord(20, encode_reading(Reading(MainsMeasurement((1, 2, 3)), age_ms=10**9))),
        MeterRecord(30, encode_reading(Reading(PvMeasurement(5)))),
    ]
    header = encode_header([link], 1_700_000_000, meters=True)
    path.write_bytes(header + b"".join(encode_reading_record(record, 1) for record in records))
    picture = lived(path).pictures.at(10**9)
    assert picture is not None
    assert (picture.pv.power_w, picture.mains.freshness) == (5, Freshness.GONE)


def test_a_meter_that_speaks_ten_times_a_second_does_not_flood_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"

    async def fast(bench: Bench, site: Site) -> None:
        bench.plug()
        for number in range(200):
            await bench.clock.sleep_ms(100)
            site.feed(MainsMeasurement((100 + number % 7, 150 + number % 5, 90)))
        await bench.live(site, 6)

    recorded(path, fast)
    with path.open("rb") as file:
        readings = [record for _, record in Capture(file, "F").records() if isinstance(record, MeterRecord)]
    assert len(readings) >= 200
    assert path.stat().st_size / 26 < 6_000, "bytes a second: two days fit into the largest file"
    assert lived(path).pictures.at(10**9) is not None
