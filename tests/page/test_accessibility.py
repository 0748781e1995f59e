"""What a screen reader gets, and whether every text can be read as it is painted: in each state, both themes, a phone
and a desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from itertools import pairwise
from typing import Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Visit, value
from tests.page.conftest import Staged
from tests.page.shown import Shown
from tests.ui import snapshots
from tests.ui.snapshots import MATRIX

CONTROLS: Final = frozenset(
    ("button", "checkbox", "combobox", "ColorWell", "Date", "DateTime", "DisclosureTriangle", "link", "meter", "radio")
) | {"radiogroup", "spinbutton", "textbox", "img", "image", "form", "region", "dialog", "table"}
"""Roles that must have a name, as Chromium calls them."""

DIFFERENT: Final = ("first-start", "stale", "disconnected", "fault", "rich", "solar-waiting", "four-chargers")
"""States of which each has colours that the others have not."""

# Every painted text with its colour and the ground behind it, each composed with what shines through.
PAINTED: Final = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const over = ([r, g, b, a = 1], ground) => [r, g, b].map((part, index) => part * a + ground[index] * (1 - a));
  const groundOf = (node) => {
    const chain = [];
    for (let at = node; at instanceof Element; at = at.parentElement) chain.unshift(at);
    return chain.reduce((ground, at) => over(parse(getComputedStyle(at).backgroundColor), ground), [255, 255, 255]);
  };
  const luminance = (colour) => {  // relative luminance: WCAG 2.2, definitions
    const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = colour.map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (...both) => {
    const [darker, lighter] = both.map(luminance).sort((one, other) => one - other);
    return (lighter + 0.05) / (darker + 0.05);
  };
  const hidden = "script, style, noscript, option, .hidden-text, .skip";
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || node.closest(hidden) || !node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    const circle = node.closest(".flow .place")?.querySelector("circle");
    const ground = circle ? parse(getComputedStyle(circle).fill) : groundOf(node);
    let colour = over(parse(node instanceof SVGElement ? style.fill : style.color), ground);
    for (let at = node; at instanceof Element; at = at.parentElement) {
      colour = over([...colour, Number(getComputedStyle(at).opacity)], ground);
    }
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    found.push({ text, contrast: contrast(colour, ground), large });
  }
  return found;
}"""


async def _open_all(visit: Visit) -> None:
    """Unfolds everything that can be."""
    for number in range(await visit.at("summary").count()):
        if await visit.at("details").nth(number).get_attribute("open") is None:
            await visit.at("summary").nth(number).click()
    await expect(visit.at("#settings form.setting").first).to_be_visible()
    if await visit.at(".charger").count():
        await expect(visit.at(".charger form.setting").first).to_be_visible()


async def _each_state(shown: Shown, visit: Visit, names: Iterable[str]) -> AsyncIterator[str]:
    """Shows one state after the other, with everything unfolded, and names it."""
    for name in names:
        snapshot = MATRIX[name]()
        shown.show(snapshot)
        await expect(visit.at(".charger")).to_have_count(len(snapshot.chargers))
        await expect(visit.at("#events li")).to_have_count(len(snapshot.events))
        await _open_all(visit)
        yield name


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_can_be_read_as_it_is_painted(staged: Staged, scheme: str) -> None:
    async with staged(snapshots.empty(), scheme=scheme) as (shown, visit):
        async for name in _each_state(shown, visit, DIFFERENT):
            await _check_contrast(visit, name)
        await visit.passes(7)
        await expect(visit.at("#lost")).to_be_visible()
        await _check_contrast(visit, "old")


async def _check_contrast(visit: Visit, name: str) -> None:
    painted = await visit.page.evaluate(PAINTED)
    assert len(painted) > 30
    weak = [(each["text"], each["contrast"]) for each in painted if each["contrast"] < (3 if each["large"] else 4.5)]
    assert weak == [], name


async def test_everything_has_a_name(staged: Staged) -> None:
    async with staged(snapshots.empty()) as (shown, visit):
        session = await visit.page.context.new_cdp_session(visit.page)
        async for name in _each_state(shown, visit, ("empty", "rich", "fault", "four-chargers")):
            nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
            told = [node for node in nodes if not node.get("ignored") and node["role"]["value"] in CONTROLS]
            assert len(told) > 20
            anonymous = [node["role"]["value"] for node in told if not node.get("name", {}).get("value", "").strip()]
            assert anonymous == [], name
            roles = {node["role"]["value"] for node in nodes if not node.get("ignored")}
            assert {"banner", "main", "navigation", "contentinfo", "heading", "status"} <= roles
        await session.detach()


async def test_every_reference_leads_somewhere_and_no_name_is_taken_twice(staged: Staged) -> None:
    async with staged(snapshots.four_chargers()) as (_, visit):
        await _open_all(visit)
        ids = await value(visit, "[...document.querySelectorAll('[id]')].map((each) => each.id)")
        assert len(ids) == len(set(ids))
        wanted = await value(
            visit,
            """["for", "aria-labelledby", "aria-describedby"].flatMap((name) =>
            [...document.querySelectorAll(`[${name}]`)].flatMap((each) => each.getAttribute(name).split(" ")))""",
        )
        assert set(wanted) - {""} <= set(ids)
        unlabelled = (
            "[...document.querySelectorAll('input, select')].filter((each) => !each.labels.length && !each.ariaLabel)"
        )
        assert await value(visit, f"{unlabelled}.length") == 0


async def test_headings_descend_without_a_gap(staged: Staged) -> None:
    async with staged(snapshots.four_chargers()) as (_, visit):
        seen = "[...document.querySelectorAll('h1, h2, h3, h4')].filter((each) => each.checkVisibility())"
        levels = await value(visit, f"{seen}.map((each) => Number(each.tagName[1]))")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


async def test_what_a_finger_must_hit_is_large_enough(staged: Staged) -> None:
    """WCAG 2.2, 2.5.8: 24 px."""
    async with staged(snapshots.normal(), width=360, height=740) as (_, visit):
        await _open_all(visit)
        small = await value(
            visit,
            """[...document.querySelectorAll("button, input, select, summary, .choice span")]
            .filter((each) => each.checkVisibility() && !(each.type === "radio" || each.type === "checkbox"))
            .filter((each) => { const box = each.getBoundingClientRect(); return box.height < 24 || box.width < 24; })
            .map((each) => each.outerHTML.slice(0, 80))""",
        )
        assert small == []
        assert await value(visit, "document.documentElement.scrollWidth") <= 360
