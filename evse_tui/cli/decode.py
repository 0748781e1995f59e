"""`evse-tui decode F-or-hex`: prints the frames in recorded bytes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evse_tui.board.decode import describe_frames
from evse_tui.errors import UserError

LARGEST = 64 << 20


def run(options: argparse.Namespace) -> int:
    """One line a frame. Exit status 1 if there was no frame at all."""
    lines = describe_frames(read_source(options.source))
    for line in lines:
        print(line)
    if not lines:
        raise UserError(f"{options.source}: no frame in it; frames end with a zero byte")
    return 0


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
