"""Pins, polarities and identity of SmartEVSE v3.0 and v3.1."""

from __future__ import annotations

from typing import Any, Final

import pytest

from evse_protocol.messages import BoardKind, Capability, LockKind

from .library import load, new

FFI, LIB = load()

_V30: Final = {
    "temperature": 36,
    "cp_in": 39,
    "pp_in": 34,
    "lock_in": 35,
    "c1": 32,
    "c2": 27,
    "cp_out": 19,
    "cp_off": 15,
    "lock_a": 17,
    "lock_b": 18,
    "switch_in": 16,
    "rcm": 13,
    "led_red": 2,
    "led_green": 4,
    "led_blue": 12,
    "lcd_data": 33,
    "lcd_a0": 25,
    "lcd_clock": 26,
    "lcd_reset": 5,
    "backlight": 14,
    "button": 0,
    "bus_rx": 23,
    "bus_tx": 21,
    "bus_direction": 22,
    "buzzer": -1,
}
_V31: Final = {**_V30, "rcm": 38, "lock_a": 10, "lock_b": 9, "switch_in": 23, "bus_rx": 37, "buzzer": 18}
_OUTPUTS: Final = [
    "c1",
    "c2",
    "cp_out",
    "cp_off",
    "lock_a",
    "lock_b",
    "led_red",
    "led_green",
    "led_blue",
    "lcd_data",
    "lcd_a0",
    "lcd_clock",
    "lcd_reset",
    "backlight",
    "bus_tx",
    "bus_direction",
]
_FLASH: Final = {"v30": {6, 7, 8, 9, 10, 11}, "v31": {6, 7, 8, 11, 16, 17}}
"""Pins that belong to the flash: outside of the chip in four-line mode on v3.0, inside the package on v3.1."""
_CONSOLE: Final = {1, 3}


def _pins(package: int) -> dict[str, int]:
    pins: Any = LIB.board_pins(package)
    return {name: getattr(pins, name) for name in _V30}


def _described(package: int, serial: int = 0x123456, mac: int = 0xABCDEF) -> Any:
    board = new("evse_board_t *")
    LIB.board_describe(package, serial, mac, board)
    return board


@pytest.mark.parametrize(("package", "expected"), [(0, _V30), (1, _V30), (4, _V31)])
def test_pins_are_those_of_the_design(package: int, expected: dict[str, int]) -> None:
    assert _pins(package) == expected


@pytest.mark.parametrize("package", [2, 3, 5, 6, 7, 8, 0xFFFFFFFF])
def test_an_unknown_chip_has_no_pins_and_can_do_nothing(package: int) -> None:
    assert LIB.board_pins(package) == FFI.NULL
    board = _described(package)
    assert not board.recognised
    assert board.capabilities == 0


@pytest.mark.parametrize(("package", "name"), [(1, "v30"), (4, "v31")])
def test_no_pin_is_used_twice_or_belongs_to_flash_or_console(package: int, name: str) -> None:
    used = [pin for pin in _pins(package).values() if pin >= 0]
    assert len(used) == len(set(used))
    assert not set(used) & (_FLASH[name] | _CONSOLE)


@pytest.mark.parametrize("package", [1, 4])
def test_outputs_are_pins_that_can_drive(package: int) -> None:
    pins = _pins(package)
    assert all(pins[name] < 34 for name in _OUTPUTS)


@pytest.mark.parametrize("package", [1, 4])
def test_the_lock_is_driven_by_pins_of_one_register(package: int) -> None:
    """Both change in one write when the driver is switched on."""
    pins = _pins(package)
    assert pins["lock_a"] < 32
    assert pins["lock_b"] < 32


def test_an_input_without_a_pull_up_asks_for_none() -> None:
    assert LIB.board_pins(1).rcm_pull_up
    assert not LIB.board_pins(4).rcm_pull_up


@pytest.mark.parametrize("package", [1, 4])
def test_analogue_inputs_are_on_the_first_converter(package: int) -> None:
    pins = _pins(package)
    assert [LIB.board_adc_channel(pins[name]) for name in ("temperature", "cp_in", "pp_in")] == [0, 3, 6]
    assert LIB.board_adc_channel(pins["cp_out"]) == -1


def test_kind_and_capabilities() -> None:
    v30, v31 = _described(1), _described(4)
    assert (v30.kind, v31.kind) == (BoardKind.SMARTEVSE_V30, BoardKind.SMARTEVSE_V31)
    assert v30.recognised
    assert v31.recognised
    absent = Capability.CONTACTOR_FEEDBACK | Capability.BOOTLOADER | Capability.SIMULATED
    assert v30.capabilities == v31.capabilities == sum(c for c in Capability) & ~absent


@pytest.mark.parametrize(("burnt", "serial"), [(0x123456, 0x123456), (0, 0xABCDEF), (0xFFFFFF, 0xABCDEF)])
def test_a_board_without_a_burnt_number_takes_its_address(burnt: int, serial: int) -> None:
    assert _described(1, serial=burnt).serial == serial


@pytest.mark.parametrize(("drive", "levels"), [(0, (True, True)), (1, (False, True)), (-1, (True, False))])
def test_the_bridge_is_symmetrical_at_rest(drive: int, levels: tuple[bool, bool]) -> None:
    a, b = new("bool *"), new("bool *")
    LIB.board_lock_levels(drive, a, b)
    assert (a[0], b[0]) == levels


@pytest.mark.parametrize(
    ("kind", "when_low", "when_high"),
    [
        (LockKind.UNSET, False, False),
        (LockKind.NONE, False, False),
        (LockKind.SOLENOID, True, False),
        (LockKind.MOTOR, False, True),
    ],
)
def test_feedback_of_each_kind_of_lock(kind: LockKind, when_low: bool, when_high: bool) -> None:
    assert LIB.board_lock_engaged(kind, False) == when_low
    assert LIB.board_lock_engaged(kind, True) == when_high
