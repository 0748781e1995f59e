"""`evse-tui flash` on a simulated board on a pseudo terminal; only the tool that writes is none."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evse_tui.cli import main
from evse_tui.cli.flash import FAILED
from tests.flash.images import esp_build, hex_file
from tests.sim.test_sim_board import Process, running

AVR = ("--board-kind", "atmega328p")


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, Path]]:
    link = tmp_path_factory.mktemp("flash") / "board"
    with running("--pty", str(link)) as process:
        yield process, link


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program called avrdude: notes how it was called, has the board restart as a written one would, or fails."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "avrdude"
    program.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys\n"
        "open(os.environ['CALLS'], 'w').write(json.dumps(sys.argv))\n"
        "if 'RESTART' in os.environ: open(os.environ['RESTART'], 'w').write('reset\\n')\n"
        "sys.exit(int(os.environ.get('STATUS', '0')))\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    return tmp_path / "calls"


def test_a_dry_run_says_every_step(
    board: tuple[Process, Path], tool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = hex_file(tmp_path)
    assert main(["flash", str(board[1]), str(image), *AVR, "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert f"run: avrdude -p m328p -c arduino -P {board[1]} -b 115200 -D -U flash:w:{image}:i" in printed
    assert "nothing was written" in printed
    assert not tool.exists()
    assert main(["flash", str(board[1]), str(esp_build(tmp_path)), "--board-kind", "smartevse-v3.1", "--dry-run"]) == 0
    assert "at 0x10000" in capsys.readouterr().out


def test_the_tool_is_called_and_the_board_looked_at(
    board: tuple[Process, Path],
    tool: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image = hex_file(tmp_path)
    words = ["flash", str(board[1]), str(image), *AVR, "--yes"]
    monkeypatch.setenv("RESTART", f"/proc/{board[0].process.pid}/fd/0")
    assert main(words) == 0
    assert "runs firmware" in capsys.readouterr().out
    assert json.loads(tool.read_text())[1:] == [
        *("-p", "m328p", "-c", "arduino", "-P", str(board[1]), "-b", "115200", "-D", "-U", f"flash:w:{image}:i")
    ]
    monkeypatch.setenv("STATUS", "1")
    assert main(words) == FAILED
    assert "avrdude failed with status 1" in capsys.readouterr().err
    monkeypatch.delenv("STATUS")
    monkeypatch.delenv("RESTART")
    assert main(words) == FAILED
    assert "has not restarted" in capsys.readouterr().err


def test_a_car_and_a_question_nobody_answers_stop_it(
    board: tuple[Process, Path], tool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["flash", str(board[1]), str(hex_file(tmp_path)), *AVR]
    assert main(words) == 1
    assert "--yes" in capsys.readouterr().err
    board[0].say("plug")
    board[0].wait_for(lambda facts: facts["pilot"] == "B")
    assert main([*words, "--yes", "--no-car"]) == 1
    assert "unplug it first" in capsys.readouterr().err
    assert main([*words, "--dry-run"]) == 1
    board[0].say("unplug")
    board[0].wait_for(lambda facts: facts["pilot"] == "A")
    assert not tool.exists()


def test_a_port_in_use_is_left_alone(
    board: tuple[Process, Path], tool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with board[1].open("rb+", buffering=0) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert main(["flash", str(board[1]), str(hex_file(tmp_path)), *AVR, "--yes"]) == 1
    assert "in use by another program" in capsys.readouterr().err
    assert not tool.exists()
