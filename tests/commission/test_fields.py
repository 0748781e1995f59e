"""What can be answered, and that host and firmware agree on what fits together."""

from __future__ import annotations

from dataclasses import fields
from itertools import product

import pytest

from evse_protocol.messages import Capability, Connector, LockKind, Monitor, Result, SwitchFunction
from evse_protocol.payloads import Config, ConfigSet
from evse_tui.cli.parser import COMMISSION_OPTIONS
from evse_tui.commission.fields import BY_NAME, FIELDS, changes, complaint, implied, message, parsed, table, values_of
from evse_tui.errors import UserError
from tests.firmware.core_bench import CONFIG, Bench

EVERYTHING = Capability(sum(Capability))
SOCKET = {**CONFIG, "connector": Connector.SOCKET, "cable_da": 0, "lock": LockKind.SOLENOID, "c2": 1}


def test_every_field_of_the_configuration_is_asked_for_once() -> None:
    assert (
        sorted(BY_NAME) == sorted(field.name for field in fields(Config)) == sorted(f.name for f in fields(ConfigSet))
    )
    assert [option for option, _metavar, _words in COMMISSION_OPTIONS] == [field.option for field in FIELDS]


@pytest.mark.parametrize("capabilities", [EVERYTHING, Capability(0)])
def test_host_and_firmware_agree_on_what_fits(capabilities: Capability) -> None:
    bench = Bench(config=None, capabilities=int(capabilities))
    accepted = refused = 0
    for connector, cable_da, lock, phases, c2, monitor, switch, fallback_da, limit_da in product(
        Connector, (0, 160), LockKind, (1, 3), (0, 1), Monitor, SwitchFunction, (0, 60, 321), (0, 320, 321)
    ):
        if 0 in (connector, lock, monitor, switch):  # UNSET is no answer
            continue
        values = {
            **CONFIG,
            "connector": connector,
            "cable_da": cable_da,
            "lock": lock,
            "phases": phases,
            "c2": c2,
            "monitor": monitor,
            "switch_function": switch,
            "fallback_da": fallback_da,
            "limit_da": limit_da,
        }
        if (accepted + refused) % 500 == 0:
            bench.run(10).press(5_100)  # the window stays open for ten minutes
        result = bench.set_config({name: int(value) for name, value in values.items()}).result
        bench.store()
        words = complaint(values, capabilities)
        assert (result == Result.OK) == (not words), (values, result, words)
        accepted, refused = accepted + (not words), refused + bool(words)
    assert min(accepted, refused) > 10


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hardware_max_da", "16", 160),
        ("hardware_max_da", " 12.5 A ", 125),
        ("fallback_da", "0", 0),
        ("connector", "Socket", Connector.SOCKET),
        ("phases", "3", 3),
        ("c2", "no", 0),
        ("phase_wait_s", "30", 30),
    ],
)
def test_answers(name: str, text: str, value: int) -> None:
    assert parsed(BY_NAME[name], text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hardware_max_da", "5.9"),
        ("hardware_max_da", "81"),
        ("hardware_max_da", "0"),
        ("hardware_max_da", "inf"),
        ("hardware_max_da", "nan"),
        ("hardware_max_da", ""),
        ("fallback_da", "3"),
        ("fallback_da", "-0.1"),
        ("connector", "plug"),
        ("phases", "2"),
        ("phase_wait_s", "29"),
        ("backlight_max", "101"),
    ],
)
def test_what_is_no_answer(name: str, text: str) -> None:
    with pytest.raises(UserError, match=BY_NAME[name].option):
        parsed(BY_NAME[name], text)


def test_what_is_for_safety_has_no_default() -> None:
    by_themselves = {field.name for field in FIELDS if implied(field.name, SOCKET, EVERYTHING) is not None}
    assert by_themselves == {"cable_da", "fallback_da", "phase_wait_s", "limit_da", "backlight_max"}
    assert implied("fallback_da", SOCKET, EVERYTHING) == 0
    assert implied("lock", {**SOCKET, "connector": Connector.FIXED}, EVERYTHING) == LockKind.NONE
    assert implied("lock", SOCKET, EVERYTHING & ~Capability.SOCKET_LOCK) == LockKind.NONE
    assert implied("monitor", SOCKET, EVERYTHING & ~Capability.RESIDUAL_CURRENT_MONITOR) == Monitor.NONE
    assert implied("c2", {**SOCKET, "phases": 1}, EVERYTHING) == 0


def test_the_table_says_what_changes() -> None:
    after = {**SOCKET, "limit_da": 100}
    assert [field.name for field in changes(SOCKET, after)] == ["limit_da"]
    assert changes(None, after) == list(FIELDS)
    rows = table(SOCKET, after)
    assert "  limit             10.0 A   (was 32.0 A)" in rows
    assert sum("was" in row for row in rows) == 1
    assert values_of(message(after)) == after
