"""Every file of the port against declarations of the framework's interface, one by one, with all warnings.

`framework/` is ours, from public documentation. What it cannot know is whether the framework itself agrees:
`check_headers.py` of the port asks its real headers, where they are at hand."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

from .library import FRAMEWORK, INCLUDES, PORT, STRICT

_MORE: Final = ("-Wmissing-prototypes", "-Wstrict-prototypes", "-Wold-style-definition", "-Wundef")
"""A function that no header declares could differ from its declaration in port.h unseen."""


def _sources() -> list[Path]:
    return [path for room in (PORT, PORT / "main", PORT / "components" / "evse") for path in sorted(room.glob("*.c"))]


def _compiler_says(source: Path) -> str:
    command = ["cc", "-fsyntax-only", *STRICT, *_MORE, *FRAMEWORK, *INCLUDES, str(source)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stderr


@pytest.mark.parametrize("source", _sources(), ids=lambda path: str(path.relative_to(PORT)))
def test_it_compiles_without_a_warning(source: Path) -> None:
    assert _compiler_says(source) == ""


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("serial.c", "uart_set_pin(UART_NUM_0", "uart_set_pim(UART_NUM_0"),  # a name
        ("serial.c", ".parity = UART_PARITY_DISABLE", ".parity = UART_DATA_8_BITS"),  # a value of another type
        ("rs485.c", "BUS_BAUD,\n", "BUS_BAUD,\n.parity_bits = 0,\n"),  # a member
        (
            "residual.c",
            "gpio_isr_handler_add((gpio_num_t)pin, on_edge",
            "gpio_isr_handler_add((gpio_num_t)pin, residual_ok",
        ),
        ("watchdog.c", "wdt_hal_init(&rtc_watchdog, WDT_RWDT, 0, false)", "wdt_hal_init(&rtc_watchdog, WDT_RWDT, 0)"),
        ("lcd.c", '#include "esp_rom_sys.h"\n', ""),  # a header that only another one would bring along
        ("flash.c", "void port_nv_read(evse_nv_t *nv)", "void port_nv_read(evse_nv_t *nv, int slot)"),  # port.h
        ("serial.c", "bool port_uart_read(uint8_t *byte)", "bool port_uart_reads(uint8_t *byte)"),
        ("safety.c", "inputs->rcm_ok", "inputs->rcm_okay"),  # the core
        ("reset.c", "case ESP_RST_PANIC:", "case ESP_RST_PANICS:"),
    ],
)
def test_an_error_is_seen(tmp_path: Path, file: str, right: str, wrong: str) -> None:
    text = (PORT / "main" / file).read_text(encoding="utf-8")
    assert text.count(right) == 1
    changed = tmp_path / file
    changed.write_text(text.replace(right, wrong), encoding="utf-8")
    assert "error:" in _compiler_says(changed)
