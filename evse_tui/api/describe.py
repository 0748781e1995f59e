"""`python -m evse_tui.api.describe [--check]`: writes docs/openapi.json, or says that it differs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evse_tui.api.endpoints import ENDPOINTS
from evse_tui.api.openapi import text

_FILE = "docs/openapi.json"


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status: 1 when `--check` finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m evse_tui.api.describe", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file differs")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2], help="the repository")
    options = parser.parse_args(arguments)
    path = options.root / _FILE
    made = text(ENDPOINTS)
    if path.exists() and path.read_text(encoding="utf-8") == made:
        return 0
    if options.check:
        sys.stdout.write(f"{_FILE} differs; run `make generate`\n")
        return 1
    path.write_text(made, encoding="utf-8")
    sys.stdout.write(f"wrote {_FILE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
