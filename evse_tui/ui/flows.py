"""What each action does: ask what has to be asked, then hand one typed command to the site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from evse_protocol.messages import Flag
from evse_tui.control.types import C2Mode, Mode
from evse_tui.site.commands import (
    BoardAction,
    DoBoardAction,
    SetBacklight,
    SetBoost,
    SetC2,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSchedule,
    SwipeCard,
)
from evse_tui.site.schedule import LocalSchedule
from evse_tui.site.snapshot import ChargerSnapshot, ChargerState, Snapshot
from evse_tui.ui import text, words
from evse_tui.ui.actions import ACTIONS, GO, possible
from evse_tui.ui.playing import LEAP_MS, STEP_MS, Playing, moment
from evse_tui.ui.screens.registry import SCREENS

if TYPE_CHECKING:
    from evse_tui.ui.app import EvseApp

# Dialogs are imported where they are opened: the first frame does not wait for them.


async def choose_mode(app: EvseApp) -> None:
    """Picks a mode."""
    from evse_tui.ui.modals.choose import Choice, Choose

    charger = app.selected()
    obstacle = "" if app.live.mains.kind != "Disabled" else "needs a mains meter"
    choices = [
        Choice(
            str(mode.value),
            words.MODE_TITLES[mode],
            words.MODE_HELP[mode],
            obstacle if mode in (Mode.SOLAR, Mode.SMART) else "",
        )
        for mode in Mode
    ]
    answer = await app.ask(Choose(f"Mode of {_name(charger)}", choices, str(charger.mode.value)))
    if answer is not None:
        await app.send(SetMode(charger.id, Mode(int(answer))))


async def choose_c2(app: EvseApp) -> None:
    """Picks the use of the second contactor."""
    from evse_tui.ui.modals.choose import Choice, Choose

    charger = app.selected()
    choices = [Choice(str(c2.value), words.C2_TITLES[c2], words.C2_HELP[c2]) for c2 in C2Mode]
    current = str(charger.settings.get("enable_c2", C2Mode.NOT_PRESENT.value))
    answer = await app.ask(Choose(f"Second contactor of {_name(charger)}", choices, current))
    if answer is not None:
        await app.send(SetC2(charger.id, C2Mode(int(answer))))


async def override(app: EvseApp) -> None:
    """Asks for a charge current."""
    from evse_tui.ui.modals.amount import AskAmps

    charger = app.selected()
    answer = await app.ask(
        AskAmps(
            f"Override for {_name(charger)}",
            "The charge current in A, instead of the maximum. Every limit still holds.",
            charger.override_da,
            charger.settings["current_min"] * 10,
            charger.settings["current_max"] * 10,
        )
    )
    if answer is not None:
        await app.send(SetOverride(charger.id, answer))


async def boost(app: EvseApp) -> None:
    """Asks for an energy and starts a boost."""
    from evse_tui.ui.modals.line import AskLine
    from evse_tui.ui.typed import boost_energy

    charger = app.selected()
    doc = "Full current within every limit, until this energy in kWh; left empty, until the car is unplugged."
    energy_wh = await app.ask(AskLine(f"Boost {_name(charger)}", doc, boost_energy, yes="Start", example="kWh"))
    if energy_wh is not None:
        await app.send(SetBoost(charger.id, on=True, energy_wh=energy_wh or None))


async def end_boost(app: EvseApp) -> None:
    """Ends the boost."""
    await app.send(SetBoost(app.selected().id, on=False))


async def schedule(app: EvseApp) -> None:
    """Asks for a schedule."""
    from evse_tui.ui.modals.schedule import AskSchedule

    charger = app.selected()
    planned = charger.schedule
    current = None
    if planned is not None:
        stop = None if planned.stop_s is None else app.local_time(planned.stop_s)
        current = LocalSchedule(app.local_time(planned.start_s), stop, planned.daily)
    answer = await app.ask(AskSchedule(f"Schedule of {_name(charger)}", app.local_time(), current))
    if answer is not None:
        await app.send(SetSchedule(charger.id, answer.schedule))


async def card(app: EvseApp) -> None:
    """Asks for a card and shows it to the reader."""
    from evse_tui.ui import typed
    from evse_tui.ui.modals.line import AskLine

    charger = app.selected()
    doc = "As if the reader had read it: the number of the card, 8, 14 or 16 hex digits."
    number = await app.ask(AskLine(f"Card for {_name(charger)}", doc, typed.card, yes="Show"))
    if number is not None:
        await app.send(SwipeCard(charger.id, number))


async def light(app: EvseApp) -> None:
    """Lights the display."""
    await app.send(SetBacklight(app.selected().id, _LIGHT_PERCENT, _LIGHT_S))


_LIGHT_PERCENT: Final = 100
_LIGHT_S: Final = 60


async def pause(app: EvseApp) -> None:
    """Pauses, and remembers the mode."""
    charger = app.selected()
    app.before_pause[charger.id] = charger.mode
    await app.send(SetMode(charger.id, Mode.PAUSE))


async def resume(app: EvseApp) -> None:
    """Goes back to the mode before the pause; asks if that was before this program started."""
    charger = app.selected()
    mode = app.before_pause.get(charger.id)
    if mode is None:
        await choose_mode(app)
    else:
        await app.send(SetMode(charger.id, mode))


async def acknowledge(app: EvseApp) -> None:
    """Asks, then acknowledges the latched faults."""
    charger = app.selected()
    names = ", ".join(fault.name for fault in words.faults(charger.board.faults if charger.board is not None else 0))
    await _board_action(
        app,
        BoardAction.ACKNOWLEDGE,
        "Acknowledge",
        f"{_name(charger)} reports: {names}.\n\nAcknowledge only when you know the cause and it is gone. The board "
        "checks again and keeps a fault that is still there.",
    )


async def clear_stop(app: EvseApp) -> None:
    """Asks, then clears the stop."""
    await _board_action(
        app,
        BoardAction.RESUME,
        "Clear the stop",
        f"Somebody pressed the stop button at {_name(app.selected())}. The car may start at once.\n\n"
        "Is it safe to go on?",
    )


async def unlock(app: EvseApp) -> None:
    """Asks, then releases the lock."""
    await _board_action(
        app, BoardAction.UNLOCK, "Unlock", f"Anybody can then take the cable out of {_name(app.selected())}."
    )


async def reboot(app: EvseApp) -> None:
    """Asks, then restarts the board."""
    await _board_action(
        app,
        BoardAction.REBOOT,
        "Reboot",
        f"{_name(app.selected())} restarts. It charges again after 10 s of a steady control pilot at the earliest.",
    )


async def lock_hold(app: EvseApp) -> None:
    """Keeps the cable locked without a car, or stops doing so."""
    charger = app.selected()
    held = charger.board is not None and bool(charger.board.flags & Flag.LOCK_HOLD)
    await app.send(SetLockHold(charger.id, not held))


async def choose_theme(app: EvseApp) -> None:
    """Picks the colours."""
    from evse_tui.ui.modals.choose import Choice, Choose

    choices = [
        Choice(name, name, "dark" if theme.dark else "light")
        for name, theme in sorted(
            app.available_themes.items(), key=lambda item: (not item[0].startswith("evse"), item[0])
        )
        if "ansi" not in name
    ]
    answer = await app.ask(Choose("Colours", choices, app.theme))
    if answer is not None:
        app.theme = answer


async def show_help(app: EvseApp) -> None:
    """Explains what has the focus."""
    from evse_tui.ui.screens.help import HelpScreen

    await app.ask(
        HelpScreen(app.focused_help(), app.situation(), {action.name: app.key_name(action.name) for action in ACTIONS})
    )


async def open_palette(app: EvseApp) -> None:
    """Lists what is possible now, and does what was picked."""
    from evse_tui.ui.modals.palette import Palette

    offered = [(action, app.key_name(action.name)) for action in possible(app.situation()) if action.name != "palette"]
    name = await app.ask(Palette(offered))
    if name is not None:
        app.start(name)


def _playback(do: Callable[[Playing], None]) -> Callable[[EvseApp], Awaitable[None]]:
    async def change(app: EvseApp) -> None:
        if app.player is not None:
            do(app.player)
            app.look()

    return change


async def go_to_time(app: EvseApp) -> None:
    """Asks for a time of day and jumps there."""
    from evse_tui.ui.modals.line import AskLine

    player = app.player
    if player is None:
        return
    wall_s = app.live.wall_s
    zone = app.zone
    doc = f"A time of day from {text.clock_time(player.start_s, zone)} to {text.clock_time(player.end_s, zone)}."
    wanted_s = await app.ask(
        AskLine("Go to", doc, lambda typed: moment(typed, wall_s, player, zone), yes="Go", example="14:03:07")
    )
    if wanted_s is not None:
        player.move(round((wanted_s - app.wall_s) * 1000))
        app.look()


async def freeze(app: EvseApp) -> None:
    """Holds the tables, or lets them go on."""
    app.toggle_freeze()


async def select_next(app: EvseApp) -> None:
    """Selects the next charger."""
    app.select_by(1)


async def select_previous(app: EvseApp) -> None:
    """Selects the charger before."""
    app.select_by(-1)


def _go(name: str) -> Callable[[EvseApp], Awaitable[None]]:
    async def go(app: EvseApp) -> None:
        await app.go(name)

    return go


async def leave(app: EvseApp) -> None:
    """Ends the program; asks while a car is charging that needs it."""
    question = quit_question(app.live) if app.decides else ""
    if question:
        from evse_tui.ui.modals.confirm import Confirm

        if not await app.ask(Confirm("Quit?", question, "Quit", "Stay")):
            return
    app.exit()


def quit_question(snapshot: Snapshot) -> str:
    """What to ask before leaving; empty if nobody minds."""
    charging = [
        charger.name or charger.id
        for charger in snapshot.chargers
        if charger.state in (ChargerState.C, ChargerState.D)
        or (charger.board is not None and charger.board.flags & Flag.C1)
    ]
    if not charging:
        return ""
    who = f"{' and '.join(charging)} {'is' if len(charging) == 1 else 'are'} charging."
    leases = [charger.health.lease_ms for charger in snapshot.chargers if charger.health.lease_ms > 0]
    within = f" within {text.countdown(max(leases) + _SOFT_STOP_MS)}" if leases else ""
    return (
        f"{who}\n\nThis program decides the current. When it ends, charging stops{within} (or falls back to the "
        "current set at commissioning) unless an `evse-tui serve` runs for these boards."
    )


_SOFT_STOP_MS: Final = 6000
"""The car has up to 6 s to leave C (board.md)."""


async def _board_action(app: EvseApp, action: BoardAction, title: str, question: str) -> None:
    from evse_tui.ui.modals.confirm import Confirm

    charger = app.selected()
    if await app.ask(Confirm(f"{title}?", question, title)):
        await app.send(DoBoardAction(charger.id, action))


def _name(charger: ChargerSnapshot) -> str:
    return words.called(charger)


FLOWS: Final[dict[str, Callable[[EvseApp], Awaitable[None]]]] = {
    "mode": choose_mode,
    "override": override,
    "boost": boost,
    "end-boost": end_boost,
    "schedule": schedule,
    "card": card,
    "light": light,
    "pause": pause,
    "resume": resume,
    "c2": choose_c2,
    "acknowledge": acknowledge,
    "clear-stop": clear_stop,
    "unlock": unlock,
    "lock-hold": lock_hold,
    "reboot": reboot,
    "play": _playback(lambda player: player.toggle()),
    "back": _playback(lambda player: player.move(-STEP_MS)),
    "forward": _playback(lambda player: player.move(STEP_MS)),
    "leap-back": _playback(lambda player: player.move(-LEAP_MS)),
    "leap": _playback(lambda player: player.move(LEAP_MS)),
    "slower": _playback(lambda player: player.change_speed(-1)),
    "faster": _playback(lambda player: player.change_speed(1)),
    "go-to-time": go_to_time,
    "freeze": freeze,
    "next": select_next,
    "previous": select_previous,
    "theme": choose_theme,
    "help": show_help,
    "palette": open_palette,
    "quit": leave,
    **{f"{GO}{entry.name}": _go(entry.name) for entry in SCREENS},
}
