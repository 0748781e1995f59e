"""The way the numbers come: the stream, asking instead, nothing at all, and back again."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.async_api import expect

from evse_tui.api.security import Security
from evse_tui.api.tokens import Keyring, Token, digest_of
from tests.page.browser import value
from tests.page.conftest import Staged
from tests.ui import snapshots
from tests.ui.snapshots import charging, site


async def test_a_lost_server_is_told_and_found_again(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        visit.may_miss_answers = True
        await expect(visit.at("#connection")).to_contain_text("Live")
        await shown.cut()
        await expect(visit.at("#connection")).to_contain_text("No connection")
        last = datetime.fromtimestamp(snapshots.WALL_S, UTC).strftime("%H:%M:%S")
        await expect(visit.at("#lost")).to_contain_text(f"The last values are from {last}, 0 s ago.")
        await expect(visit.at("#lost")).to_contain_text("No answer from the server. Next try in 1 s.")
        await expect(visit.at("#announcements")).to_have_text("Connection lost. The numbers are old.")

        await visit.passes(8)
        await expect(visit.at("#lost")).to_contain_text(f"from {last}, 8 s ago.")
        await expect(visit.at("#phases-original .age")).to_have_text("old: 8 s")
        await expect(visit.at("#charger-1 > header .age")).to_have_text("old: 8 s")
        await expect(visit.at("#charger-1 .words")).to_have_text("Charging 8 s ago")
        colour = "getComputedStyle(document.querySelector('#charger-1 .big')).color"
        grey = await value(visit, colour)

        await shown.serve()
        await visit.passes_until("Live")
        shown.show(site(charging(offered_da=93)))
        await expect(visit.at("#lost")).to_be_hidden()
        await expect(visit.at("#charger-1 .why")).to_contain_text("9.3 A")
        assert await value(visit, colour) != grey
        await expect(visit.at("#announcements")).to_contain_text("Connected again.")


async def test_a_device_without_a_network_says_so_and_comes_back_by_itself(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        visit.may_miss_answers = True
        await expect(visit.at("#connection")).to_contain_text("Live")
        await visit.page.context.set_offline(True)
        await visit.passes_until("No connection")
        await expect(visit.at("#lost")).to_contain_text("No answer from the server.")
        shown.show(site(charging(offered_da=93)))
        await visit.page.context.set_offline(False)  # the browser tells the page
        await expect(visit.at("#connection")).to_contain_text("Live")
        await expect(visit.at("#charger-1 .why")).to_contain_text("9.3 A")


async def test_waits_grow_while_nobody_answers(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        visit.may_miss_answers = True
        await visit.page.route("**/api/v1/**", lambda route: route.abort())
        await shown.cut()
        for wait_s in (1, 2, 4, 8, 16, 30, 30):
            await expect(visit.at("#lost")).to_contain_text(f"Next try in {wait_s} s.")
            await visit.passes(wait_s)


async def test_without_the_stream_it_asks(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        visit.may_miss_answers = True
        await visit.page.route("**/api/v1/stream*", lambda route: route.abort())
        await visit.page.reload()
        await expect(visit.at("#connection")).to_contain_text("Every 2 s")
        shown.show(site(charging(offered_da=93)))
        await visit.passes(2)
        await expect(visit.at("#charger-1 .why")).to_contain_text("9.3 A")
        await visit.page.unroute("**/api/v1/stream*")
        await visit.passes_until("Live")


async def test_a_host_that_hangs_is_not_live(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        await visit.passes(7)
        await expect(visit.at("#lost")).to_contain_text("Nothing new since")
        await expect(visit.at("#phases-original .age")).to_have_text("old: 7 s")


async def test_an_expired_login_leads_to_the_login(staged: Staged) -> None:
    keyring = Keyring((Token("phone", digest_of("secret"), created_s=0),))
    security = Security(keyring=keyring, token_on_loopback=True)
    async with staged(snapshots.normal(), security=security, ready="#token", clock_s=None) as (_, visit):
        visit.may_miss_answers = True
        await expect(visit.page).to_have_url(f"{visit.origin}/login")
        await visit.at("#token").fill("secret")
        await visit.page.keyboard.press("Enter")
        await expect(visit.at("#charger-1 .headline")).to_contain_text("Charging")
        keyring.replace(())
        await expect(visit.page).to_have_url(f"{visit.origin}/login")
