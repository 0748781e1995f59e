"""The budget report of the ATmega328P: what its walk through a program finds, and what it refuses to guess."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).parents[2] / "firmware" / "port" / "atmega328p" / "budget.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("avr_budget", SOURCE)
    if spec is None or spec.loader is None:
        raise ImportError(SOURCE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


budget = _load()


def program(text: str) -> object:
    """A program from lines like `main: push r28` and `jmp main`, two bytes an instruction; jumps name labels."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    labels: dict[str, int] = {}
    code: list[tuple[int, str]] = []
    for line in lines:
        label, colon, rest = line.partition(":")
        if colon:
            labels[label] = 2 * len(code)
            line = rest.strip()
        if line:
            code.append((2 * len(code), line))
    listing = []
    for address, line in code:
        listing += [f"{address:08x} <{name}>:" for name, at in labels.items() if at == address]
        name, _, operands = line.partition(" ")
        parts = [part.strip() for part in operands.split(",") if part.strip()]
        if parts and parts[-1] in labels:
            target = labels[parts[-1]]
            parts[-1] = hex(target) if name in ("jmp", "call") else f".{target - address - 2:+d}"
        listing.append(f"{address:6x}:\t00 00 \t{name}\t{', '.join(parts)}")
    return budget.Program.parse(listing)


def depth(text: str, entry: str = "main") -> int:
    made: object = program(text)
    stack = budget.Stack(made)
    return int(stack.depth(made.symbols[entry]).bytes)  # type: ignore[attr-defined]  # loaded from a file


def test_pushes_and_calls_add_up() -> None:
    text = """
    main: push r28
          call leaf
          pop r28
          call shallow
          ret
    leaf: push r16
          push r17
          pop r17
          pop r16
          ret
    shallow: ret
    """
    assert depth(text, "leaf") == 2
    assert depth(text, "shallow") == 0
    assert depth(text) == 1 + 2 + 2


def test_a_frame_is_counted_and_far_variables_do_not_change_it() -> None:
    text = """
    main: in r28, 0x3d
          in r29, 0x3e
          subi r28, 0xA4
          sbci r29, 0x00
          out 0x3e, r29
          out 0x3d, r28
          subi r28, 0x65
          sbci r29, 0xFF
          subi r28, 0x9B
          sbci r29, 0x00
          call leaf
          subi r28, 0x5C
          sbci r29, 0xFF
          out 0x3e, r29
          out 0x3d, r28
          ret
    leaf: ret
    """
    assert depth(text) == 0xA4 + 2


def test_a_small_frame_borrows_from_zero() -> None:
    text = """
    main: in r28, 0x3d
          in r29, 0x3e
          subi r28, 0x5F
          sbc r29, r1
          out 0x3e, r29
          out 0x3d, r28
          call leaf
          subi r28, 0xA1
          sbci r29, 0xFF
          out 0x3e, r29
          out 0x3d, r28
          ret
    leaf: ret
    """
    assert depth(text) == 0x5F + 2


def test_room_made_by_a_call_to_the_next_instruction() -> None:
    assert depth("main: rcall next\nnext: pop r0\npop r0\nret") == 2


def test_common_prologue_of_the_library() -> None:
    text = """
    main: ldi r26, 0x08
          ldi r27, 0x00
          ldi r30, 0x05
          ldi r31, 0x00
          jmp two
    body: call leaf
          ldi r30, 0x02
          jmp __epilogue_restores__
    leaf: ret
    __prologue_saves__: push r17
    two: push r28
          push r29
          ijmp
    __epilogue_restores__: ldd r28, Y+2
          ret
    """
    assert depth(text) == 2 + 8 + 2


def test_both_ways_of_a_branch_and_of_a_skip() -> None:
    text = """
    main: sbrs r24, 0
          rjmp short
          brne short
          push r2
          push r3
          pop r3
          pop r2
    short: ret
    """
    assert depth(text) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("main: call main\nret", "recursion: main -> main"),
        ("main: call other\nret\nother: call main\nret", "recursion"),
        ("main: icall\nret", "through a pointer"),
        ("main: ijmp", "through a pointer"),
        ("main: push r2\nret", "returns 1 deep"),
        ("main: rjmp .+100", "leads to no code"),
        ("main: in r28, 0x3d\nin r29, 0x3e\nmov r28, r24\nout 0x3d, r28\nret", "unknown stack pointer"),
        ("main: out 0x3d, r24\nret", "sets the stack pointer"),
        ("main: push r2\nrjmp main", "too many values"),
    ],
)
def test_what_cannot_be_followed_is_an_error(text: str, why: str) -> None:
    with pytest.raises(budget.UnboundedError, match=why):
        depth(text)


NESTED = """
reset: push r1
       pop r1
       call boot
       sei
loop:  call work
       rjmp loop
boot:  push r2
       push r3
       push r4
       push r5
       pop r5
       pop r4
       pop r3
       pop r2
       ret
work:  push r2
       call __vector_13
       pop r2
       ret
__vector_13: push r1
       call step
       pop r1
       reti
step:  sei
       push r2
       push r3
       cli
       pop r3
       pop r2
       ret
__vector_1: push r1
       push r0
       pop r0
       pop r1
       reti
"""


def test_interrupts_nest_on_the_deepest_point_that_they_can_meet() -> None:
    worst = budget.worst_stack(program(NESTED), leaving=frozenset())
    assert worst.boot.bytes == 2 + 4
    assert worst.loop.bytes == 2 + 1, "boot runs before the first sei, and the step is counted as an interrupt"
    assert worst.step.bytes == 1 + 2 + 2
    assert worst.handler.bytes == 2
    assert worst.bytes == 3 + 2 + 5 + 2 + 2


def test_another_handler_that_enables_interrupts_has_no_bound() -> None:
    text = NESTED.replace("__vector_1: push r1", "__vector_1: sei\npush r1")
    with pytest.raises(budget.UnboundedError, match="__vector_1 enables interrupts"):
        budget.worst_stack(program(text), leaving=frozenset())


def test_an_image_over_budget_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    listing = [
        f"{at.address:6x}:\t00 00 \t{at.name}\t{', '.join(at.operands)}"
        for at in program(NESTED).code.values()  # type: ignore[attr-defined]  # loaded from a file
    ]
    labels = program(NESTED).labels  # type: ignore[attr-defined]  # loaded from a file
    lines = [line for text in listing for line in (*_label(text, labels), text)]

    def tool(*command: str) -> list[str]:
        return [".text 24000 0", ".data 12 0", f".bss {ram} 0"] if command[0] == "avr-size" else lines

    monkeypatch.setattr(budget, "_tool", tool)
    ram = 1000
    assert budget.main(["x.elf"]) == 0
    assert "24012 bytes of  24576" in capsys.readouterr().out
    ram = 1536 - 12 - 14 + 1
    assert budget.main(["x.elf"]) == 1


def _label(line: str, labels: dict[int, str]) -> list[str]:
    address = int(line.split(":")[0], 16)
    return [f"{address:08x} <{labels[address]}>:"] if address in labels else []
