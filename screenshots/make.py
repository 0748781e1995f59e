"""Makes the pictures of this folder from the real application; `--check` compares instead.

The `demo-*` pictures show the seeded demo (the shipped firmware core in virtual time, so the same command gives the
same bytes); the `state-*` pictures show snapshots made by hand for the tests, because a demo has no welded contactor.

    python screenshots/make.py [--check]

`page-*.png`, the status page in Chromium, are made by `page.py` and never compared: fonts differ between machines.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from textual.widgets import Input  # noqa: E402  # after the path

from evse_tui.board.pilot_samples import EVERYTHING, PilotSamples  # noqa: E402  # after the path
from evse_tui.cli.assemble import DEMO_INITIAL, DEMO_SITE  # noqa: E402
from evse_tui.cli.demo_past import demo_plant  # noqa: E402
from evse_tui.clock import LoopClock  # noqa: E402
from evse_tui.config import ChargerConfig, SiteConfig, default_config  # noqa: E402
from evse_tui.sim.demo import DemoParameters, DemoWorld  # noqa: E402
from evse_tui.sim.past import past  # noqa: E402
from evse_tui.sim.virtual_time import run_virtual  # noqa: E402
from evse_tui.site.commands import TracePilot  # noqa: E402
from evse_tui.site.memory import Memory  # noqa: E402
from evse_tui.site.pilot_trace import LONGEST_WATCH_MS  # noqa: E402
from evse_tui.site.site import Site  # noqa: E402
from evse_tui.site.snapshot import ChargerState, Snapshot  # noqa: E402
from evse_tui.store import Store  # noqa: E402
from evse_tui.ui.app import EvseApp  # noqa: E402
from tests.ui.fake_site import FakeSite, FrozenClock  # noqa: E402
from tests.ui.snapshots import AT_MS, MATRIX  # noqa: E402

OF_THE_BENCHMARK: Final = "pareto-"
"""`make bench-control` draws these from its data; tests/benchmarks compares them."""
SEED: Final = 1
WALL_START_S: Final = 1_751_364_000.0
"""2025-07-01 10:00 UTC: the demo's own time of day."""
SMALL, MEDIUM, LARGE = (80, 24), (120, 40), (200, 60)


@dataclass(frozen=True)
class Picture:
    """One file: what it shows and how."""

    name: str
    snapshot: Snapshot
    size: tuple[int, int]
    theme: str = "evse-dark"
    keys: tuple[str, ...] = ()
    memory: Memory | None = None
    colours: bool = True
    samples: PilotSamples | None = None


class _LeftOpen(Store):
    """Read by pictures after its site has ended; in memory, so nothing is left behind."""

    async def close(self) -> None:
        """Not now."""


@dataclass(frozen=True)
class _Demo:
    """The demo while it runs."""

    world: DemoWorld
    config: SiteConfig
    clock: LoopClock
    store: Store
    site: Site


@asynccontextmanager
async def _running(boards: int, mode: int) -> AsyncIterator[_Demo]:
    clock = LoopClock(WALL_START_S)
    world = DemoWorld(clock, DemoParameters(boards=boards, seed=SEED))
    config = replace(
        default_config(),
        name="Demo",
        settings=DEMO_SITE,
        chargers=tuple(
            ChargerConfig(name, opener.port, rotation=world.rotation(name), settings=DEMO_INITIAL | {"mode": mode})
            for name, opener in world.openers.items()
        ),
    )
    store = await _LeftOpen.open(None)
    site = Site(config, store, clock, world.openers, demo=True)
    await site.start()
    world.start(site)
    try:
        yield _Demo(world, config, clock, store, site)
    finally:
        await site.stop()
        await world.stop()


async def _demo(boards: int, mode: int, minutes: float) -> tuple[Snapshot, Store]:
    """The demo's site after `minutes`, and what it remembers."""
    async with _running(boards, mode) as demo:
        await demo.clock.sleep_ms(minutes * 60_000)
        snapshot = demo.site.snapshot
    for part in past(demo_plant(demo.world.parameters, demo.config), WALL_START_S, UTC):
        await demo.store.remember(part.spans, part.sessions)
    return snapshot, demo.store


async def _begins_to_charge() -> tuple[Snapshot, PilotSamples]:
    """A car some seconds after it has asked for current, and the control pilot until then."""
    async with _running(1, mode=3) as demo:
        while demo.site.snapshot.charger("1").state is not ChargerState.C:
            await demo.site.execute(TracePilot("1", "picture", LONGEST_WATCH_MS))
            await demo.clock.sleep_ms(500)
        await demo.clock.sleep_ms(4_000)
        samples = PilotSamples()
        while (more := await demo.site.pilot("1", samples.times_ms[-1] if samples.times_ms else EVERYTHING)).times_ms:
            samples = more
        return demo.site.snapshot, samples


def pictures() -> list[Picture]:
    """All of them, in the order in which they are made."""
    smart, of_smart = run_virtual(_demo(1, mode=3, minutes=4))
    solar, of_solar = run_virtual(_demo(1, mode=2, minutes=20))
    several, of_several = run_virtual(_demo(4, mode=3, minutes=6))
    traced, samples = run_virtual(_begins_to_charge())
    states = [Picture(f"state-{name}", make(), SMALL) for name, make in MATRIX.items()]
    return [
        Picture("demo-smart-80x24", smart, SMALL),
        Picture("demo-smart-120x40-light", smart, MEDIUM, "evse-light", memory=of_smart),
        Picture("demo-solar-120x40", solar, MEDIUM, memory=of_solar),
        Picture("demo-four-chargers-200x60", several, LARGE, memory=of_several),
        Picture("demo-four-chargers-80x24-light", several, SMALL, "evse-light"),
        Picture("demo-mode", smart, SMALL, keys=("m",)),
        Picture("demo-palette", smart, SMALL, keys=("ctrl+p",)),
        Picture("demo-charger-80x24", smart, SMALL, keys=("2",)),
        Picture("demo-charger-200x60-light", solar, LARGE, "evse-light", keys=("2",)),
        Picture("demo-scope-80x24", traced, SMALL, keys=("2", "v"), samples=samples),
        Picture("demo-scope-120x40-light", traced, MEDIUM, "evse-light", keys=("2", "v"), samples=samples),
        Picture("demo-history-80x24", solar, SMALL, keys=("3", "left"), memory=of_solar),
        Picture("demo-history-120x40-light", solar, MEDIUM, "evse-light", keys=("3", "left", "left"), memory=of_solar),
        Picture("demo-history-charger-120x40", solar, MEDIUM, keys=("3", "v", "left"), memory=of_solar),
        Picture("demo-history-month-200x60", solar, LARGE, keys=("3", "left", "d"), memory=of_solar),
        Picture("demo-events-120x40", several, MEDIUM, keys=("4",)),
        Picture("demo-diagnostics-120x40-light", several, MEDIUM, "evse-light", keys=("5",)),
        Picture("demo-settings-80x24", smart, SMALL, keys=("6", "e", "9")),
        Picture("demo-settings-120x40-light", several, MEDIUM, "evse-light", keys=("6", "end")),
        Picture("demo-without-colour", several, SMALL, colours=False),
        Picture("demo-schedule", smart, SMALL, keys=("s",)),
        Picture("demo-help", smart, MEDIUM, keys=("question_mark",), memory=of_smart),
        Picture("demo-quit", smart, SMALL, keys=("q",)),
        *states,
    ]


async def render(picture: Picture) -> str:
    """The picture as SVG."""
    clock = FrozenClock(at_ms=picture.snapshot.at_ms, wall_s=picture.snapshot.wall_s)
    title = "evse-tui demo" if picture.snapshot.at_ms != AT_MS else "evse-tui"
    site = FakeSite(picture.snapshot, picture.memory)
    site.samples = picture.samples or site.samples
    app = EvseApp(site, title=title, api_url="http://127.0.0.1:8080", clock=clock, zone=UTC)
    app.animation_level = "none"
    app.theme = picture.theme
    async with app.run_test(size=picture.size) as pilot:
        await pilot.pause()
        await _past_is_read(app)
        for key in picture.keys:
            await pilot.press(key)
            await _past_is_read(app)
        while picture.samples is not None and not site.pulls:
            await pilot.pause()
        for field in app.screen.query(Input):  # a blinking cursor would make every second picture different
            field.cursor_blink = False
        await pilot.pause()
        svg = app.export_screenshot(title=title)
    # No picture loads a font from elsewhere: the viewer's monospace font will do.
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)


async def _past_is_read(app: EvseApp) -> None:
    for worker in [worker for worker in app.workers if worker.group in ("history", "recent")]:
        await worker.wait()


def main() -> int:
    """0 if all is well, 1 if a picture differs and `--check` was given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check
    wrong = []
    wanted = set()
    for picture in pictures():
        path = FOLDER / f"{picture.name}.svg"
        wanted.add(path)
        os.environ.pop("NO_COLOR", None)
        if not picture.colours:
            os.environ["NO_COLOR"] = "1"
        svg = asyncio.run(render(picture))
        if not check:
            path.write_text(svg, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != svg:
            wrong.append(path.name)
    others = [path for path in sorted(FOLDER.glob("*.svg")) if path not in wanted]
    wrong += [f"{path.name} (not ours)" for path in others if not path.name.startswith(OF_THE_BENCHMARK)]
    for name in wrong:
        sys.stderr.write(f"differs: {name}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
