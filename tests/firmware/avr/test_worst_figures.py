"""The budgets, over everything that the other tests of this folder did to the boards before. Alone: over a charge."""

from __future__ import annotations

import random
import subprocess
from typing import Any

from evse_protocol.framing import Frame, encode_frame
from evse_protocol.messages import PING, LedPattern
from evse_protocol.payloads import ConfigGet, Led, Trace
from tests.firmware.avr.avr_bench import CYCLES_PER_MS
from tests.firmware.avr.stand import Stand, image

FLASH = 24 * 1024
RAM = 1536
STACK = 512
STEP_CYCLES = 4_000
"""250 us at 16 MHz."""
LATE_READ_CYCLES = 2 * 10 * 16_000_000 // 115_200
"""Two bytes wait in the receiver while a third arrives."""


def sizes() -> dict[str, int]:
    """Flash and static RAM of the image in bytes."""
    told = subprocess.run(["avr-size", str(image())], capture_output=True, text=True, check=True).stdout
    text, data, bss = (int(word) for word in told.splitlines()[1].split()[:3])
    return {"flash": text + data, "static RAM": data + bss}


def flood(stand: Stand, noise: random.Random) -> None:
    """The line full in both directions, PINGs and their answers, while the car leaves C at any time of the cycle."""
    session = stand.host.session._session
    pings = b"".join(encode_frame(Frame(PING.id, 0, session, 0, noise.randbytes(4))) for _ in range(60))
    stand.host.command(Trace(1_000))
    stand.host.run(noise.randrange(20, 60))
    stand.bench.send(pings).run(cycles=noise.randrange(100_000, 300_000))
    stand.car("B").bench.until("c1", 0, 100)
    stand.bench.run(10)


def test_budgets(
    booted_socket: Stand, booted_fixed: Stand, figures: dict[str, float], measured: list[dict[str, Any]]
) -> None:
    with booted_socket.branch() as stand:
        stand.charge()
        stand.host.command(Trace(200))
        stand.host.command(ConfigGet())
        stand.host.command(Led(LedPattern.BLINK, 1, 2, 3, 1_000))
        stand.host.run(300)
        noise = random.Random(1)
        for _ in range(24):
            with stand.branch() as flooded:
                flood(flooded, noise)
        stand.bench.set(residual="high")
        stand.host.run(50)
    boards = [*measured, booted_socket.bench.figures, booted_fixed.bench.figures]
    worst = {name: max(board[name] for board in boards) for name in boards[0] if name != "isr"}
    size = sizes()
    figures.update(size)
    figures["worst stack"] = worst["stack"]
    figures["RAM with the worst stack"] = size["static RAM"] + worst["stack"]
    figures["worst step, cycles"] = worst["step_worst"]
    slowest = max(boards, key=lambda board: int(board["step_worst"]))
    figures["of which other interrupts"] = slowest["step_worst_nested"]
    figures["from step to step, cycles"] = worst["step_gap"]
    figures["median step, cycles"] = worst["step_median"]
    figures["interrupts disabled, cycles"] = worst["masked"]
    assert size["flash"] <= FLASH
    assert worst["stack"] <= STACK
    assert size["static RAM"] + worst["stack"] <= RAM
    assert worst["step_worst"] <= STEP_CYCLES
    assert worst["step_gap"] <= 2 * CYCLES_PER_MS, "a step was lost"
    assert worst["masked"] <= LATE_READ_CYCLES
    assert worst["rx_overruns"] == worst["tx_overruns"] == worst["baud_errors"] == worst["eeprom_overruns"] == 0
