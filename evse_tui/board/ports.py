"""Opening ports: serial devices and serial servers, with an error that names the way out."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import grp
import io
import socket
import termios
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import serial

from evse_tui.board.threads import in_thread
from evse_tui.board.transport import PromptTransport, close_port
from evse_tui.errors import UserError

BAUDRATE: Final = 115_200
_DEAD_PEER_MS: Final = 15_000
"""A serial server that acknowledges nothing for so long is gone; it need not have said so."""


class PortError(UserError):
    """A port can't be opened: one sentence that names the port and the way out."""


class Opener(Protocol):
    """Opens one port as often as needed."""

    port: str

    async def open(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        """Connects `protocol` to the port.

        Raises:
            PortError: it can't be opened now.
        """


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A serial port that this machine has."""

    port: str
    description: str


class SerialOpener:
    """Anything pyserial opens and that has a file descriptor: `/dev/ttyUSB0`, `socket://host:port`, a pty.

    Opens exclusively, by a lock that ends with the process. (TIOCEXCL would outlive a killed host on a pty that
    somebody else holds open.) Control lines: DTR and RTS are both raised by opening and stay so; HUPCL is cleared, so
    that closing does not lower them either: wire.md, "Opening the port can reset the board".
    """

    def __init__(self, port: str, baudrate: int = BAUDRATE) -> None:
        self.port = port
        self._baudrate = baudrate

    async def open(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        """Opens the port on a thread; see `Opener`. Cancelling it closes a port that opens later."""
        opened = await in_thread(lambda: _open(self.port, self._baudrate), close_port)
        transport: asyncio.Transport = PromptTransport(asyncio.get_running_loop(), protocol, opened)
        return transport


def list_ports() -> list[PortInfo]:
    """The serial ports that this machine has, by name."""
    from serial.tools import list_ports as serial_tools  # who names a port does not wait for it

    return sorted(
        (PortInfo(found.device, found.description) for found in serial_tools.comports()), key=lambda info: info.port
    )


def _open(port: str, baudrate: int) -> serial.SerialBase:
    try:
        opened = serial.serial_for_url(port, baudrate=baudrate, timeout=0, write_timeout=0, exclusive=True)
    except (serial.SerialException, OSError, ValueError) as error:
        raise PortError(_explain(port, error)) from error
    try:
        descriptor = opened.fileno()
        if "://" in port and getattr(opened, "_socket", None) is not None:
            _tune_socket(descriptor)
        else:
            _keep_lines(descriptor)
    except (AttributeError, io.UnsupportedOperation) as error:
        close_port(opened)
        raise PortError(f"{port} is not supported: name a serial device or socket://host:port.") from error
    except (OSError, termios.error) as error:
        close_port(opened)
        raise PortError(f"{port} vanished while it was opened; check the adapter and its cable.") from error
    return opened


def _keep_lines(descriptor: int) -> None:
    attributes = termios.tcgetattr(descriptor)
    attributes[2] &= ~termios.HUPCL
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


def _tune_socket(descriptor: int) -> None:
    with socket.socket(fileno=socket.dup(descriptor)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAD_PEER_MS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5)


def _explain(port: str, error: Exception) -> str:
    cause = error.__context__ or error
    if port.startswith("socket://"):
        return _explain_socket(port, cause)
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return f"{port} is not a port: name a serial device such as /dev/ttyUSB0, or socket://host:port."
    match error.errno if isinstance(error, OSError) else None:
        case errno.ENOENT:
            return f"There is no port {port}: plug the adapter in, or choose one that `evse-tui` lists."
        case errno.EACCES | errno.EPERM:
            group = _group_of(port)
            return f"No permission to open {port}: run `sudo usermod -aG {group} $USER` and log in again."
        case errno.EBUSY | errno.EAGAIN:
            return f"{port} is in use by another program: close that program first."
        case errno.ENXIO | errno.ENODEV | errno.EIO:
            return f"{port} has no device behind it: plug the adapter in again."
        case errno.EISDIR | errno.ENOTTY | None:
            return f"{port} is not a serial port: name a serial device such as /dev/ttyUSB0, or socket://host:port."
        case _:
            return f"{port} can't be opened: {error}."


def _explain_socket(port: str, cause: BaseException) -> str:
    match cause:
        case ConnectionRefusedError():
            return f"{port} refused the connection: start the serial server, or correct the port number."
        case TimeoutError():
            return f"{port} did not answer: check that the serial server is switched on and reachable."
        case socket.gaierror():
            return f"{port} names an unknown host: correct the name or use its address."
        case OSError():
            return f"{port} can't be reached ({cause.strerror}): check the network and the address."
        case _:
            return f"{port} is not an address: write socket://host:port with a number for the port."


def _group_of(port: str) -> str:
    with contextlib.suppress(OSError, KeyError):
        name = grp.getgrgid(Path(port).stat().st_gid).gr_name
        if name != "root":
            return name
    return "dialout"
