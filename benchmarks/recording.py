"""What recording costs: a wiretap on the wire, a capture besides, and living through a capture again."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from benchmarks.codec import STATUS
from benchmarks.table import median_ns, show
from evse_protocol.framing import Frame, FrameReader, encode_frame
from evse_protocol.messages import PROTOCOL_VERSION, BoardKind
from evse_protocol.payloads import SCHEMA_HASH, Hello, Identity, Payload, decode_payload, encode_payload
from evse_tui.board.recording import Recorder
from evse_tui.board.recording_file import Direction, Link, Record, encode_header, encode_record
from evse_tui.board.wiretap import Wiretap
from evse_tui.clock import SystemClock
from evse_tui.replay.readings import Reading, encode_reading
from evse_tui.replay.reenactment import Progress, live_through
from evse_tui.site.commands import MainsMeasurement

ROUND = 500
"""Pieces between two flushes in the measurement: far more than a real link has in half a second."""
LIVED = 5_000
"""STATUS frames of the capture that is lived through, ten a second: eight minutes."""
LINK = Link("/dev/null", "1")


def _frame(payload: Payload, session: int = 7) -> bytes:
    message_id, data = encode_payload(payload)
    return encode_frame(Frame(message_id, 0, session, 0, data))


async def _costs(folder: Path) -> list[list[str]]:
    wire, clock, reader = _frame(STATUS), SystemClock(), FrameReader()

    def read() -> None:
        (frame,) = reader.feed(wire)
        decode_payload(frame.type, frame.payload)

    base_ns = median_ns(read, ROUND)
    tap = Wiretap(clock)
    tap_ns = median_ns(lambda: tap.heard(Direction.FROM_BOARD, wire), ROUND)
    taken = []
    path = folder / "a.pcapng"
    recorder = await Recorder.create(path, clock, [(LINK, tap)], meters=True)
    running = asyncio.create_task(recorder.run())
    for _ in range(5):
        taken.append(median_ns(lambda: tap.heard(Direction.FROM_BOARD, wire), ROUND, 1))
        await asyncio.sleep(0.6)
    reading = Reading(MainsMeasurement((52, -13, 8), 1_204_000))
    reading_ns = median_ns(lambda: recorder.reading(encode_reading(reading)), ROUND, 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await recorder.close()
    size = len(encode_record(Record(0, 0, Direction.FROM_BOARD, wire)))
    return [
        ["a wiretap, always there", f"{tap_ns / 1000:.1f}", f"{tap_ns / base_ns:.0%}"],
        ["a capture besides", f"{sorted(taken)[2] / 1000:.1f}", f"{sorted(taken)[2] / base_ns:.0%}"],
        ["a reading of a meter", f"{reading_ns / 1000:.1f}", f"{reading_ns / base_ns:.0%}"],
        [f"in the file: {size} bytes for {len(wire)}", "", ""],
    ]


def _lived(folder: Path) -> list[str]:
    identity = Identity(1, 7, 1, 1, PROTOCOL_VERSION, SCHEMA_HASH, 0, 1, 0, BoardKind.SIMULATED, 1, 0, 64, 0)
    path = folder / "b.pcapng"
    with path.open("wb") as file:
        file.write(encode_header((LINK,), 1_700_000_000))
        file.write(encode_record(Record(0, 0, Direction.TO_BOARD, _frame(Hello(1, 1), 0))))
        file.write(encode_record(Record(0, 1, Direction.FROM_BOARD, _frame(identity))))
        for number in range(LIVED):
            status = replace(STATUS, counter=number, board_ms=100 * number)
            file.write(encode_record(Record(0, 100 * number + 2, Direction.FROM_BOARD, _frame(status))))
    progress = Progress(0)
    start = time.perf_counter()
    live_through(path, UTC, progress)
    seconds = time.perf_counter() - start
    if progress.failure is not None:
        raise progress.failure
    return ["lived through again", f"{seconds / LIVED * 1e6:.0f}", f"{LIVED / 10 / seconds:,.0f} x real time"]


def run() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(_costs(Path(folder)))
        rows.append(_lived(Path(folder)))
    show(
        "Recording, for each STATUS frame",
        ("", "us", "of reading it"),
        rows,
        "Baseline: the host's own frame reader and codec on the same frame.",
    )
