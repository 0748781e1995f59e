"""The command line. One file per command; each is imported only when it runs, so that the first frame comes soon."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from evse_tui.cli.parser import build_parser
from evse_tui.errors import UserError, plain


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit status: 0 good, 1 failed with a sentence, 2 wrong usage."""
    typed = sys.argv[1:] if arguments is None else arguments
    options = build_parser(typed).parse_args(typed)
    try:
        status: int = options.run(options)
    except UserError as error:
        sentence = "\n".join(plain(line) for line in str(error).split("\n"))  # a compiler's words have several
        sys.stderr.write(f"evse-tui: {sentence}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has gone
        sys.stderr.close()
        return 0
    return status
