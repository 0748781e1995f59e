"""The generated files are up to date, compile without a warning, and follow the definitions."""

from __future__ import annotations

import shutil
import subprocess
from enum import IntFlag
from pathlib import Path
from typing import Any

import pytest

from evse_protocol import messages
from evse_protocol.codegen import names, spec
from evse_protocol.codegen.__main__ import main, outputs
from evse_protocol.schema import Field, Kind, Message, u8, u16
from tests.firmware.link_library import FIRMWARE, INCLUDES, ROOT, STRICT, load


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A tree with nothing but the hand-written part of SPEC.md."""
    (tmp_path / "protocol").mkdir()
    shutil.copy(ROOT / "protocol" / "SPEC.md", tmp_path / "protocol" / "SPEC.md")
    return tmp_path


def test_what_is_committed_is_what_would_be_generated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_check_names_what_differs_and_writes_nothing(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(copy)]) == 0
    assert main(["--root", str(copy), "--check"]) == 0
    capsys.readouterr()
    header = copy / "firmware" / "gen" / "evse_messages.h"
    header.write_text("/* edited by hand */")
    page = copy / "protocol" / "SPEC.md"
    page.write_text(page.read_text().replace("| 0x10 |", "| 0x11 |"))
    (copy / "protocol" / "wireshark" / "evse.lua").unlink()
    assert main(["--root", str(copy), "--check"]) == 1
    differing = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert differing == ["firmware/gen/evse_messages.h", "protocol/wireshark/evse.lua", "protocol/SPEC.md"]
    assert header.read_text() == "/* edited by hand */"


def test_every_output_is_text_that_ends_with_a_newline() -> None:
    for name, text in outputs(ROOT).items():
        assert text.endswith("\n"), name
        assert text.isascii(), name


def test_a_table_without_its_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="places"):
        spec.spec_md("# nothing here\n")


@pytest.mark.parametrize("compiler", [name for name in ("cc", "clang") if shutil.which(name)])
def test_the_link_compiles_without_a_warning(compiler: str, tmp_path: Path) -> None:
    for source in [*(FIRMWARE / "gen").glob("*.c"), *(FIRMWARE / "link").glob("*.c")]:
        target = tmp_path / f"{source.stem}.o"
        subprocess.run([compiler, *STRICT, *INCLUDES, "-c", str(source), "-o", str(target)], check=True)


def test_the_small_board_compiles_too(tmp_path: Path) -> None:
    sizes = ("-DFRAME_PAYLOAD=64u", "-DFRAME_RING=192u", "-DEVENTS_KEPT=16u")
    for source in (FIRMWARE / "link").glob("*.c"):
        target = tmp_path / f"{source.stem}.o"
        subprocess.run(["cc", *STRICT, *sizes, *INCLUDES, "-c", str(source), "-o", str(target)], check=True)


def test_c_enumerations_have_the_values_of_python() -> None:
    _, library = load()
    header = (FIRMWARE / "gen" / "evse_messages.h").read_text()
    for enum in messages.ENUMS:
        prefix = f"EVSE_{names.enum_prefix(enum)}"
        for member in enum:
            if issubclass(enum, IntFlag):
                assert f"#define {prefix}_{member.name} 0x{int(member):04X}u\n" in header
            else:
                assert getattr(library, f"{prefix}_{member.name}") == int(member)


def test_every_c_struct_has_every_field() -> None:
    ffi, _ = load()
    for message in messages.MESSAGES:
        if not message.fields:
            continue
        declared: Any = dict(ffi.typeof(f"evse_msg_{message.name.lower()}_t").fields)
        for field in message.fields:
            assert field.label in declared
        rests = [field for field in message.fields if field.kind in (Kind.BYTES_REST, Kind.I16_REST)]
        assert len(declared) == len(message.fields) + len(rests)


def test_everything_fits_the_smallest_board() -> None:
    for message in messages.MESSAGES:
        assert message.largest <= messages.SMALLEST_BOARD_PAYLOAD, message.name


@pytest.mark.parametrize(
    "other",
    [
        Message(0x21, "GRANT", messages.GRANT.way, messages.GRANT.doc, messages.GRANT.fields, command=True),
        Message(0x10, "GIVE", messages.GRANT.way, messages.GRANT.doc, messages.GRANT.fields, command=True),
        Message(0x10, "GRANT", messages.STATUS.way, messages.GRANT.doc, messages.GRANT.fields, command=True),
        Message(0x10, "GRANT", messages.GRANT.way, messages.GRANT.doc, messages.GRANT.fields[:-1], command=True),
        Message(
            0x10,
            "GRANT",
            messages.GRANT.way,
            messages.GRANT.doc,
            (u16("limit_da", "", unit="0.1 A", highest=801), *messages.GRANT.fields[1:]),
            command=True,
        ),
        Message(
            0x10,
            "GRANT",
            messages.GRANT.way,
            messages.GRANT.doc,
            (messages.GRANT.fields[0], u8("phases", "", allowed=(1, 2, 3)), *messages.GRANT.fields[2:]),
            command=True,
        ),
    ],
    ids=["id", "name", "way", "fields", "bound", "allowed"],
)
def test_the_schema_hash_sees_every_change_of_meaning(other: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    before = names.schema_hash()
    monkeypatch.setattr(messages, "MESSAGES", tuple(other if m is messages.GRANT else m for m in messages.MESSAGES))
    assert names.schema_hash() != before


def test_the_schema_hash_does_not_see_prose(monkeypatch: pytest.MonkeyPatch) -> None:
    before = names.schema_hash()
    reworded: tuple[Field, ...] = (
        u16("limit_da", "other words", unit="0.1 A", highest=800),
        *messages.GRANT.fields[1:],
    )
    other = Message(0x10, "GRANT", messages.GRANT.way, "Other words.", reworded, command=True)
    monkeypatch.setattr(messages, "MESSAGES", tuple(other if m is messages.GRANT else m for m in messages.MESSAGES))
    assert names.schema_hash() == before


def test_a_rest_field_must_come_last() -> None:
    with pytest.raises(ValueError, match="only the last field"):
        Message(0x70, "ODD", messages.GRANT.way, "", (messages.DISPLAY.fields[1], messages.DISPLAY.fields[0]))
