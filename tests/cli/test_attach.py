"""`evse-tui attach` until the app is on the screen, or one sentence says why it is not."""

from __future__ import annotations

import getpass
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import msgspec
import pytest

from evse_tui.api.v1.views.site import snapshot_view
from evse_tui.cli import attach, main, terminal
from evse_tui.ui.app import EvseApp
from tests.api.factory import make_snapshot

TOKEN = "evse_right"  # noqa: S105  # of this test
Shell = Callable[..., tuple[int, str]]


@dataclass
class Door:
    """A server that wants a token, and what it was shown."""

    url: str
    shown: list[str] = field(default_factory=list)


@pytest.fixture
def door() -> Iterator[Door]:
    document = msgspec.json.encode(snapshot_view(make_snapshot(name="Home")))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.shown.append(self.headers.get("Authorization", ""))
            right = found.shown[-1] == f"Bearer {TOKEN}"
            body = document if right else b'{"type":"about:blank","title":"Unauthorized","status":401}'
            self.send_response(200 if right else 401)
            self.send_header("Content-Type", "application/json" if right else "application/problem+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Door(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def apps(monkeypatch: pytest.MonkeyPatch) -> list[EvseApp]:
    """The apps that would have been shown."""
    shown: list[EvseApp] = []

    async def show(app: EvseApp, beside: Mapping[str, Coroutine[Any, Any, None]]) -> None:
        shown.append(app)
        for part in beside.values():
            part.close()

    monkeypatch.setattr(terminal, "show", show)
    return shown


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs `attach` as on a terminal: status and what it complains about."""
    monkeypatch.setattr(attach, "on_terminal", lambda: True)
    monkeypatch.delenv("EVSE_TUI_TOKEN", raising=False)

    def run(url: str) -> tuple[int, str]:
        status = main(["attach", url])
        return status, capsys.readouterr().err

    return run


def types(monkeypatch: pytest.MonkeyPatch, answer: str | type[BaseException]) -> list[str]:
    """Answers the question for a token; the questions that were asked."""
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        if isinstance(answer, str):
            return answer
        raise answer

    monkeypatch.setattr(getpass, "getpass", ask)
    return asked


def test_the_token_of_the_environment(
    shell: Shell, door: Door, apps: list[EvseApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = types(monkeypatch, AssertionError)
    monkeypatch.setenv("EVSE_TUI_TOKEN", f"{TOKEN}\n")
    assert shell(f"{door.url}/") == (0, "")
    assert [app.title for app in apps] == ["Home"]
    assert not apps[0].decides
    assert (door.shown, asked) == ([f"Bearer {TOKEN}"], [])


def test_a_wrong_token_of_the_environment(
    shell: Shell, door: Door, apps: list[EvseApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = types(monkeypatch, AssertionError)
    monkeypatch.setenv("EVSE_TUI_TOKEN", "evse_wrong")
    assert shell(door.url) == (1, f"evse-tui: {door.url} asks for a token, and EVSE_TUI_TOKEN is wrong there\n")
    assert (apps, asked) == ([], [])


def test_a_token_is_asked_for_only_where_it_is_needed(
    shell: Shell, door: Door, apps: list[EvseApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = types(monkeypatch, f" {TOKEN} ")
    assert shell(door.url) == (0, "")
    assert len(apps) == 1
    assert asked == [f"Token for {door.url}: "]
    assert door.shown == ["", f"Bearer {TOKEN}"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("evse_wrong", "does not know this token: `evse-tui token list` there shows the names of all"),
        ("", "asks for a token: `evse-tui token new` makes one there"),
        (EOFError, "asks for a token: `evse-tui token new` makes one there"),
    ],
)
def test_a_wrong_answer(
    shell: Shell,
    door: Door,
    apps: list[EvseApp],
    monkeypatch: pytest.MonkeyPatch,
    typed: str | type[BaseException],
    sentence: str,
) -> None:
    types(monkeypatch, typed)
    assert shell(door.url) == (1, f"evse-tui: {door.url} {sentence}\n")
    assert apps == []


def test_giving_up_at_the_question(shell: Shell, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    types(monkeypatch, KeyboardInterrupt)
    assert shell(door.url) == (130, "")


@pytest.mark.parametrize("typed", ["geheimnüs", "two\nlines", "\x1b[A"])
def test_what_is_no_token_is_sent_nowhere(
    shell: Shell, door: Door, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    types(monkeypatch, typed)
    status, complaint = shell(door.url)
    assert (status, complaint) == (1, "evse-tui: this token is no token: one has only letters, digits, - and _\n")
    assert door.shown == [""]
    monkeypatch.setenv("EVSE_TUI_TOKEN", typed)
    assert shell(door.url)[1] == "evse-tui: EVSE_TUI_TOKEN is no token: one has only letters, digits, - and _\n"


def test_nobody_there(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # but it does not listen
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert shell(url) == (
            1,
            f"evse-tui: {url} can't be reached (connection refused); is `evse-tui serve` running there?\n",
        )


def test_no_address(shell: Shell) -> None:
    assert shell("charger.example") == (
        1,
        "evse-tui: charger.example is not an address: write http://host:port\n",
    )


def test_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attach", "http://127.0.0.1"]) == 1
    assert capsys.readouterr().err.startswith("evse-tui: this is not a terminal; ")


def test_the_terminal_app_does_not_pay_for_it() -> None:
    code = "import sys, evse_tui.cli.terminal, evse_tui.cli.parser; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "evse_tui.ui.app" in modules
    assert not [name for name in modules if name.startswith(("aiohttp", "evse_tui.remote", "evse_tui.api.v1"))]


def test_it_does_not_pay_for_what_runs_a_site() -> None:
    code = "import sys, evse_tui.cli.attach, evse_tui.remote.site, evse_tui.cli.terminal; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "evse_tui.ui.app" in modules
    assert not {"evse_tui.site.site", "evse_tui.control.controller", "evse_tui.board.client"} & set(modules)
