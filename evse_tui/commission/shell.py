"""Commissioning over the link: look, ask, wait for a hand on the button, write, and read back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from evse_protocol.messages import Capability, Flag, Result
from evse_protocol.payloads import Config, ConfigGet, ConfigSet, Status
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.board.events import ClientEvent
from evse_tui.board.model import LinkState
from evse_tui.board.ports import Opener
from evse_tui.board.reach import UNDECIDED, reach
from evse_tui.clock import Clock
from evse_tui.commission.fields import (
    FIELDS,
    Field,
    Values,
    changes,
    complaint,
    implied,
    message,
    parsed,
    table,
    values_of,
)
from evse_tui.errors import UserError

_REACH_MS: Final = 6_000
"""A board that resets when its port is opened answers within its boot time."""
_STATUS_MS: Final = 2_500
"""A board at rest sends a STATUS once a second."""
_LOOK_EVERY_MS: Final = 50
_BUSY_MS: Final = 2_000
WINDOW_MS: Final = 600_000
"""How long to wait for the button: as long as the board then waits for the values."""

Ask = Callable[[str], str]
"""Puts a question to who sits there; may raise UserError where nobody does."""


async def commission(
    opener: Opener, clock: Clock, given: Values, *, ask: Ask, confirm: Callable[[], bool], say: Callable[[str], None]
) -> bool:
    """Stores `given` and what `ask` finds out in the board behind a port; True if the board has all of it.

    Values that are neither given nor stored in the board are asked for, unless only one fits. `confirm` is asked once,
    before the button must be held.

    Raises:
        UserError: the board can't be reached, refuses, or values don't fit together; one sentence.
    """

    def ignore(_event: ClientEvent) -> None:
        """What is needed is asked for."""

    client = BoardClient(opener, clock, on_event=ignore)
    task = asyncio.create_task(client.run())
    try:
        return await _commission(client, clock, given, ask, confirm, say)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _commission(
    client: BoardClient, clock: Clock, given: Values, ask: Ask, confirm: Callable[[], bool], say: Callable[[str], None]
) -> bool:
    status = await _reach(client, clock)
    identity = client.identity
    if identity is None:  # _reach() has seen it online
        raise UserError(client.detail)
    before = await _stored(client, status)
    capabilities = Capability(identity.capabilities)
    wanted = _complete(given, before, capabilities, ask)
    trouble = complaint(wanted, capabilities)
    if trouble:
        raise UserError(trouble)
    different = changes(before, wanted)
    say(f"Board with serial number {identity.serial} on {client.port}:")
    for row in table(before, wanted):
        say(row)
    if not different:
        say("The board has these values already: nothing to write.")
        return True
    if not confirm():
        say("Nothing was written.")
        return False
    await _reach(client, clock)  # nobody has listened while somebody thought
    if before is None or any(field.safety for field in different):
        await _window(client, clock, say)
    await _write(client, clock, message(wanted))
    answer = await client.command(ConfigGet())
    if not isinstance(answer, Config) or values_of(answer) != wanted:
        raise UserError("The board tells other values than were written: do not use it, and report this.")
    say("Written, and read back.")
    return True


def _complete(given: Values, before: Values | None, capabilities: Capability, ask: Ask) -> dict[str, int]:
    """All values: what was given, else what the board has, else what alone fits, else what somebody answers."""
    known: dict[str, int] = {}
    for field in FIELDS:
        if field.name in given:
            known[field.name] = given[field.name]
        elif before is not None:
            known[field.name] = before[field.name]
        else:
            only = implied(field.name, known, capabilities)
            known[field.name] = _answer(field, ask) if only is None else only
    return known


def _answer(field: Field, ask: Ask) -> int:
    return parsed(field, ask(f"{field.question} ({field.hint}): "))


async def _reach(client: BoardClient, clock: Clock) -> Status:
    """The board is online and has told how it is.

    Raises:
        UserError: it is not, with what is wrong.
    """
    await reach(client, clock, _REACH_MS, UNDECIDED | {LinkState.SILENT})
    end_ms = clock.now_ms() + _STATUS_MS
    while client.state is LinkState.ONLINE and client.status is None and clock.now_ms() < end_ms:
        await clock.sleep_ms(_LOOK_EVERY_MS)
    status = client.status
    if client.state is not LinkState.ONLINE or status is None:
        raise UserError(client.detail or f"The board on {client.port} does not tell how it is.")
    return status


async def _stored(client: BoardClient, status: Status) -> dict[str, int] | None:
    """What the board has; None if it was never commissioned, or has lost it."""
    if Flag.COMMISSIONED not in status.flags:
        return None
    try:
        answer = await client.command(ConfigGet())
    except CommandError as error:
        raise UserError(f"The board did not tell what it has. {error}") from error
    return values_of(answer) if isinstance(answer, Config) else None


async def _write(client: BoardClient, clock: Clock, values: ConfigSet) -> None:
    """Stores the values; a board that still writes earlier ones is asked again."""
    end_ms = clock.now_ms() + _BUSY_MS
    while True:
        try:
            await client.command(values)
        except CommandError as error:
            if error.reply is None or error.reply.result != Result.BUSY or clock.now_ms() >= end_ms:
                raise
        else:
            return
        await clock.sleep_ms(_LOOK_EVERY_MS)


async def _window(client: BoardClient, clock: Clock, say: Callable[[str], None]) -> None:
    """Waits until somebody at the board has opened the window.

    Raises:
        UserError: nobody does, or the link is lost.
    """
    if _open(client):
        return
    say("Now hold the button of the board for 5 seconds, with no car charging. Waiting for ten minutes ...")
    end_ms = clock.now_ms() + WINDOW_MS
    while not _open(client):
        if client.state is not LinkState.ONLINE:
            raise UserError(client.detail or f"The link to {client.port} was lost: nothing was written.")
        if clock.now_ms() >= end_ms:
            raise UserError("Nobody held the button of the board: nothing was written.")
        await clock.sleep_ms(_LOOK_EVERY_MS)


def _open(client: BoardClient) -> bool:
    return client.status is not None and Flag.COMMISSIONING_OPEN in client.status.flags
