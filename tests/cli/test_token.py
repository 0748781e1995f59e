"""`evse-tui token`, and what `serve` says without one."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from evse_tui.api.tokens import digest_of, read_tokens
from evse_tui.cli import main

ANY = "0.0.0.0:0"
Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where the tokens are by default."""
    return tmp_path / "data" / "evse-tui" / "tokens.json"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs a command in a home of its own: status, stdout, stderr."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def run(*words: str | Path) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        return status, *capsys.readouterr()

    return run


def complaint(result: tuple[int, str, str]) -> str:
    """The one sentence of a command that failed."""
    status, out, err = result
    assert (status, out) == (1, "")
    assert err.startswith("evse-tui: ")
    assert err.count("\n") == 1
    return err


def test_new_list_revoke(shell: Shell, data: Path) -> None:
    status, out, err = shell("token", "new", "--name", "wall tablet")
    assert status == 0
    secret = out.removesuffix("\n")
    assert re.fullmatch(r"[A-Za-z0-9_-]{40,}", secret), "alone on stdout, for scripts"
    assert "wall tablet" in err
    assert [token.digest for token in read_tokens(data)] == [digest_of(secret)]
    assert shell("token", "new")[0] == 0
    _, listed, _ = shell("token", "list")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d  wall tablet\n\d{4}-\d\d-\d\d  token-1\n", listed)
    assert secret not in listed
    assert shell("token", "revoke", "token-1")[0] == 0
    assert [token.name for token in read_tokens(data)] == ["wall tablet"]
    assert "no token 'token-1'" in complaint(shell("token", "revoke", "token-1"))


def test_tokens_belong_to_the_site(shell: Shell, tmp_path: Path, data: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text('data_dir = "state"\n')
    assert shell("token", "new", "--config", site)[0] == 0
    assert len(read_tokens(tmp_path / "state" / "tokens.json")) == 1
    assert not data.exists()
    status, out, err = shell("token", "list")
    assert (status, out) == (0, "")
    assert "there is no token" in err


@pytest.mark.parametrize("address", [ANY, "[::]:0", "192.0.2.1:0"])
@pytest.mark.parametrize("command", [("serve",), ("serve", "--demo"), ("demo", "--headless")])
def test_nothing_but_loopback_without_a_token(shell: Shell, address: str, command: tuple[str, ...]) -> None:
    sentence = complaint(shell(*command, "--listen", address))
    assert "needs a token" in sentence
    assert "evse-tui token new" in sentence


def test_configured_address_needs_a_token_too(shell: Shell, tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text('data_dir = "state"\n[listen]\nhost = "0.0.0.0"\nport = 0\n')
    assert "needs a token" in complaint(shell("serve", "--config", site))
    site.write_text('data_dir = "state"\n[listen]\ntoken_on_loopback = true\nport = 0\n')
    assert "token_on_loopback asks everybody for a token" in complaint(shell("serve", "--config", site))


def test_revoking_the_last_token_closes_the_network(shell: Shell) -> None:
    shell("token", "new")
    shell("token", "revoke", "token-1")
    assert "needs a token" in complaint(shell("serve", "--listen", ANY))


def test_damaged_tokens_refuse_everything_beyond_loopback(shell: Shell, data: Path) -> None:
    shell("token", "new")
    data.write_bytes(data.read_bytes()[:-10])
    before = data.read_bytes()
    for command in (("serve", "--listen", ANY), ("token", "new"), ("token", "list"), ("token", "revoke", "token-1")):
        sentence = complaint(shell(*command))
        assert str(data) in sentence
        assert "is damaged" in sentence
    assert data.read_bytes() == before
    assert shell("demo", "--headless", "--for", "0.2", "--listen", "127.0.0.1:0")[0] == 0


class Other(BaseHTTPRequestHandler):
    """A server that wants a token, and sends whoever has one elsewhere."""

    seen: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["Authorization"]))
        if self.path == "/settings" and self.headers["Authorization"] is not None:
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
        else:
            self.send_response(401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def other() -> Iterator[str]:
    """Its address."""
    Other.seen = []
    with HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_status_shows_its_token_to_the_named_server_only(
    shell: Shell, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EVSE_TUI_TOKEN", raising=False)
    assert "EVSE_TUI_TOKEN is not set" in complaint(shell("status", other))
    monkeypatch.setenv("EVSE_TUI_TOKEN", "evse_secret")
    assert "EVSE_TUI_TOKEN is wrong there" in complaint(shell("status", other))
    assert Other.seen == [("/settings", None), ("/settings", "Bearer evse_secret"), ("/elsewhere", None)]
