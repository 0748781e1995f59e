"""Lines of text to and from whatever a process was given: never waiting for a reader, never ended by a writer."""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from evse_tui.errors import UserError

_BACKLOG_LINES: Final = 10_000
_READ_SIZE: Final = 4_096


class LineWriter:
    """Whole lines to a file descriptor at once, without ever waiting for a slow reader of a pipe."""

    def __init__(self, descriptor: int) -> None:
        self.broken = False
        """Nobody can read the lines any more."""
        self._descriptor = descriptor
        self._backlog: deque[bytes] = deque(maxlen=_BACKLOG_LINES)
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLOUT)

    def write(self, line: str) -> None:
        """Queues one line and writes what fits."""
        self._backlog.append(line.encode() + b"\n")
        self.flush()

    def flush(self) -> None:
        """Writes what fits. A pipe that polls writable takes a line (< PIPE_BUF) whole.

        Raises:
            UserError: the lines can't be written, for example to a full disk.
        """
        while self._backlog and not self.broken and self._poll.poll(0):
            line = self._backlog.popleft()
            try:
                while line:
                    line = line[os.write(self._descriptor, line) :]
            except BrokenPipeError:
                self.broken = True
            except OSError as error:
                raise UserError(f"the lines can't be written ({error.strerror}): send them somewhere else") from error


def read_lines(descriptor: int, on_line: Callable[[str], None]) -> None:
    """Calls `on_line` for every line of any kind of file, in the caller's thread, until there can be no more: a FIFO's
    or terminal's end may be followed by another writer, a file's is the end."""
    kind = os.fstat(descriptor).st_mode
    may_return = stat.S_ISFIFO(kind) or os.isatty(descriptor)
    rest = b""
    while True:
        try:
            data = os.read(descriptor, _READ_SIZE)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                return
            data = b""  # a terminal of which another process group is in the foreground
        if data:
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                on_line(line.decode(errors="replace"))
            continue
        if rest:
            on_line(rest.decode(errors="replace"))
            rest = b""
        if not may_return:
            return
        time.sleep(0.1)
