"""Compiles this port for Xtensa against the real headers of ESP-IDF, where its own toolchain is not at hand.

Three questions, answered without linking: does every file compile without a warning; does ESP-IDF know every option of
sdkconfig.defaults and take its value; is everything that the interrupts call, directly or not, in RAM. README.md tells
what it needs. Exit status 1: something is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Final

_PORT: Final = Path(__file__).resolve().parent
_FIRMWARE: Final = _PORT.parents[1]
_COMPONENTS: Final = (
    "bootloader bootloader_support efuse esp_adc esp_common esp_driver_gpio esp_driver_gptimer esp_driver_ledc "
    "esp_driver_uart esp_hw_support esp_mm esp_partition esp_pm esp_ringbuf esp_rom esp_system esp_timer esptool_py "
    "freertos hal heap log newlib partition_table soc spi_flash xtensa"
)
"""Whose options the build sees, and whose headers."""
_IN_RAM: Final = {
    "adc_oneshot_read_isr": "CONFIG_ADC_ONESHOT_CTRL_FUNC_IN_IRAM",
    "gptimer_get_raw_count": "CONFIG_GPTIMER_CTRL_FUNC_IN_IRAM",
    "gptimer_set_alarm_action": "CONFIG_GPTIMER_CTRL_FUNC_IN_IRAM",
    "xPortEnterCriticalTimeout": "CONFIG_FREERTOS_IN_IRAM",
    "vPortExitCritical": "CONFIG_FREERTOS_IN_IRAM",
}
"""Foreign functions that interrupts may call, and the option that keeps them in RAM."""
_ALWAYS_IN_RAM: Final = frozenset(
    {
        # linker.lf of component hal
        "wdt_hal_config_stage",
        "wdt_hal_enable",
        "wdt_hal_feed",
        "wdt_hal_write_protect_disable",
        "wdt_hal_write_protect_enable",
        # ROM
        "memcmp",
        "memcpy",
        "memset",
        # instructions of the ESP32; the compiler used here calls them
        "__divsi3",
        "__modsi3",
        "__udivsi3",
        "__umodsi3",
    }
)
_ROOTS: Final = ("on_alarm", "on_edge", "port_contactors_off", "__wrap_esp_panic_handler")
_WINDOW: Final = 32
"""Bytes that a call of the ESP32's calling convention keeps beyond what this compiler counts (16 to 48)."""
_REENT: Final = "#pragma once\nstruct _reent {\n    int unused;\n};\n"
"""Stands in for the C library's header, which comes with Espressif's toolchain."""


def configure(idf: Path, folder: Path) -> dict[str, str]:
    """Writes sdkconfig.h as a build would; the options in effect."""
    paths = [idf / "components" / name for name in _COMPONENTS.split()]
    lists = {}
    for variable, name in (
        ("COMPONENT_KCONFIGS_SOURCE_FILE", "Kconfig"),
        ("COMPONENT_KCONFIGS_PROJBUILD_SOURCE_FILE", "Kconfig.projbuild"),
    ):
        lists[variable] = str(folder / variable)
        sources = (f'source "{path / name}"\n' for path in paths if (path / name).is_file())
        Path(lists[variable]).write_text("".join(sources), encoding="utf-8")
    version = "5.5.5"
    environment = {
        "IDF_PATH": str(idf),
        "IDF_TARGET": "esp32",
        "IDF_TOOLCHAIN": "gcc",
        "IDF_ENV_FPGA": "",
        "IDF_CI_BUILD": "",
        "IDF_VERSION": version,
        "IDF_INIT_VERSION": version,
        "IDF_MINIMAL_BUILD": "n",
        **lists,
    }
    env_file = folder / "env.json"
    env_file.write_text(json.dumps(environment), encoding="utf-8")
    command = [sys.executable, "-m", "kconfgen", "--kconfig", str(idf / "Kconfig")]
    command += ["--sdkconfig-rename", str(idf / "sdkconfig.rename"), "--env-file", str(env_file)]
    command += ["--defaults", str(_PORT / "sdkconfig.defaults")]
    command += ["--output", "header", str(folder / "sdkconfig.h"), "--output", "config", str(folder / "sdkconfig")]
    run = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **environment})  # noqa: S603 - this Python
    if run.returncode != 0:
        raise SystemExit(run.stdout + run.stderr)
    lines = (folder / "sdkconfig").read_text(encoding="utf-8").splitlines()
    options = dict(line.split("=", 1) for line in lines if line.startswith("CONFIG_"))
    return options | {line.split()[1]: "n" for line in lines if re.fullmatch(r"# CONFIG_\w+ is not set", line)}


def ignored_defaults(options: dict[str, str]) -> list[str]:
    lines = (_PORT / "sdkconfig.defaults").read_text(encoding="utf-8").splitlines()
    wanted = [line.split("=", 1) for line in lines if line.startswith("CONFIG_")]
    return [f"{name}={value} has no effect" for name, value in wanted if options.get(name) != value]


def include_folders(idf: Path) -> list[Path]:
    """The public ones of each component, those of the ESP32 among them."""
    found: list[Path] = []
    for name in _COMPONENTS.split():
        component = idf / "components" / name
        folders = [path for path in component.rglob("include") if "test" not in str(path) and path.is_dir()]
        folders += [path / sub for path in folders for sub in ("freertos", "esp32", "soc")]
        folders += component.glob("platform_include")
        folders += [component / "esp32", component / "esp32" / "register", component / "interface"]
        found += [path for path in folders if path.is_dir() and not _foreign(path.relative_to(component))]
    return found


def _foreign(path: Path) -> bool:
    """Of another chip, or for building something else."""
    other = re.compile(r"esp32[a-z]\d*|linux|riscv|FreeRTOS-Kernel-SMP|bootloader_flash|host_test|private_include")
    return any(other.fullmatch(part) for part in path.parts)


def sources() -> list[Path]:
    rooms = [
        _FIRMWARE / "core",
        _FIRMWARE / "link",
        _FIRMWARE / "gen",
        _PORT,
        _PORT / "components/evse",
        _PORT / "main",
    ]
    return [path for room in rooms for path in sorted(room.glob("*.c"))]


def compile_all(gcc: str, idf: Path, folder: Path) -> list[str]:
    """Leaves a call graph of each file in `folder`; what the compiler says."""
    for name in ("reent.h", "sys/reent.h"):
        path = folder / "stand-in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_REENT, encoding="utf-8")
    own = [_FIRMWARE / name for name in ("core", "gen", "link", "port")] + [
        _PORT,
        _PORT / "main",
        _PORT / "components/evse",
    ]
    flags = ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-Wshadow", "-Werror", "-mlongcalls", "-fno-jump-tables"]
    flags += ["-DESP_PLATFORM", "-D_GNU_SOURCE", '-DIDF_VER="v5.5.5"', '-DEVSE_GUARD_HEADER="guard_esp32.h"']
    flags += [f"-I{path}" for path in (folder, *own)]
    for path in (*include_folders(idf), folder / "stand-in"):
        flags += ["-isystem", str(path)]
    said = []
    for source in sources():
        target = folder / f"{source.parent.name}_{source.stem}.s"
        command = [gcc, *flags, "-fcallgraph-info=su", "-S", str(source), "-o", str(target)]
        run = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - the compiler asked for
        if run.returncode != 0:
            said.append(f"{source.relative_to(_FIRMWARE)}:\n{run.stderr}")
    return said


class Calls:
    """Who calls whom, over all files."""

    def __init__(self, folder: Path) -> None:
        self._frame: dict[str, int] = {}
        self._unit: dict[str, str] = {}
        self._called: defaultdict[str, set[str]] = defaultdict(set)
        self._place: dict[str, str] = {}
        for graph in sorted(folder.glob("*.ci")):
            self._read(graph)

    def _read(self, graph: Path) -> None:
        for line in graph.read_text(encoding="utf-8").splitlines():
            if node := re.match(r'node: \{ title: "([^"]+)" label: "([^"]*)"(?!.*ellipse)', line):
                title, label = node.groups()
                frame = re.search(r"(\d+) bytes", label)
                self._frame[title] = int(frame[1]) if frame else 0
                self._unit[title] = graph.stem
                self._place[title.rpartition(":")[2]] = title
            elif edge := re.match(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', line):
                self._called[edge[1]].add(edge[2])

    def walk(self, name: str, path: tuple[str, ...], foreign: set[str], units: set[str]) -> int:
        """Worst stack below `name`, bytes; collects what is reached."""
        title = name if name in self._frame else self._place.get(name, name)
        if title not in self._frame:
            foreign.add(title)
            return 0
        if title in path:
            raise SystemExit(f"{title} calls itself")
        units.add(self._unit[title])
        below = (self.walk(called, (*path, title), foreign, units) for called in self._called[title])
        return self._frame[title] + _WINDOW + max(below, default=0)


def not_in_ram(calls: Calls, options: dict[str, str]) -> list[str]:
    fragment = (_PORT / "main" / "linker.lf").read_text(encoding="utf-8")
    kept = {f"main_{unit}" for unit in re.findall(r"^    (\w+) \(noflash\)$", fragment, re.MULTILINE)}
    plain = {
        f"esp32_{Path(name).stem}"
        for name in re.findall(
            r"port}/(\w+\.c)", (_PORT / "components/evse/CMakeLists.txt").read_text(encoding="utf-8")
        )
    }
    wrong = []
    for root in _ROOTS:
        foreign: set[str] = set()
        units: set[str] = set()
        stack = calls.walk(root, (), foreign, units)
        sys.stdout.write(f"{root}: {len(units)} files, about {stack} bytes of stack\n")
        outside = {u for u in units if not u.startswith(("core_", "link_", "gen_", "evse_"))} - kept - plain
        wrong += [f"{root} runs {unit}, which linker.lf leaves in flash" for unit in sorted(outside)]
        for function in sorted(foreign - _ALWAYS_IN_RAM):
            option = _IN_RAM.get(function)
            if option is None or options.get(option) != "y":
                wrong.append(f"{root} calls {function}, which is not known to be in RAM")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("idf", type=Path, help="a checkout of ESP-IDF v5.5")
    parser.add_argument("--gcc", default="xtensa-lx106-elf-gcc", help="any GCC >= 10 for Xtensa")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        idf = arguments.idf.resolve()
        options = configure(idf, folder)
        wrong = ignored_defaults(options) + compile_all(arguments.gcc, idf, folder)
        if not wrong:
            wrong += not_in_ram(Calls(folder), options)
    sys.stdout.write("".join(f"{line}\n" for line in wrong) or f"{len(sources())} files are in order\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
