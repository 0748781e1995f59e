"""One sentence for every way in which a link can be wrong: what it is, and the way out."""

from __future__ import annotations

from typing import Final

from evse_protocol.messages import PROTOCOL_VERSION, Result
from evse_protocol.payloads import SCHEMA_HASH, Identity
from evse_tui.board.model import LinkState

GREETING_PATIENCE_MS: Final = 3_000
"""A board that is there answers HELLO within its boot time."""

_REFUSALS: Final = {
    Result.WRONG_SESSION: "it belongs to another session",
    Result.EXPIRED: "it came too late; the link is slow",
    Result.TOO_FAR: "its deadline lies too far ahead; the clocks disagree",
    Result.NO_SUCH_PHASES: "it can't do that number of phases",
    Result.BUSY: "not while the contactor is closed or a like command is running; pause charging and try again",
    Result.NOT_PERMITTED: "safety fields change only within 10 min after its button was held for 5 s",
    Result.INVALID: "a value is out of its range",
    Result.UNSUPPORTED: "this board does not have that",
    Result.NOT_CLEARED: "the cause of the fault is still there",
}


def refusal(command: str, result: Result) -> str:
    """Why the board refused a command, by the name of its message."""
    return f"The board refused {command}: {_REFUSALS.get(result, result.name)}."


def greeting(port: str, waited_ms: int, bytes_seen: int, frames_seen: int) -> str:
    """The board was greeted `waited_ms` ago; what has come from the port since."""
    if waited_ms < GREETING_PATIENCE_MS:
        return f"Greeting the board on {port}."
    if frames_seen:
        return f"The board on {port} talks but does not answer: check the transmit wire of the cable to it."
    if bytes_seen:
        return f"{port} sends data that no EVSE board sends: check the port's name and its speed of 115200 baud."
    return f"The board on {port} is mute: check its power and the cable, and that this is its port."


def link(state: LinkState, port: str, identity: Identity | None) -> str:
    """The other states of an open port; empty when online."""
    if state is LinkState.READ_ONLY and identity is not None:
        return (
            f"The board on {port} has firmware {version(identity)} with another message set "
            f"({identity.protocol}/{identity.schema:08x} here {PROTOCOL_VERSION}/{SCHEMA_HASH:08x}) and gets no "
            "commands: flash firmware and host of the same release."
        )
    if state is LinkState.OTHER_HOST:
        return f"Another host owns the board on {port}: stop that program, then restart this one."
    if state is LinkState.SILENT:
        return f"The board on {port} fell silent: check its power and the cable."
    return ""


def lost(port: str) -> str:
    """An open port was lost."""
    return f"{port} was disconnected: plug the adapter in again or check the serial server."


def version(identity: Identity) -> str:
    """The firmware's version as text."""
    return f"{identity.firmware_major}.{identity.firmware_minor}.{identity.firmware_patch}"
