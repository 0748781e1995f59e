"""`evse-tui decode F-or-hex`: prints the frames in recorded bytes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from evse_protocol.framing import DELIMITER
from evse_tui.board.decode import describe_bytes, describe_frames
from evse_tui.board.recording_file import MAGIC, REMEMBERED, Capture, MeterRecord, Record
from evse_tui.errors import UserError, plain
from evse_tui.replay.readings import decode_reading

LARGEST = 64 << 20


def run(options: argparse.Namespace) -> int:
    """One line a frame. Exit status 1 if there was no frame at all."""
    source: str = options.source
    found = False
    for line in capture_lines(Path(source)) if is_capture(source) else describe_frames(read_source(source)):
        print(plain(line))
        found = True
    if not found:
        raise UserError(f"{options.source}: no frame in it; frames end with a zero byte")
    return 0


def is_capture(source: str) -> bool:
    """Whether it names a file that begins as a capture."""
    try:
        with Path(source).open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False


def capture_lines(path: Path) -> Iterator[str]:
    """One line a piece, mark or reading: local time, the board if there are several, a sign (`=` a reading), words.

    Raises:
        CaptureError: it is not a capture of ours.
    """
    with path.open("rb") as file:
        capture = Capture(file, str(path))
        for _, record in capture.records():
            moment = datetime.fromtimestamp(capture.start_s + record.at_ms / 1000, UTC).astimezone()
            whose = ""
            if isinstance(record, Record) and len(capture.links) > 1:
                whose = f"{capture.links[record.link].charger_id} "
            if isinstance(record, MeterRecord):
                damaged = decode_reading(record.data) is None
                sign, words = "=", f"damaged: {record.data.hex(' ')}" if damaged else record.data.decode()
            elif record.direction is None:
                sign, words = "#", record.comment
            elif record.data == DELIMITER:
                continue
            else:
                sign, words = record.direction.value, describe_bytes(record.data)
            remembered = f" ({REMEMBERED})" if record.comment == REMEMBERED else ""
            yield f"{moment:%Y-%m-%d %H:%M:%S}.{record.at_ms % 1000:03} {whose}{sign} {words}{remembered}"
        if capture.cut:
            yield "# the rest of the file is damaged"


def read_source(source: str) -> bytes:
    """Bytes of a file, of stdin (`-`), or of hexadecimal text with any white space; a file may hold such text too.

    Raises:
        UserError: it is none of these.
    """
    if source == "-":
        return _from_text(sys.stdin.buffer.read(LARGEST))
    path = Path(source)
    try:
        with path.open("rb") as file:
            return _from_text(file.read(LARGEST))
    except FileNotFoundError:
        data = _hexadecimal(source)
        if data is None:
            raise UserError(f"{source} is neither a file nor hexadecimal text") from None
        return data
    except (OSError, ValueError) as error:
        raise UserError(f"{source} can't be read: {getattr(error, 'strerror', error)}") from error


def _from_text(data: bytes) -> bytes:
    """The bytes themselves, or what they spell if they are hexadecimal text (a delimiter is never text)."""
    if b"\0" in data or not data.isascii():
        return data
    spelt = _hexadecimal(data.decode("ascii"))
    return data if spelt is None else spelt


def _hexadecimal(text: str) -> bytes | None:
    try:
        data = bytes.fromhex("".join(text.split()))
    except ValueError:
        return None
    return data or None
