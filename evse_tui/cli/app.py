"""`evse-tui` alone: the terminal app on the configured site or the boards named, or what to do first."""

from __future__ import annotations

import argparse
import asyncio
import sys

from evse_tui.cli import collector
from evse_tui.cli.config import configuration


def run(options: argparse.Namespace) -> int:
    """Shows the app; with nothing to show it lists serial ports and the next steps."""
    config = configuration(options)
    if not config.chargers:
        print(first_steps(), end="")
        return 0
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("evse-tui: this is not a terminal; use `evse-tui serve` for a site without one", file=sys.stderr)
        return 1
    asyncio.run(_terminal(options, config.name))
    return 0


async def _terminal(options: argparse.Namespace, name: str) -> None:
    with collector.idle():
        from evse_tui.cli.assemble import real_site
        from evse_tui.cli.terminal import run_terminal

    async with real_site(options) as running:
        await run_terminal(running, name)


def first_steps() -> str:
    """What a user without a configuration can do, with the ports that this machine has."""
    from evse_tui.board.ports import list_ports

    ports = list_ports()
    lines = ["No charger is configured and none was named.", ""]
    if ports:
        lines += ["Serial ports of this machine:", *(f"  {info.port}  {info.description}" for info in ports)]
        example = ports[0].port
    else:
        lines.append("This machine has no serial ports; plug the board's USB cable in, or use socket://host:port.")
        example = "PORT"
    steps = {
        "evse-tui demo": "a simulated house and car, no hardware needed",
        f"evse-tui diag {example}": "is a board there, and how good is the link",
        f"evse-tui --board {example}": "the terminal app on this board",
        "evse-tui config init": "a site file to fill in",
    }
    width = max(map(len, steps))
    lines += ["", *(f"  {step:<{width}}  {words}" for step, words in steps.items())]
    return "\n".join(lines) + "\n"
