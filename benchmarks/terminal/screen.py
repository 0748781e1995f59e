"""A program on a pseudo terminal: what it writes, and when what a key has changed arrives."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

FIRST_FRAME = b"\x1b[?1049h"


class Screen:
    """The other end of the terminal. Its output is read on a thread, with the time of arrival."""

    def __init__(self, descriptor: int, pid: int) -> None:
        self.pid = pid
        self._descriptor = descriptor
        self._news = threading.Condition()
        self._written = bytearray()
        self._at_ns = 0
        self.ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._descriptor, 65536)
            except OSError:  # EIO: the program has closed its end
                data = b""
            at_ns = time.perf_counter_ns()
            with self._news:
                self._written += data
                self._at_ns = at_ns
                self.ended = not data
                self._news.notify_all()
            if not data:
                return

    def until(self, marker: bytes, timeout_s: float = 30.0) -> int:
        """Arrival, ns, of the piece of output that ends or follows the first `marker` since the last key.

        Raises:
            TimeoutError: it does not come, or the program has ended.
        """
        with self._news:
            self._news.wait_for(lambda: marker in self._written or self.ended, timeout_s)
            if marker not in self._written:
                raise TimeoutError(f"{marker!r} is not in {bytes(self._written[-4000:])!r}")
            return self._at_ns

    def press(self, key: bytes, marker: bytes, timeout_s: float = 30.0) -> float:
        """Types a key; ms until what only its effect shows has arrived.

        Raises:
            TimeoutError: it does not come, or the program has ended.
        """
        with self._news:
            self._written.clear()
        start_ns = time.perf_counter_ns()
        os.write(self._descriptor, key)
        return (self.until(marker, timeout_s) - start_ns) / 1e6

    def written(self, seconds: float) -> int:
        """Bytes in a time in which nobody types."""
        with self._news:
            self._written.clear()
        time.sleep(seconds)
        with self._news:
            return len(self._written)

    def join(self) -> None:
        """Waits for the end of the output."""
        self._thread.join()


@contextmanager
def on_screen(
    command: Sequence[str], size: tuple[int, int], environment: Mapping[str, str] | None = None
) -> Iterator[Screen]:
    """The program on a terminal of `size` columns and rows, as most terminals are: 24 bit colours."""
    ours, theirs = pty.openpty()
    columns, rows = size
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    inherited = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES", "NO_COLOR")}
    colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**inherited, **colours, **(environment or {})}
    )
    os.close(theirs)
    screen = Screen(ours, process.pid)
    try:
        screen.until(FIRST_FRAME)
        yield screen
    finally:
        process.kill()
        process.wait()
        screen.join()
        os.close(ours)
