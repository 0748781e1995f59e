"""Which files are whole, and fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.flash import esp_image, intel_hex
from evse_tui.flash.errors import RefusedError
from evse_tui.flash.images import Target, built, load
from tests.flash.images import QIO, esp_app, esp_build, hex_file, hex_record, hex_text


def test_intel_hex_by_hand() -> None:
    text = ":0300300002337A1E\n:020000040001F9\n:0100000055AA\n:00000001FF\n"
    assert intel_hex.read(text, "F") == {0x30: 0x02, 0x31: 0x33, 0x32: 0x7A, 0x10000: 0x55}


@given(st.binary(min_size=1, max_size=300), st.integers(0, 0x7000))
def test_intel_hex_comes_back(content: bytes, start: int) -> None:
    assert intel_hex.read(hex_text(content, start), "F") == dict(enumerate(content, start))


@given(st.data())
def test_a_changed_digit_is_noticed(data: st.DataObject) -> None:
    text = hex_text(bytes(range(40)))
    place = data.draw(st.integers(0, len(text) - 1).filter(lambda place: text[place] in "0123456789ABCDEF"))
    digit = data.draw(st.sampled_from("0123456789ABCDEF").filter(lambda digit: digit != text[place]))
    with pytest.raises(RefusedError, match=r"^F line \d+|^F has no end record"):
        intel_hex.read(text[:place] + digit + text[place + 1 :], "F")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no end record"),
        (hex_record(0, 0, b"a"), "no end record"),
        ("rubbish", "line 1 is no Intel HEX"),
        (":00", "line 1 is no Intel HEX"),
        (hex_record(1, 0, b"") + "\n" + hex_record(0, 0, b"a"), "line 2: something follows"),
        (hex_record(0, 0, b"a") + "\n" + hex_record(0, 0, b"b"), "line 2: address 0x0000 is written twice"),
        (hex_record(9, 0, b""), "line 1: records of type 9"),
    ],
)
def test_damaged_hex_names_the_line(text: str, complaint: str) -> None:
    with pytest.raises(RefusedError, match=complaint):
        intel_hex.read(text, "F")


def test_an_avr_image_fits_below_the_bootloader(tmp_path: Path) -> None:
    image = load(hex_file(tmp_path, bytes(0x7E00)))
    assert (image.target, image.size, image.only_app) == (Target.AVR, 0x7E00, False)
    with pytest.raises(RefusedError, match="0x7E00: the flash ends at 0x7E00, before the bootloader"):
        load(hex_file(tmp_path, bytes(0x7E01)))
    path = tmp_path / "late.hex"
    path.write_text(hex_text(b"abc", 0x100))
    with pytest.raises(RefusedError, match="no reset vector"):
        load(path)


def test_an_application_says_its_version(tmp_path: Path) -> None:
    path = tmp_path / "evse.bin"
    path.write_bytes(esp_app())
    image = load(path)
    assert (image.target, image.version, image.only_app) == (Target.ESP32, "1.2.3", True)
    assert [(part.address, part.data) for part in image.parts] == [(0x10000, esp_app())]
    path.write_bytes(esp_app(hashed=False))
    assert load(path).only_app


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (esp_app(chip=9), "another chip"),
        (esp_app(mode=QIO), "flash mode QIO: only DIO"),
        (esp_app()[:-40], "incomplete"),
        (esp_app() + b"more", "4 bytes after its end"),
        (esp_app()[:30], "incomplete"),
        (esp_app()[:20], "no ESP32 firmware image"),
        (b"\xe9\x00" + esp_app()[2:], "0 segments"),
        (esp_app()[:-1] + b"\x00", "SHA-256"),
        (esp_app(hashed=False)[:60] + b"?" + esp_app(hashed=False)[61:], "checksum"),
    ],
)
def test_damaged_and_foreign_images_are_refused(data: bytes, complaint: str) -> None:
    with pytest.raises(RefusedError, match=complaint):
        esp_image.check(data, "F")


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, flip: int) -> None:
    data = bytearray(esp_app())
    data[place % len(data)] ^= flip
    with pytest.raises(RefusedError):
        esp_image.check(bytes(data), "F")


def test_a_build_has_all_parts(tmp_path: Path) -> None:
    image = load(esp_build(tmp_path))
    assert [(part.address, part.name) for part in image.parts] == [
        (0x1000, "bootloader.bin"),
        (0x8000, "partition-table.bin"),
        (0x10000, "evse.bin"),
    ]
    assert (image.version, image.only_app) == ("1.2.3", False)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("bootloader", esp_app(bytes(0x7000)), "partition-table.bin at 0x8000 lies upon bootloader.bin"),
        ("bootloader", esp_app(mode=QIO), "bootloader.bin has flash mode QIO"),
        ("partition", b"\xaa\x50" + bytes(0x1000), "overwrite the board's own settings"),
        ("partition", b"rubbish", "neither firmware nor a partition table"),
        ("evse", esp_app(bytes(0x1B0000)), "its partition has"),
    ],
)
def test_parts_that_would_destroy_something_are_refused(
    tmp_path: Path, name: str, content: bytes, complaint: str
) -> None:
    with pytest.raises(RefusedError, match=complaint):
        load(esp_build(tmp_path, **{name: content}))


def test_a_build_for_another_chip_or_of_something_else_is_refused(tmp_path: Path) -> None:
    build = esp_build(tmp_path)
    arguments = json.loads((build / "flasher_args.json").read_text())
    for changed, complaint in (
        ({**arguments, "extra_esptool_args": {"chip": "esp32s3"}}, "another chip"),
        ({**arguments, "flash_files": {"0x1000": "evse.bin"}}, "no application"),
        ({**arguments, "flash_files": {"0x10000": "nowhere.bin"}}, "can't be read"),
        ([], "not what ESP-IDF writes"),
    ):
        (build / "flasher_args.json").write_text(json.dumps(changed))
        with pytest.raises(RefusedError, match=complaint):
            load(build)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "F"
    for content, complaint in ((b"", "is empty"), (b"\x7fELF", "neither Intel HEX"), (b"\xe9" * (9 << 20), "too long")):
        path.write_bytes(content)
        with pytest.raises(RefusedError, match=complaint):
            load(path)
    with pytest.raises(RefusedError, match="No such file"):
        load(tmp_path / "none")


def test_what_was_built_is_found(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="no built image for the ATmega328P"):
        built(tmp_path, Target.AVR)
    folder = tmp_path / "port" / "atmega328p" / "build"
    folder.mkdir(parents=True)
    path = hex_file(folder)
    assert built(tmp_path, Target.AVR) == path
    esp_build(tmp_path / "port" / "esp32")
    assert built(tmp_path, Target.ESP32).name == "build"
