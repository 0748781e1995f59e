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
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from textual.widgets import Input  # noqa: E402  # after the path

from evse_tui.board.pilot_samples import EVERYTHING, PilotSamples  # noqa: E402  # after the path
from evse_tui.board.recording import RecordingState, Wires  # noqa: E402
from evse_tui.board.wiretap import Piece  # noqa: E402
from evse_tui.cli.assemble import DEMO_INITIAL, DEMO_SITE, tapped  # noqa: E402
from evse_tui.cli.demo_past import demo_plant  # noqa: E402
from evse_tui.clock import LoopClock  # noqa: E402
from evse_tui.config import ChargerConfig, SiteConfig, default_config  # noqa: E402
from evse_tui.replay.besides import write_besides  # noqa: E402
from evse_tui.replay.site import RecordedSite, recorded_site  # noqa: E402
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
LOOKED_AT_MS: Final = 90_000
"""Where the recording is paused, since its beginning."""
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
    wires: _Wires | None = None


@dataclass(frozen=True)
class _Wires:
    """What has been on the wires until a moment, standing still: a `WireView`."""

    kept: Mapping[str, Sequence[Piece]]
    offset_s: float
    """From the clock of the pieces to wall time."""
    recording: RecordingState | None = None
    obstacle: str = ""

    def pieces(self, charger_id: str) -> Sequence[Piece]:
        return self.kept.get(charger_id, ())

    def wall_s(self, at_ms: int) -> float:
        return self.offset_s + at_ms / 1_000

    async def start(self, path: Path) -> None:
        raise AssertionError(f"a picture records nothing, not even {path}")

    async def stop(self) -> None:
        raise AssertionError("a picture records nothing")


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
    wires: Wires

    def wires_now(self) -> _Wires:
        """What is on the wires now, as it will be shown later."""
        kept = {charger.id: tuple(self.wires.pieces(charger.id)) for charger in self.config.chargers}
        return _Wires(kept, self.clock.wall_s() - self.clock.now_ms() / 1_000)


@asynccontextmanager
async def _running(boards: int, mode: int, capture: Path | None = None) -> AsyncIterator[_Demo]:
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
    taps, openers = tapped(config, clock, world.openers)
    site = Site(config, store, clock, openers, demo=True)
    wires = Wires(clock, taps, partial(write_besides, site))
    if capture is not None:
        await wires.start(capture)
    await site.start()
    world.start(site)
    try:
        yield _Demo(world, config, clock, store, site, wires)
    finally:
        await site.stop()
        await wires.close()
        await world.stop()


def _of_one_session(snapshot: Snapshot) -> Snapshot:
    """The same picture of the same seed: the number of a session on the wire is a new one each time."""
    return replace(
        snapshot,
        chargers=tuple(
            charger if charger.identity is None else replace(charger, identity=replace(charger.identity, session=1))
            for charger in snapshot.chargers
        ),
    )


async def _demo(boards: int, mode: int, minutes: float) -> tuple[Snapshot, Store]:
    """The demo's site after `minutes`, and what it remembers."""
    async with _running(boards, mode) as demo:
        await demo.clock.sleep_ms(minutes * 60_000)
        snapshot = _of_one_session(demo.site.snapshot)
    for part in past(demo_plant(demo.world.parameters, demo.config), WALL_START_S, UTC):
        await demo.store.remember(part.spans, part.sessions)
    return snapshot, demo.store


async def _on_the_wire() -> tuple[Snapshot, _Wires]:
    """A car that charges, and the frames until then."""
    async with _running(1, mode=3) as demo:
        await demo.clock.sleep_ms(60_000)
        return demo.site.snapshot, demo.wires_now()


async def _captured(path: Path) -> None:
    """A capture of two chargers in Solar, from their start on."""
    async with _running(2, mode=2, capture=path) as demo:
        await demo.clock.sleep_ms(150_000)


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
    wired, wires = run_virtual(_on_the_wire())
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
        Picture("demo-frames-80x24", wired, SMALL, keys=("5", "v"), wires=wires),
        Picture("demo-frames-120x40-light", wired, MEDIUM, "evse-light", keys=("5", "v"), wires=wires),
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
    app = EvseApp(site, title=title, api_url="http://127.0.0.1:8080", clock=clock, zone=UTC, wires=picture.wires)
    return await _shown(app, picture, site)


async def render_replays() -> dict[str, str]:
    """A recording that is being looked at, paused, as SVG by name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "capture.pcapng"
        await asyncio.to_thread(run_virtual, _captured(path))
        async with recorded_site(path, FrozenClock(), UTC) as site:
            while site.read_percent < 100:  # noqa: ASYNC110  # the thread that reads it tells nobody
                await asyncio.sleep(0.02)
            site.toggle()
            site.move(LOOKED_AT_MS)
            return {
                "demo-replay-80x24": await _replayed(site, SMALL, "evse-dark"),
                "demo-replay-120x40-light": await _replayed(site, MEDIUM, "evse-light"),
            }


async def _replayed(site: RecordedSite, size: tuple[int, int], theme: str) -> str:
    app = EvseApp(site, title=site.snapshot.name, api_url=None, clock=site, zone=UTC, wires=site, player=site)
    return await _shown(app, Picture("", site.snapshot, size, theme), None, "evse-tui replay")


async def _shown(app: EvseApp, picture: Picture, site: FakeSite | None, title: str | None = None) -> str:
    app.animation_level = "none"
    app.theme = picture.theme
    async with app.run_test(size=picture.size) as pilot:
        await pilot.pause()
        await _past_is_read(app)
        for key in picture.keys:
            await pilot.press(key)
            await _past_is_read(app)
        while site is not None and picture.samples is not None and not site.pulls:
            await pilot.pause()
        for field in app.screen.query(Input):  # a blinking cursor would make every second picture different
            field.cursor_blink = False
        await pilot.pause()
        svg = app.export_screenshot(title=title or app.title)
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

    def finished(name: str, svg: str) -> None:
        path = FOLDER / f"{name}.svg"
        wanted.add(path)
        if not check:
            path.write_text(svg, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != svg:
            wrong.append(path.name)

    for picture in pictures():
        os.environ.pop("NO_COLOR", None)
        if not picture.colours:
            os.environ["NO_COLOR"] = "1"
        finished(picture.name, asyncio.run(render(picture)))
    os.environ.pop("NO_COLOR", None)
    for name, svg in asyncio.run(render_replays()).items():
        finished(name, svg)
    others = [path for path in sorted(FOLDER.glob("*.svg")) if path not in wanted]
    wrong += [f"{path.name} (not ours)" for path in others if not path.name.startswith(OF_THE_BENCHMARK)]
    for name in wrong:
        sys.stderr.write(f"differs: {name}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
