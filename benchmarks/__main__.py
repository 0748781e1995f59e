"""`python -m benchmarks [NAME ..]`: all of them, or the ones named."""

from __future__ import annotations

import importlib
import platform
import sys

NAMES = ("charts", "codec", "firmware", "latency", "load", "recording", "startup", "store", "terminal")


def main(names: list[str]) -> int:
    """Runs benchmarks by name; 2 for an unknown one."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.stderr.write(f"benchmarks: no such benchmark: {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    sys.stdout.write(f"Python {platform.python_version()}, {platform.machine()}\n")
    for name in names or NAMES:
        importlib.import_module(f"benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
