"""Whether a board may be flashed, and how. Pure: all decisions of `evse-tui flash` are here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evse_protocol.messages import BoardKind, Capability, Flag, Pilot
from evse_protocol.payloads import SCHEMA_HASH, Identity, Status
from evse_tui.board.wording import version
from evse_tui.flash.errors import RefusedError, WriteError
from evse_tui.flash.images import Image, Target

BAUDRATE: Final = 115_200
"""Of the bootloaders: optiboot-class, and the ESP32's own."""
KINDS: Final = {
    "atmega328p": BoardKind.ATMEGA328P,
    "smartevse-v3.0": BoardKind.SMARTEVSE_V30,
    "smartevse-v3.1": BoardKind.SMARTEVSE_V31,
}
"""What `--board-kind` takes."""
_NAMES: Final = {kind: name for name, kind in KINDS.items()}
_TARGETS: Final = {
    BoardKind.ATMEGA328P: Target.AVR,
    BoardKind.SMARTEVSE_V30: Target.ESP32,
    BoardKind.SMARTEVSE_V31: Target.ESP32,
}
_SOCKET: Final = "socket://"


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at the port told."""

    port: str
    identity: Identity | None = None
    """None if no board answered."""
    status: Status | None = None
    """A fresh one; None if the board sends none that this program can read."""
    online: bool = False
    """Whether the board takes commands from here."""
    detail: str = ""
    """Why not, one sentence."""
    port_error: str = ""
    """One sentence if the port can't be opened."""
    other_host: bool = False
    """Somebody else talks to this board."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, in order."""

    port: str
    kind: BoardKind
    image: Image
    announce: bool
    """The board is told to restart into its bootloader, by BOOTLOADER with `boot`."""
    boot: int
    before: Identity | None
    command: tuple[str, ...]
    """The external program's, for an AVR; empty for the ESP32."""
    steps: tuple[str, ...]
    """For people: everything that happens, in order."""
    car_known: bool
    """The board itself says that no car is there."""
    question: str
    """What must be true before anybody says yes."""


def board_kind(found: Found, stated: BoardKind | None) -> BoardKind:
    """The kind of board: its own word, or what the user says where it has none.

    Raises:
        RefusedError: it is not known, or the two differ.
    """
    if found.port_error:
        raise RefusedError(found.port_error)
    if found.other_host:
        raise RefusedError(f"Another host uses the board on {found.port}: stop that program first.")
    kinds = ", ".join(KINDS)
    if found.identity is None:
        if stated is None:
            raise RefusedError(
                f"{found.detail or 'No board answered.'} To flash it all the same: --board-kind, {kinds}."
            )
        return stated
    said = next((kind for kind in BoardKind if kind == found.identity.board), None)
    if said is BoardKind.SIMULATED:
        if stated is None:
            raise RefusedError(
                f"The board on {found.port} is simulated and has no flash: --board-kind says what it stands for."
            )
        return stated
    if said is None or said not in _NAMES:
        raise RefusedError(f"The board on {found.port} is of a kind ({found.identity.board}) not known here.")
    if stated not in (None, said):
        raise RefusedError(f"The board on {found.port} says that it is {_NAMES[said]}: leave --board-kind out.")
    return said


def make_plan(found: Found, image: Image, stated: BoardKind | None, *, no_car: bool) -> Plan:
    """Everything checked. `stated` is the kind that the user names, `no_car` his word that no car is plugged in.

    Raises:
        RefusedError: with the reason.
    """
    kind = board_kind(found, stated)
    target = target_of(kind)
    if image.target is not target:
        raise RefusedError(
            f"{image.path} is for the {image.target.value}, this board ({_NAMES[kind]}) has another chip."
        )
    if target is Target.ESP32 and "://" in found.port:
        raise RefusedError(
            f"{found.port} can't reset an ESP32 into its bootloader: connect the board's USB to this machine."
        )
    known = _car_is_away(found)
    if not known and not no_car:
        raise RefusedError("The board can't say whether a car is plugged in: look, and say so with --no-car.")
    identity = found.identity
    announce = (
        target is Target.AVR
        and found.online
        and identity is not None
        and bool(identity.capabilities & Capability.BOOTLOADER)
    )
    command = avrdude(found.port, image) if target is Target.AVR else ()
    return Plan(
        found.port,
        kind,
        image,
        announce,
        0 if identity is None else identity.boot,
        identity,
        command,
        _steps(found, kind, image, command, announce=announce),
        known,
        _question(found, kind, known=known),
    )


def target_of(kind: BoardKind) -> Target:
    """The chip of a board."""
    return _TARGETS[kind]


def avrdude(port: str, image: Image) -> tuple[str, ...]:
    """The command that writes an AVR with an optiboot-class bootloader, which needs no erase (-D), and checks it."""
    where = f"net:{port.removeprefix(_SOCKET)}" if port.startswith(_SOCKET) else port
    flash = f"flash:w:{image.path}:i"
    return ("avrdude", "-p", "m328p", "-c", "arduino", "-P", where, "-b", str(BAUDRATE), "-D", "-U", flash)


def verdict(plan: Plan, after: Found) -> str:
    """What the board says of itself after writing, one sentence.

    Raises:
        WriteError: it does not prove that the new firmware runs.
    """
    identity = after.identity
    if identity is None:
        raise WriteError(f"Written, but the board does not answer: {after.detail or after.port_error}")
    before = plan.before
    if before is not None and before.serial == identity.serial and before.boot == identity.boot:
        raise WriteError("Written, but the board has not restarted: switch it off and on, then run `evse-tui diag`.")
    expected = plan.kind if before is None else before.board
    if identity.board not in (expected, BoardKind.SIMULATED):
        raise WriteError(f"Written, but the board says that it is of kind {identity.board}, not {int(expected)}.")
    if identity.schema != SCHEMA_HASH:
        raise WriteError(
            f"Written: firmware {version(identity)} runs, but its messages ({identity.schema:08x}) are not those of "
            f"this evse-tui ({SCHEMA_HASH:08x}), which can only read it; take both from the same release."
        )
    was = "" if before is None else f", before {version(before)}"
    return f"Board {identity.serial} runs firmware {version(identity)}{was}, with the messages of this evse-tui."


def _car_is_away(found: Found) -> bool:
    """True if the board says so, False if it can't.

    Raises:
        RefusedError: a car is there.
    """
    status = found.status
    if status is None:
        return False
    if status.flags & (Flag.C1 | Flag.C2) or status.pilot in (Pilot.C, Pilot.D):
        raise RefusedError("A car is charging: pause it and unplug it first.")
    if Flag.PLUGGED in status.flags or status.pilot is Pilot.B:
        raise RefusedError("A car is plugged in: unplug it first.")
    return status.pilot is Pilot.A


def _steps(found: Found, kind: BoardKind, image: Image, command: tuple[str, ...], *, announce: bool) -> tuple[str, ...]:
    steps = [f"close {found.port}"]
    if announce and found.identity is not None:
        steps.insert(0, f"tell the board to restart into its bootloader (BOOTLOADER, boot {found.identity.boot})")
    if target_of(kind) is Target.AVR:
        if not announce:
            steps.append("the bootloader starts by the adapter's DTR line: this board can't be told")
        steps.append(f"run: {' '.join(command)}")
    else:
        steps.append(
            f"esptool: reset into the ROM's bootloader by DTR and RTS at {BAUDRATE} baud, check that it is an ESP32"
        )
        steps += [f"esptool: write {part.name}, {len(part.data)} bytes, at 0x{part.address:X}" for part in image.parts]
        steps.append("esptool: compare what was written, reset")
        if image.only_app and found.identity is None:
            steps.append(
                "only the application is written: the board must have our bootloader and partition table already"
            )
    steps.append(f"open {found.port}, greet the board, compare firmware version and message schema")
    return tuple(steps)


def _question(found: Found, kind: BoardKind, *, known: bool) -> str:
    who = _NAMES[kind] if found.identity is None else f"{_NAMES[kind]}, serial {found.identity.serial}"
    car = "the board says that no car is plugged in" if known else "you have looked: NO CAR IS PLUGGED IN"
    return f"Flash {who} on {found.port}? It charges nothing meanwhile; {car}."
