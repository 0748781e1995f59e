"""Two hosts never share a data directory; a dead one holds nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from evse_tui.store import Store, StoreError

_HOLDER: Final = """
import asyncio, pathlib, sys
from evse_tui.store import Store

async def hold():
    await Store.open(pathlib.Path(sys.argv[1]))
    print("open", flush=True)
    sys.stdin.read()

asyncio.run(hold())
"""


async def _open_and_write(directory: Path) -> None:
    store = await Store.open(directory)
    await store.set_setting("current_main", 20)
    await store.close()


def test_a_second_host_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(StoreError) as refused:
            asyncio.run(_open_and_write(tmp_path))
        assert str(refused.value) == (
            f"process {holder.pid} is the host of {tmp_path} already: stop it, watch it with `evse-tui attach`, "
            "or name another data_dir"
        )
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    asyncio.run(_open_and_write(tmp_path))


async def test_one_process_is_no_exception_and_closing_lets_the_next_in(tmp_path: Path) -> None:
    first = await Store.open(tmp_path)
    with pytest.raises(StoreError, match=f"process {os.getpid()} is the host of"):
        await Store.open(tmp_path)
    await first.set_setting("current_main", 20)
    await first.close()
    second = await Store.open(tmp_path)
    assert second.stored.settings == {(None, "current_main"): 20}
    await second.close()


async def test_a_database_that_is_refused_lets_the_next_host_in(tmp_path: Path) -> None:
    (tmp_path / "evse-tui.sqlite3").write_bytes(b"not a database" * 100)
    for _ in range(2):
        with pytest.raises(StoreError, match="is damaged"):
            await Store.open(tmp_path)
