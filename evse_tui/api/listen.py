"""Taking the API's address, before anything heavy is imported: a taken port is said at once."""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import Final

from evse_tui.errors import UserError

PORTS_TRIED: Final = 100
_BACKLOG: Final = 128


class ServerError(UserError):
    """The API can't listen; the message is one sentence for the user."""


class Listener:
    """An address that is ours; clients that connect wait until somebody serves it."""

    def __init__(self, listening: socket.socket, host: str) -> None:
        self.socket = listening
        self.host = host
        self.port = int(listening.getsockname()[1])
        self.everywhere = ipaddress.ip_address(host).is_unspecified
        """Whether this is every address of the machine, now and later."""
        reachable = ("::1" if ":" in host else "127.0.0.1") if self.everywhere else host
        self.url = f"http://[{reachable}]:{self.port}" if ":" in host else f"http://{reachable}:{self.port}"

    def close(self) -> None:
        """Gives the address back; may be called again."""
        self.socket.close()


def is_loopback(host: str) -> bool:
    """Whether `host` is `localhost` or a literal loopback address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int, *, next_free: bool = False, has_token: bool = False) -> Listener:
    """Listens on `host`, an IP address or `localhost`; port 0 takes any free one.

    Beyond loopback there must be a token. With `next_free` a taken port is no error: the following ones are tried.

    Raises:
        ServerError: there is no token for this address, or it can't be bound.
    """
    address = "127.0.0.1" if host == "localhost" else host  # both families at once would need two ports to be free
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise ServerError(f"{host} is not an IP address: choose one of this machine, or 127.0.0.1") from None
    if not has_token and not is_loopback(address):
        raise ServerError(
            f"listening on {host} would open the API to the network, which needs a token: "
            "make one with `evse-tui token new`, or use 127.0.0.1"
        )
    last = min(port + (PORTS_TRIED if next_free and port else 1), 65536) - 1
    for candidate in range(port, last + 1):
        try:
            return Listener(_bound(address, candidate), address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and candidate < last:
                continue
            raise ServerError(_sentence(error, address, candidate)) from error
    raise ServerError(f"port {port} is not a port number")


def _bound(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if host == "::":  # every address of this machine, IPv4 too, whatever the system's default
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken by another program: stop it, or choose another port with --listen"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} is reserved for the system: choose one above 1023 with --listen"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"this machine has no address {host}: choose another one with --listen"
    return f"can't listen on {host} port {port}: {error.strerror}"
