"""Makes the pictures of the status page, `page-*.png`, in Chromium from snapshots made by hand.

The same machine gives the same bytes; another one has other fonts, so nobody compares these files: look at them.

    python screenshots/page.py [NAME ..]
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from evse_tui.site.snapshot import Snapshot  # noqa: E402  # after the path
from tests.page.browser import Scheme, launched, visiting  # noqa: E402
from tests.page.shown import Shown  # noqa: E402
from tests.ui import snapshots  # noqa: E402

DESKTOP, PHONE = (1280, 1000), (360, 780)
ZONE: Final = "Europe/Amsterdam"


@dataclass(frozen=True)
class Picture:
    """One file: what it shows and how."""

    name: str
    make: Callable[[], Snapshot]
    size: tuple[int, int]
    scheme: Scheme = "light"
    whole: bool = True
    """The whole page, or what the window shows."""
    open: tuple[str, ...] = ()
    """Parts to unfold."""


PICTURES: Final = (
    Picture("page-desktop-light", snapshots.normal, DESKTOP),
    Picture("page-desktop-dark", snapshots.solar_waiting, DESKTOP, "dark"),
    Picture("page-phone-dark", snapshots.normal, PHONE, "dark", whole=False),
    Picture("page-stale", snapshots.stale, DESKTOP, whole=False),
    Picture("page-fault", snapshots.fault, PHONE, whole=False),
    Picture("page-four-chargers", snapshots.four_chargers, DESKTOP),
    Picture("page-controls", snapshots.rich, DESKTOP, open=("#charger-1 details", "#settings details")),
    Picture("page-controls-phone", snapshots.rich, PHONE, "dark", open=("#charger-1 details",)),
)


async def make(names: list[str]) -> None:
    """Writes the pictures with these names, or all."""
    async with launched() as browser:
        for picture in PICTURES:
            if names and picture.name not in names:
                continue
            width, height = picture.size
            shown = Shown(
                replace(
                    picture.make(), name="Home", zone=ZONE, decided_ms=snapshots.AT_MS - 300, rooms_da=(238, 122, 262)
                )
            )
            await shown.serve()
            try:
                async with visiting(
                    browser,
                    shown.origin,
                    width=width,
                    height=height,
                    scheme=picture.scheme,
                    clock_s=snapshots.WALL_S,
                    timezone=ZONE,
                ) as visit:
                    await visit.at("svg.chart path.line").first.wait_for(state="attached")
                    await visit.at("#sessions tbody tr").nth(1).wait_for(state="attached")
                    for part in picture.open:
                        for details in await visit.at(part).all():
                            await details.locator("summary").click()
                    for settings in await visit.at("details[open] .settings").all():
                        await settings.locator("form").first.wait_for()
                    if picture.whole:  # in a picture of the whole page nothing sticks
                        await visit.page.evaluate("document.querySelector('.top').style.position = 'static'")
                    path = FOLDER / f"{picture.name}.png"
                    await visit.page.screenshot(path=path, full_page=picture.whole, animations="disabled")
            finally:
                await shown.cut()


if __name__ == "__main__":
    asyncio.run(make(sys.argv[1:]))
