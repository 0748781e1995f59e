"""What the image costs, and whether it may: flash, variables, and the deepest stack that its code can reach.

The stack is found from the linked program alone: every instruction that is reachable from the reset vector is followed,
with the bytes that lie on the stack at that point. Calls add what the callee needs; an interrupt adds what its handler
needs on top of the deepest point at which interrupts are enabled. What cannot be followed (a call through a pointer, a
recursion, a stack pointer from an unknown place) is an error, not a guess.

    budget.py ELF       prints the table; exit status 1 when a budget is exceeded, 2 when the stack has no bound
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

FLASH_BUDGET = 24 * 1024
RAM_BUDGET = 1536
STACK_BUDGET = 512

STEP_VECTOR = "__vector_13"
"""The only handler that enables interrupts; it never interrupts itself beyond a first look at a flag."""

RETURN_ADDRESS = 2
_SPL, _SPH, _SREG = "0x3d", "0x3e", "0x3f"
_BRANCHES = frozenset((
    "breq", "brne", "brcs", "brcc", "brlo", "brsh", "brmi", "brpl", "brge", "brlt", "brhs", "brhc", "brts", "brtc",
    "brvs", "brvc", "brie", "brid", "brbs", "brbc",
))  # fmt: skip
_SKIPS = frozenset(("cpse", "sbrc", "sbrs", "sbic", "sbis"))
_WRITE_NO_REGISTER = _SKIPS | _BRANCHES | frozenset((
    "cp", "cpc", "cpi", "st", "std", "sts", "out", "push", "sbi", "cbi", "tst", "nop", "wdr", "sei", "cli", "bst",
))  # fmt: skip
_LINE = re.compile(r"^\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*\t(\S+)(?:\t([^;]*))?(?:;\s*(.*))?$")
_LABEL = re.compile(r"^([0-9a-f]+) <([^>]+)>:$")


class UnboundedError(Exception):
    """The deepest stack cannot be known; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Instruction:
    address: int
    size: int
    name: str
    operands: tuple[str, ...]
    target: int | None
    """Of a direct jump, branch or call."""


@dataclass(frozen=True, slots=True)
class Depth:
    """Bytes below the stack pointer at entry, and the calls that lead there."""

    bytes: int
    path: tuple[str, ...] = ()

    def under(self, used: int, caller: str) -> Depth:
        return Depth(self.bytes + used, (caller, *self.path))


@dataclass(frozen=True, slots=True)
class _State:
    """At one instruction: bytes pushed since the entry, where Y points (as such a number), and known constants."""

    pushed: int = 0
    y: int | None = None
    constants: tuple[tuple[str, int], ...] = ()
    enabled: bool = False

    def constant(self, register: str) -> int | None:
        return dict(self.constants).get(register)

    def with_constant(self, register: str, value: int | None) -> _State:
        known = {name: known for name, known in self.constants if name != register}
        if value is not None and register in ("r26", "r27", "r28", "r29", "r30", "r31"):
            known[register] = value
        return replace(self, constants=tuple(sorted(known.items())))


@dataclass(slots=True)
class Program:
    """A disassembly by avr-objdump -d."""

    code: dict[int, Instruction]
    labels: dict[int, str]
    symbols: dict[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Program:
        code: dict[int, Instruction] = {}
        labels: dict[int, str] = {}
        for line in lines:
            if label := _LABEL.match(line):
                labels[int(label[1], 16)] = label[2]
            elif found := _LINE.match(line):
                instruction = _instruction(found)
                code[instruction.address] = instruction
        return cls(code, labels, {name: address for address, name in labels.items()})

    def name(self, address: int) -> str:
        """The function that holds an address."""
        return self.labels[max((start for start in self.labels if start <= address), default=min(self.labels))]

    def at(self, address: int, origin: Instruction) -> Instruction:
        try:
            return self.code[address]
        except KeyError:
            raise UnboundedError(f"0x{origin.address:x} ({self.name(origin.address)}) leads to no code") from None


def _instruction(found: re.Match[str]) -> Instruction:
    address, size = int(found[1], 16), len(found[2].split())
    operands = tuple(part.strip() for part in (found[4] or "").split(",") if part.strip())
    target = None
    if found[3] in ("jmp", "call"):
        target = int(operands[0], 0)
    elif operands and operands[-1].startswith("."):
        target = address + size + int(operands[-1][1:])
    return Instruction(address, size, found[3], operands, target)


class Stack:
    """The depths of a program's functions, each worked out once."""

    def __init__(self, program: Program, *, leaving: frozenset[int] = frozenset(), apart: frozenset[str] = frozenset()):
        """`leaving`: jumps there end the program (a bootloader). `apart`: functions whose calls are not followed,
        because they are counted as interrupts."""
        self._program = program
        self._leaving = leaving
        self._apart = {program.symbols[name] for name in apart if name in program.symbols}
        self._known: dict[int, tuple[Depth, Depth, bool]] = {}
        self._open: list[int] = []
        self._saves = program.symbols.get("__prologue_saves__")
        self._restores = program.symbols.get("__epilogue_restores__")

    def depth(self, entry: int) -> Depth:
        """Of a function or of the reset path, whether interrupts are enabled or not."""
        return self._measure(entry)[0]

    def interruptible(self, entry: int) -> Depth:
        """As `depth`, after the first `sei` on the path from here."""
        return self._measure(entry)[1]

    def enables(self, entry: int) -> bool:
        """Whether a `sei` is reachable."""
        return self._measure(entry)[2]

    def _measure(self, entry: int) -> tuple[Depth, Depth, bool]:
        if entry in self._known:
            return self._known[entry]
        if entry in self._open:
            names = " -> ".join(self._program.name(address) for address in (*self._open, entry))
            raise UnboundedError(f"recursion: {names}")
        self._open.append(entry)
        result = self._walk(entry)
        self._open.pop()
        self._known[entry] = result
        return result

    def _walk(self, entry: int) -> tuple[Depth, Depth, bool]:
        name = self._program.name(entry)
        deepest, deepest_enabled, enables = Depth(0, (name,)), Depth(0, (name,)), False
        seen: set[tuple[int, _State]] = set()
        waiting = [(entry, _State())]
        while waiting:
            address, state = waiting.pop()
            if (address, state) in seen:
                continue
            seen.add((address, state))
            if len(seen) > 20_000:
                raise UnboundedError(f"{name}: the stack pointer takes too many values")
            at = self._program.code[address]
            here = Depth(state.pushed, (name,))
            callee = self._callee(at)
            if callee is not None:
                inside, inside_enabled, callee_enables = self._measure(callee)
                used = state.pushed + RETURN_ADDRESS
                here = inside.under(used, name)
                if callee_enables:
                    enables = True
                    deepest_enabled = max(deepest_enabled, inside_enabled.under(used, name), key=lambda d: d.bytes)
            if at.name == "sei":
                enables = True
            deepest = max(deepest, here, key=lambda d: d.bytes)
            if state.enabled:
                deepest_enabled = max(deepest_enabled, here, key=lambda d: d.bytes)
            waiting += self._after(at, state)
        return deepest, deepest_enabled, enables

    def _callee(self, at: Instruction) -> int | None:
        if at.name in ("icall", "eicall"):
            raise UnboundedError(f"0x{at.address:x} ({self._program.name(at.address)}) calls through a pointer")
        if at.name not in ("call", "rcall") or at.target in self._apart or at.target == at.address + at.size:
            return None
        return self._program.at(_target(at), at).address

    def _after(self, at: Instruction, state: _State) -> Iterator[tuple[int, _State]]:
        following = at.address + at.size
        if at.name in ("ret", "reti"):
            if state.pushed != 0:
                raise UnboundedError(f"0x{at.address:x} ({self._program.name(at.address)}) returns {state.pushed} deep")
            return
        if at.name in ("ijmp", "eijmp"):
            raise UnboundedError(f"0x{at.address:x} ({self._program.name(at.address)}) jumps through a pointer")
        if at.name in ("jmp", "rjmp"):
            yield from self._jump(at, state)
            return
        if at.name in _BRANCHES:
            yield _target(at), state
        if at.name in _SKIPS:
            yield following + self._program.at(following, at).size, state
        yield self._program.at(following, at).address, self._effect(at, state)

    def _jump(self, at: Instruction, state: _State) -> Iterator[tuple[int, _State]]:
        target = _target(at)
        if target in self._leaving:
            return
        if self._restores is not None and self._within(target, self._restores, "ret"):
            return
        if self._saves is not None and self._within(target, self._saves, "ijmp"):
            yield self._prologue(at, target, state)
            return
        yield self._program.at(target, at).address, state

    def _within(self, address: int, start: int, last: str) -> bool:
        while start in self._program.code and start <= address:
            if start == address:
                return True
            if self._program.code[start].name == last:
                return False
            start += self._program.code[start].size
        return False

    def _prologue(self, at: Instruction, target: int, state: _State) -> tuple[int, _State]:
        """libgcc's common prologue: pushes from `target` on, makes the frame in r27:r26, goes on at r31:r30."""
        known = [state.constant(register) for register in ("r26", "r27", "r30", "r31")]
        low, high, to_low, to_high = known
        if low is None or high is None or to_low is None or to_high is None:
            raise UnboundedError(f"0x{at.address:x} ({self._program.name(at.address)}): a prologue of unknown size")
        pushes = 0
        address = target
        while self._program.code[address].name != "ijmp":
            pushes += self._program.code[address].name == "push"
            address += self._program.code[address].size
        pushed = state.pushed + pushes + (low | high << 8)
        return (to_low | to_high << 8) * 2, _State(pushed, pushed, (), state.enabled)

    def _effect(self, at: Instruction, state: _State) -> _State:
        name, operands = at.name, at.operands
        if name == "push":
            return replace(state, pushed=state.pushed + 1)
        if name == "sei":
            return replace(state, enabled=True)
        if name in ("call", "rcall"):
            if at.target == at.address + at.size:  # the compiler's way to make two bytes of room
                return replace(state, pushed=state.pushed + RETURN_ADDRESS)
            return replace(state, constants=())
        if name == "out" and operands[0] in (_SPL, _SPH):
            return self._new_stack_pointer(at, state)
        if name == "pop":
            state = replace(state, pushed=state.pushed - 1)
        if name in _WRITE_NO_REGISTER or not operands:
            return state
        return self._register_written(at, state)

    def _new_stack_pointer(self, at: Instruction, state: _State) -> _State:
        if at.operands[1] not in ("r28", "r29"):
            raise UnboundedError(f"0x{at.address:x} ({self._program.name(at.address)}) sets the stack pointer")
        if state.y is not None:
            if state.y < 0:
                raise UnboundedError(f"0x{at.address:x} ({self._program.name(at.address)}) empties its caller's stack")
            return replace(state, pushed=state.y) if at.operands[0] == _SPL else state
        if state.constant("r28") is not None and state.constant("r29") is not None:
            return replace(state, pushed=0)  # the start-up code: top of RAM
        raise UnboundedError(f"0x{at.address:x} ({self._program.name(at.address)}) sets an unknown stack pointer")

    @staticmethod
    def _register_written(at: Instruction, state: _State) -> _State:
        name, register = at.name, at.operands[0]
        if name == "in" and register in ("r28", "r29") and at.operands[1] in (_SPL, _SPH):
            return replace(state.with_constant(register, None), y=state.pushed)
        if name == "ldi":
            value = int(at.operands[1], 0)
            y = None if register in ("r28", "r29") else state.y
            return replace(state.with_constant(register, value), y=y)
        if register not in ("r26", "r27", "r28", "r29", "r30", "r31"):
            return state
        if register in ("r28", "r29"):
            y = state.y
            if y is not None and name in ("adiw", "sbiw"):
                y += int(at.operands[1], 0) * (1 if name == "sbiw" else -1)
            elif y is not None and name == "subi" and register == "r28":
                y += int(at.operands[1], 0)
            elif y is not None and name == "sbci" and register == "r29":
                y += 256 * _signed(int(at.operands[1], 0))
            elif (name, *at.operands) == ("sbc", "r29", "r1"):
                pass  # r1 is zero: only the borrow of a small frame
            else:
                y = None
            return replace(state.with_constant(register, None), y=y)
        state = state.with_constant(register, None)
        if name in ("movw", "adiw", "sbiw"):
            state = state.with_constant(f"r{int(register[1:]) + 1}", None)
        return state


def _target(at: Instruction) -> int:
    if at.target is None:
        raise UnboundedError(f"0x{at.address:x} has no target: {at.name}")
    return at.target


def _signed(byte: int) -> int:
    return byte - 256 if byte >= 128 else byte


@dataclass(frozen=True, slots=True)
class Worst:
    """The deepest stack, by its parts."""

    boot: Depth
    loop: Depth
    step: Depth
    handler: Depth

    @property
    def bytes(self) -> int:
        nested = self.loop.bytes + RETURN_ADDRESS + self.step.bytes + RETURN_ADDRESS + self.handler.bytes
        return max(self.boot.bytes, nested)


def worst_stack(program: Program, leaving: frozenset[int]) -> Worst:
    """The loop, interrupted by the step, interrupted by the hungriest of the other handlers."""
    stack = Stack(program, leaving=leaving, apart=frozenset((STEP_VECTOR,)))
    step_entry = program.symbols[STEP_VECTOR]
    handlers = [(address, name) for name, address in program.symbols.items() if re.fullmatch(r"__vector_\d+", name)]
    others = []
    for address, name in handlers:
        if name != STEP_VECTOR:
            if stack.enables(address):
                raise UnboundedError(f"{name} enables interrupts")
            others.append(stack.depth(address))
    # The step's own handler may come once more on top, and then only looks at a flag.
    others.append(_first_look(program, step_entry))
    return Worst(
        boot=stack.depth(0),
        loop=stack.interruptible(0),
        step=stack.depth(step_entry),
        handler=max(others, key=lambda depth: depth.bytes),
    )


def _first_look(program: Program, entry: int) -> Depth:
    """A handler's depth without its calls."""
    callees = (at.target for at in program.code.values() if at.name in ("call", "rcall") and at.target is not None)
    return Stack(program, apart=frozenset(program.labels[at] for at in callees if at in program.labels)).depth(entry)


def _tool(*command: str) -> list[str]:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def sizes(elf: Path) -> tuple[int, int]:
    """(flash, variables) in bytes."""
    flash = ram = 0
    for line in _tool("avr-size", "-A", str(elf)):
        parts = line.split()
        if parts and parts[0] in (".text", ".data"):
            flash += int(parts[1])
        if parts and parts[0] in (".data", ".bss", ".noinit"):
            ram += int(parts[1])
    return flash, ram


def main(arguments: list[str]) -> int:
    elf = Path(arguments[0])
    flash, ram = sizes(elf)
    program = Program.parse(_tool("avr-objdump", "-d", str(elf)))
    try:
        worst = worst_stack(program, leaving=frozenset((0x7E00, 0)))
    except UnboundedError as error:
        print(f"The stack has no bound: {error}.", file=sys.stderr)
        return 2
    rows = [
        ("flash", flash, FLASH_BUDGET),
        ("variables", ram, None),
        ("worst stack", worst.bytes, STACK_BUDGET),
        ("RAM in all", ram + worst.bytes, RAM_BUDGET),
    ]
    for title, used, budget in rows:
        print(f"{title:12} {used:6} bytes" + (f" of {budget:6}" if budget is not None else ""))
    for title, depth in (("boot", worst.boot), ("loop", worst.loop), ("step", worst.step), ("other", worst.handler)):
        print(f"  {title:6} {depth.bytes:4}  {' > '.join(name.split('.')[0] for name in depth.path)}")
    return int(any(budget is not None and used > budget for _, used, budget in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
