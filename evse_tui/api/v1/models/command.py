"""Commands: what may be asked of a charger, and what became of it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from evse_tui.api.v1.models.base import END, Age, Model, Percent, Request, doc, names
from evse_tui.site.snapshot import CommandState

ModeName = Literal["off", "normal", "solar", "smart", "pause"]
C2Name = Literal["not_present", "always_off", "solar_off", "always_on", "auto"]
BoardActionName = Literal["acknowledge", "resume", "unlock", "reboot"]

_DAY = "(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_LEAP_DAY = "20(?:[02468][048]|[13579][26])-02-29"
LocalTime = Annotated[
    str,
    Meta(
        pattern=f"^(?:20[0-9]{{2}}-{_DAY}|{_LEAP_DAY})T(?:[01][0-9]|2[0-3]):[0-5][0-9]{END}",
        description="Local wall time of the site, `2026-11-22T23:30`.",
        examples=["2026-11-22T23:30"],
    ),
]
"""A day that exists, in this century."""


class Schedule(Request):
    """When charging is allowed; outside of it the charger is off."""

    start: LocalTime
    stop: Annotated[LocalTime | None, doc("null: until unplugged or the next command.")] = None
    daily: Annotated[bool, doc("Repeats every day, following the clock on the wall.")] = False


class ModeCommand(Request, tag="mode", tag_field="command"):
    """Chooses what decides the current. Solar clears the override; solar and smart need a mains meter."""

    mode: ModeName
    schedule: Annotated[Schedule | None, doc("Replaces the schedule; null cancels it.")] = None


class ScheduleCommand(Request, tag="schedule", tag_field="command"):
    """Plans charging without changing the mode."""

    schedule: Annotated[Schedule | None, doc("null cancels it.")]


class BoostCommand(Request, tag="boost", tag_field="command"):
    """Full current within all limits, until an energy or until unplugged."""

    on: bool
    energy_wh: Annotated[Annotated[int, Meta(ge=1, le=200_000)] | None, doc("null: until unplugged.")] = None


class OverrideCommand(Request, tag="override", tag_field="command"):
    """Overrides the charge current in normal and smart."""

    current_da: Annotated[
        int, Meta(ge=0, le=800, description="0.1 A, within the charger's minimum and maximum; 0 clears it.")
    ]


class C2Command(Request, tag="c2", tag_field="command"):
    """When the second contactor connects L2 and L3."""

    c2: C2Name


class BoardCommand(Request, tag="board", tag_field="command"):
    """Something momentary for the board itself: refused while it is away, never kept for later."""

    action: Annotated[
        BoardActionName,
        doc("`acknowledge` faults, `resume` after the stop button, `unlock` the cable, `reboot` the board."),
    ]


class LockHoldCommand(Request, tag="lock_hold", tag_field="command"):
    """Keeps the cable locked while no car is connected."""

    on: bool


class CardCommand(Request, tag="card", tag_field="command"):
    """Shows a card from afar, as if the charger's own reader had read it."""

    card: Annotated[
        str,
        Meta(
            pattern=f"^(?:[0-9A-Fa-f]{{8}}|[0-9A-Fa-f]{{14}}|[0-9A-Fa-f]{{16}}){END}",
            description="4, 7 or 8 bytes in hex.",
            examples=["04A3B2C1"],
        ),
    ]


class BacklightCommand(Request, tag="backlight", tag_field="command"):
    """Lights the board's display for a while."""

    level: Annotated[Percent, doc("%; the board clamps it to its configured maximum. 0 is off.")]
    seconds: Annotated[int, Meta(ge=0, le=3600)]


class CustomButtonCommand(Request, tag="custom_button", tag_field="command"):
    """A flag that home automation sets and reads."""

    on: bool


class PilotTraceCommand(Request, tag="pilot_trace", tag_field="command"):
    """Has the board sample its control pilot for a while; the samples are at `/chargers/{id}/pilot`.

    Repeat it, well before its time is over, for as long as somebody looks. It takes half of the board's line, but never
    delays a grant.
    """

    watcher: Annotated[
        str,
        Meta(
            pattern=f"^[A-Za-z0-9_-]{{1,64}}{END}",
            description="A name of your choice, another one for each who looks: samples go on until nobody does.",
            examples=["a3f09c11"],
        ),
    ]
    duration_ms: Annotated[int, Meta(ge=0, le=60_000, description="From now on; 0 ends it for this watcher.")]


ChargerCommand = (
    ModeCommand
    | ScheduleCommand
    | BoostCommand
    | OverrideCommand
    | C2Command
    | BoardCommand
    | LockHoldCommand
    | CardCommand
    | BacklightCommand
    | CustomButtonCommand
    | PilotTraceCommand
)


class Accepted(Model):
    """A command that the site has taken; what comes of it is seen later."""

    id: Annotated[int | None, doc("Number under which `commands` shows how it goes on; null: nothing to follow.")]
    detail: Annotated[str, doc("Something worth knowing, one sentence, or empty.")]


class Command(Model):
    """A command on its way: requested, accepted (stored or acknowledged), observed at the board; or failed."""

    id: int
    what: Annotated[str, doc("In words.")]
    state: Annotated[str, names(CommandState)]
    age_ms: Annotated[Age, doc("Time in this state, ms.")]
    detail: Annotated[str, doc("One sentence, or empty.")]


class Commands(Model):
    """The newest commands of one charger, oldest first; one that is over is forgotten after 30 s."""

    at_ms: Annotated[int, doc("Host clock at which the ages hold.")]
    commands: list[Command]
