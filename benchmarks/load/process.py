"""What another process costs, from /proc; and keeping it on one core."""

from __future__ import annotations

import os
import time
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """User and system time so far, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def rss_mb(pid: int) -> float:
    """Resident memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} has no VmRSS")


def pin(pid: int) -> None:
    """Confines all threads of a process to the first core that this process may use."""
    core = {min(os.sched_getaffinity(0))}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), core)


class Share:
    """Cores that a process uses, from now on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu_s, self._wall_s = cpu_s(pid), time.monotonic()

    def cpu_s(self) -> float:
        """User and system time since then."""
        return cpu_s(self._pid) - self._cpu_s

    def wall_s(self) -> float:
        """Time since then."""
        return time.monotonic() - self._wall_s

    def so_far(self) -> float:
        """1.0 is a whole core."""
        return self.cpu_s() / self.wall_s()
