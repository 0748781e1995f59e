"""Everything known about one charger."""

from __future__ import annotations

from typing import Annotated

from evse_tui.api.v1.models.base import Model, Wall, doc, names
from evse_tui.api.v1.models.board import Board, Identity, Link
from evse_tui.api.v1.models.command import Command
from evse_tui.api.v1.models.grant import Grant
from evse_tui.api.v1.models.meter import Meter
from evse_tui.control.types import Mode
from evse_tui.site.snapshot import ChargerState


class Session(Model):
    """Since the cable was plugged in."""

    started_s: Wall
    duration_ms: int
    charging_ms: int
    energy_wh: int | None
    estimated: Annotated[bool, doc("Counted from the offered current, without a meter.")]


class PlannedCharging(Model):
    """The next or present window of the schedule."""

    start_s: Wall
    stop_s: Wall | None
    daily: bool
    open: Annotated[bool, doc("Whether charging is allowed by it now.")]


class Boost(Model):
    """Full current until an energy or unplug."""

    energy_wh: Annotated[int | None, doc("null: until unplugged.")]
    left_wh: int | None


class Rfid(Model):
    """The card reader, the board's own or a remote one."""

    status: str
    last_card: Annotated[str | None, doc("Hex digits.")]


class Panel(Model):
    """What the board's front shows."""

    lines: Annotated[list[str], doc("Eight lines of at most 21 characters.")]
    backlight: Annotated[str, doc("`OFF`, `ON` or `DIMMED`.")]
    backlight_left_s: int
    custom_button: bool


class EvState(Model):
    """What somebody has told about the car."""

    current_soc: Annotated[int | None, doc("%")]
    full_soc: Annotated[int | None, doc("%")]
    energy_capacity_wh: int | None
    energy_request_wh: int | None
    evccid: str | None
    updated_s: Wall | None


class Charger(Model):
    """One charger: `grant` was decided, `applied_da` is what the board replied, `board.offered_da` what it does."""

    id: str
    name: str
    serial: Annotated[int | None, doc("null until the board has said it.")]
    state: Annotated[str, names(ChargerState)]
    state_text: Annotated[str, doc("In words: `Charging`.")]
    error: Annotated[str | None, doc("Name of the error.")]
    error_id: int
    no_power: Annotated[bool, doc("The car would charge but gets nothing.")]
    plugged: bool
    mode: Annotated[str, names(Mode)]
    override_da: Annotated[int | None, doc("0.1 A; null is none.")]
    settings: Annotated[dict[str, int], doc("Values by name; what they mean: `/api/v1/chargers/{id}/settings`.")]
    grant: Annotated[Grant | None, doc("The newest decision; null before the first.")]
    applied_da: Annotated[int | None, doc("What the board's last reply said it applied.")]
    identity: Identity | None
    board: Annotated[Board | None, doc("null until the board has spoken.")]
    link: Link
    meter: Annotated[Meter, doc("Its own meter, or a model of what the car draws.")]
    meter_modelled: bool
    session: Annotated[Session | None, doc("null while no car is connected.")]
    total_wh: Annotated[int | None, doc("Counted by this host; the meter's register is `meter.import_wh`.")]
    schedule: PlannedCharging | None
    boost: Boost | None
    authorised: Annotated[bool, doc("A card has been shown, where one is needed.")]
    lock_hold: Annotated[bool, doc("The wish; the board's own word is in `board.flags`.")]
    rfid: Rfid
    panel: Panel
    ev_state: EvState | None
    commands: list[Command]


class Chargers(Model):
    """All chargers, in the order of the configuration."""

    at_ms: Annotated[int, doc("Host clock at which the ages hold.")]
    chargers: list[Charger]
