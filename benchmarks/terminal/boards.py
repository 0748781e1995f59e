"""Eight simulated boards as one process, on TCP ports; each has a car that is ready and warms and cools without end.

A board sends its STATUS when its temperature has moved by more than a degree, so each of them sends ten a second. The
ports are printed as a JSON list. Ends with its stdin.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from typing import Final

from evse_tui.clock import SystemClock
from evse_tui.sim.board import SimulatedBoard
from evse_tui.sim.serial_line import TcpLine
from evse_tui.sim.sim_board import RealTimeBoard
from evse_tui.sim.text_io import LineWriter

BOARDS: Final = 8
STATUS_HZ: Final = 10
_ADVANCES: Final = 5
"""Between two changes of temperature: every 20 ms, so that an answer never waits longer."""
_BOOTED_MS: Final = 50


def temperatures() -> Iterator[int]:
    """Degrees Celsius, each more than a degree from the one before, and 14 of them until they repeat."""
    return cycle((*range(20, 41, 3), *range(41, 20, -3)))


async def _run() -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    clock = SystemClock()
    with ExitStack() as stack:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        stack.callback(os.close, nowhere)
        boards, ports = [], []
        for number in range(1, BOARDS + 1):
            board = stack.enter_context(SimulatedBoard(1000 + number))
            board.run_for(_BOOTED_MS)
            real = RealTimeBoard(board, clock, LineWriter(nowhere))
            line = TcpLine(real.received)
            real.line = line
            ports.append(await line.listen("127.0.0.1", 0))
            real.command("plug")
            real.command("ready")
            boards.append(real)
        print(json.dumps(ports), flush=True)  # noqa: T201  # the answer to who started this
        start_ms = clock.now_ms()
        for number, celsius in enumerate(temperatures()):
            if ended.is_set():
                return
            for real in boards:
                real.command(f"temp {celsius}")
            for turn in range(1, _ADVANCES + 1):
                due_ms = (number + turn / _ADVANCES) * 1000 / STATUS_HZ
                await asyncio.sleep(max(0.0, (start_ms + due_ms - clock.now_ms()) / 1000))
                for real in boards:
                    real.advance()


if __name__ == "__main__":
    asyncio.run(_run())
