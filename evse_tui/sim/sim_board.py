"""`sim-board`: one simulated board in real time, on a pseudo terminal or a TCP port, for anybody's client.

Output: JSON lines, one per change of anything but `t_ms` and `lease_ms`, and one a second. Input: commands on stdin,
one a line, see `COMMANDS`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from evse_protocol.messages import INACTIVE_DA, Access, Fault, Flag, Pilot, Slot
from evse_tui.clock import Clock, SystemClock
from evse_tui.sim.board import BoardView, PanelView, SimulatedBoard
from evse_tui.sim.car import Behaviour, Car
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.serial_line import Line, PtyLine, TcpLine
from evse_tui.sim.text_io import LineWriter, read_lines

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
card HEX    hold the RFID card with this number, at most 8 hex digits, to the reader
reset       reset the processor
mute S      cut the serial line for S seconds"""

_TICK_S: Final = 0.004
_BOOTED_MS: Final = 50
"""Age of the board when its port opens: its boot is stored, and a button pressed now is not one that sticks."""
_LINE_MS: Final = 1_000
_PILOT: Final = {Pilot.UNKNOWN: "?", Pilot.INVALID: "F"}


def describe(view: BoardView, panel: PanelView) -> dict[str, Any]:
    """The fields of one line. `c1` and `c2` are what the board drives, `lock` the bolt, `slots` the active ones;
    `pilot` is A-E, `?` unknown, `F` invalid; `display`, `backlight` (%) and `led` (pattern, red, green, blue) are its
    front; the rest is what the board publishes."""
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
        "display": panel.lines,
        "backlight": panel.backlight,
        "led": [panel.led.name.lower(), *panel.color],
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
        if name == "card":
            self._card(arguments)
            return
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

    def _card(self, arguments: list[str]) -> None:
        try:
            number = int(arguments[0], 16) if len(arguments) == 1 else 0
        except ValueError:
            number = 0
        if not 0 < number <= 0xFFFF_FFFF:
            raise CommandError("card needs one number of at most 8 hex digits, not 0")
        self.charger.board.present_card(number)

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
        facts = describe(view, self.charger.board.panel())
        del facts["t_ms"], facts["lease_ms"]
        if facts != self._last:
            self._print(view)

    def _print(self, view: BoardView) -> None:
        facts = describe(view, self.charger.board.panel())
        self._printed_ms = view.now_ms
        self._output.write(json.dumps(facts, separators=(",", ":")))
        del facts["t_ms"], facts["lease_ms"]
        self._last = facts

    def start(self) -> None:
        """Prints the first line."""
        self._print(self.charger.board.view())


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
