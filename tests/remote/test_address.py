"""Addresses as users type them."""

from __future__ import annotations

import pytest

from evse_tui.errors import UserError
from evse_tui.remote.address import base_url

GOOD = {
    "http://127.0.0.1:8080": "http://127.0.0.1:8080",
    "http://127.0.0.1:8080/": "http://127.0.0.1:8080",
    "http://127.0.0.1:8080///": "http://127.0.0.1:8080",
    "http://charger.example": "http://charger.example:8080",
    "HTTP://Charger.Example/": "http://charger.example:8080",
    "https://charger.example": "https://charger.example:443",
    "https://charger.example:8443": "https://charger.example:8443",
    "http://charger.example:80": "http://charger.example:80",
    "http://[::1]": "http://[::1]:8080",
    "http://[::1]:9/": "http://[::1]:9",
    "https://home.example/charger/": "https://home.example:443/charger",
    "http://bücher.example": "http://bücher.example:8080",
}
WRONG = [
    "", "charger.example", "localhost:8080", "ftp://charger.example", "http://", "http:///", "http://:8080",
    "/dev/ttyUSB0", "http://[::1", "http://host:port", "http://host:70000", "http://host:0", "http://a..b",
    "http://a b", "http://host/?a=1", "http://host/#top", "http://host\n", f"http://{'a' * 64}.example",
]  # fmt: skip


@pytest.mark.parametrize("typed", GOOD)
def test_what_people_type(typed: str) -> None:
    assert base_url(typed) == GOOD[typed]
    assert base_url(base_url(typed)) == GOOD[typed]


@pytest.mark.parametrize("typed", WRONG)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(UserError, match="is not an address: write http://host:port"):
        base_url(typed)


def test_a_secret_is_not_repeated() -> None:
    with pytest.raises(UserError) as raised:
        base_url("http://me:secret@host")
    assert "secret" not in str(raised.value)
    assert "EVSE_TUI_TOKEN" in str(raised.value)
