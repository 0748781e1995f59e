"""Nothing that is being typed is taken away: not by what opens late, not by snapshots, not by answers."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from evse_tui.site.commands import Outcome, SetOverride, SwipeCard
from evse_tui.site.rfid import Reader
from evse_tui.site.snapshot import RfidSnapshot
from tests.page.conftest import Staged
from tests.ui import snapshots
from tests.ui.snapshots import CHARGER_SETTINGS, charging, site

_OPEN = "document.querySelector('.controls details').open = true"
"""The browser tells of it later: after input it first paints, and then comes to other events."""


async def test_who_types_as_the_controls_open_keeps_what_was_typed(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        await visit.page.evaluate(f"{_OPEN}; document.querySelector('#override-1').select()")
        await visit.page.keyboard.type("8")
        await expect(visit.at("#override-1")).to_have_value("8")
        await visit.page.keyboard.press("Enter")
        await expect(visit.at("#charger-1 .command")).to_have_count(1)
        assert shown.site.commands == [SetOverride("1", 80)]


async def test_a_choice_made_as_the_controls_open_stays(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        await visit.page.evaluate(
            f"""{_OPEN};
            const c2 = document.querySelector('#c2-1');
            c2.value = "solar_off";
            c2.dispatchEvent(new Event("input", {{bubbles: true}}))"""
        )
        await expect(visit.at(".controls details").first).to_have_attribute("open", "")
        await visit.passes(2)
        await expect(visit.at("#c2-1")).to_have_value("solar_off")


async def test_folded_controls_follow_the_site_and_open_ones_are_the_users(staged: Staged) -> None:
    async with staged(site(charging())) as (shown, visit):
        override = visit.page.get_by_label("Override, A")
        await expect(visit.at("#override-1")).to_have_value("16")
        shown.show(site(charging(override_da=100)))
        await expect(visit.at("#override-1")).to_have_value("10")
        await visit.at(".controls summary").first.click()
        await override.press("Control+a")
        await override.press("1")
        shown.show(site(charging(override_da=120, offered_da=93)))
        await expect(visit.at("#charger-1 .why")).to_contain_text("9.3 A")
        await override.press("4")
        await expect(override).to_have_value("14")
        await visit.at(".controls summary").first.click()
        await visit.passes(2)
        await expect(visit.at("#override-1")).to_have_value("14")


@pytest.mark.parametrize("typed", ["25", "1625"])
async def test_half_a_setting_stays_while_somebody_else_changes_it(staged: Staged, typed: str) -> None:
    async with staged(site(charging(settings=CHARGER_SETTINGS))) as (shown, visit):
        await visit.at("#charger-1 details").last.locator("summary").click()
        field = visit.page.get_by_label("Current max, A")
        await expect(field).to_have_value("16")
        await field.press("Control+a")
        await visit.page.keyboard.type(typed[:2])  # in one case it is what the site has
        shown.show(site(charging(settings=CHARGER_SETTINGS | {"current_max": 32}, offered_da=93)))
        await expect(visit.at("#charger-1 .why")).to_contain_text("9.3 A")
        await visit.page.keyboard.type(typed[2:])
        await expect(field).to_have_value(typed)


async def test_what_is_typed_while_an_answer_is_on_its_way_stays(staged: Staged) -> None:
    learning = charging(
        settings=CHARGER_SETTINGS | {"rfid_reader": int(Reader.LEARN)}, rfid=RfidSnapshot("Ready to read card", "")
    )
    async with staged(site(learning)) as (shown, visit):
        answer = asyncio.Event()

        async def late(route: Route) -> None:
            await answer.wait()
            await route.continue_()

        await visit.page.route(
            "**/api/v1/chargers/1/*", lambda route: late(route) if route.request.method != "GET" else route.fallback()
        )
        cards, settings = visit.at("#charger-1 details").nth(1), visit.at("#charger-1 details").last
        await cards.locator("summary").click()
        await settings.locator("summary").click()
        number = cards.get_by_label("Card number")
        await number.fill("04A3B2C1")
        await number.press("Enter")
        await number.fill("04A3")
        field = visit.page.get_by_label("Current max, A")
        await field.fill("20")
        await field.press("Enter")
        await field.fill("2")
        shown.site.outcome = Outcome(True)
        answer.set()
        steps = visit.at("#charger-1 .command")
        await expect(steps).to_have_count(2)
        for number_of in (0, 1):
            await expect(steps.nth(number_of).locator(".steps li").nth(1)).to_have_text("✓ accepted")
        await expect(number).to_have_value("04A3")
        await expect(field).to_have_value("2")
        assert SwipeCard("1", "04A3B2C1") in shown.site.commands
