"""Firmware images on disk: which file it is, whether it is whole, and where its parts go."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum, unique
from pathlib import Path
from typing import Final

from evse_tui.flash import esp_image, intel_hex
from evse_tui.flash.errors import RefusedError

AVR_FLASH: Final = 32 * 1024
AVR_BOOTLOADER: Final = 512
"""An optiboot-class bootloader at the end of the flash (firmware/port/atmega328p/reset.c)."""
ESP_FLASH: Final = 4 << 20
ESP_APP: Final = 0x10000
ESP_APP_SIZE: Final = 0x1B0000
"""Of firmware/port/esp32/partitions.csv."""
_ESP_KEPT: Final = ((0x9000, 0x5000, "the board's own settings"), (0x3FC000, 0x4000, "the board's configuration"))
_ARGUMENTS: Final = "flasher_args.json"
"""What ESP-IDF writes into its build folder."""
_LARGEST: Final = 8 << 20
_PARTITIONS: Final = b"\xaa\x50"


@unique
class Target(Enum):
    """What an image runs on; the value is for people."""

    AVR = "ATmega328P"
    ESP32 = "ESP32"


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes and the address in flash where they go."""

    address: int
    data: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Image:
    """A checked image."""

    target: Target
    path: Path
    parts: tuple[Part, ...]
    version: str = ""
    """What it says of itself, if anything."""

    @property
    def size(self) -> int:
        """Bytes that will be written."""
        return sum(len(part.data) for part in self.parts)

    @property
    def only_app(self) -> bool:
        """An application without the bootloader and partition table that it needs."""
        return self.target is Target.ESP32 and [part.address for part in self.parts] == [ESP_APP]


def load(path: Path) -> Image:
    """Reads and checks an image: Intel HEX, an ESP32 application, or a build folder of ESP-IDF.

    Raises:
        RefusedError: it can't be read, is damaged, or does not fit.
    """
    if path.is_dir():
        return _load_build(path)
    data = _read(path)
    if data[:1] == b":":
        return _load_hex(path, data)
    if data[:1] == bytes((esp_image.MAGIC,)):
        return _esp(path, (Part(ESP_APP, data, path.name),))
    raise RefusedError(f"{path} is neither Intel HEX nor an ESP32 firmware image.")


def built(root: Path, target: Target) -> Path:
    """The image that a build in the folder of the firmware's sources leaves.

    Raises:
        RefusedError: there is none.
    """
    port = root / "port" / ("atmega328p" if target is Target.AVR else "esp32")
    path = port / "build" / ("evse.hex" if target is Target.AVR else _ARGUMENTS)
    if path.is_file():
        return path if target is Target.AVR else path.parent
    raise RefusedError(f"There is no built image for the {target.value} ({path}): build it, or name one.")


def _load_hex(path: Path, data: bytes) -> Image:
    memory = intel_hex.read(data.decode("ascii", "replace"), str(path))
    if not memory:
        raise RefusedError(f"{path} has no data.")
    limit = AVR_FLASH - AVR_BOOTLOADER
    if max(memory) >= limit:
        raise RefusedError(
            f"{path} reaches 0x{max(memory):04X}: the flash ends at 0x{limit:04X}, before the bootloader."
        )
    if min(memory) != 0:
        raise RefusedError(f"{path} begins at 0x{min(memory):04X}: it has no reset vector.")
    content = bytes(memory.get(address, 0xFF) for address in range(max(memory) + 1))
    return Image(Target.AVR, path, (Part(0, content, path.name),))


def _load_build(folder: Path) -> Image:
    try:
        arguments = json.loads(_read(folder / _ARGUMENTS))
        files = {int(address, 16): str(name) for address, name in arguments["flash_files"].items()}
        chip = arguments["extra_esptool_args"]["chip"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(f"{folder / _ARGUMENTS} is not what ESP-IDF writes: build the firmware again.") from error
    if chip != "esp32":
        raise RefusedError(f"{folder} was built for another chip ({chip}), not for the ESP32.")
    if ESP_APP not in files:
        raise RefusedError(f"{folder} has no application at 0x{ESP_APP:X}: build the firmware again.")
    parts = [Part(address, _read(folder / name), Path(name).name) for address, name in sorted(files.items())]
    return _esp(folder, tuple(parts))


def _esp(path: Path, parts: tuple[Part, ...]) -> Image:
    version = ""
    end, before = 0, ""
    for part in parts:
        if part.data[:1] == bytes((esp_image.MAGIC,)):
            found = esp_image.check(part.data, part.name)
            version = found.version if part.address == ESP_APP else version
        elif part.data[:2] != _PARTITIONS:
            raise RefusedError(f"{part.name} is neither firmware nor a partition table.")
        if part.address < end:
            raise RefusedError(f"{part.name} at 0x{part.address:X} lies upon {before}.")
        end, before = part.address + len(part.data), part.name
        _stays_clear(part)
    if end > ESP_FLASH:
        raise RefusedError(f"{before} is longer than the board's flash.")
    return Image(Target.ESP32, path, parts, version)


def _stays_clear(part: Part) -> None:
    if part.address == ESP_APP and len(part.data) > ESP_APP_SIZE:
        raise RefusedError(f"{part.name} has {len(part.data)} bytes: its partition has {ESP_APP_SIZE}.")
    for start, size, what in _ESP_KEPT:
        if part.address < start + size and start < part.address + len(part.data):
            raise RefusedError(f"{part.name} at 0x{part.address:X} would overwrite {what}.")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise RefusedError(f"{path} can't be read: {error.strerror or error}.") from error
    if not data:
        raise RefusedError(f"{path} is empty.")
    if len(data) > _LARGEST:
        raise RefusedError(f"{path} is too long for a firmware image.")
    return data
