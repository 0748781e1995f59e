"""`python -m evse_protocol.codegen [--check] [--root DIR]`: writes the generated files, or names those that differ."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evse_protocol.codegen import c, python, spec, vectors, wireshark

_SPEC = "protocol/SPEC.md"


def outputs(root: Path) -> dict[str, str]:
    """Path below the repository -> text, of every generated file. SPEC.md keeps its prose."""
    return {
        "firmware/gen/evse_messages.h": c.messages_h(),
        "firmware/gen/evse_codec.h": c.codec_h(),
        "firmware/gen/evse_codec.c": c.codec_c(),
        "protocol/evse_protocol/payloads.py": python.payloads_py(),
        "protocol/vectors/frames.json": vectors.frames_json(),
        "protocol/vectors/rejected_payloads.json": vectors.rejected_payloads_json(),
        "protocol/vectors/streams.json": vectors.streams_json(),
        "protocol/wireshark/evse.lua": wireshark.evse_lua(),
        _SPEC: spec.spec_md((root / _SPEC).read_text(encoding="utf-8")),
    }


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status: 1 when `--check` finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m evse_protocol.codegen", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a generated file differs")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[3], help="the repository")
    options = parser.parse_args(arguments)
    root: Path = options.root
    different = []
    for name, text in outputs(root).items():
        path = root / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        different.append(name)
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in different:
        sys.stdout.write(f"{name} differs; run `make generate`\n" if options.check else f"wrote {name}\n")
    return 1 if options.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
