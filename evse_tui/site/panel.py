"""The front of a board: eight lines of text, the display's light and the status light. Pure; time is an argument.

`Panel` holds what should be seen and what the board was told, and says what to tell next: one command at a time, each
at least `GAP_MS` after the one before. A line whose words changed goes with the next command; one in which only digits
moved waits until it has stood for `DIGITS_MS`. The colour of the status light is the mode's, its pattern the state's;
what the host says of it ends after `LED_TTL_MS` unless renewed, so that a host that died shows nothing old.

Cost on the line, framing included: a line of text is at most 37 bytes, a light 21, a backlight 18, each reply 30. The
most is five commands a second: 185 bytes/s out, 150 bytes/s in, 1.6 % and 1.3 % of 115200 baud, for a second or two
after a change. While a car charges and every number moves, it is two lines in 2 s and a light in 6 s: about 41 bytes/s
out. At rest it is the light alone, 4 bytes/s. Any other command takes the place of these on the line
(`evse_protocol.command_channel`): they delay no grant by more than the bytes that are already on their way.

The lock of the buttons (setting `lcd_lock`) is the host's: locked buttons do not light the display. What the board does
by itself with its button - stop, acknowledge, open the commissioning window - is for safety and can't be locked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from evse_protocol.messages import Capability, LedPattern
from evse_protocol.payloads import Backlight, Display, Led
from evse_tui.control.types import Mode
from evse_tui.site.snapshot import ChargerState, PanelSnapshot

LINES: Final = 8
COLUMNS: Final = 21
GAP_MS: Final = 200
DIGITS_MS: Final = 2_000

LIT_S: Final = 120
"""How long an event lights the display, as in the original."""
DIM_S: Final = 10
"""For how long of that it is dimmed before it goes out."""
FULL: Final = 100
DIMMED: Final = 20
_EXTEND_MS: Final = 5_000
"""An event that would keep the light on for less than this longer is not told to the board."""

LED_TTL_MS: Final = 15_000
LED_RENEW_MS: Final = 6_000
"""Twice within the time to live, and once more after a command that failed."""

RED: Final = 0xFF0000
_DIM_LED: Final = 6
"""Without a car the light has a sixth of its brightness, as in the original."""
_COLORS: Final[Mapping[Mode, str]] = {
    Mode.OFF: "color_off",
    Mode.PAUSE: "color_off",
    Mode.NORMAL: "color_normal",
    Mode.SMART: "color_smart",
    Mode.SOLAR: "color_solar",
}
_CHARGING: Final = (ChargerState.C, ChargerState.D)
_DIGITS: Final = re.compile(rb"[0-9]+(\.[0-9])?")

PanelCommand = Display | Backlight | Led


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person in front of the board wants to know. Currents in 0.1 A per phase."""

    title: str
    """State in words."""
    mode: Mode
    state: ChargerState
    plugged: bool = False
    trouble: bool = False
    """Something is wrong that the board does not know of."""
    waiting: bool = False
    """The car would charge, and there is nothing for it."""
    phases: int = 0
    offered_da: int = 0
    drawn_da: int | None = None
    """None: there is no meter."""
    reason: str = ""
    session_wh: int | None = None
    session_min: int = 0
    note: str = ""
    """What the reader or the buttons have to say."""


def lines_of(facts: Facts) -> tuple[str, ...]:
    """Eight lines of at most 21 printable ASCII characters: state, mode and phases, offered, drawn, reason, session."""
    phases = f"{facts.phases} phase{'' if facts.phases == 1 else 's'}" if facts.plugged and facts.phases else ""
    lines = [facts.title, _apart(facts.mode.name.capitalize(), phases), "", "", "", "", "", facts.note]
    if facts.plugged:
        lines[2] = _apart("Offered", _amps(facts.offered_da))
        lines[3] = _apart("Drawn", "no meter" if facts.drawn_da is None else _amps(facts.drawn_da))
        if facts.session_wh is not None:
            hours, minutes = divmod(facts.session_min, 60)
            lines[6] = _apart(f"{facts.session_wh / 1000:.1f} kWh", f"{hours}:{minutes:02} h")
    lines[4] = facts.reason
    return tuple(_printable(line) for line in lines)


def _amps(current_da: int) -> str:
    return f"{current_da / 10:.1f} A"


def _apart(left: str, right: str) -> str:
    return f"{left}{right:>{COLUMNS - len(left)}}".rstrip()


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text[:COLUMNS]
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)[:COLUMNS]


def light_of(facts: Facts, colors: Mapping[str, int], *, custom: bool) -> tuple[LedPattern, int]:
    """Pattern and colour (0xRRGGBB) of the status light; `colors` by name of the setting.

    Steady: ready, or off. Breathing: charging. Blinking: waiting, or in red something is wrong.
    """
    if facts.trouble:
        return LedPattern.BLINK, RED
    color = colors["color_custom" if custom else _COLORS[facts.mode]]
    if facts.mode in (Mode.OFF, Mode.PAUSE):
        pattern = LedPattern.STEADY
    elif facts.state in _CHARGING:
        pattern = LedPattern.BREATHE
    elif facts.waiting:
        pattern = LedPattern.BLINK
    else:
        pattern = LedPattern.STEADY
        if not facts.plugged:
            color = _dim(color)
    return (pattern, color) if color else (LedPattern.OFF, 0)


def _dim(color: int) -> int:
    return sum(-(-(color >> shift & 0xFF) // _DIM_LED) << shift for shift in (16, 8, 0))


@dataclass(slots=True)
class _Line:
    """One line of the display."""

    wanted: bytes = b""
    told: bytes | None = None
    """None: the board may show anything."""
    told_ms: int = 0

    def due_ms(self, now_ms: int) -> int | None:
        """When it may be told; None if there is nothing to tell."""
        if self.told == self.wanted:
            return None
        if self.told is not None and _DIGITS.sub(b"0", self.told) == _DIGITS.sub(b"0", self.wanted):
            return max(now_ms, self.told_ms + DIGITS_MS)
        return now_ms


class Light:
    """The display's light: on, then dimmed, then off."""

    def __init__(self) -> None:
        self._level = FULL
        self._end_ms = 0
        self._dim_ms = 0

    def light(self, now_ms: int, level: int = FULL, seconds: int = LIT_S) -> None:
        """Lights it from now on; level 0 or no time is off. Short times dim for a quarter of them."""
        self._level = level
        self._end_ms = now_ms + (seconds * 1_000 if level else 0)
        self._dim_ms = self._end_ms - min(DIM_S * 1_000, seconds * 250)

    def event(self, now_ms: int) -> None:
        """Something happened: lights it fully, unless it already is for as long."""
        if self.level(now_ms) != FULL or now_ms + LIT_S * 1_000 - self._end_ms >= _EXTEND_MS:
            self.light(now_ms)

    def level(self, now_ms: int) -> int:
        """%, before the board's clamp."""
        if now_ms >= self._end_ms:
            return 0
        return self._level if now_ms < self._dim_ms else min(self._level, DIMMED)

    def status(self, now_ms: int) -> str:
        """`OFF`, `ON` or `DIMMED`."""
        if now_ms >= self._end_ms:
            return "OFF"
        return "ON" if now_ms < self._dim_ms else "DIMMED"

    def left_s(self, now_ms: int) -> int:
        """Until it is off, rounded up."""
        return max(0, -(-(self._end_ms - now_ms) // 1_000))

    @property
    def key(self) -> tuple[int, int]:
        """Changes whenever the light was set anew."""
        return self._level, self._end_ms

    def next_change_ms(self, now_ms: int) -> int | None:
        """When it dims by itself; the board puts it out."""
        return self._dim_ms if now_ms < self._dim_ms else None


class Panel:
    """What one board's front should show, and what it was told."""

    def __init__(self) -> None:
        self.light = Light()
        self._lines = [_Line() for _ in range(LINES)]
        self._led: tuple[LedPattern, int] | None = None
        self._led_told: tuple[LedPattern, int] | None = None
        self._led_due_ms = 0
        self._light_told: tuple[tuple[int, int], int] | None = None
        """Key and level."""
        self._sent_ms: int | None = None
        self._pending: PanelCommand | None = None
        self._pending_key = self.light.key

    def show(self, lines: tuple[str, ...], led: tuple[LedPattern, int]) -> None:
        """What should be seen from now on: lines of `lines_of`, light of `light_of`."""
        for line, text in zip(self._lines, lines, strict=True):
            line.wanted = text.encode("ascii")
        self._led = led

    def forget(self) -> None:
        """The board may show anything: it restarted, or was away."""
        for line in self._lines:
            line.told = None
        self._led_told = self._light_told = None

    def snapshot(self, now_ms: int, capabilities: int, *, custom_button: bool) -> PanelSnapshot:
        """As windows see it; a board without a light that can be switched is dark."""
        lines = tuple(line.wanted.decode("ascii") for line in self._lines)
        if not capabilities & Capability.BACKLIGHT:
            return PanelSnapshot(lines, custom_button=custom_button)
        return PanelSnapshot(lines, self.light.status(now_ms), self.light.left_s(now_ms), custom_button)

    def due_ms(self, now_ms: int, capabilities: int) -> int | None:
        """When `take` has something, at the earliest now; None if nothing will change by itself."""
        due = [due_ms for due_ms, _ in self._due(now_ms, capabilities)]
        if capabilities & Capability.BACKLIGHT and (change_ms := self.light.next_change_ms(now_ms)) is not None:
            due.append(change_ms)
        if not due:
            return None
        earliest_ms = now_ms if self._sent_ms is None else max(now_ms, self._sent_ms + GAP_MS)
        return max(min(due), earliest_ms)

    def take(self, now_ms: int, capabilities: int) -> PanelCommand | None:
        """The next command; then `told` or `failed` must be called. None if nothing is due."""
        if self._sent_ms is not None and now_ms < self._sent_ms + GAP_MS:
            return None
        for due_ms, command in self._due(now_ms, capabilities):
            if due_ms <= now_ms:
                self._sent_ms = now_ms
                self._pending, self._pending_key = command, self.light.key
                return command
        return None

    def told(self, now_ms: int) -> None:
        """The board has answered the command of `take`, or refuses it for good."""
        match self._pending:
            case Display(number, text):
                line = self._lines[number]
                line.told, line.told_ms = bytes(text), now_ms
            case Led(pattern, red, green, blue):
                self._led_told = LedPattern(pattern), red << 16 | green << 8 | blue
                self._led_due_ms = now_ms + LED_RENEW_MS
            case Backlight(level):
                self._light_told = self._pending_key, level
        self._pending = None

    def failed(self) -> None:
        """It may have come or not: it is due again."""
        match self._pending:
            case Display(number):
                self._lines[number].told = None
            case Led():
                self._led_told = None
            case Backlight():
                self._light_told = None
        self._pending = None

    def _due(self, now_ms: int, capabilities: int) -> list[tuple[int, PanelCommand]]:
        """What waits, the most urgent first."""
        due: list[tuple[int, PanelCommand]] = []
        level = self.light.level(now_ms)
        if capabilities & Capability.BACKLIGHT and self._light_changed(level):
            due.append((now_ms, Backlight(level, self.light.left_s(now_ms))))
        if capabilities & Capability.LED and self._led is not None:
            pattern, color = self._led
            due_ms = self._led_due_ms if self._led == self._led_told else now_ms
            led = Led(pattern, color >> 16, color >> 8 & 0xFF, color & 0xFF, LED_TTL_MS)
            due.append((due_ms, led))
        if capabilities & Capability.DISPLAY:
            for number, line in enumerate(self._lines):
                if (line_ms := line.due_ms(now_ms)) is not None:
                    due.append((line_ms, Display(number, line.wanted)))
        return due

    def _light_changed(self, level: int) -> bool:
        if self._light_told is None:
            return level > 0
        key, told_level = self._light_told
        if level == 0:  # the board puts it out by itself, unless it was put out before its time
            return told_level > 0 and key != self.light.key
        return (key, told_level) != (self.light.key, level)
