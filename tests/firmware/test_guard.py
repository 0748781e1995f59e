"""Every look of the link at the core's changing state happens in a guarded section, and no section stays open."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.firmware.link_library import FIRMWARE, INCLUDES, STRICT

PROGRAM = Path(__file__).with_name("guard_program.c")
HEADER = """
#ifndef TEST_GUARD_H
#define TEST_GUARD_H
extern int guarded;
static inline void guard_enter(void) { guarded++; }
static inline void guard_leave(void) { guarded--; }
#endif
"""


def test_the_core_is_only_touched_inside_the_guard(tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    assert compiler is not None
    (tmp_path / "test_guard.h").write_text(HEADER, encoding="utf-8")
    sources = [
        PROGRAM,
        *(FIRMWARE / "link").glob("*.c"),
        FIRMWARE / "core" / "crc32c.c",
        FIRMWARE / "gen" / "evse_codec.c",
    ]
    flags = [*STRICT, '-DEVSE_GUARD_HEADER="test_guard.h"', f"-I{tmp_path}", *INCLUDES]
    program = tmp_path / "guard"
    subprocess.run([compiler, *flags, *map(str, sources), "-o", str(program)], check=True)
    told = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    assert told == "calls many, bare 0, nested 0, left open 0\n"
