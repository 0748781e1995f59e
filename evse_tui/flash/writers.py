"""The tools that write: avrdude as a program, esptool as a library. Blocking; they have the port to themselves."""

from __future__ import annotations

import importlib
import shutil
import subprocess
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Final, Protocol

from evse_tui.flash.errors import RefusedError, WriteError
from evse_tui.flash.images import Target
from evse_tui.flash.plan import BAUDRATE, Plan

Run = Callable[[Sequence[str]], int]
"""Runs a program to its end and returns its exit status; its output goes to the user."""
Import = Callable[[str], ModuleType]

_CHIP: Final = "ESP32"


class Writer(Protocol):
    """Writes an image."""

    def check(self) -> None:
        """Whether the tool is there.

        Raises:
            RefusedError: it is not; says how to get it.
        """

    def write(self, plan: Plan) -> None:
        """Writes and compares.

        Raises:
            RefusedError: nothing was written.
            WriteError: it failed on the way.
        """


class Avrdude:
    """For AVR boards."""

    def __init__(self, run: Run | None = None) -> None:
        self._run = run or _run

    def check(self) -> None:
        if shutil.which("avrdude") is None:
            raise RefusedError("avrdude is not installed: `sudo apt install avrdude`, or see its project page.")

    def write(self, plan: Plan) -> None:
        status = self._run(plan.command)
        if status:
            raise WriteError(
                f"avrdude failed with status {status}; its last lines say why. The bootloader is there, try again."
            )


class Esptool:
    """For ESP32 boards; esptool is imported only here, it is an optional dependency."""

    def __init__(self, load: Import = importlib.import_module) -> None:
        self._load = load

    def check(self) -> None:
        self._commands()

    def write(self, plan: Plan) -> None:
        commands, fatal = self._commands(), self._load("esptool.util").FatalError
        begun = False
        try:
            with commands.detect_chip(plan.port, baud=BAUDRATE, connect_mode="default-reset") as chip:
                if chip.CHIP_NAME != _CHIP:
                    commands.reset_chip(chip, "hard-reset")
                    raise RefusedError(f"There is an {chip.CHIP_NAME} on {plan.port}, not an {_CHIP}.")
                stub = commands.run_stub(chip)
                commands.attach_flash(stub)
                begun = True
                commands.write_flash(stub, [(part.address, part.data) for part in plan.image.parts])
                commands.reset_chip(stub, "hard-reset")
        except (fatal, OSError) as error:
            if begun:
                raise WriteError(f"esptool failed: {error}. The ROM's bootloader is still there: try again.") from error
            raise RefusedError(f"esptool can't reach the chip on {plan.port}: {error}.") from error

    def _commands(self) -> ModuleType:
        try:
            return self._load("esptool.cmds")
        except ImportError:
            raise RefusedError("esptool is not installed: `pip install 'evse-tui[flash]'`.") from None


def writer_for(target: Target) -> Writer:
    """The tool for a chip."""
    return Avrdude() if target is Target.AVR else Esptool()


def _run(command: Sequence[str]) -> int:
    try:
        return subprocess.run(command, check=False).returncode  # noqa: S603  # a list of ours, no shell
    except OSError as error:
        raise RefusedError(f"{command[0]} can't be run: {error.strerror or error}.") from error
