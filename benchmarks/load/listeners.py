"""Clients of the event stream, as a process: COUNT connections that read. A line on stdin asks for a report.

It gives way to everybody else: real clients run on machines of their own and take no time from the board and the asker.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
from dataclasses import dataclass

_MARK = b"\nid: "


@dataclass
class Listener:
    """One connection, and what came over it."""

    connection: socket.socket
    frames: int = 0
    received: int = 0
    tail: bytes = b""
    open: bool = True

    def read(self) -> None:
        """Takes what is there; a mark may lie across two pieces."""
        data = self.connection.recv(1 << 18)
        self.open = bool(data)
        self.received += len(data)
        seen = self.tail + data
        self.frames += seen.count(_MARK)
        self.tail = seen[1 - len(_MARK) :]


def main(port: int, count: int) -> None:
    """Listens until stdin ends."""
    os.nice(19)
    selector = selectors.DefaultSelector()
    listeners = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        connection.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.setblocking(False)
        listener = Listener(connection)
        listeners.append(listener)
        selector.register(connection, selectors.EVENT_READ, listener)
    selector.register(sys.stdin, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            listener = key.data
            if listener is not None:
                listener.read()
                if not listener.open:
                    selector.unregister(listener.connection)
            elif not sys.stdin.readline():
                return
            else:
                report = {
                    "frames": [one.frames for one in listeners],
                    "received": sum(one.received for one in listeners),
                    "open": sum(one.open for one in listeners),
                }
                sys.stdout.write(json.dumps(report) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
