"""What a board must be told before it charges (board.md, Commissioning): questions, answers, and what fits. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from evse_protocol.messages import HIGHEST_LIMIT_DA, Capability, Connector, LockKind, Monitor, SwitchFunction
from evse_protocol.payloads import Config, ConfigSet
from evse_tui.errors import UserError

LOWEST_DA: Final = 60
"""IEC 61851-1: a control pilot offers nothing below 6 A."""

Values = Mapping[str, int]
"""By field of CONFIG, in its units."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value. `option` is how the command line calls it."""

    name: str
    option: str
    question: str
    hint: str
    """What can be answered."""
    parse: Callable[[str], int]
    """Raises ValueError for what is no such value."""
    show: Callable[[int], str]
    default: int | None = None
    """None: somebody who has looked must say."""
    safety: bool = True
    """Changes only in the commissioning window."""


def _amps(lowest_da: int, zero: bool) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = round(
            10 * float(text.lower().removesuffix("a"))
        )  # of infinity and no number: OverflowError, ValueError
        if not (lowest_da <= value <= HIGHEST_LIMIT_DA or (zero and value == 0)):
            raise ValueError
        return value

    return parse


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not lowest <= value <= highest:
            raise ValueError
        return value

    return parse


def _one_of(words: Mapping[str, int]) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if text.lower() not in words:
            raise ValueError
        return words[text.lower()]

    return parse


def _word(words: Mapping[str, int]) -> Callable[[int], str]:
    names = {value: word for word, value in words.items()}
    return lambda value: names.get(value, str(value))


def _choice(name: str, option: str, question: str, words: Mapping[str, int], default: int | None = None) -> Field:
    return Field(name, option, question, " or ".join(words), _one_of(words), _word(words), default)


def _current(value: int) -> str:
    return f"{value / 10:.1f} A"


_HIGHEST: Final = HIGHEST_LIMIT_DA // 10
_YES_NO: Final = {"yes": 1, "no": 0}
FIELDS: Final = (
    Field(
        "hardware_max_da",
        "hardware-max",
        "Hardware maximum: the least of board, wiring and circuit breaker, in A",
        f"6 to {_HIGHEST}",
        _amps(LOWEST_DA, zero=False),
        _current,
    ),
    _choice(
        "connector",
        "connector",
        "Connector: a socket for loose cables, or a fixed cable",
        {"socket": Connector.SOCKET, "fixed": Connector.FIXED},
    ),
    Field(
        "cable_da",
        "cable",
        "Rating of the fixed cable, in A",
        f"6 to {_HIGHEST}",
        _amps(LOWEST_DA, zero=True),
        lambda value: _current(value) if value else "each cable tells its own",
    ),
    _choice(
        "monitor", "monitor", "Residual current monitor on the board", {"fitted": Monitor.FITTED, "none": Monitor.NONE}
    ),
    _choice(
        "lock",
        "lock",
        "Lock of the socket",
        {"none": LockKind.NONE, "solenoid": LockKind.SOLENOID, "motor": LockKind.MOTOR},
    ),
    _choice("phases", "phases", "Phases that are wired", {"1": 1, "3": 3}),
    _choice("c2", "second-contactor", "Second contactor, which switches L2 and L3", _YES_NO),
    Field(
        "fallback_da",
        "fallback",
        "Current while no host decides, in A",
        f"0, or 6 to {_HIGHEST}",
        _amps(LOWEST_DA, zero=True),
        _current,
        default=0,
    ),
    _choice(
        "switch_function",
        "switch",
        "Function of the switch input on the board itself",
        {
            "none": SwitchFunction.NONE,
            "stop": SwitchFunction.STOP,
            "limit": SwitchFunction.LIMIT,
            "report": SwitchFunction.REPORT,
            "rfid": SwitchFunction.RFID,
        },
    ),
    Field(
        "phase_wait_s",
        "phase-wait",
        "Control pilot off while the second contactor moves, in s",
        "30 to 600",
        _whole(30, 600),
        lambda value: f"{value} s",
        default=30,
    ),
    Field(
        "limit_da",
        "limit",
        "Limit for now, at most the hardware maximum, in A",
        f"0, or 6 to {_HIGHEST}",
        _amps(LOWEST_DA, zero=True),
        _current,
        safety=False,
    ),
    Field(
        "backlight_max",
        "backlight",
        "Highest backlight of the display, in %",
        "0 to 100",
        _whole(0, 100),
        lambda value: f"{value} %",
        default=100,
        safety=False,
    ),
)
BY_NAME: Final = {field.name: field for field in FIELDS}


def parsed(field: Field, text: str) -> int:
    """The value that was typed.

    Raises:
        UserError: it is none; one sentence.
    """
    try:
        return field.parse(text.strip())
    except (ValueError, OverflowError):
        raise UserError(f"{text.strip()!r} is no {field.option}: say {field.hint}.") from None


def implied(name: str, known: Values, capabilities: Capability) -> int | None:
    """The only value that fits what is known already; None if somebody must say."""
    match name:
        case "cable_da" if known["connector"] == Connector.SOCKET:
            return 0
        case "lock" if known["connector"] == Connector.FIXED or Capability.SOCKET_LOCK not in capabilities:
            return LockKind.NONE
        case "monitor" if Capability.RESIDUAL_CURRENT_MONITOR not in capabilities:
            return Monitor.NONE
        case "c2" if known["phases"] == 1 or Capability.C2 not in capabilities:
            return 0
        case "limit_da":
            return known["hardware_max_da"]
        case _:
            return BY_NAME[name].default


def complaint(values: Values, capabilities: Capability) -> str:
    """Why these values don't fit together, as the board would see it; empty if they do."""
    highest_da = values["hardware_max_da"]
    fixed = values["connector"] == Connector.FIXED
    rules = (
        (fixed and values["cable_da"] == 0, "A fixed cable needs its rating."),
        (not fixed and values["cable_da"] != 0, "A socket has no cable rating: each cable tells its own."),
        (fixed and values["lock"] != LockKind.NONE, "A fixed cable has no lock."),
        (values["c2"] and values["phases"] != 3, "A second contactor needs three phases."),
        (values["fallback_da"] > highest_da, "The fallback is above the hardware maximum."),
        (values["limit_da"] > highest_da, "The limit is above the hardware maximum."),
        (
            values["lock"] != LockKind.NONE and Capability.SOCKET_LOCK not in capabilities,
            "This board has no lock driver.",
        ),
        (values["c2"] and Capability.C2 not in capabilities, "This board has no second contactor."),
        (
            values["monitor"] == Monitor.FITTED and Capability.RESIDUAL_CURRENT_MONITOR not in capabilities,
            "This board has no input for a residual current monitor.",
        ),
        (
            values["switch_function"] in (SwitchFunction.STOP, SwitchFunction.LIMIT)
            and Capability.SWITCH not in capabilities,
            "This board has no switch input.",
        ),
    )
    return next((words for broken, words in rules if broken), "")


def values_of(config: Config | ConfigSet) -> dict[str, int]:
    """The fields of a configuration by name."""
    return {field.name: int(getattr(config, field.name)) for field in FIELDS}


def message(values: Values) -> ConfigSet:
    """What stores these values."""
    return ConfigSet(**{field.name: values[field.name] for field in FIELDS})


def changes(before: Values | None, after: Values) -> list[Field]:
    """The fields that get another value; all of a board that has none."""
    return [field for field in FIELDS if before is None or before[field.name] != after[field.name]]


def table(before: Values | None, after: Values) -> list[str]:
    """A row for each value, with the one before where it changes."""
    width = max(len(field.option) for field in FIELDS)
    rows = []
    for field in FIELDS:
        was = "" if before is None or before[field.name] == after[field.name] else field.show(before[field.name])
        rows.append(f"  {field.option:<{width}}  {field.show(after[field.name])}{f'   (was {was})' if was else ''}")
    return rows
