"""Commands on their way, and outcomes."""

from __future__ import annotations

from evse_tui.api.v1.models.command import Accepted, Command
from evse_tui.api.v1.views.words import name
from evse_tui.site.commands import Outcome
from evse_tui.site.snapshot import CommandSnapshot


def command_view(command: CommandSnapshot) -> Command:
    return Command(
        id=command.id,
        what=command.what,
        state=name(command.state),
        age_ms=max(0, command.age_ms),
        detail=command.detail,
    )


def accepted_view(outcome: Outcome) -> Accepted:
    """For an outcome that is not refused."""
    return Accepted(id=outcome.command_id, detail=outcome.detail)
