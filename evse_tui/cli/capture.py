"""`evse-tui capture PORT -o F`: records the wire of one board that nobody drives."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Final

from evse_protocol.payloads import ConfigGet
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.board.events import ClientEvent, EventArrived, LinkChanged
from evse_tui.board.model import LinkState
from evse_tui.board.ports import SerialOpener
from evse_tui.board.recording import Wires
from evse_tui.board.recording_file import Link
from evse_tui.board.wiretap import TappedOpener, Wiretap
from evse_tui.cli.headless import ended_by_signal
from evse_tui.clock import SystemClock

_TELL_MS: Final = 10_000


def run(options: argparse.Namespace) -> int:
    """Records until a signal or `--for` ends it. Exit status 2 if nothing came from the port."""
    return asyncio.run(_capture(options.port, options.output, options.duration_s))


async def _capture(port: str, path: Path, duration_s: float | None) -> int:
    """It greets the board and asks for its configuration; it grants nothing, so nothing charges because of it.

    As `diag` it opens a session; on a serial device the port is locked, so that no host is disturbed.
    """
    clock = SystemClock()
    tap = Wiretap(clock)
    wires = Wires(clock, {"1": (Link(port, "1"), tap)})
    asked: set[asyncio.Task[None]] = set()

    async def ask() -> None:
        with contextlib.suppress(CommandError):  # not commissioned: its refusal is recorded
            await client.command(ConfigGet())

    def take(event: ClientEvent) -> None:
        match event:
            case LinkChanged(state, detail):
                if detail and state is not LinkState.OPENING:
                    _say(detail)
                if state is LinkState.ONLINE:
                    _say(f"the board on {port} answers")
                    task = asyncio.ensure_future(ask())
                    asked.add(task)
                    task.add_done_callback(asked.discard)
            case EventArrived(board_event):  # recorded is stored: else the board repeats it once a second
                client.acknowledge_event(board_event.boot, board_event.number)

    client = BoardClient(TappedOpener(SerialOpener(port), tap), clock, on_event=take)
    await wires.start(path)
    try:
        async with ended_by_signal() as ended:
            _say(f"recording {port} to {path}; Ctrl+C ends it")
            tasks = [asyncio.create_task(client.run()), asyncio.create_task(_tell(wires, clock))]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), duration_s)
            for task in (*tasks, *asked):
                task.cancel()
            await asyncio.gather(*tasks, *asked, return_exceptions=True)
    finally:
        await wires.close()
    state = wires.recording
    if state is not None:
        _say(state.trouble or f"{state.pieces} frames, {state.size} bytes in {path}")
    return 0 if client.health.frames_received else 2


async def _tell(wires: Wires, clock: SystemClock) -> None:
    while wires.recording is not None and wires.recording.running:
        await clock.sleep_ms(_TELL_MS)
        _say(f"{wires.recording.pieces} frames, {wires.recording.size} bytes")


def _say(words: str) -> None:
    sys.stderr.write(f"evse-tui: {words}\n")
    sys.stderr.flush()
