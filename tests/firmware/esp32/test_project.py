"""The ESP-IDF project as far as it can be read without its tools: nothing forgotten, nothing contradictory."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from .library import FIRMWARE, PORT

_MAIN: Final = PORT / "main"
_EVSE: Final = PORT / "components" / "evse"
_SECTOR: Final = 4096
_FLASH_BYTES: Final = 4 << 20


def _words(path: Path) -> list[str]:
    text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
    return text.replace("${firmware}", str(FIRMWARE)).replace("${port}", str(PORT)).split()


def _compiled(component: Path) -> set[Path]:
    return {(component / word).resolve() for word in _words(component / "CMakeLists.txt") if word.endswith(".c")}


def _defaults() -> dict[str, str]:
    lines = (PORT / "sdkconfig.defaults").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    assert len({name for name, _ in pairs}) == len(pairs)
    return {name: value.strip('"') for name, value in pairs}


def _partitions() -> dict[str, tuple[str, int, int]]:
    """Name -> type, offset, size."""
    lines = (PORT / "partitions.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.reader(line for line in lines if not line.startswith("#"))
    return {row[0].strip(): (row[1].strip(), int(row[3], 0), int(row[4], 0)) for row in rows}


def test_every_source_is_compiled_once() -> None:
    rooms = (FIRMWARE / "core", FIRMWARE / "link", FIRMWARE / "gen", PORT, _MAIN, _EVSE)
    sources = {path.resolve() for room in rooms for path in room.glob("*.c")}
    evse, main = _compiled(_EVSE), _compiled(_MAIN)
    assert evse | main == sources
    assert not evse & main


@pytest.mark.parametrize("component", [_MAIN, _EVSE], ids=["main", "evse"])
def test_what_the_lists_name_exists(component: Path) -> None:
    assert all(path.is_file() for path in _compiled(component))
    words = _words(component / "CMakeLists.txt")
    fragments = words[words.index("LDFRAGMENTS") + 1 :]
    assert (component / fragments[0].rstrip(")")).is_file()


def _functions_in_ram() -> set[str]:
    """Objects of main that linker.lf keeps in RAM."""
    return set(re.findall(r"^    (\w+) \(noflash\)$", (_MAIN / "linker.lf").read_text(encoding="utf-8"), re.MULTILINE))


def test_what_interrupts_run_is_kept_in_ram() -> None:
    marked = {path.stem for path in _MAIN.glob("*.c") if "IRAM_ATTR" in path.read_text(encoding="utf-8")}
    assert _functions_in_ram() == marked
    assert re.search(r"^    \* \(noflash\)$", (_EVSE / "linker.lf").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_plain_c_that_interrupts_run_is_in_the_component_in_ram() -> None:
    headers = {path.stem for path in PORT.glob("*.h")}
    used: set[str] = set()
    for unit in _functions_in_ram():
        text = (_MAIN / f"{unit}.c").read_text(encoding="utf-8") + (_MAIN / f"{unit}.h").read_text(encoding="utf-8")
        used |= headers & set(re.findall(r'#include "(\w+)\.h"', text))
    assert used
    assert {PORT / f"{name}.c" for name in used} <= _compiled(_EVSE)


def test_nothing_but_the_link_writes_to_its_uart() -> None:
    defaults = _defaults()
    assert defaults["CONFIG_ESP_CONSOLE_NONE"] == "y"
    assert defaults["CONFIG_BOOTLOADER_LOG_LEVEL_NONE"] == "y"
    assert defaults["CONFIG_LOG_DEFAULT_LEVEL_NONE"] == "y"
    assert defaults["CONFIG_ESP_SYSTEM_PANIC_SILENT_REBOOT"] == "y"
    text = "".join(path.read_text(encoding="utf-8") for path in (*_MAIN.glob("*.c"), *PORT.glob("*.c")))
    assert not re.search(r"\b(printf|puts|putchar|ESP_(EARLY_)?LOG[EWIDV])\b", text)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("CONFIG_IDF_TARGET", "esp32"),
        ("CONFIG_ESPTOOLPY_FLASHMODE_DIO", "y"),  # the other modes would drive the lock of v3.1
        ("CONFIG_GPTIMER_ISR_CACHE_SAFE", "y"),
        ("CONFIG_GPTIMER_CTRL_FUNC_IN_IRAM", "y"),
        ("CONFIG_ADC_ONESHOT_CTRL_FUNC_IN_IRAM", "y"),
        ("CONFIG_UART_ISR_IN_IRAM", "y"),
        ("CONFIG_BOOTLOADER_WDT_DISABLE_IN_USER_CODE", "y"),
        ("CONFIG_ESP_PANIC_HANDLER_IRAM", "y"),
        ("CONFIG_FREERTOS_UNICORE", "n"),
        ("CONFIG_FREERTOS_HZ", "1000"),
        ("CONFIG_PM_ENABLE", "n"),  # the PWM's clock must not change
    ],
)
def test_options_that_the_port_relies_on(option: str, value: str) -> None:
    assert _defaults()[option] == value


def test_partitions_neither_overlap_nor_leave_the_flash() -> None:
    spans = sorted((offset, offset + size) for _, offset, size in _partitions().values())
    assert spans[0][0] >= 0x9000  # the table itself ends there
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert spans[-1][1] <= _FLASH_BYTES
    assert _defaults()["CONFIG_ESPTOOLPY_FLASHSIZE_4MB"] == "y"


def test_the_slots_have_their_partition_and_the_image_its_place() -> None:
    partitions = _partitions()
    kind, offset, size = partitions["evse"]
    assert (kind, offset % _SECTOR, size) == ("0x40", 0, 4 * _SECTOR)
    assert partitions["app"][1] == 0x10000
    assert partitions["nvs"] == ("data", 0x9000, 0x5000)  # as the original has it: it may hold the serial number
    flash = (_MAIN / "flash.c").read_text(encoding="utf-8")
    assert "PARTITION_TYPE = 0x40" in flash
    assert '"evse"' in flash


def test_ports_functions_are_all_there_and_nowhere_twice() -> None:
    declared = re.findall(r"^\w[\w ]*\**(port_\w+)\(", (FIRMWARE / "port" / "port.h").read_text("utf-8"), re.MULTILINE)
    text = "\n".join(path.read_text(encoding="utf-8") for path in _MAIN.glob("*.c"))
    defined = re.findall(r"^\w[\w ]*\**(port_\w+)\([^;]*?\) ?\{", text, re.MULTILINE)
    assert len(declared) > 10
    assert sorted(defined) == sorted(declared)
