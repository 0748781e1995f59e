"""Every action of the terminal by name: its keys, its words, and when it makes sense. Pure.

The name is the id of the key binding, so that a user's keymap can give it other keys. What an action does is in
`evse_tui.ui.flows`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from evse_protocol.messages import Capability, Flag
from evse_tui.board.model import LinkState
from evse_tui.control.types import Mode
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot
from evse_tui.ui.screens import registry

POSSIBLE: Final = ""
"""The answer of an action that makes sense now; any other answer says why it does not."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides whether an action makes sense."""

    snapshot: Snapshot
    charger: ChargerSnapshot | None
    """The selected one."""
    screen: str = registry.HOME
    """The name of the one that is shown."""
    recorded: bool = False
    """Whether a recording is shown instead of a site."""
    no_capture: str = "The wire is recorded where the boards are connected: at the evse-tui that runs the site."
    """Why no capture can be made here, one sentence; empty if it can."""
    capturing: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a user can do."""

    name: str
    keys: str
    """Comma separated, the first is shown."""
    title: str
    """For the footer."""
    doc: str
    """One sentence for help and palette."""
    when: Callable[[Situation], str]
    """POSSIBLE, or one sentence why not."""
    footer: bool = True
    screen: str = ""
    """The only one where it makes sense; empty for all."""

    def obstacle(self, now: Situation) -> str:
        """POSSIBLE, or one sentence why it makes no sense now."""
        if self.screen and self.screen != now.screen:
            return f"Only on the screen {registry.BY_NAME[self.screen].title}."
        if now.recorded and self.name in _COMMANDS:
            return "This is a recording: nothing can be commanded."
        return self.when(now)


def _always(_now: Situation) -> str:
    return POSSIBLE


def _charger(now: Situation) -> str:
    return POSSIBLE if now.charger is not None else "There is no charger."


def _several(now: Situation) -> str:
    return POSSIBLE if len(now.snapshot.chargers) > 1 else "There is only one charger."


def _override(now: Situation) -> str:
    if now.charger is None:
        return "There is no charger."
    if now.charger.mode not in (Mode.NORMAL, Mode.SMART):
        return "An override works in the modes Normal and Smart."
    return POSSIBLE


def _pause(now: Situation) -> str:
    if now.charger is None:
        return "There is no charger."
    if now.charger.mode in (Mode.OFF, Mode.PAUSE):
        return "Only a charger that is on can be paused."
    return POSSIBLE


def _resume(now: Situation) -> str:
    if now.charger is None or now.charger.mode is not Mode.PAUSE:
        return "The charger is not paused."
    return POSSIBLE


def _boost(now: Situation) -> str:
    if now.charger is None:
        return "There is no charger."
    if now.charger.boost is not None:
        return "The boost is on already."
    return POSSIBLE if now.charger.plugged else "A boost needs a car that is plugged in."


def _end_boost(now: Situation) -> str:
    return POSSIBLE if now.charger is not None and now.charger.boost is not None else "There is no boost."


def _reader(now: Situation) -> str:
    if now.charger is None:
        return "There is no charger."
    return POSSIBLE if now.charger.settings.get("rfid_reader") else "The setting rfid_reader is Disabled."


def _backlight(now: Situation) -> str:
    identity = None if now.charger is None else now.charger.identity
    if identity is None or not identity.capabilities & Capability.BACKLIGHT:
        return "This board has no backlight."
    return _online(now)


def _online(now: Situation) -> str:
    if now.charger is None:
        return "There is no charger."
    return POSSIBLE if now.charger.link is LinkState.ONLINE else "The board is not connected."


def _acknowledge(now: Situation) -> str:
    if now.charger is None or now.charger.board is None or not now.charger.board.faults:
        return "There is no fault to acknowledge."
    return _online(now)


def _clear_stop(now: Situation) -> str:
    if now.charger is None or now.charger.board is None or not now.charger.board.flags & Flag.STOPPED:
        return "The board's stop button was not pressed."
    return _online(now)


def _contactor_open(now: Situation) -> str:
    obstacle = _online(now)
    if obstacle:
        return obstacle
    board = now.charger.board if now.charger is not None else None
    return "Not while the car is charging." if board is not None and board.flags & Flag.C1 else POSSIBLE


def _unlock(now: Situation) -> str:
    board = None if now.charger is None else now.charger.board
    if board is None or not board.flags & Flag.LOCKED:
        return "The connector is not locked."
    return _contactor_open(now)


def _lock_hold(now: Situation) -> str:
    if now.charger is None or now.charger.identity is None:
        return "The board is not known yet."
    if not now.charger.identity.capabilities & Capability.SOCKET_LOCK:
        return "This board has no socket lock."
    return _online(now)


def _recorded(now: Situation) -> str:
    return POSSIBLE if now.recorded else "This is no recording."


def _capture(now: Situation) -> str:
    return "A capture is being made already." if now.capturing else now.no_capture


def _end_capture(now: Situation) -> str:
    return POSSIBLE if now.capturing else "No capture is being made."


def _elsewhere(name: str) -> Callable[[Situation], str]:
    return lambda now: "You are there." if now.screen == name else POSSIBLE


GO: Final = "go-"
"""Actions that show a screen are called this and the name of the screen."""

ACTIONS: Final[tuple[Action, ...]] = (
    Action("mode", "m", "Mode", "Choose what decides the current: Off, Normal, Solar, Smart, Pause.", _charger),
    Action("override", "o", "Override", "Set a charge current by hand in Normal and Smart, or clear it.", _override),
    Action("pause", "p", "Pause", "Stop charging for now; the session is kept.", _pause),
    Action("resume", "p", "Resume", "Go back to the mode before the pause.", _resume),
    Action("boost", "b", "Boost", "Charge with full current until an energy or until unplugged.", _boost),
    Action("end-boost", "b", "End boost", "Go back to what the mode allows.", _end_boost),
    Action("schedule", "s", "Schedule", "Plan when charging is allowed, or cancel the plan.", _charger),
    Action("c2", "c", "C2", "Choose when the second contactor connects L2 and L3.", _charger, footer=False),
    Action("card", "w", "Card", "Show a card to the reader from here.", _reader, footer=False),
    Action("light", "i", "Light", "Light the board's display for a minute.", _backlight, footer=False),
    Action("acknowledge", "a", "Ack", "Acknowledge faults whose cause is gone.", _acknowledge),
    Action("clear-stop", "r", "Unstop", "Let the board charge again after its stop button was pressed.", _clear_stop),
    Action("unlock", "u", "Unlock", "Release the connector lock.", _unlock, footer=False),
    Action(
        "lock-hold",
        "l",
        "Keep locked",
        "Keep the cable locked while no car is connected, or stop doing so.",
        _lock_hold,
        footer=False,
    ),
    Action("reboot", "R", "Reboot", "Restart the selected board.", _contactor_open, footer=False),
    *(
        Action(f"history-{name}", keys, title, doc, _always, footer=name != "today", screen="history")
        for name, keys, title, doc in (
            ("earlier", "left", "Earlier", "Show the day or month before."),
            ("later", "right", "Later", "Show the day or month after."),
            ("unit", "d", "Period", "Show the month of a day, or a day of the month."),
            ("today", "home", "Today", "Back to the present day or month, and follow it."),
            ("export", "x", "Export", "Save sessions, totals or curves of this day or month as a CSV file."),
        )
    ),
    Action("history-of", "v", "Of", "Show the selected charger alone, or the whole site.", _charger, screen="history"),
    Action("scope", "v", "Scope", "Show the levels of the control pilot live, or stop it.", _charger, screen="charger"),
    *(
        Action(
            f"zoom-{way}", keys, f"Zoom {way}", f"Show {more} time of the control pilot.", _charger, False, "charger"
        )
        for way, keys, more in (("in", "plus,equals_sign", "less"), ("out", "minus", "more"))
    ),
    Action("find", "slash", "Find", "Show only events with these words.", _always, screen="events"),
    Action("level", "v", "Level", "Show all events, warnings and faults, or faults alone.", _always, screen="events"),
    Action("of", "x", "Of", "Show the events of all, of the site, or of one charger.", _always, screen="events"),
    Action("follow", "z", "Follow", "Stay with the newest event, or stay where you are.", _always, screen="events"),
    Action("older", "h", "Older", "Read older events.", _always, screen="events"),
    Action("report", "x", "Report", "Save all of this, settings and events as text.", _always, screen="diagnostics"),
    Action("frames", "v", "Frames", "Show the frames on the wire, or the overview.", _always, screen="diagnostics"),
    Action("capture", "C", "Capture", "Record the wire of all boards to a file.", _capture, screen="diagnostics"),
    Action("end-capture", "C", "End capture", "Finish the file.", _end_capture, screen="diagnostics"),
    Action("edit", "e", "Edit", "Change the highlighted setting.", _always, screen="settings"),
    Action("default", "d", "Default", "Set the highlighted setting back to its default.", _always, screen="settings"),
    Action("search", "slash", "Search", "Find settings by name or description.", _always, screen="settings"),
    Action("play", "space", "Play/pause", "Hold the recording, or let it go on.", _recorded),
    Action("back", "comma", "Back", "Ten seconds back in the recording.", _recorded),
    Action("forward", "full_stop", "Forward", "Ten seconds on in the recording.", _recorded),
    Action("leap-back", "less_than_sign", "Minute back", "A minute back in the recording.", _recorded, footer=False),
    Action("leap", "greater_than_sign", "Minute on", "A minute on in the recording.", _recorded, footer=False),
    Action("slower", "left_square_bracket,shift+left", "Slower", "Play the recording more slowly.", _recorded),
    Action("faster", "right_square_bracket,shift+right", "Faster", "Play the recording faster.", _recorded),
    Action("go-to-time", "g", "Go to", "Jump to a time of day in the recording.", _recorded),
    Action("freeze", "f", "Freeze", "Hold the tables still to read them, or let them go on.", _always),
    Action("next", "n,j,down", "Next", "Select the next charger.", _several),
    Action("previous", "N,k,up", "Previous", "Select the charger before.", _several, footer=False),
    Action("theme", "t", "Theme", "Choose the colours.", _always, footer=False),
    *(
        Action(f"{GO}{entry.name}", entry.key, entry.title, entry.doc, _elsewhere(entry.name), footer=False)
        for entry in registry.SCREENS
    ),
    Action("help", "question_mark,f1", "Help", "Explain what has the focus, and all keys.", _always),
    Action("palette", "ctrl+p,colon", "All", "List everything that is possible now.", _always),
    Action("quit", "q,ctrl+q,ctrl+c", "Quit", "Leave; asks first while a car is charging.", _always),
)

_COMMANDS: Final = frozenset(
    (
        *("mode", "override", "pause", "resume", "boost", "end-boost", "schedule", "c2", "card", "light"),
        *("acknowledge", "clear-stop", "unlock", "lock-hold", "reboot", "edit", "default"),
    )
)
"""What changes something at a site or a board."""
BY_NAME: Final[dict[str, Action]] = {action.name: action for action in ACTIONS}
_ALWAYS_SHOWN: Final = ("help", "quit")
IN_FOOTER_ORDER: Final = tuple(
    sorted(ACTIONS, key=lambda action: (action.name not in _ALWAYS_SHOWN, not action.screen))
)
"""The way to help and out, then what only this screen can do, then the rest: a narrow footer loses the last."""


def possible(now: Situation) -> tuple[Action, ...]:
    """The actions that make sense now, in the order of the table."""
    return tuple(action for action in ACTIONS if action.obstacle(now) == POSSIBLE)
