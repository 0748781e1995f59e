"""The grid operator's limit: by setting, and by the contact on a board's switch input."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from evse_protocol.messages import SwitchFunction
from evse_protocol.payloads import Config, ConfigGet, ConfigSet
from evse_tui.control.types import Constraint
from evse_tui.site.commands import SetSetting
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerState, Level
from tests.site.bench import Bench, play

LIMITS = "the grid operator limits the chargers"
OVER = "the grid operator's limit is over"


async def _commission(bench: Bench, site: Site, function: SwitchFunction) -> None:
    """As an installer does: the button for 5 s, then the configuration."""
    bench.chargers["1"].press_button(5_500)
    await bench.live(site, 7)
    client = site._chargers["1"].client
    config = await client.command(ConfigGet())
    assert isinstance(config, Config)
    await client.command(ConfigSet(**{**asdict(config), "switch_function": int(function)}))
    await bench.live(site, 2)


def _lines(site: Site) -> list[str]:
    return [event.text for event in site.snapshot.events if event.text in (LIMITS, OVER)]


def test_the_setting_limits_the_sum_over_phases() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, lambda c: c.state is ChargerState.C, 60)
            await bench.live(site, 20)
            assert bench.chargers["1"].view.offered_da == 130
            await site.execute(SetSetting("grid_relay", 1))
            await bench.live(site, 2)
            snapshot = site.snapshot
            grant = snapshot.charger("1").grant
            assert grant is not None
            assert (grant.limit_da, grant.reason.constraint) == (70, Constraint.GRID_RELAY)
            assert snapshot.grid_relay
            await site.execute(SetSetting("grid_relay", 0))
            assert not site.snapshot.grid_relay
            assert _lines(site) == [LIMITS, OVER]
            assert [event.level for event in site.snapshot.events if event.text == LIMITS] == [Level.WARNING]

    play(Bench(charger={"mode": 1, "enable_c2": 3}, site={"grid_relay_limit": 21}), story)


def test_an_open_contact_limits_and_its_last_word_stays(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        board = bench.chargers["1"].board
        async with bench.host() as site:
            await bench.live(site, 3)
            assert site.snapshot.grid_relay
            [warning] = site.snapshot.warnings
            assert warning.startswith(
                "grid relay: the switch input of charger 1 is commissioned as `none`, not as `rep"
            )
            await _commission(bench, site, SwitchFunction.REPORT)
            assert site.snapshot.warnings == ()
            assert site.snapshot.grid_relay  # nothing is wired: open
            board.set_switch(True)
            await bench.clock.sleep_ms(200)
            assert not site.snapshot.grid_relay
            board.set_switch(False)
            await bench.clock.sleep_ms(50)
            grant = site.snapshot.charger("1").grant
            assert site.snapshot.grid_relay
            assert grant is not None
            board.set_switch(True)
            await bench.live(site, 3)
            bench.openers["1"].unplug_adapter()
            board.set_switch(False)
            await bench.live(site, 20)
            assert not site.snapshot.grid_relay
            assert _lines(site) == [LIMITS, OVER, LIMITS, OVER]
        async with bench.host() as site:
            await bench.live(site, 5)
            assert not site.snapshot.grid_relay  # of the host before
            bench.openers["1"].plug_adapter()
            await bench.live(site, 15)
            assert site.snapshot.grid_relay

    play(Bench(directory=tmp_path, grid_relay_from="1"), story)
