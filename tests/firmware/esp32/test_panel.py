"""The display: the same picture as its mirror, the local screen, and the light within its limit."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Final

import pytest

from evse_protocol.messages import Fault, Flag, Hold, Pilot, Slot
from evse_tui.api.lcd import bitmap

from .library import PORT, load, new

FFI, LIB = load()

_LETTERS: Final = 21
_COLUMNS: Final = 128
_SILENT_MS: Final = 10_000
_LIT_MS: Final = 60_000


def _panel() -> Any:
    panel = new("panel_t *")
    LIB.panel_init(panel)
    return panel


def _write(panel: Any, line: int, text: str) -> None:
    LIB.panel_display(
        panel, new("evse_msg_display_t *", {"line": line, "text_count": len(text), "text": text.encode()})
    )


def _facts(**status: Any) -> Any:
    return new("panel_facts_t *", {"serial": 4711, "status": status})


def _shown(panel: Any, facts: Any, now_ms: int) -> list[str]:
    text = new("panel_text_t *")
    LIB.panel_show(panel, facts, now_ms, text)
    return [bytes(FFI.buffer(line)).decode("ascii").rstrip() for line in text.text]


def _pixels(line: bytes) -> list[list[bool]]:
    columns = new("uint8_t[128]")
    LIB.panel_columns(line.ljust(_LETTERS), columns)
    return [[bool(columns[x] >> y & 1) for x in range(_COLUMNS)] for y in range(8)]


def _mirrored(line: str) -> list[list[bool]]:
    """The top line of the mirror's BMP: rows from the bottom, the leftmost pixel highest."""
    picture = bitmap([line])[62:]
    rows = [picture[16 * (63 - y) : 16 * (64 - y)] for y in range(8)]
    return [[bool(row[x // 8] >> 7 - x % 8 & 1) for x in range(_COLUMNS)] for row in rows]


_ASCII: Final = "".join(map(chr, range(32, 127)))


@pytest.mark.parametrize(
    "line", [_ASCII[at : at + _LETTERS] for at in range(0, len(_ASCII), _LETTERS)] + ["", "W" * 21]
)
def test_display_and_mirror_show_the_same(line: str) -> None:
    assert _pixels(line.encode()) == _mirrored(line)


def test_what_is_not_printable_is_a_box_on_both() -> None:
    assert _pixels(bytes([0, 31, 127, 255])) == _mirrored("\x00\x1f\x7fé")


def test_the_letters_are_those_of_the_mirror() -> None:
    subprocess.run([sys.executable, str(PORT / "generate_glyphs.py"), "--check"], check=True)


def test_the_hosts_lines_show_while_it_talks() -> None:
    panel = _panel()
    LIB.panel_heard(panel, 5_000)
    _write(panel, 0, "Smart  16.0A")
    _write(panel, 7, "X" * _LETTERS)
    assert _shown(panel, _facts(), 5_000 + _SILENT_MS - 1) == ["Smart  16.0A", *[""] * 6, "X" * _LETTERS]
    _write(panel, 0, "Off")
    assert _shown(panel, _facts(), 6_000)[0] == "Off"


def test_a_silent_host_gives_way_to_the_local_screen_and_comes_back() -> None:
    panel = _panel()
    _write(panel, 1, "from the host")
    LIB.panel_heard(panel, 1_000)
    assert _shown(panel, _facts(), 1_000 + _SILENT_MS)[0] == "SmartEVSE 4711"
    assert _shown(panel, _facts(), 500)[0] == "SmartEVSE 4711"  # the clock wrapped
    LIB.panel_heard(panel, 20_000)
    assert _shown(panel, _facts(), 20_000)[1] == "from the host"


def test_a_host_that_writes_nothing_leaves_the_local_screen() -> None:
    panel = _panel()
    LIB.panel_heard(panel, 0)
    assert _shown(panel, _facts(), 10)[0] == "SmartEVSE 4711"


def test_the_local_screen_while_charging() -> None:
    facts = _facts(
        pilot=Pilot.C,
        flags=Flag.C1 | Flag.C2 | Flag.COMMISSIONED,
        offered_da=160,
        phases=3,
        limit_da=160,
        binding=Slot.CABLE,
        lease_ms=4000,
        temperature_dc=315,
    )
    assert _shown(_panel(), facts, 0) == [
        "SmartEVSE 4711",
        "Charging",
        "16.0 A, 3 phases",
        "Max 16.0 A cable",
        "Host lends current",
        "",
        "",
        "31.5 C",
    ]


def test_the_local_screen_in_trouble() -> None:
    facts = _facts(
        pilot=Pilot.B,
        flags=Flag.COMMISSIONED | Flag.PLUGGED,
        limit_da=0,
        binding=Slot.HOST,
        hold=Hold.RECLOSE,
        hold_ms=28_001,
        faults=Fault.RESIDUAL_CURRENT | Fault.LOCK,
        temperature_dc=-5,
    )
    assert _shown(_panel(), facts, 0) == [
        "SmartEVSE 4711",
        "Car connected",
        "Offered: nothing",
        "Max 0.0 A host",
        "Host: silent",
        "Wait 29 s re-close",
        "RESIDUAL CURRENT +1",
        "-0.5 C",
    ]


def test_a_board_that_was_never_commissioned_says_so() -> None:
    shown = _shown(_panel(), _facts(pilot=Pilot.A, flags=Flag.COMMISSIONING_OPEN, limit_da=0xFFFF), 0)
    assert (shown[1], shown[3], shown[7]) == ("Not commissioned", "Max none", "Commissioning open")


@pytest.mark.parametrize(
    ("field", "values", "line"),
    [
        ("pilot", list(Pilot), 1),
        ("binding", list(Slot), 3),
        ("hold", [h for h in Hold if h], 5),
        ("faults", list(Fault), 6),
    ],
)
def test_each_value_has_words_of_its_own_that_fit(field: str, values: list[int], line: int) -> None:
    others = {"flags": Flag.COMMISSIONED, "limit_da": 320, "hold_ms": 600_000}
    shown = [_shown(_panel(), _facts(**{**others, field: value}), 0)[line] for value in values]
    assert all(shown)
    assert not any(text.endswith("?") for text in shown if text != "Control pilot: ?")
    assert all(len(text) < _LETTERS for text in shown)  # a line that is full may have lost its end
    if field == "faults":
        assert len(set(shown)) == len(values)


def test_a_value_that_no_version_knows_breaks_nothing() -> None:
    facts = _facts(
        pilot=200, binding=200, hold=200, hold_ms=0xFFFFFFFF, faults=0xFFFF, limit_da=65534, offered_da=65535
    )
    assert all(len(text) <= _LETTERS for text in _shown(_panel(), facts, 0))


def test_light_goes_out_after_its_time_and_never_exceeds_the_configured_maximum() -> None:
    panel = _panel()
    LIB.panel_backlight(panel, new("evse_msg_backlight_t *", {"level": 80, "seconds": 120}), 1_000)
    assert LIB.panel_light(panel, 100, 1_000) == 80
    assert LIB.panel_light(panel, 30, 60_000) == 30
    assert LIB.panel_light(panel, 0, 60_000) == 0
    assert LIB.panel_light(panel, 100, 120_999) == 80
    assert LIB.panel_light(panel, 100, 121_000) == 0
    assert LIB.panel_light(panel, 100, 5_000) == 0  # out is out


@pytest.mark.parametrize(("level", "seconds"), [(0, 60), (50, 0)])
def test_the_host_can_put_the_light_out(level: int, seconds: int) -> None:
    panel = _panel()
    LIB.panel_backlight(panel, new("evse_msg_backlight_t *", {"level": 80, "seconds": 120}), 0)
    LIB.panel_backlight(panel, new("evse_msg_backlight_t *", {"level": level, "seconds": seconds}), 10)
    assert LIB.panel_light(panel, 100, 10) == 0


@pytest.mark.parametrize("status", [{"flags": Flag.BUTTON}, {"faults": Fault.DIODE}], ids=["button", "fault"])
def test_the_local_screen_lights_up_when_it_is_wanted(status: dict[str, int]) -> None:
    panel = _panel()
    watched = new("evse_msg_status_t *", status)
    LIB.panel_watch(panel, new("evse_msg_status_t *"), 40, 0)
    assert LIB.panel_light(panel, 40, 0) == 0
    LIB.panel_watch(panel, watched, 40, 100)
    assert LIB.panel_light(panel, 40, 100) == 40
    LIB.panel_watch(panel, watched, 40, 50_000)  # held or standing: once
    assert LIB.panel_light(panel, 40, 100 + _LIT_MS - 1) == 40
    assert LIB.panel_light(panel, 40, 100 + _LIT_MS) == 0


def test_a_host_that_talks_decides_about_the_light_alone() -> None:
    panel = _panel()
    LIB.panel_heard(panel, 0)
    LIB.panel_watch(panel, new("evse_msg_status_t *", {"flags": Flag.BUTTON, "faults": Fault.DIODE}), 100, 10)
    assert LIB.panel_light(panel, 100, 10) == 0
