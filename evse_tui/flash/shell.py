"""Flashing from beginning to end: look, plan, ask, write, look again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evse_protocol.messages import BoardKind
from evse_tui.board.ports import Opener
from evse_tui.clock import Clock
from evse_tui.flash.images import Target, built, load
from evse_tui.flash.look import look_at
from evse_tui.flash.plan import Found, Plan, board_kind, make_plan, target_of, verdict
from evse_tui.flash.writers import Writer

_BACK_MS: Final = 20_000
"""A board that was just written runs within its bootloader's patience and its own boot time."""

Say = Callable[[str], None]
Ask = Callable[[str], bool]
"""Blocks; True is yes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants."""

    sources: Callable[[], Path]
    """Finds the folder of the firmware's sources."""
    image: Path | None = None
    """None: the one that a build left in the sources."""
    kind: BoardKind | None = None
    no_car: bool = False
    """The user's word for a board that can't say so. Who answers the question gives it, too."""
    asks: bool = False
    dry_run: bool = False


async def flash(
    opener: Opener, clock: Clock, wish: Wish, *, writer_for: Callable[[Target], Writer], ask: Ask, say: Say
) -> bool:
    """Writes an image to the board behind a port; False if it was a rehearsal, or the user said no.

    Raises:
        RefusedError: nothing was written.
        WriteError: it may be half written, or does not run.
    """
    image = None if wish.image is None else load(wish.image)
    async with look_at(opener, clock) as look:
        found = await look.wait()
        target = target_of(board_kind(found, wish.kind))
        if image is None:
            image = load(built(wish.sources(), target))
        plan = make_plan(found, image, wish.kind, no_car=wish.no_car or wish.asks or wish.dry_run)
        writer = writer_for(target)
        writer.check()
        _tell(plan, say)
        if wish.dry_run:
            say("A dry run: nothing was written.")
            return False
        if not await asyncio.to_thread(ask, plan.question):
            say("Nothing was written.")
            return False
        # A car may have come while the user read; and a board that has fallen silent since says nothing about it.
        plan = make_plan(look.found, image, wish.kind, no_car=not plan.car_known)
        if plan.announce:
            await look.enter_bootloader(plan.boot)
    await asyncio.to_thread(writer.write, plan)
    say(verdict(plan, await _after(opener, clock)))
    return True


async def _after(opener: Opener, clock: Clock) -> Found:
    async with look_at(opener, clock) as look:
        return await look.wait(_BACK_MS, patient=True)


def _tell(plan: Plan, say: Say) -> None:
    version = f", version {plan.image.version}" if plan.image.version else ""
    say(f"Image {plan.image.path}: {plan.image.size} bytes for the {plan.image.target.value}{version}, checked.")
    for number, step in enumerate(plan.steps, 1):
        say(f"  {number}. {step}")
    if not plan.car_known:
        say("The board can't say whether a car is plugged in: look.")
