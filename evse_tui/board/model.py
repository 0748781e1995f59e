"""Values that describe one board's link; frozen, safe to hand to any window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique


@unique
class LinkState(Enum):
    """States of the connection; the value is the word users read."""

    CLOSED = "closed"
    """Not started, or stopped."""
    OPENING = "opening"
    """The port is being opened in a worker thread."""
    GREETING = "greeting"
    """The port is open; HELLO is being sent."""
    ONLINE = "online"
    READ_ONLY = "read-only"
    """The schema differs: no commands; flashing is the way out."""
    OTHER_HOST = "another host"
    """Another host owns this board; we stopped."""
    SILENT = "silent"
    """Was online; no frame for a while. The port is still open."""
    WAITING = "waiting"
    """Lost or not there; the next attempt has a time."""


@dataclass(frozen=True, slots=True)
class LinkHealth:
    """Numbers since this link was created; rates and percentiles over the last 256 samples."""

    round_trip_p50_ms: float | None = None
    round_trip_p99_ms: float | None = None
    frames_received: int = 0
    frames_sent: int = 0
    bytes_received: int = 0
    bytes_sent: int = 0
    retries: int = 0
    failures: int = 0
    """Commands that stayed without reply after all retries."""
    crc_errors: int = 0
    """Damaged frames of any kind."""
    garbage_bytes: int = 0
    telemetry_missed: int = 0
    resets_seen: int = 0
    reconnects: int = 0
    lease_ms: int = 0
    """Remaining lease, estimated now."""
    clock_offset_ms: int | None = None
    """Board clock minus host clock."""
    clock_drift_ppm: float | None = None
    last_frame_age_ms: int | None = None
    grants_refused: int = 0
