"""Opening real ports: ptys and sockets. Nothing here sleeps; everything waits for an event."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import socket
import termios
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from evse_protocol.messages import Access
from evse_protocol.payloads import Unlock
from evse_tui.board.client import BoardClient
from evse_tui.board.events import ClientEvent, GrantAnswered, LinkChanged
from evse_tui.board.model import LinkState
from evse_tui.board.ports import PortError, SerialOpener, _explain, list_ports
from evse_tui.board.threads import in_thread
from evse_tui.clock import SystemClock
from tests.protocol.scripted import Peer

PATIENCE_S = 20


class Host(asyncio.Protocol):
    """Records what the transport says."""

    def __init__(self) -> None:
        self.made = asyncio.Event()
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self.received = bytearray()
        self.news = asyncio.Event()
        self.paused = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.made.set()

    def data_received(self, data: bytes) -> None:
        self.received += data
        self.news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(exc)

    def pause_writing(self) -> None:
        self.paused.set()


@pytest.fixture
def pty() -> Iterator[tuple[int, str]]:
    """The board's end as a descriptor, and the name of the host's end; the board holds the host's end open too."""
    board, host = os.openpty()
    tty.setraw(board)
    yield board, os.ttyname(host)
    os.close(host)
    os.close(board)


async def opened(port: str) -> tuple[asyncio.Transport, Host]:
    host = Host()
    async with asyncio.timeout(PATIENCE_S):
        transport = await SerialOpener(port).open(host)
        await host.made.wait()
    return transport, host


async def closed(transport: asyncio.Transport, host: Host) -> Exception | None:
    transport.close()
    async with asyncio.timeout(PATIENCE_S):
        return await host.lost


async def test_bytes_go_both_ways_and_out_within_the_call(pty: tuple[int, str]) -> None:
    board, name = pty
    transport, host = await opened(name)
    transport.write(b"\x00hello\xff\n\r")
    assert os.read(board, 100) == b"\x00hello\xff\n\r", "it must be there before the loop turns"
    os.write(board, b"\x11\x13\x00\x7f\x03")
    async with asyncio.timeout(PATIENCE_S):
        await host.news.wait()
    assert host.received == b"\x11\x13\x00\x7f\x03"
    assert await closed(transport, host) is None


async def test_the_line_is_kept_up_and_locked(pty: tuple[int, str]) -> None:
    _, name = pty
    transport, host = await opened(name)
    descriptor = os.open(name, os.O_RDWR | os.O_NOCTTY)
    try:
        assert not termios.tcgetattr(descriptor)[2] & termios.HUPCL
        port = transport.get_extra_info("serial")
        assert (port.dtr, port.rts) == (True, True)
        with pytest.raises(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)
    with pytest.raises(PortError, match=f"{name} is in use by another program"):
        await SerialOpener(name).open(Host())
    await closed(transport, host)
    transport, host = await opened(name)
    await closed(transport, host)


async def test_a_vanished_peer_is_a_lost_port() -> None:
    board, host_end = os.openpty()
    name = os.ttyname(host_end)
    transport, host = await opened(name)
    os.close(host_end)
    os.close(board)
    async with asyncio.timeout(PATIENCE_S):
        assert isinstance(await host.lost, OSError)
    transport.write(b"nobody reads this")
    assert transport.is_closing()


async def test_a_write_to_a_vanished_peer_is_a_lost_port() -> None:
    board, host_end = os.openpty()
    transport, host = await opened(os.ttyname(host_end))
    os.close(host_end)
    os.close(board)
    transport.write(b"x")
    async with asyncio.timeout(PATIENCE_S):
        assert isinstance(await host.lost, OSError)


async def test_a_peer_that_does_not_read_blocks_nothing(pty: tuple[int, str]) -> None:
    board, name = pty
    transport, host = await opened(name)
    sent = b""
    while not host.paused.is_set():
        sent += b"\x55" * 500
        transport.write(b"\x55" * 500)
    got = bytearray()

    def drain() -> None:
        while len(got) < len(sent):
            got.extend(os.read(board, 4096))

    async with asyncio.timeout(PATIENCE_S):
        await in_thread(drain)
    assert bytes(got) == sent
    await closed(transport, host)


async def test_closing_with_a_full_buffer_gives_up_in_time(pty: tuple[int, str]) -> None:
    _, name = pty
    transport, host = await opened(name)
    while not host.paused.is_set():
        transport.write(b"\x55" * 500)
    transport.abort()
    async with asyncio.timeout(PATIENCE_S):
        assert await host.lost is None


async def test_a_peer_that_vanishes_while_bytes_wait_is_lost_once() -> None:
    board, host_end = os.openpty()
    transport, host = await opened(os.ttyname(host_end))
    while not host.paused.is_set():
        transport.write(b"\x55" * 500)
    os.close(host_end)
    os.close(board)
    async with asyncio.timeout(PATIENCE_S):
        assert isinstance(await host.lost, OSError)


async def test_a_serial_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = f"socket://127.0.0.1:{server.getsockname()[1]}"
        transport, host = await opened(port)
        peer, _ = server.accept()
        with peer:
            transport.write(b"ping")
            assert peer.recv(10) == b"ping"
            peer.sendall(b"pong")
            async with asyncio.timeout(PATIENCE_S):
                await host.news.wait()
        async with asyncio.timeout(PATIENCE_S):
            assert isinstance(await host.lost, ConnectionResetError)


async def test_a_serial_server_that_resets_leaves_no_socket_behind() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport, host = await opened(f"socket://127.0.0.1:{server.getsockname()[1]}")
        peer, _ = server.accept()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        peer.close()
        async with asyncio.timeout(PATIENCE_S):
            assert isinstance(await host.lost, OSError)
        assert transport.is_closing()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("port", "sentence"),
    [
        ("/dev/no-such-port", "There is no port /dev/no-such-port: plug"),
        ("/dev/null", "/dev/null is not a serial port: name"),
        ("/tmp", "/tmp is not a serial port: name"),  # noqa: S108  # a directory that is always there
        ("nonsense://x", "nonsense://x is not a port: name"),
        ("socket://localhost", "socket://localhost is not an address: write"),
        ("socket://no-such-host.invalid:23", "socket://no-such-host.invalid:23 names an unknown host"),
        ("loop://", "loop:// is not supported: name"),
    ],
)
async def test_what_can_not_be_opened_has_one_clear_sentence(port: str, sentence: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(PortError) as error:
            await SerialOpener(port).open(Host())
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EACCES, "No permission to open /dev/no-such-port: run `sudo usermod -aG dialout $USER`"),
        (errno.EBUSY, "/dev/no-such-port is in use by another program"),
        (errno.EIO, "/dev/no-such-port has no device behind it"),
        (errno.EMFILE, "/dev/no-such-port can't be opened: "),
    ],
)
def test_every_error_of_the_system_has_its_sentence(number: int, sentence: str) -> None:
    error = serial.SerialException(number, os.strerror(number))
    assert _explain("/dev/no-such-port", error).startswith(sentence)


async def test_a_refused_connection() -> None:
    port = f"socket://127.0.0.1:{unused_port()}"
    with pytest.raises(PortError, match=f"{port} refused the connection"):
        await SerialOpener(port).open(Host())


async def test_a_regular_file_is_not_a_port(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(PortError, match="is not a serial port"):
        await SerialOpener(str(path)).open(Host())


async def test_a_late_result_of_a_cancelled_call_is_disposed_of() -> None:
    release = threading.Event()
    disposed: list[str] = []
    done = threading.Event()

    def work() -> str:
        release.wait(PATIENCE_S)
        return "port"

    def dispose(result: str) -> None:
        disposed.append(result)
        done.set()

    call = in_thread(work, dispose)
    call.cancel()
    release.set()
    async with asyncio.timeout(PATIENCE_S):
        await in_thread(lambda: done.wait(PATIENCE_S))
    assert disposed == ["port"]


def test_the_ports_of_this_machine_are_listed() -> None:
    assert all(info.port for info in list_ports())


class PtyBoard:
    """A scripted peer on a pty, served by the loop, with a client on the other end."""

    def __init__(self) -> None:
        self.board, self.host_end = os.openpty()
        tty.setraw(self.board)
        self.name = os.ttyname(self.host_end)
        self.events: list[ClientEvent] = []
        self.reached = {state: asyncio.Event() for state in LinkState}
        self.answered = asyncio.Event()
        self._clock = SystemClock()
        self._peer = Peer()
        self.client = BoardClient(SerialOpener(self.name), self._clock, on_event=self._on_event)
        asyncio.get_running_loop().add_reader(self.board, self._serve)
        self._task = asyncio.create_task(self.client.run())

    def _on_event(self, event: ClientEvent) -> None:
        if isinstance(event, LinkChanged):
            self.reached[event.state].set()
        elif isinstance(event, GrantAnswered):
            self.answered.set()

    def _serve(self) -> None:
        for answer in self._peer.receive(os.read(self.board, 4096), self._clock.now_ms()):
            os.write(self.board, answer)

    def vanish(self) -> None:
        asyncio.get_running_loop().remove_reader(self.board)
        os.close(self.host_end)
        os.close(self.board)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait((self._task,))


async def test_a_client_on_a_pty_comes_online_notices_the_unplug_and_waits() -> None:
    bench = PtyBoard()
    async with asyncio.timeout(PATIENCE_S):
        await bench.reached[LinkState.ONLINE].wait()
        bench.vanish()
        await bench.reached[LinkState.WAITING].wait()
    assert bench.client.detail.startswith(f"{bench.name} was disconnected: plug the adapter in again")
    await bench.stop()
    assert bench.client.state is LinkState.CLOSED


async def test_a_serial_server_that_takes_no_connection_delays_no_other_board() -> None:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(2):  # fill its backlog: further connections hang
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        threads = set(threading.enumerate())
        dead = [
            asyncio.create_task(SerialOpener(f"socket://127.0.0.1:{server.getsockname()[1]}").open(Host()))
            for _ in range(40)
        ]
        bench = PtyBoard()
        async with asyncio.timeout(PATIENCE_S):
            await bench.reached[LinkState.ONLINE].wait()
            await bench.client.command(Unlock())
            bench.client.grant(160, 3, Access.ALLOW)
            await bench.answered.wait()
        assert not any(task.done() for task in dead)
        await bench.stop()
        bench.vanish()
        for task in dead:
            task.cancel()
        await asyncio.wait(dead)
    for thread in set(threading.enumerate()) - threads:  # their connections are refused now
        thread.join(PATIENCE_S)
