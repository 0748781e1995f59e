"""When the garbage collector may stop the program, and for how long.

A full collection looks at everything that there is: of a terminal app a quarter of a million objects, nearly all of
them code, styles and widgets that stay until the end. That takes a tenth of a second, in which no key is answered.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def idle() -> Iterator[None]:
    """Nothing is collected inside: what is made while a program starts stays, and looking for garbage slows it.

    Nor does the first look at what is young, right after it, go through all that was made: it counts as old then.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():  # what `keep` was called for inside stays kept
                gc.freeze()
                gc.unfreeze()  # into the oldest generation
            gc.enable()


def keep() -> None:
    """Never again looks at what is there now. What of it becomes a cycle of garbage later stays: call it seldom."""
    gc.collect()
    gc.freeze()
