"""Requests as fast as a server answers them, with so little client that the server is what is measured."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

CONNECTIONS = 4


class Requester:
    """Some connections that are always busy with the same request."""

    def __init__(self, port: int, path: str) -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        self._connections = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(CONNECTIONS)]
        for connection in self._connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self, turns: int) -> float:
        """Answers a second, over `turns` on each connection."""
        start = time.perf_counter()
        for _ in range(turns):
            for connection in self._connections:
                connection.sendall(self._request)
            for connection in self._connections:
                _read_answer(connection)
        return turns * CONNECTIONS / (time.perf_counter() - start)

    def close(self) -> None:
        for connection in self._connections:
            connection.close()


def _read_answer(connection: socket.socket) -> None:
    data = connection.recv(1 << 16)
    head, separator, body = data.partition(b"\r\n\r\n")
    while not separator:
        data += connection.recv(1 << 16)
        head, separator, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(head.decode(errors="replace"))
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(missing))


@contextmanager
def hammering(port: int, path: str) -> Iterator[None]:
    """Requests without a pause while the block runs."""
    ended = threading.Event()

    def hammer() -> None:
        requester = Requester(port, path)
        while not ended.is_set():
            requester.run(10)
        requester.close()

    thread = threading.Thread(target=hammer)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
