"""Building the simulated board: once, safely, and with clear words when it can't be done."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evse_tui.sim import firmware
from evse_tui.sim.firmware import FirmwareError, Library, NoCompiler, build


def fake_compiler(tmp_path: Path, script: str) -> str:
    path = tmp_path / "fakecc"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_without_a_compiler_the_message_says_what_still_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(NoCompiler, match=r"no-such-compiler.*simulated board needs one; real boards do not"):
        build(cache=tmp_path)


def test_a_compile_error_shows_the_first_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = 'i=0; while [ $i -lt 50 ]; do echo "error $i" >&2; i=$((i+1)); done; exit 1'
    monkeypatch.setenv("CC", fake_compiler(tmp_path, script))
    with pytest.raises(FirmwareError) as caught:
        build(cache=tmp_path / "cache")
    text = str(caught.value)
    assert "does not compile" in text
    assert "error 0" in text
    assert "error 49" not in text
    assert list((tmp_path / "cache").iterdir()) == [], "nothing half-made stays"


def test_a_compiler_without_whole_program_mode_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = 'case "$*" in *-flto*) exit 1;; esac; for last; do :; done; echo built > "$last"'
    monkeypatch.setenv("CC", fake_compiler(tmp_path, script))
    assert build(cache=tmp_path / "cache").read_text() == "built\n"


def test_parallel_builds_agree_and_the_second_costs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "log"
    monkeypatch.setenv("CC", fake_compiler(tmp_path, f'echo run >> {log}; for last; do :; done; echo built > "$last"'))
    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(lambda _: build(cache=tmp_path / "cache"), range(4)))
    assert len(paths) == 1
    runs = len(log.read_text().splitlines())
    assert 1 <= runs <= 4
    build(cache=tmp_path / "cache")
    assert len(log.read_text().splitlines()) == runs
    library = next(iter(paths))
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {library.name, f"{library.stem}.py"}


def test_what_was_lost_of_the_cache_is_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CC", fake_compiler(tmp_path, 'for last; do :; done; echo built > "$last"'))
    declarations = build(cache=tmp_path / "cache").with_suffix(".py")
    written = declarations.read_text()
    assert "evse_sim_new" in written
    declarations.unlink()
    build(cache=tmp_path / "cache")
    assert declarations.read_text() == written


def test_other_flags_are_another_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CC", fake_compiler(tmp_path, 'for last; do :; done; echo built > "$last"'))
    assert build(cache=tmp_path) != build(("-DOTHER",), cache=tmp_path)


def test_missing_sources_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(firmware, "__file__", str(tmp_path / "evse_tui" / "sim" / "firmware.py"))
    with pytest.raises(FirmwareError, match="sources of the simulated board are missing"):
        build(cache=tmp_path)


def test_only_the_simulated_boards_interface_is_exported() -> None:
    path = firmware.load().path
    listed = subprocess.run(["nm", "-D", "--defined-only", str(path)], capture_output=True, text=True, check=True)
    names = {line.split()[-1] for line in listed.stdout.splitlines()}
    assert "evse_sim_new" in names
    assert not [name for name in names if name.startswith(("evse_step", "link_", "node_"))]


def test_importing_the_simulation_does_not_build() -> None:
    code = "import evse_tui.sim.sim_board, evse_tui.sim.demo, evse_tui.sim.firmware as f; "
    code += "print(f.load.cache_info().misses)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


def test_the_library_can_be_opened_twice() -> None:
    path = firmware.load().path
    assert Library(path).c.sim_proximity_mv(680) == 1335
