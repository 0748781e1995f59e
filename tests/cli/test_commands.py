"""The commands as a user types them, in this process: exit status, and one clear sentence when something is wrong."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from evse_protocol.framing import Frame, encode_frame
from evse_protocol.payloads import Hello, encode_payload
from evse_tui import __version__
from evse_tui.board.model import LinkState
from evse_tui.board.ports import PortInfo
from evse_tui.board.wording import GREETING_PATIENCE_MS, greeting
from evse_tui.cli import app, main
from evse_tui.cli.headless import Complaints
from evse_tui.cli.parser import COMMANDS, build_parser
from evse_tui.site.snapshot import Snapshot
from tests.api.factory import make_charger, make_snapshot


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


class Shell:
    """Runs commands with configuration and data in an own home."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> Result:
        status = main([str(word) for word in words])
        captured = self._capsys.readouterr()
        return Result(status, captured.out, captured.err)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return Shell(capsys)


def one_sentence(text: str) -> str:
    """The text of a complaint: one line, no traceback."""
    assert text.startswith("evse-tui: ")
    assert text.count("\n") == 1
    return text


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"evse-tui {__version__}\n"


def test_help_lists_every_command_of_this_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    for command in ("demo", "serve", "status", "diag", "capture", "replay", "decode", "flash", "sim-board", "config"):
        assert f"\n    {command} " in shown


@pytest.mark.parametrize(
    "words",
    [
        ["demo", "--speed", "0"],
        ["demo", "--speed", "-1"],
        ["demo", "--boards", "0"],
        ["demo", "--boards", "33"],
        ["demo", "--for", "nan"],
        ["serve", "--listen", "127.0.0.1:65536"],
        ["serve", "--listen", "nowhere"],
        ["sim-board"],
        ["sim-board", "--pty", "a", "--tcp", "127.0.0.1:1"],
        ["config"],
        ["nonsense"],
    ],
)
def test_wrong_usage_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_options_before_the_command_survive_it() -> None:
    options = build_parser().parse_args(["--config", "a.toml", "--board", "x", "serve"])
    assert (options.config, options.board) == (Path("a.toml"), ["x"])
    options = build_parser().parse_args(["serve", "--board", "x", "--board", "y", "--listen", "[::1]:0"])
    assert (options.config, options.board, options.listen) == (None, ["x", "y"], ("::1", 0))


def test_the_terminal_app_can_be_given_another_address_too() -> None:
    """A port that is taken says so: choose another one with --listen."""
    assert build_parser().parse_args(["--listen", "8081"]).listen == ("127.0.0.1", 8081)
    assert build_parser().parse_args(["--listen", "8081", "serve"]).listen == ("127.0.0.1", 8081)


@pytest.mark.parametrize("more", [["--help"], ["--no-such-option"], ["a", "b", "c", "d"]])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_parser_of_one_command_says_what_that_of_all_says(
    name: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for parser in (build_parser(), build_parser([name, *more])):
        with pytest.raises(SystemExit) as ended:
            parser.parse_args([name, *more])
        said.append((ended.value.code, capsys.readouterr()))
    assert said[0] == said[1]


@pytest.mark.parametrize("port", ["/dev/ttyS0", "/dev/serial/by-id/usb-a-long-name-if00"])
def test_first_steps_stand_below_each_other(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evse_tui.board.ports.list_ports", lambda: [PortInfo(port, "USB")])
    steps = [line for line in app.first_steps().splitlines() if line.startswith("  evse-tui")]
    assert len({len(line) - len(re.split(r"\s{2,}", line)[-1]) for line in steps}) == 1


def test_alone_without_anything_it_says_what_to_do(shell: Shell) -> None:
    result = shell()
    assert result.status == 0
    for step in ("evse-tui demo", "evse-tui diag", "evse-tui config init"):
        assert step in result.out


def test_terminal_app_needs_a_terminal(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    result = shell("--board", "/dev/null")
    assert result.status == 1
    assert "evse-tui serve" in one_sentence(result.err)


def test_config_from_template_to_show(shell: Shell, tmp_path: Path) -> None:
    assert "config init" in one_sentence(shell("config", "check").err)
    path = tmp_path / "config" / "evse-tui" / "site.toml"
    assert shell("config", "init").status == 0
    assert path.exists()
    assert "is valid" in shell("config", "check").out
    again = shell("config", "init")
    assert again.status == 1
    assert "exists already" in one_sentence(again.err)
    shown = shell("config", "show")
    assert shown.status == 0
    other = tmp_path / "other.toml"
    other.write_text(shown.out)
    assert shell("config", "check", "--config", other).status == 0


def test_invalid_configuration_names_line_and_key(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[[charger]]\nport = "/dev/ttyUSB0"\ncurrent_max = 99\n')
    for words in (("config", "check", "--config", path), ("serve", "--config", path)):
        result = shell(*words)
        assert result.status == 1
        complaint = one_sentence(result.err)
        assert "line 3" in complaint
        assert "current_max" in complaint


def test_one_port_is_not_two_boards(shell: Shell) -> None:
    result = shell("serve", "--board", "/dev/ttyX", "--board", "/dev/ttyX")
    assert result.status == 1
    assert "/dev/ttyX is named twice" in one_sentence(result.err)


def test_taken_port_is_fatal_for_serve(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = shell("serve", "--listen", f"127.0.0.1:{port}")
    assert result.status == 1
    assert f"port {port}" in one_sentence(result.err)


def test_network_address_is_refused(shell: Shell) -> None:
    result = shell("serve", "--listen", "0.0.0.0:0")  # that is the point
    assert result.status == 1
    assert "0.0.0.0" in one_sentence(result.err)  # noqa: S104


def test_damaged_database_is_fatal_and_left_alone(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "data" / "evse-tui" / "evse-tui.sqlite3"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database, but somebody's data" * 100)
    before = path.read_bytes()
    result = shell("serve", "--listen", "127.0.0.1:0")
    assert result.status == 1
    assert str(path) in one_sentence(result.err)
    assert path.read_bytes() == before


def test_status_of_nobody_says_so(shell: Shell) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        result = shell("status", url)
    assert result.status == 1
    assert url in one_sentence(result.err)
    assert "http://" in one_sentence(shell("status", "ftp://example").err)


STEERING = "\x1b]52;c;AAAA\x07\x9b2J\u202e"


class _Stranger(BaseHTTPRequestHandler):
    """Tries to write to our terminal."""

    def do_GET(self) -> None:
        if self.path.startswith("/refusing"):
            self.wfile.write(f"HTTP/1.0 500 {STEERING}\r\n\r\n".encode("latin-1", "replace"))
            return
        if "/api/" in self.path:
            self.send_error(404)
            return
        amps = {"L1": 0, "L2": 0, "L3": 0}
        document = {
            "mode": STEERING,
            "evse": {"state": STEERING, "error": "None"},
            "settings": {"charge_current": 0},
            "ev_meter": {"currents": amps, "charged_kwh": "much" if self.path.startswith("/odd") else 0},
            "phase_currents": {"original_data": amps},
            "home_battery": {"current": 0},
        }
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Quiet."""


def test_status_shows_its_token_to_no_proxy(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with HTTPServer(("127.0.0.1", 0), _Stranger) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        result = shell("status", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()
    assert (result.status, result.err) == (0, "")


def test_no_stranger_writes_to_the_terminal(shell: Shell) -> None:
    with HTTPServer(("127.0.0.1", 0), _Stranger) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        good, refusing, odd = shell("status", url), shell("status", f"{url}/refusing"), shell("status", f"{url}/odd")
        server.shutdown()
        thread.join()
    assert (good.status, refusing.status, odd.status) == (0, 1, 1)
    for text in (good.out, one_sentence(refusing.err), one_sentence(odd.err)):
        assert all(letter.isprintable() or letter == "\n" for letter in text)


def test_diag_of_a_missing_port(shell: Shell) -> None:
    result = shell("diag", "/dev/ttyNOTHERE")
    assert result.status == 2
    assert "/dev/ttyNOTHERE" in result.out


def test_diag_of_a_mute_port_writes_its_report(shell: Shell, tmp_path: Path) -> None:
    ours, port = os.openpty()
    try:
        report = tmp_path / "report.txt"
        result = shell("diag", os.ttyname(port), "--seconds", "0.2", "--report", report)
    finally:
        os.close(ours)
        os.close(port)
    assert result.status == 2
    assert "not reachable" in result.out
    assert report.read_text() == result.out


def hello() -> bytes:
    message_id, payload = encode_payload(Hello(host_id=0xC0FFEE, protocol=1))
    return encode_frame(Frame(message_id, 0, 0, 0, payload))


def test_decode_takes_bytes_and_text(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary, text = tmp_path / "wire.bin", tmp_path / "wire.txt"
    binary.write_bytes(hello())
    text.write_text(hello().hex(" ") + "\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(hello())))
    shown = {shell("decode", source).out for source in (binary, text, hello().hex(), "-")}
    assert len(shown) == 1
    assert "HELLO" in shown.pop()


def test_decode_of_nothing(shell: Shell, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    assert "no frame" in one_sentence(shell("decode", empty).err)
    assert "neither a file" in one_sentence(shell("decode", "xyz").err)
    assert str(tmp_path) in one_sentence(shell("decode", tmp_path).err)


def test_sim_board_where_it_cannot_be(shell: Shell, tmp_path: Path) -> None:
    result = shell("sim-board", "--pty", tmp_path / "missing" / "board")
    assert result.status == 1
    assert "missing/board" in one_sentence(result.err)


def test_no_compiler_is_said_and_real_boards_go_on(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    demo = subprocess.run(
        [sys.executable, "-m", "evse_tui", "demo", "--headless", "--for", "1"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert demo.returncode == 1
    assert "compiler" in one_sentence(demo.stderr)
    diag = subprocess.run(
        [sys.executable, "-m", "evse_tui", "diag", "/dev/ttyNOTHERE"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert diag.returncode == 2
    assert "There is no port" in diag.stdout


def snapshot_of(link: LinkState, sentence: str) -> Snapshot:
    return make_snapshot(make_charger(port="P", link=link, link_detail=sentence))


def test_complaints_come_once_until_the_link_is_good() -> None:
    snapshot = snapshot_of(LinkState.WAITING, "There is no port P.")
    complaints = Complaints()
    assert complaints.lines(snapshot) == ["There is no port P."]
    assert complaints.lines(snapshot_of(LinkState.OPENING, "Opening P.")) == []
    assert complaints.lines(snapshot) == []
    assert complaints.lines(snapshot_of(LinkState.GREETING, greeting("P", 0, 0, 0))) == []
    mute = greeting("P", GREETING_PATIENCE_MS, 0, 0)
    assert complaints.lines(snapshot_of(LinkState.GREETING, mute)) == [mute]
    assert complaints.lines(snapshot_of(LinkState.ONLINE, "")) == []
    assert complaints.lines(snapshot) == ["There is no port P."]
    warned = replace(snapshot, warnings=("the disk is full",))
    assert complaints.lines(warned) == ["the disk is full"]
    assert complaints.lines(warned) == []


def test_headless_demo_prints_its_address_and_lines(shell: Shell) -> None:
    result = shell("demo", "--headless", "--for", "1.5", "--speed", "20", "--boards", "2", "--listen", "127.0.0.1:0")
    assert result.status == 0
    first, *lines = result.out.splitlines()
    assert first.startswith("serving http://127.0.0.1:")
    assert {line.split()[1] for line in lines} == {"1", "2"}
    assert all(" A - " in line for line in lines)


def test_headless_demo_ends_quietly_with_its_reader() -> None:
    words = ["demo", "--headless", "--for", "20", "--speed", "20", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        [sys.executable, "-m", "evse_tui", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        assert demo.stdout.readline().startswith("serving http://")
        demo.stdout.close()
        assert demo.stderr.read() == ""
        assert demo.wait() == 0


def test_more_boards_than_can_be_simulated_in_time_are_refused(shell: Shell) -> None:
    for command in (("demo", "--headless"), ("serve", "--demo")):
        result = shell(*command, "--boards", "32", "--speed", "100")
        assert result.status == 1
        assert "--speed 12.5" in one_sentence(result.err)


def test_a_simulated_site_takes_no_real_board(shell: Shell) -> None:
    result = shell("serve", "--demo", "--board", "/dev/ttyUSB0")
    assert result.status == 1
    assert "--board" in one_sentence(result.err)


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:x", "http://a b", "nonsense"])
def test_status_of_what_is_no_address(shell: Shell, url: str) -> None:
    result = shell("status", url)
    assert result.status == 1
    assert url in one_sentence(result.err)


@pytest.mark.parametrize("body", [b"[1]", b'{"settings": 1}', b"{}", b"<html>"])
def test_status_of_another_server(shell: Shell, body: bytes) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            result = shell("status", url)
        finally:
            server.shutdown()
            thread.join()
    assert result.status == 1
    assert url in one_sentence(result.err)


def test_status_renders_the_document() -> None:
    from evse_tui.cli.status import render

    document = {
        "mode": "SMART",
        "evse": {"state": "Charging", "error": "None"},
        "settings": {"charge_current": 97},
        "ev_meter": {"charged_kwh": 1.5, "currents": {"L1": 95, "L2": 94, "L3": 96}},
        "phase_currents": {"original_data": {"L1": 120, "L2": -3, "L3": 0}},
        "home_battery": {"current": -40},
    }
    shown = render(json.loads(json.dumps(document)))
    for value in ("Charging", "SMART", "9.7 A", "L2 -0.3 A", "-4.0 A", "1.5 kWh"):
        assert value in shown
