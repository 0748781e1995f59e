"""What must be shown at once when it changes, whatever the window: the rest may wait for its next turn. Pure."""

from __future__ import annotations

from evse_tui.site.snapshot import ChargerSnapshot, Level, Snapshot


def facts_of(snapshot: Snapshot) -> tuple[object, ...]:
    """States, faults, wishes and commands; not what is measured, nor what merely counts. Compare it for equality."""
    return (
        snapshot.warnings,
        snapshot.settings,
        snapshot.mains.freshness,
        snapshot.grid_relay,
        next((event.number for event in reversed(snapshot.events) if event.level is not Level.INFO), 0),
        tuple((command.id, command.state) for command in snapshot.commands),
        tuple(_charger(charger) for charger in snapshot.chargers),
    )


def _charger(charger: ChargerSnapshot) -> tuple[object, ...]:
    board, grant = charger.board, charger.grant
    return (
        charger.id,
        charger.state,
        charger.error_id,
        charger.no_power,
        charger.plugged,
        charger.link,
        charger.mode,
        charger.override_da,
        charger.settings,
        charger.schedule,
        charger.boost is None,
        charger.authorised,
        charger.lock_hold,
        charger.rfid,
        None if board is None else (board.faults, board.flags, board.access),
        None if grant is None else grant.reason.constraint,
        tuple((command.id, command.state) for command in charger.commands),
    )
