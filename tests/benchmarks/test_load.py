"""The instruments of the load benchmark."""

from __future__ import annotations

import os
import socket

import pytest

from benchmarks.load.listeners import Listener
from benchmarks.load.process import Share, cpu_s, rss_mb
from evse_tui.api.stream import HEARTBEAT, RETRY, frame_of
from tests.api.factory import make_snapshot


@pytest.mark.parametrize("piece", [1, 3, 5, 1000])
def test_frames_are_counted_however_they_arrive(piece: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        listener = Listener(theirs)
        sent = RETRY + frame_of(make_snapshot()) + HEARTBEAT + frame_of(make_snapshot())
        for begin in range(0, len(sent), piece):
            ours.sendall(sent[begin : begin + piece])
            listener.read()
        assert (listener.frames, listener.received, listener.open) == (2, len(sent), True)
        ours.shutdown(socket.SHUT_WR)
        listener.read()
        assert not listener.open


def test_what_a_process_costs_is_read_from_the_system() -> None:
    share, before_s = Share(os.getpid()), cpu_s(os.getpid())
    while cpu_s(os.getpid()) < before_s + 0.02:
        sum(range(10_000))
    assert share.so_far() > 0
    assert rss_mb(os.getpid()) > 5
