"""`evse-tui sim-board` as a process: a real pseudo terminal, a plain client, every kind of stdin."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from evse_protocol.messages import Access
from evse_protocol.session import HostSession
from evse_protocol.session_events import GrantAnswer, SessionEvent, SessionState, Telemetry
from evse_tui.sim.board import SimulatedBoard
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.firmware import load
from evse_tui.sim.sim_board import Bench, CommandError, describe

KEYS = [
    *("t_ms", "boot", "pilot", "cp_on", "diode", "lock", "c1", "c2", "slots", "binding", "limit_da"),
    *("duty_permille", "phases", "access", "lease_ms", "fault", "display", "backlight", "led"),
]
PATIENCE_S = 90.0
"""Real time after which a wait has failed; generous because machines are slow, never a duration that is waited out."""

Facts = dict[str, Any]


class Process:
    """A running sim-board and what it prints."""

    def __init__(self, *arguments: str, stdin: int = subprocess.PIPE) -> None:
        command = [sys.executable, "-m", "evse_tui", "sim-board", *arguments]
        self.process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self.process.stdout is not None
        self._stdout = self.process.stdout.fileno()
        self._rest = b""
        self._searched = 0
        self.lines: list[Facts] = []

    def wait_for(self, wanted: Callable[[Facts], bool]) -> Facts:
        """The next line that is `wanted`; the search goes on where the last one ended."""
        end_s = time.monotonic() + PATIENCE_S
        while True:
            while self._searched < len(self.lines):
                facts = self.lines[self._searched]
                self._searched += 1
                if wanted(facts):
                    return facts
            assert time.monotonic() < end_s, f"never seen; the newest line was {self.lines[-1:]}"
            if select.select([self._stdout], [], [], 0.1)[0]:
                data = os.read(self._stdout, 65_536)
                assert data, "sim-board ended"
                *lines, self._rest = (self._rest + data).split(b"\n")
                self.lines += [json.loads(line) for line in lines]

    def say(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code


@contextmanager
def running(*arguments: str, stdin: int = subprocess.PIPE) -> Iterator[Process]:
    process = Process(*arguments, stdin=stdin)
    try:
        process.wait_for(lambda facts: True)
        yield process
    finally:
        process.end(signal.SIGKILL)


class Client:
    """A host with plain system calls."""

    def __init__(self, link: Path, host_id: int = 7) -> None:
        self.descriptor = os.open(link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.session = HostSession(host_id)
        self.events: list[SessionEvent] = []
        self.session.start(self.now_ms())

    @staticmethod
    def now_ms() -> int:
        return time.monotonic_ns() // 1_000_000

    def serve(self, until: Callable[[], bool]) -> None:
        """Runs the session until the condition holds."""
        end_s = time.monotonic() + PATIENCE_S
        while not until():
            assert time.monotonic() < end_s, "the board did not answer"
            self.session.tick(self.now_ms())
            os.write(self.descriptor, self.session.take_bytes())
            if select.select([self.descriptor], [], [], 0.01)[0]:
                self.session.receive(os.read(self.descriptor, 4_096), self.now_ms())
            self.events += self.session.take_events()

    def heard(self, kind: type[SessionEvent]) -> bool:
        return any(isinstance(event, kind) for event in self.events)

    def online(self) -> None:
        self.serve(lambda: self.session.state is SessionState.ONLINE and self.heard(Telemetry))

    def close(self) -> None:
        os.close(self.descriptor)


@contextmanager
def client_of(link: Path, host_id: int = 7) -> Iterator[Client]:
    """A client that has a session."""
    client = Client(link, host_id)
    try:
        client.online()
        yield client
    finally:
        client.close()


@pytest.fixture(autouse=True, scope="module")
def built() -> None:
    """The library is there before a process is timed."""
    load()


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "board"


def test_a_plain_client_gets_an_identity_closes_and_comes_back(link: Path) -> None:
    with running("--pty", str(link)) as board:
        assert link.is_symlink()
        attributes = termios.tcgetattr(fd := os.open(link, os.O_RDWR | os.O_NOCTTY))
        assert not attributes[3] & (termios.ECHO | termios.ICANON), "raw"
        fcntl.ioctl(fd, termios.TIOCEXCL)
        os.close(fd)
        boots = set()
        for host_id in (7, 7, 8):
            with client_of(link, host_id) as client:
                assert client.session.identity is not None
                boots.add(client.session.identity.boot)
        assert boots == {board.lines[0]["boot"]}, "closing and opening is silence, not a reset"
        assert board.end() == 0
    assert not os.path.lexists(link)


def test_lines_have_exactly_the_keys_and_come_once_a_second(link: Path) -> None:
    with running("--pty", str(link), stdin=subprocess.DEVNULL) as board:
        board.wait_for(lambda facts: facts["t_ms"] >= 2_000)
        assert all(list(facts) == KEYS for facts in board.lines)
        first = board.lines[0]
        assert first["slots"] == {"hardware": 160, "configuration": 160, "host": 0}
        assert (first["binding"], first["duty_permille"], first["fault"]) == ("host", 1000, [])
        quiet = board.lines[-1]["t_ms"] - board.lines[-2]["t_ms"]
        assert quiet == 1_000
        assert board.end(signal.SIGINT) == 0


def test_a_grant_reaches_the_duty_and_a_stop_ends_it(link: Path) -> None:
    with running("--pty", str(link)) as board:
        board.say("ready")
        board.say("plug")
        board.wait_for(lambda facts: facts["pilot"] == "B")
        with client_of(link) as client:
            client.session.grant(100, 3, Access.ALLOW, client.now_ms(), 20_000)
            client.serve(lambda: client.heard(GrantAnswer))
            granted = board.wait_for(lambda facts: facts["slots"].get("host") == 100)
            assert granted["lease_ms"] > 19_000
            assert (granted["access"], granted["limit_da"]) == ("allow", 100)
            board.say("stop")
            stopped = board.wait_for(lambda facts: facts["binding"] == "stop")
            assert stopped["slots"]["stop"] == 0


def test_commands_reach_the_world(link: Path) -> None:
    with running("--pty", str(link)) as board:
        boot = board.lines[0]["boot"]
        board.say("temp 80")
        board.wait_for(lambda facts: "overtemperature" in facts["fault"])
        board.say("nonsense")
        board.say("reset")
        board.wait_for(lambda facts: facts["boot"] == boot + 1)
        board.say("rcm")
        board.wait_for(lambda facts: "residual_current" in facts["fault"])
        board.say("plug")
        board.wait_for(lambda facts: facts["pilot"] == "B")
        board.say("unplug")
        board.wait_for(lambda facts: facts["pilot"] == "A")
        board.process.terminate()
        assert board.process.stderr is not None
        assert b"no such command: 'nonsense'" in board.process.stderr.read()


def test_the_end_of_stdin_ends_nothing_and_a_fifo_takes_many_writers(link: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "commands"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    with running("--pty", str(link), stdin=reader) as board:
        for command, pilot in (("plug", "B"), ("unplug", "A"), ("plug", "B")):
            fifo.write_text(command + "\n")
            board.wait_for(lambda facts, pilot=pilot: facts["pilot"] == pilot)  # type: ignore[misc]  # binds the loop's value
    os.close(reader)


def test_a_terminal_gives_commands_until_it_hangs_up(link: Path) -> None:
    user, terminal = os.openpty()
    with running("--pty", str(link), stdin=terminal) as board:
        os.close(terminal)
        for command, pilot in (("plug", "B"), ("\x04unplug", "A")):  # the first after Ctrl-D
            os.write(user, command.encode() + b"\n")
            board.wait_for(lambda facts, pilot=pilot: facts["pilot"] == pilot)  # type: ignore[misc]  # binds the loop's value
        os.close(user)
        hung_up_ms = board.lines[-1]["t_ms"]
        board.wait_for(lambda facts: facts["t_ms"] > hung_up_ms + 1_000)


def test_a_file_is_a_script(link: Path, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("plug\nunplug\nplug")
    with script.open() as file, running("--pty", str(link), stdin=file.fileno()) as board:
        board.wait_for(lambda facts: facts["pilot"] == "B")
        board.wait_for(lambda facts: facts["t_ms"] > board.lines[0]["t_ms"] + 1_000)


def test_a_link_is_taken_over_but_no_file_is_destroyed(link: Path) -> None:
    with running("--pty", str(link)) as first:
        old = link.readlink()
        with running("--pty", str(link)) as second:
            assert link.readlink() != old
            assert first.end() == 0
            assert link.is_symlink(), "it belongs to the second board"
            assert second.end() == 0
        assert not os.path.lexists(link)
    link.write_text("precious")
    refused = Process("--pty", str(link))
    assert refused.process.wait(PATIENCE_S) != 0
    assert refused.end() != 0
    assert link.read_text() == "precious"


def test_a_mute_board_answers_when_its_time_is_over(link: Path) -> None:
    with running("--pty", str(link)) as board:
        begin_s = time.monotonic()  # not when it is mute: a busy machine may look again after much of the second
        board.say("mute 1")
        board.say("plug")
        board.wait_for(lambda facts: facts["pilot"] == "B")
        with client_of(link):
            assert time.monotonic() - begin_s > 0.95


def test_a_client_over_tcp(link: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running("--tcp", f"127.0.0.1:{port}", stdin=subprocess.DEVNULL) as board:
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
                session = HostSession(9)
                session.start(Client.now_ms())
                while session.state is not SessionState.ONLINE:
                    session.tick(Client.now_ms())
                    connection.sendall(session.take_bytes())
                    session.receive(connection.recv(4_096), Client.now_ms())
        assert board.end() == 0


def test_a_reader_that_goes_away_ends_the_board(link: Path) -> None:
    with running("--pty", str(link)) as board:
        assert board.process.stdout is not None
        board.process.stdout.close()
        assert board.process.wait(PATIENCE_S) == 0
        assert not os.path.lexists(link)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a file that is always full")
def test_a_full_disk_is_named_as_what_it_is(link: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "evse_tui", "sim-board", "--pty", str(link)]
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, check=False, timeout=PATIENCE_S
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith(b"evse-tui: the lines can't be written")


def test_bad_commands_are_one_sentence() -> None:
    with SimulatedBoard(1) as board:
        bench = Bench(SimulatedCharger(board))
        for line in ("temp", "temp hot", "mute -1", "temp 1000", "fly", "plug 2", "mute nan"):
            with pytest.raises(CommandError):
                bench.command(line)
        bench.command("")
        bench.command("  temp   71.5 ")
        bench.charger.advance(50)
        assert list(describe(board.view(), board.panel())) == KEYS


def test_commission_holds_the_button_long_enough() -> None:
    with SimulatedBoard(1, blank=True) as board:
        board.run_for(50)
        charger = SimulatedCharger(board)
        Bench(charger).command("commission")
        seen = []
        while charger.now_ms < 8_000:
            charger.advance(8_000)
            seen.append(board.view().flags)
        names = {flag.name for flags in seen for flag in flags}
        assert "COMMISSIONING_OPEN" in names
        assert "COMMISSIONED" not in names
