"""The front of the simulated board: the shipped firmware takes what the host tells it."""

from __future__ import annotations

from evse_protocol.messages import Access, Capability, LedPattern, ResetReason
from evse_tui.control.types import Mode
from evse_tui.sim.board import PanelView
from evse_tui.site import panel as front
from evse_tui.site.commands import SetBacklight, SetCustomButton, SetMode, SetSetting
from evse_tui.site.site import Site
from evse_tui.site.snapshot import PanelSnapshot
from tests.site.bench import Bench, play

LATER_S = 4
"""For what changed to reach the board."""


def _seen(bench: Bench) -> PanelView:
    return bench.chargers["1"].board.panel()


def _shown(site: Site) -> PanelSnapshot:
    return site.snapshot.charger("1").panel


def test_the_board_shows_what_the_snapshot_says() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 15)
            assert _seen(bench).lines == _shown(site).lines
            assert _seen(bench).lines[0] == "Ready to Charge"
            assert (_seen(bench).led, _seen(bench).color) == (LedPattern.STEADY, (0, 43, 0))
            bench.plug()
            await bench.until(site, lambda c: bench.chargers["1"].view.c1, 60)
            await bench.live(site, 15)
            assert _seen(bench).lines[0] == "Charging"
            assert _seen(bench).lines[1] == "Normal       3 phases"
            assert _seen(bench).lines[2].startswith("Offered")
            assert (_seen(bench).led, _seen(bench).color) == (LedPattern.BREATHE, (0, 255, 0))

    play(Bench(charger={"mode": Mode.NORMAL, "enable_c2": 3}), story)


def test_a_board_that_restarted_is_told_again() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 10)
            bench.chargers["1"].board.reset(ResetReason.EXTERNAL)
            assert _seen(bench).lines == ("",) * 8
            await bench.live(site, 10)
            assert _seen(bench).lines == _shown(site).lines
            assert _seen(bench).backlight == front.FULL

    play(Bench(), story)


def test_the_light_of_the_display_goes_out_after_an_event() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 5)
            assert (_seen(bench).backlight, _shown(site).backlight) == (front.FULL, "ON")
            await bench.live(site, front.LIT_S - front.DIM_S)
            assert (_seen(bench).backlight, _shown(site).backlight) == (front.DIMMED, "DIMMED")
            await bench.live(site, front.DIM_S + 2)
            assert (_seen(bench).backlight, _shown(site).backlight) == (0, "OFF")
            bench.chargers["1"].press_button(100)
            await bench.live(site, 2)
            assert (_seen(bench).backlight, _shown(site).backlight) == (front.FULL, "ON")
            assert _shown(site).backlight_left_s > front.LIT_S - 5

    play(Bench(), story)


def test_locked_buttons_light_nothing_but_still_stop() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await site.execute(SetSetting("lcd_lock", 1, "1"))
            await bench.live(site, front.LIT_S + 10)
            bench.chargers["1"].press_button(100)
            await bench.live(site, 3)
            assert _seen(bench).backlight == 0
            charger = site.snapshot.charger("1")
            assert charger.board is not None
            assert charger.board.limit_da == 0, "what the board's own button does can't be locked"

    play(Bench(charger={"mode": Mode.NORMAL}), story)


def test_backlight_on_request() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 5)
            assert (await site.execute(SetBacklight("1", 0, 0))).accepted
            assert _shown(site).backlight == "OFF"
            await bench.live(site, 1)
            assert _seen(bench).backlight == 0
            assert (await site.execute(SetBacklight("1", 70, 60))).accepted
            await bench.live(site, 1)
            assert _seen(bench).backlight == 70
            assert (_shown(site).backlight, 55 <= _shown(site).backlight_left_s <= 60) == ("ON", True)
            for level, seconds in ((101, 5), (-1, 5), (50, 70_000), (50, -1)):
                assert not (await site.execute(SetBacklight("1", level, seconds))).accepted
            bench.chargers["1"].board.set_mute(True)
            await bench.live(site, 15)
            refused = await site.execute(SetBacklight("1", 70, 60))
            assert (refused.accepted, "has no board now" in refused.detail) == (False, True)

    play(Bench(), story)


def test_the_custom_button_colours_the_light() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 10)
            assert (await site.execute(SetCustomButton("1", True))).accepted
            assert _shown(site).custom_button
            await bench.live(site, LATER_S)
            assert _seen(bench).color == (0, 0, 255)
            assert (await site.execute(SetSetting("color_custom", 0x102030, "1"))).accepted
            await bench.live(site, LATER_S)
            assert _seen(bench).color == (0x10, 0x20, 0x30)
            await site.execute(SetCustomButton("1", False))
            await bench.live(site, LATER_S)
            assert not _shown(site).custom_button
            assert _seen(bench).led is LedPattern.OFF

    play(Bench(), story)


def test_a_fault_of_the_board_overrides_the_light_and_is_shown() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 10)
            bench.chargers["1"].board.set_temperature_dc(800)
            await bench.live(site, LATER_S)
            assert (_seen(bench).led, _seen(bench).color) == (LedPattern.BLINK, (255, 0, 0))
            assert _seen(bench).lines[0] == "too hot"

    play(Bench(charger={"mode": Mode.NORMAL}), story)


def test_the_light_of_a_host_that_went_ends() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await site.execute(SetCustomButton("1", True))
            await bench.live(site, 10)
            assert _seen(bench).color[2] > 0
        await bench.clock.sleep_ms(front.LED_TTL_MS + 1_000)
        assert _seen(bench).color[2] == 0

    play(Bench(charger={"mode": Mode.NORMAL}), story)


def test_without_a_display_the_lines_are_still_there() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            assert _shown(site) == PanelSnapshot(("",) * 8)
            await bench.live(site, 3)
            panel = site._chargers["1"].panel
            bare = panel._panel.snapshot(bench.clock.now_ms(), int(Capability.LED), custom_button=False)
            assert bare.lines == _shown(site).lines
            assert (bare.backlight, bare.backlight_left_s) == ("OFF", 0)

    play(Bench(), story)


def test_a_grant_waits_for_no_text_on_a_line_that_loses_it() -> None:
    async def story(bench: Bench) -> None:
        bench.house_da = (0, 0, 0)
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, lambda c: bench.chargers["1"].view.c1, 60)
            await bench.live(site, 20)
            await bench.clock.sleep_ms(300)  # the last answers are there
            client = site._chargers["1"].client
            bench.chargers["1"].board.set_mute(True)  # what is sent now gets no answer
            await site.execute(SetBacklight("1", 33, 60))
            await bench.clock.sleep_ms(10)
            assert client._session._commands.due_ms is not None, "the text is on its way"
            before = client.health.frames_sent
            bench.house_da = (240, 240, 240)
            bench.feed(site)
            assert client._session.commands_waiting == 0
            assert client.health.frames_sent == before + 1
            bench.chargers["1"].board.set_mute(False)
            await bench.live(site, 3)
            assert bench.chargers["1"].view.access in (Access.ALLOW, Access.PAUSE)
            assert bench.chargers["1"].view.offered_da <= 60
            await bench.live(site, LATER_S)
            assert _seen(bench).lines[0] == "Charging Stopped"
            assert _seen(bench).backlight == front.FULL

    play(Bench(charger={"mode": Mode.SMART}), story)


def test_modes_change_the_colour() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 5)
            await site.execute(SetMode("1", Mode.SOLAR))
            await bench.live(site, LATER_S)
            assert _seen(bench).color == (43, 29, 0)
            assert _seen(bench).lines[1] == "Solar"

    play(Bench(), story)
