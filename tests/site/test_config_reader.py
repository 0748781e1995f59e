"""The configuration of a board that does not tell it: the shipped firmware behind a link that loses the question."""

from __future__ import annotations

import itertools

import pytest

from evse_protocol.framing import DELIMITER, decode_frame
from evse_protocol.payloads import ConfigGet
from evse_tui.sim.car import Car
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.site.config_reader import FIRST_PAUSE_MS, LONGEST_PAUSE_MS
from evse_tui.site.site import Site
from evse_tui.site.snapshot import Level
from tests.site.bench import Bench, play


class Lossy:
    """Loses every CONFIG_GET of the host while `deaf`; keeps when each was sent."""

    def __init__(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        self.deaf = True
        self.asked_ms: list[int] = []
        self._clock = bench.clock
        self._feed = bench.fleet.feed
        monkeypatch.setattr(bench.fleet, "feed", self.feed)

    def feed(self, charger: SimulatedCharger, data: bytes) -> None:
        """Bytes of the host."""
        frames = [piece + DELIMITER for piece in data.split(DELIMITER)[:-1]]
        self._feed(charger, b"".join(frame for frame in frames if not self._lost(frame)))

    def _lost(self, data: bytes) -> bool:
        frame = decode_frame(data.removesuffix(DELIMITER))
        if frame is None or frame.type != ConfigGet.MESSAGE.id:
            return False
        self.asked_ms.append(self._clock.now_ms())
        return self.deaf

    def rounds_ms(self) -> list[int]:
        """When each question was first sent, without the retries of the session, which come within a second."""
        return [
            at_ms
            for before_ms, at_ms in zip([-(10**9), *self.asked_ms], self.asked_ms, strict=False)
            if at_ms - before_ms > FIRST_PAUSE_MS * 0.9
        ]


def told(site: Site) -> list[tuple[Level, str]]:
    """Lines of the log about it."""
    return [(event.level, event.text) for event in site.snapshot.events if "configuration" in event.text]


def test_a_board_that_did_not_tell_its_configuration_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        link = Lossy(bench, monkeypatch)
        async with bench.host() as site:
            telemetry = site._chargers["1"].telemetry
            bench.plug(Car())
            await bench.live(site, 300)
            assert telemetry.online
            assert telemetry.config is None
            assert bench.chargers["1"].board.view().c1, "it charges all the while"
            rounds = link.rounds_ms()
            pauses = [after - before for before, after in itertools.pairwise(rounds)]
            assert pauses == sorted(pauses)
            assert pauses[0] < 4 * FIRST_PAUSE_MS
            assert LONGEST_PAUSE_MS <= pauses[-1] < LONGEST_PAUSE_MS + 4_000
            assert [level for level, _ in told(site)] == [Level.WARNING]

            link.deaf = False
            await bench.live(site, LONGEST_PAUSE_MS // 1_000 + 2)
            assert telemetry.config is not None
            assert telemetry.config.hardware_max_da == 160
            assert [level for level, _ in told(site)] == [Level.WARNING, Level.INFO]
            asked = len(link.asked_ms)
            await bench.live(site, 120)
            assert len(link.asked_ms) == asked, "what is known is not asked"

    play(Bench(charger={"mode": 1}), story)


def test_a_link_that_comes_back_is_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        link = Lossy(bench, monkeypatch)
        async with bench.host() as site:
            await bench.live(site, 200)
            bench.openers["1"].unplug_adapter()
            await bench.live(site, 5)
            link.deaf = False
            bench.openers["1"].plug_adapter()
            telemetry = site._chargers["1"].telemetry
            while not telemetry.online:
                await bench.live(site, 1)
            await bench.live(site, 1)
            assert telemetry.config is not None

    play(Bench(), story)


def test_what_is_known_holds_while_a_changed_one_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        link = Lossy(bench, monkeypatch)
        link.deaf = False
        async with bench.host() as site:
            await bench.live(site, 5)
            telemetry = site._chargers["1"].telemetry
            known = telemetry.config
            assert known is not None
            link.deaf = True
            telemetry.read_config(again=True)
            await bench.live(site, 30)
            assert telemetry.config is known
            link.deaf = False
            await bench.live(site, 60)
            assert telemetry.config == known
            assert telemetry.config is not known

    play(Bench(), story)
