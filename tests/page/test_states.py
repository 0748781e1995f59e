"""What the page shows of each state, from snapshots made by hand. Its clock stands unless a test lets it run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import expect

from evse_tui.site.commands import BoardAction, DoBoardAction
from evse_tui.site.snapshot import CommandSnapshot, CommandState, EventEntry, Level, MeterSnapshot
from tests.page.browser import value
from tests.page.conftest import Staged
from tests.ui import snapshots
from tests.ui.snapshots import MATRIX, WALL_S, charging, meter, site


async def test_numbers_move_with_the_site_and_age_without_it(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        charger = visit.at("#charger-1")
        await expect(charger.locator(".headline")).to_contain_text("Charging")
        await expect(charger.locator(".why")).to_contain_text("12.0 A \N{EN DASH} mains L2")
        await expect(charger.locator(".why")).to_contain_text("next: circuit L1 16.0 A")
        await expect(charger.locator(".timers")).to_contain_text("raise in 3 s")
        await expect(visit.at("#connection")).to_contain_text("Live")
        await expect(visit.at("#phases-original .age")).to_have_text("now")

        shown.show(site(charging(offered_da=93)))
        await expect(charger.locator(".why")).to_contain_text("9.3 A")

        await visit.passes(3)
        await expect(visit.at("#phases-original .age")).to_have_text("3 s ago")


async def test_a_late_meter_says_so_in_words(staged: Staged) -> None:
    async with staged(snapshots.stale()) as (_, visit):
        await expect(visit.at("#phases-original .age")).to_have_text("late: 14 s old")
        await expect(visit.at("#phases-original table")).to_have_attribute("data-stale", "")
        await expect(visit.at("#battery .age")).to_have_text("lost 75 s ago".replace("75 s", "1 min"))
        await expect(visit.at("#warnings")).to_contain_text("Mains data are late (14 s)")
        await expect(visit.at("#flow .ages")).to_contain_text("Grid: late: 14 s old")
        await expect(visit.at("#charger-1 .timers")).to_contain_text("mains data lost in 17 s")
        decoration = "getComputedStyle(document.querySelector('#phases-original td.number')).textDecorationStyle"
        assert await value(visit, decoration) == "dotted"


async def test_the_limits_and_what_the_grid_costs(staged: Staged) -> None:
    async with staged(replace(snapshots.rich(), price_milli_per_kwh=-12)) as (shown, visit):
        facts = visit.at("#current-details dd")
        await expect(facts).to_have_text(
            [
                "25 A a phase",
                "16 A a phase",
                "12.1 / 11.9 / 12.0 A",
                "off",
                "10.8 / 0.2 / 13.2 A",
                "no charger in Solar",
                "limits to 18 A",
                "\N{MINUS SIGN}0.012 per kWh",
            ]
        )
        shown.show(snapshots.normal())
        await expect(facts.last).to_have_text("not told")


async def test_what_is_unknown_is_not_zero(staged: Staged) -> None:
    async with staged(snapshots.first_start()) as (_, visit):
        for row in range(4):
            await expect(visit.at("#phases-original td.number").nth(row)).to_have_text("unknown")
        await expect(visit.at("#charger-1 .lead .big")).to_have_text("unknown")
        await expect(visit.at("#flow .grid .value")).to_have_text("unknown")
        await expect(visit.at("#battery")).to_contain_text("No home battery has spoken yet.")
        await expect(visit.at("#flow .house .value")).to_have_text("unknown")
        await expect(visit.at("#flow .place.cars")).to_contain_text("none there")


async def test_a_fault_is_loud_and_acknowledged_only_after_a_question(staged: Staged) -> None:
    fault = snapshots.fault()
    calm = replace(fault, chargers=(replace(fault.chargers[0], commands=()),))
    async with staged(calm) as (shown, visit):
        alarm = visit.page.get_by_role("alert")
        await expect(alarm).to_contain_text("Fault at Garage: Residual current. Unplug the car, then acknowledge.")
        await expect(visit.at("#charger-1 .headline")).to_contain_text("Fault")
        await expect(visit.page).to_have_title("! Fault: evse-tui")

        ask = visit.page.get_by_role("button", name="Acknowledge fault")
        await ask.focus()
        await visit.page.keyboard.press("Enter")
        await expect(visit.page.get_by_role("dialog")).to_contain_text("Acknowledge only when you know the cause")
        await expect(visit.page.get_by_role("button", name="Cancel")).to_be_focused()
        await visit.page.keyboard.press("Escape")
        await expect(visit.page.get_by_role("dialog")).to_have_count(0)
        assert shown.site.commands == []

        await expect(ask).to_be_focused()
        await visit.page.keyboard.press("Enter")
        await visit.page.keyboard.press("Tab")
        await visit.page.keyboard.press("Enter")
        await expect(visit.at("#charger-1 .steps li").nth(1)).to_have_text("✓ accepted")
        assert shown.site.commands == [DoBoardAction("1", BoardAction.ACKNOWLEDGE)]


async def test_a_command_is_followed_to_the_board(staged: Staged) -> None:
    async with staged(snapshots.fault()) as (shown, visit):
        steps = visit.at("#charger-1 .steps li")
        await expect(steps).to_have_text(["✓ requested", "✓ accepted", "observed"])
        done = CommandSnapshot(9, "acknowledge faults", CommandState.OBSERVED, 10)
        shown.show(site(charging(commands=(done,))))
        await expect(steps).to_have_text(["✓ requested", "✓ accepted", "✓ observed"])
        await expect(visit.page.get_by_role("status")).to_contain_text("Garage, acknowledge faults: observed.")
        failed = replace(done, state=CommandState.FAILED, detail="The fault is still there.")
        shown.show(site(charging(commands=(failed,))))
        await expect(visit.at("#charger-1 .command")).to_contain_text("✗ failed The fault is still there.")


async def test_a_refusal_is_shown_in_the_servers_words(staged: Staged) -> None:
    async with staged(snapshots.paused()) as (shown, visit):
        visit.may_miss_answers = True  # Chromium logs the 409
        shown.site.outcome = replace(shown.site.outcome, accepted=False, detail="not while the moon is full")
        await visit.page.get_by_role("button", name="Smart").click()
        await expect(visit.at("#charger-1 .command")).to_contain_text("✗ failed Not while the moon is full.")


async def test_several_chargers_each_with_its_own_state(staged: Staged) -> None:
    async with staged(snapshots.four_chargers()) as (_, visit):
        states = [await visit.at(f"#charger-{number} .words").inner_text() for number in (1, 2, 3, 4)]
        assert states == ["Charging", "Charging", "Fault", "Board silent"]
        await expect(visit.at("#charger-2 .phases thead")).to_contain_text("model")
        await expect(visit.at("#charger-4 header .age")).to_have_text("old: 6 s")
        await expect(visit.at("#flow .cars .title")).to_have_text("Cars")
        await expect(visit.at("#flow .house .title")).to_have_text("House \N{MINUS SIGN} PV")
        await expect(visit.page.get_by_role("alert")).to_contain_text("Fault at Carport right")


async def test_text_stays_text_wherever_it_comes_from(staged: Staged) -> None:
    attack = "<img src=x onerror=\"document.title='owned'\">"
    evil = charging(
        name=attack, link_detail=attack, commands=(CommandSnapshot(1, attack, CommandState.FAILED, 0, attack),)
    )
    snapshot = site(evil, name=attack, warnings=(attack,), events=(EventEntry(1, WALL_S, "1", Level.FAULT, attack),))
    async with staged(snapshot) as (_, visit):
        for selector in ("#site-name", "#charger-1 h2", "#warnings", "#events li", "#charger-1 .command", "#links h3"):
            await expect(visit.at(selector)).to_contain_text(attack)
        assert await visit.at("img, iframe, object").count() == 0
        assert await visit.page.title() == attack


async def test_a_long_name_leaves_a_phone_its_room(staged: Staged) -> None:
    snapshot = replace(snapshots.disconnected(), name="A house with quite a long name somewhere")
    async with staged(snapshot, width=360, height=740) as (shown, visit):
        visit.may_miss_answers = True
        await shown.cut()
        await expect(visit.at("#connection")).to_contain_text("No connection")
        await value(visit, "document.getElementById('logout').hidden = false")
        assert await value(visit, "document.querySelector('.top').offsetHeight") <= 100
        assert await value(visit, "document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_is_wider_than_a_phone(staged: Staged, scheme: str) -> None:
    async with staged(snapshots.normal(), width=360, height=740, scheme=scheme) as (shown, visit):
        await visit.at(".controls summary").first.click()
        for name, make in MATRIX.items():
            snapshot = make()
            shown.show(snapshot)
            first = snapshot.chargers[0] if snapshot.chargers else None
            await expect(visit.at(".charger")).to_have_count(len(snapshot.chargers))
            if first is not None and first.link_detail:
                await expect(visit.at("#charger-1 .why")).to_contain_text(first.link_detail)
            assert await value(visit, "document.documentElement.scrollWidth") <= 360, name


async def test_the_theme_follows_the_system_until_somebody_chooses(staged: Staged) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    async with staged(snapshots.normal(), scheme="dark") as (_, visit):
        dark = await value(visit, ground)
        switch = visit.page.get_by_role("button", name="Dark")
        await expect(switch).to_have_attribute("aria-pressed", "true")
        await visit.page.emulate_media(color_scheme="light")
        light = await value(visit, ground)
        assert light != dark
        await switch.press("Space")
        assert await value(visit, ground) == dark
        await visit.page.reload()
        await visit.page.wait_for_selector(".charger")
        assert await value(visit, ground) == dark
        await expect(switch).to_have_attribute("aria-pressed", "true")


async def test_every_control_is_reached_by_tab_and_shows_it(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        await visit.at(".controls summary").first.focus()
        await visit.page.keyboard.press("Enter")
        await visit.at(".skip").focus()
        reached: set[str] = set()
        for _ in range(60):
            name, outline = await value(
                visit,
                """(() => { const at = document.activeElement;
                if (at === document.body) return [null, ""];
                const label = at.labels?.[0]?.textContent ?? at.getAttribute("aria-label") ?? at.textContent;
                const seen = at.type === "radio" ? at.nextElementSibling : at;
                return [label.trim(), getComputedStyle(seen).outlineStyle]; })()""",
            )
            if name is None:
                break
            reached.add(name)
            assert outline == "solid", name
            await visit.page.keyboard.press("Tab")
        wanted = {
            "Off",
            "Normal",
            "Solar",
            "Smart",
            "Pause",
            "Override, A",
            "Boost, kWh",
            "Charge from (time of the site)",
            "Plan",
            "Show",
            "Day",
            "Day before",
            "Cards",
            "Settings of this charger",
            "Limits, sun, battery, grid",
        }
        assert wanted <= reached


async def test_only_changes_of_state_are_announced(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        said = visit.page.get_by_role("status")
        for offered_da in (100, 110, 125):
            shown.show(site(charging(offered_da=offered_da)))
            await expect(visit.at("#charger-1 .why")).to_contain_text(f"{offered_da / 10:.1f} A")
            await visit.passes(1)
        await expect(said).to_be_empty()
        shown.show(snapshots.paused())
        await expect(said).to_have_text("Garage: Paused.")


async def test_nothing_moves_for_who_wants_no_motion(staged: Staged) -> None:
    async with staged(snapshots.normal(), reduced_motion=True) as (_, visit):
        moving = visit.at(".flow .moving").first
        await expect(moving).to_have_css("animation-name", "none")
        await visit.page.emulate_media(reduced_motion="no-preference")
        await expect(moving).to_have_css("animation-name", "along")


async def test_the_focus_stays_where_it_is_while_values_change(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        await visit.at(".controls summary").first.click()
        field = visit.page.get_by_label("Boost, kWh")
        await field.fill("7.5")
        for offered_da in (100, 110):
            shown.show(site(charging(offered_da=offered_da), mains=meter(1, 2, 3)))
            await expect(visit.at("#charger-1 .why")).to_contain_text(f"{offered_da / 10:.1f} A")
        await expect(field).to_be_focused()
        await expect(field).to_have_value("7.5")


async def test_without_a_mains_meter_solar_and_smart_say_why_not(staged: Staged) -> None:
    snapshot = replace(snapshots.first_start(), mains=MeterSnapshot("Disabled", snapshots.ABSENT.freshness))
    async with staged(snapshot) as (_, visit):
        await expect(visit.at("#charger-1 .help")).to_contain_text("Solar and Smart need a mains meter.")
        await expect(visit.at("#phases-original .age")).to_have_text("no meter")
