"""`sim-board`: one simulated board in real time, on a pseudo terminal or a TCP port, for anybody's client.

Output: JSON lines, one per change of anything but `t_ms` and `lease_ms`, and one a second. Input: commands on stdin,
one a line, see `COMMANDS`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import json
import os
import select
import signal
import stat
import sys
import termios
import threading
import time
import tty
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from evse_protocol.messages import INACTIVE_DA, Access, Fault, Flag, Pilot, Slot

from evse_tui.clock import Clock, SystemClock
from evse_tui.errors import UserError
from evse_tui.sim.board import BoardView, SimulatedBoard
from evse_tui.sim.car import Behaviour, Car
from evse_tui.sim.charger import SimulatedCharger

COMMANDS: Final = """\
plug        connect a car: control pilot B
unplug      take car and cable away
ready       the car takes C 1 s after PWM appears, leaves it within 3 s of 100 %, returns with PWM
pause       the car goes to B and stays there (how a car starts)
stubborn    the car takes C with PWM and keeps it
rcm         the residual current monitor trips: its input is bad for 1 s
temp N      board temperature in degrees Celsius
stop        press the button for 100 ms
commission  hold the button for 6 s: opens the commissioning window, acknowledges on the way
reset       reset the processor
mute S      cut the serial line for S seconds"""

_TICK_S: Final = 0.004
_BOOTED_MS: Final = 50
"""Age of the board when its port opens: its boot is stored, and a button pressed now is not one that sticks."""
_LINE_MS: Final = 1_000
_BACKLOG_LINES: Final = 10_000
_READ_SIZE: Final = 4_096
_STALE_S: Final = 1.0
_PILOT: Final = {Pilot.UNKNOWN: "?", Pilot.INVALID: "F"}


def describe(view: BoardView) -> dict[str, Any]:
    """The fields of one line. `c1` and `c2` are what the board drives, `lock` the bolt, `slots` the active ones;
    `pilot` is A-E, `?` unknown, `F` invalid; the rest is what the board publishes."""
    return {
        "t_ms": view.now_ms,
        "boot": view.boot,
        "pilot": _PILOT.get(view.pilot, view.pilot.name),
        "cp_on": view.cp_connected,
        "diode": Flag.DIODE_OK in view.flags,
        "lock": view.locked,
        "c1": view.c1_drive,
        "c2": view.c2_drive,
        "slots": {slot.name.lower(): view.slots_da[slot] for slot in Slot if view.slots_da[slot] != INACTIVE_DA},
        "binding": view.binding.name.lower(),
        "limit_da": view.limit_da,
        "duty_permille": view.duty_permille,
        "phases": view.phases,
        "access": Access(view.access).name.lower(),
        "lease_ms": view.lease_ms,
        "fault": [str(fault.name).lower() for fault in Fault if fault in view.faults],
    }


class CommandError(ValueError):
    """A line on stdin that is no command."""


class Bench:
    """The board, its car and the commands of stdin. Pure: time is the charger's own."""

    def __init__(self, charger: SimulatedCharger) -> None:
        self.charger = charger
        self._behaviour = Behaviour.PAUSED

    def command(self, line: str) -> None:
        """Does what one line of stdin says; an empty one does nothing.

        Raises:
            CommandError: with one sentence.
        """
        words = line.split()
        if not words:
            return
        name, arguments = words[0].lower(), words[1:]
        if name in ("temp", "mute"):
            try:
                (value,) = map(float, arguments)
            except ValueError:
                raise CommandError(f"{name} needs one number") from None
            (self._temperature if name == "temp" else self._mute)(value)
            return
        actions: dict[str, Callable[[], None]] = {
            "plug": self._plug,
            "unplug": self.charger.unplug,
            "ready": lambda: self._wish(Behaviour.READY),
            "pause": lambda: self._wish(Behaviour.PAUSED),
            "stubborn": lambda: self._wish(Behaviour.STUBBORN),
            "rcm": self._trip,
            "stop": lambda: self.charger.press_button(100),
            "commission": lambda: self.charger.press_button(6_000),
            "reset": lambda: self.charger.board.reset(),
        }
        if name not in actions or arguments:
            known = ", ".join(row.split("  ")[0] for row in COMMANDS.splitlines())
            raise CommandError(f"no such command: {line.strip()!r}; there are {known}")
        actions[name]()

    def _plug(self) -> None:
        if self.charger.car is None:
            self.charger.plug(Car(behaviour=self._behaviour))

    def _wish(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        if self.charger.car is not None:
            self.charger.car.wish(behaviour)

    def _trip(self) -> None:
        board = self.charger.board
        board.set_residual_current(True)
        self.charger.at(board.now_ms + 1_000, lambda: board.set_residual_current(False))

    def _temperature(self, celsius: float) -> None:
        if not -100 <= celsius <= 200:
            raise CommandError("temp takes -100 to 200 degrees Celsius")
        self.charger.board.set_temperature_dc(round(celsius * 10))

    def _mute(self, seconds: float) -> None:
        if not 0 <= seconds <= 86_400:
            raise CommandError("mute takes 0 to 86400 seconds")
        board = self.charger.board
        board.set_mute(True)
        self.charger.at(board.now_ms + round(seconds * 1000), lambda: board.set_mute(False))


class Line(Protocol):
    """The serial line of a board in real time."""

    def send(self, data: bytes) -> None:
        """Bytes from the board; lost if nobody takes them."""

    def tick(self) -> None:
        """Called now and then."""

    def close(self) -> None: ...


class PtyLine:
    """A pseudo terminal under a name. The board keeps the far end open too, so that a client which closes or dies is
    silence, never a hangup."""

    def __init__(self, link: Path, on_bytes: Callable[[bytes], None]) -> None:
        """Raises UserError if `link` can't be made or is something else than a symbolic link."""
        if link.exists() and not link.is_symlink():
            raise UserError(f"{link} exists and is not a symbolic link: choose another name.")
        self._on_bytes = on_bytes
        self._link = link
        self._board, self._client = os.openpty()
        self._name = os.ttyname(self._client)
        self._unread_since_s: float | None = None
        self._tidied_s = 0.0
        tty.setraw(self._client)
        os.set_blocking(self._board, False)
        scratch = link.with_name(f".{link.name}.{os.getpid()}")
        try:
            scratch.symlink_to(self._name)
            scratch.replace(link)
        except OSError as error:
            os.close(self._board)
            os.close(self._client)
            raise UserError(f"{link} can't be made ({error.strerror}): choose another name.") from error
        asyncio.get_running_loop().add_reader(self._board, self._readable)

    def send(self, data: bytes) -> None:
        now_s = time.monotonic()
        if not self._unread():
            self._unread_since_s = None
        elif self._unread_since_s is None:
            self._unread_since_s = now_s
        elif now_s - self._unread_since_s > _STALE_S:
            # nobody reads: the next client shall not get an old story
            termios.tcflush(self._client, termios.TCIFLUSH)
            self._unread_since_s = None
        with contextlib.suppress(BlockingIOError):
            os.write(self._board, data)

    def tick(self) -> None:
        """Ends an exclusive mode that a client left behind: a real port does that at its last close."""
        now_s = time.monotonic()
        if now_s - self._tidied_s > 1.0:
            self._tidied_s = now_s
            fcntl.ioctl(self._client, termios.TIOCNXCL)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._board)
        with contextlib.suppress(OSError):
            if self._link.readlink() == Path(self._name):  # not if another board took the name over
                self._link.unlink()
        os.close(self._board)
        os.close(self._client)

    def _unread(self) -> int:
        answer = fcntl.ioctl(self._client, termios.FIONREAD, b"\0\0\0\0")
        return int.from_bytes(answer, sys.byteorder)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._on_bytes(os.read(self._board, _READ_SIZE))


class TcpLine(asyncio.Protocol):
    """A serial server with one client; a newer client takes over from one that may be dead."""

    def __init__(self, on_bytes: Callable[[bytes], None]) -> None:
        self._on_bytes = on_bytes
        self._client: asyncio.Transport | None = None
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Starts to listen and returns the port, which the system chooses for 0.

        Raises:
            UserError: the address is taken or not ours.
        """
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: _TcpClient(self), host, port)
        except (OSError, OverflowError) as error:
            raise UserError(f"{host}:{port} can't be listened on ({error}): choose another address.") from error
        return int(self._server.sockets[0].getsockname()[1])

    def joined(self, transport: asyncio.Transport) -> None:
        if self._client is not None:
            self._client.abort()
        self._client = transport

    def left(self, transport: asyncio.Transport) -> None:
        if self._client is transport:
            self._client = None

    def received(self, transport: asyncio.Transport, data: bytes) -> None:
        if self._client is transport:
            self._on_bytes(data)

    def send(self, data: bytes) -> None:
        client = self._client
        if client is not None and client.get_write_buffer_size() < 2 * _READ_SIZE:
            client.write(data)

    def tick(self) -> None:
        """Nothing to tidy."""

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._client is not None:
            self._client.abort()


class _TcpClient(asyncio.Protocol):
    def __init__(self, line: TcpLine) -> None:
        self._line = line
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream was expected")
        self._transport = transport
        self._line.joined(transport)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._line.received(self._transport, data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._line.left(self._transport)


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
        """Writes what fits. A pipe that polls writable takes a line (< PIPE_BUF) whole."""
        while self._backlog and not self.broken and self._poll.poll(0):
            line = self._backlog.popleft()
            try:
                while line:
                    line = line[os.write(self._descriptor, line) :]
            except BrokenPipeError:
                self.broken = True


class RealTimeBoard:
    """Keeps the board in step with the clock; bytes from the host are handled the moment they arrive."""

    def __init__(self, board: SimulatedBoard, clock: Clock, output: LineWriter) -> None:
        self._clock = clock
        self._output = output
        self._origin_ms = clock.now_ms() - board.now_ms
        self._printed_ms = 0
        self._last: dict[str, Any] = {}
        self.charger = SimulatedCharger(board, self._changed)
        self.bench = Bench(self.charger)
        self.line: Line | None = None

    def advance(self) -> None:
        """Runs until now."""
        self._run(self._clock.now_ms() - self._origin_ms)
        self._output.flush()

    def received(self, data: bytes) -> None:
        """Bytes from the host: catch up, feed, and run one step at once, even if it is a little early."""
        self.advance()
        board = self.charger.board
        while data:
            data = data[board.receive(data) :]
            self._run(board.now_ms + 1)

    def command(self, text: str) -> None:
        """One line of stdin."""
        self.advance()
        try:
            self.bench.command(text)
        except CommandError as error:
            sys.stderr.write(f"sim-board: {error}\n")
            sys.stderr.flush()

    def _run(self, until_ms: int) -> None:
        while self.charger.now_ms < until_ms:
            stop_ms = min(until_ms, self._printed_ms + _LINE_MS)
            sent = self.charger.advance(stop_ms)
            if sent and self.line is not None:
                self.line.send(sent)
            if self.charger.now_ms >= self._printed_ms + _LINE_MS:
                self._print(self.charger.board.view())

    def _changed(self, view: BoardView) -> None:
        facts = describe(view)
        del facts["t_ms"], facts["lease_ms"]
        if facts != self._last:
            self._print(view)

    def _print(self, view: BoardView) -> None:
        facts = describe(view)
        self._printed_ms = view.now_ms
        self._output.write(json.dumps(facts, separators=(",", ":")))
        del facts["t_ms"], facts["lease_ms"]
        self._last = facts

    def start(self) -> None:
        """Prints the first line."""
        self._print(self.charger.board.view())


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


async def run_sim_board(
    *,
    pty: Path | None = None,
    tcp: tuple[str, int] | None = None,
    blank: bool = False,
    serial: int = 1001,
    input_fd: int | None = 0,
    output_fd: int = 1,
) -> None:
    """Runs one board on exactly one of `pty` (the name of a symbolic link to make) and `tcp` (host and port) until
    SIGTERM, SIGINT or the end of the reader of `output_fd`. Prints the first line once the port can be opened.

    Raises:
        ValueError: neither or both.
        UserError: the name or address can't be taken, or the board can't be built.
    """
    if (pty is None) == (tcp is None):
        raise ValueError("give either a pseudo terminal or an address")
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    output = LineWriter(output_fd)
    with SimulatedBoard(serial, blank=blank) as board:
        board.run_for(_BOOTED_MS)
        real = RealTimeBoard(board, SystemClock(), output)
        line = await _open_line(pty, tcp, real.received)
        real.line = line
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        # reading a terminal from the background shall fail, not stop the process
        background = signal.signal(signal.SIGTTIN, signal.SIG_IGN)
        if input_fd is not None:

            def on_line(text: str) -> None:
                with contextlib.suppress(RuntimeError):  # the loop may have ended in the meantime
                    loop.call_soon_threadsafe(real.command, text)

            threading.Thread(target=read_lines, args=(input_fd, on_line), name="stdin", daemon=True).start()
        try:
            real.start()
            while not ended.is_set() and not output.broken:
                real.advance()
                line.tick()
                await asyncio.sleep(_TICK_S)
        finally:
            line.close()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
            signal.signal(signal.SIGTTIN, background)


async def _open_line(pty: Path | None, tcp: tuple[str, int] | None, on_bytes: Callable[[bytes], None]) -> Line:
    if pty is not None:
        return PtyLine(pty, on_bytes)
    if tcp is None:
        raise ValueError("no line to open")
    line = TcpLine(on_bytes)
    port = await line.listen(*tcp)
    if tcp[1] == 0:
        sys.stderr.write(f"sim-board: listening on {tcp[0]}:{port}\n")
        sys.stderr.flush()
    return line
