"""The page for people at `/`."""

from __future__ import annotations

from html.parser import HTMLParser

from evse_tui.api.overview import overview
from evse_tui.board.model import LinkState
from evse_tui.site.snapshot import ChargerState
from tests.api.conftest import Client
from tests.api.factory import make_charger, make_snapshot


class Cells(HTMLParser):
    """Texts of the table cells, and every tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._inside = tag == "td"
        if self._inside:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.cells[-1] += data


def test_each_charger_with_state_current_and_reason() -> None:
    away = make_charger(id="2", name="", link=LinkState.WAITING, link_detail="No such port.", state=ChargerState.A)
    assert Cells(overview(make_snapshot(make_charger(), away))).cells == [
        *("Carport", "Charging", "12.0 A", "mains L2"),
        *("2", "Board waiting", "unknown", "No such port."),
    ]


def test_error_is_named() -> None:
    charger = make_charger(error="Temperature High", error_id=3, grant=None)
    assert Cells(overview(make_snapshot(charger))).cells == ["Carport", "Charging - Temperature High", "12.0 A", ""]


def test_names_are_text_not_markup() -> None:
    page = Cells(overview(make_snapshot(make_charger(name="<script>alert(1)</script>{}"))))
    assert page.cells[0] == "<script>alert(1)</script>{}"
    assert "script" not in page.tags


async def test_page_needs_nothing_from_elsewhere(client: Client) -> None:
    async with client.get("/") as response:
        page = await response.text()
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not {"script", "link", "img", "iframe"} & Cells(page).tags
    assert "://" not in page
