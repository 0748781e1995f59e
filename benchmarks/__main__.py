"""`python -m benchmarks [NAME ..]`: the ones named, or all but those that take longer than a coffee."""

from __future__ import annotations

import importlib
import platform
import sys

NAMES = ("charts", "codec", "firmware", "latency", "load", "recording", "startup", "store", "terminal")
LONG = ("growth",)


def main(names: list[str]) -> int:
    """Runs benchmarks by name; 2 for an unknown one."""
    known = (*NAMES, *LONG)
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.stderr.write(f"benchmarks: no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    sys.stdout.write(f"Python {platform.python_version()}, {platform.machine()}\n")
    for name in names or NAMES:
        importlib.import_module(f"benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
