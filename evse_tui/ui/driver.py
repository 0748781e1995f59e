"""The terminal as a device that can stall or go away while the site behind the app has to go on."""

from __future__ import annotations

import asyncio
import os
import select
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Final, cast

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.app import App

MOST_WAITING: Final = 20
"""Writes that may wait for the terminal. Textual's own queue takes 30 and then stops the whole event loop."""

LOOK_EVERY_S: Final = 0.25
"""How often the terminal is asked whether it is still there."""

LAST_WORDS_S: Final = 1.0
"""How long the end waits for a terminal that does not read; what has not been written by then is lost."""


class TerminalDriver(LinuxDriver):
    """Textual's driver for a terminal, but the event loop never waits for the screen.

    A terminal that does not read (a stalled ssh) loses frames and gets a whole one when it reads again. A terminal that
    is gone ends the app, also where no SIGHUP arrives: a hangup is signalled to the leader of the session only, and
    `make` as leader waits for its child instead of passing it on.
    """

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None):
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._output = Output(cast("IO[str]", sys.__stderr__).fileno())
        self._file = cast("Any", self._output)  # it has what Textual's writer uses of a file
        self._look: asyncio.TimerHandle | None = None

    def start_application_mode(self) -> None:
        loop = asyncio.get_running_loop()
        self._output.when_read_again = partial(loop.call_soon_threadsafe, self._app.refresh)
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's own lacks the annotation
        self._watch(loop)

    def stop_application_mode(self) -> None:
        self._unwatch()
        super().stop_application_mode()

    def write(self, data: str) -> None:
        if self._output.admit():
            super().write(data)

    def close(self) -> None:
        """Without waiting for ever; the thread that still writes is a daemon."""
        self._unwatch()
        if self._output.drained(LAST_WORDS_S):
            super().close()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Looks and looks again: a poll that waits is not always woken by a hangup, one that asks always sees it."""
        terminal = select.poll()
        terminal.register(self.fileno, 0)  # nothing but the hangup, which is always reported
        if terminal.poll(0):
            self._app.exit()
        else:
            self._look = loop.call_later(LOOK_EVERY_S, self._watch, loop)

    def _unwatch(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None


class Output:
    """The file that Textual's writer thread writes to: unbuffered, and a terminal that is gone is no error.

    Not `sys.stderr`: a thread that is stuck in its buffer at the end would abort the interpreter.
    """

    def __init__(self, descriptor: int) -> None:
        self.when_read_again: Callable[[], object] = lambda: None
        self._descriptor = descriptor
        self._change = threading.Condition()
        self._waiting = 0
        self._dropped = False

    def admit(self) -> bool:
        """Whether the next write may be queued; each True is followed by one write()."""
        with self._change:
            if self._waiting >= MOST_WAITING or self._dropped:
                self._dropped = True
                return False
            self._waiting += 1
            return True

    def drained(self, timeout_s: float) -> bool:
        """Waits until nothing is queued; False if that took too long."""
        with self._change:
            return self._change.wait_for(lambda: self._waiting == 0, timeout_s)

    def write(self, text: str) -> int:
        """Writes all of it, in the thread of the writer."""
        data = memoryview(text.encode())
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            pass  # EIO: the terminal is gone; the driver's watch ends the app
        with self._change:
            self._waiting -= 1
            repaint = self._dropped and self._waiting == 0
            self._dropped = self._dropped and not repaint
            self._change.notify_all()
        if repaint:
            self.when_read_again()
        return len(text)

    def flush(self) -> None:
        """There is no buffer."""

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def fileno(self) -> int:
        return self._descriptor
