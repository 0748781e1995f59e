"""`evse-tui commission` on a simulated board on a pseudo terminal."""

from __future__ import annotations

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
