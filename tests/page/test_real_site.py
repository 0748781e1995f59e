"""From a key to the duty cycle of the simulated board, and from the board's terminals to the words on the page."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from evse_protocol.messages import Access, Fault
from tests.page.browser import Visit, visiting
from tests.page.live_site import live_site


async def _tab_to(visit: Visit, selector: str) -> None:
    """Presses Tab until the focus is there."""
    for _ in range(60):
        if await visit.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        await visit.page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key never reaches {selector}")


async def test_two_cars_by_keyboard_alone(browser: Browser) -> None:
    async with live_site(boards=2) as world, visiting(browser, world.origin) as visit:
        first, second = visit.at("#charger-1"), visit.at("#charger-2")
        await expect(first.locator(".words")).to_have_text("Off, car connected")
        await expect(visit.at("#connection")).to_contain_text("Live")

        await _tab_to(visit, "#charger-1 [data-mode=smart]")
        await visit.page.keyboard.press("Enter")
        await expect(first.locator(".steps li").nth(1)).to_have_text("✓ accepted")
        await world.until(lambda: world.board("1").access == Access.ALLOW)
        await expect(first.locator("[data-mode=smart]")).to_have_attribute("aria-pressed", "true")
        await expect(first.locator(".words")).to_have_text("Charging")
        await expect(first.locator(".phases tbody tr").nth(0)).to_contain_text("12.8 A")
        assert world.board("2").access != Access.ALLOW
        await expect(second.locator(".words")).to_have_text("Off, car connected")

        await _tab_to(visit, "#charger-1 details:first-of-type > summary")
        await visit.page.keyboard.press("Enter")
        await _tab_to(visit, "#override-1")
        await expect(visit.at("#override-1")).to_be_focused()
        await visit.page.keyboard.press("Control+a")
        await visit.page.keyboard.type("8")
        await expect(visit.at("#override-1")).to_have_value("8")
        await visit.page.keyboard.press("Enter")
        override = first.locator(".command").filter(has_text="override")
        await expect(override.locator(".steps li").nth(1)).to_have_text("✓ accepted")
        await world.until(lambda: world.board("1").limit_da == 80)
        await expect(first.locator(".why")).to_contain_text("8.0 A")
        await expect(first.locator(".why")).to_contain_text("override")

        await _tab_to(visit, "#charger-2 [data-mode=normal]")
        await visit.page.keyboard.press("Space")
        await expect(second.locator(".words")).to_have_text("Charging")


async def test_lost_meters_and_a_fault_at_the_board(browser: Browser) -> None:
    async with live_site() as world, visiting(browser, world.origin, width=360, height=740, scheme="dark") as visit:
        charger = visit.at("#charger-1")
        await charger.get_by_role("button", name="Smart").click()
        await expect(charger.locator(".words")).to_have_text("Charging")

        world.meters_speak = False
        await expect(visit.at("#phases-original .age")).to_contain_text("late:")
        await expect(charger.locator(".why")).to_contain_text("mains data late")
        await expect(visit.at("#phases-original .age")).to_contain_text("lost")
        await expect(charger.locator(".words")).not_to_have_text("Charging")
        world.meters_speak = True
        await expect(visit.at("#phases-original table")).not_to_have_attribute("data-stale", "")

        world.chargers["1"].board.set_residual_current(True)
        await expect(visit.page.get_by_role("alert")).to_contain_text("Residual current")
        assert Fault.RESIDUAL_CURRENT in world.board().faults
        world.chargers["1"].board.set_residual_current(False)
        world.chargers["1"].unplug()
        await charger.get_by_role("button", name="Acknowledge fault").click()
        await visit.page.get_by_role("dialog").get_by_role("button", name="Acknowledge fault").click()
        await world.until(lambda: not world.board().faults)
        await expect(visit.page.get_by_role("alert")).to_be_empty()
        await expect(charger.locator(".words")).to_have_text("No car")


async def test_a_setting_and_a_card_by_keyboard_on_a_phone(browser: Browser) -> None:
    async with live_site() as world, visiting(browser, world.origin, width=360, height=740) as visit:
        charger = visit.at("#charger-1")
        await charger.get_by_role("button", name="Normal").press("Enter")
        await expect(charger.locator(".words")).to_have_text("Charging")
        await charger.get_by_text("Settings of this charger").press("Enter")
        await _tab_to(visit, "#setting-1-current_max")
        await visit.page.keyboard.press("Control+a")
        await visit.page.keyboard.type("8")
        await visit.page.keyboard.press("Enter")
        command = charger.locator(".command").filter(has_text="current_max")
        await expect(command.locator(".steps li")).to_have_text(["✓ requested", "✓ accepted", "✓ observed"])
        await world.until(lambda: world.board().offered_da == 80)

        await visit.at("#settings summary").press("Enter")
        await visit.page.get_by_label("Solar stop time, min").fill("7")
        await visit.page.keyboard.press("Enter")
        await expect(visit.at("#settings .steps li")).to_have_text(["✓ requested", "✓ accepted", "✓ observed"])

        await charger.get_by_text("Cards", exact=True).press("Enter")
        await charger.get_by_role("combobox", name="Card reader").select_option("3")
        await charger.get_by_role("form", name="Card reader").get_by_role("button", name="Set").press("Enter")
        await charger.get_by_label("Card number").fill("04A3B2C1")
        await visit.page.keyboard.press("Enter")
        await expect(charger.locator("details")).to_contain_text(["", "Card Stored", ""])
        assert await visit.page.evaluate("document.documentElement.scrollWidth") <= 360
