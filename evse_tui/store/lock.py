"""One host for each data directory: two would each overwrite what the other decided, and neither would see it."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from evse_tui.store.database import StoreError

LOCK_NAME: Final = "evse-tui.lock"
_LONGEST_PID: Final = 20


class DirectoryLock:
    """Held from its making to `release`, or to the death of the process: the kernel lets go, whatever kills it."""

    def __init__(self, directory: Path) -> None:
        """Makes the directory if need be.

        Raises:
            StoreError: another process holds it, or the directory can't be used.
        """
        path = directory / LOCK_NAME
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{directory}: the directory can't be made: {error.strerror}") from error
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"{path} can't be written: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._file, _LONGEST_PID).decode("ascii", "replace").strip()
            os.close(self._file)
            who = f"process {holder}" if holder.isdigit() else "another process"
            raise StoreError(
                f"{who} is the host of {directory} already: stop it, watch it with `evse-tui attach`, "
                "or name another data_dir"
            ) from None
        except OSError as error:
            os.close(self._file)
            raise StoreError(
                f"{path} can't be locked ({error.strerror}): name a data_dir on a disk of this machine"
            ) from error
        with suppress(OSError):  # a full disk: the number is for the sentence only
            os.ftruncate(self._file, 0)
            os.write(self._file, b"%d\n" % os.getpid())

    def release(self) -> None:
        """Lets another host in. The file stays: who removed it could let two in."""
        os.close(self._file)
