"""`evse-tui commission` on a simulated board on a pseudo terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evse_tui.cli import main
from tests.sim.test_sim_board import running

OPTIONS = (
    *("--hardware-max", "16", "--connector", "socket", "--monitor", "fitted", "--lock", "solenoid"),
    *("--phases", "3", "--second-contactor", "yes", "--switch", "none", "--yes"),
)


def test_a_script_commissions_a_board(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = tmp_path / "board"
    with running("--pty", str(link), "--blank") as board:
        assert main(["commission", str(link)]) == 1
        assert "There is nobody to ask here: say --yes." in capsys.readouterr().err
        assert main(["commission", str(link), "--yes", "--hardware-max", "16"]) == 1
        assert "Connector" in capsys.readouterr().err
        assert main(["commission", str(link), *OPTIONS, "--fallback", "3"]) == 1
        assert "'3' is no fallback: say 0, or 6 to 80." in capsys.readouterr().err
        board.say("commission")
        board.wait_for(lambda facts: facts["t_ms"] > 0)
        assert main(["commission", str(link), *OPTIONS]) == 0
        assert "Written, and read back." in capsys.readouterr().out
        assert board.wait_for(lambda facts: "hardware" in facts["slots"])["slots"]["hardware"] == 160
        assert main(["commission", str(link), "--limit", "10", "--yes"]) == 0
        assert "limit             10.0 A   (was 16.0 A)" in capsys.readouterr().out


class Person:
    """Who sits before `evse-tui commission` at a real terminal."""

    def __init__(self, *arguments: str) -> None:
        self.terminal, theirs = pty.openpty()
        command = [sys.executable, "-m", "evse_tui", "commission", *arguments]
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)

    def interrupt(self) -> None:
        """Once the program waits: between its prompt and its read Python does not notice a signal."""
        state, end_s = Path(f"/proc/{self.process.pid}/stat"), time.monotonic() + 20
        while state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "S":
            assert time.monotonic() < end_s
        self.process.send_signal(signal.SIGINT)

    def read(self, text: bytes) -> bytes:
        """What the terminal shows up to `text`; empty is up to the end of the program."""
        shown, end_s = b"", time.monotonic() + 20
        while not text or text not in shown:
            assert time.monotonic() < end_s, f"not shown: {text!r}, only {shown!r}"
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    shown += os.read(self.terminal, 4_096)
                except OSError:  # the last one has closed it
                    break
        return shown

    def status(self) -> int:
        """The exit status, after the end."""
        self.read(b"")
        os.close(self.terminal)
        return self.process.wait()


@pytest.mark.parametrize("prompt", [b"80): ", b"Type yes: ", b"ten minutes"])
def test_one_interrupt_ends_it_at_any_prompt_and_the_board_is_as_it_was(tmp_path: Path, prompt: bytes) -> None:
    link = tmp_path / "board"
    with running("--pty", str(link), "--blank") as board:
        options = [] if prompt == b"80): " else [one for one in OPTIONS if one != "--yes" or prompt == b"ten minutes"]
        person = Person(str(link), *options)
        person.read(prompt)
        person.interrupt()
        assert person.status() == 130
        board.say("get")
        assert board.wait_for(lambda facts: "slots" in facts)["limit_da"] == 0
