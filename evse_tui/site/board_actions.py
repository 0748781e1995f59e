"""Momentary commands to a board: sent, answered, then seen to have worked; never kept for later."""

from __future__ import annotations

from typing import Final

from evse_protocol.messages import Flag
from evse_protocol.payloads import Acknowledge, Identity, Payload, Reboot, Resume, Status, Unlock
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.clock import Clock
from evse_tui.site.commands import BoardAction, Outcome
from evse_tui.site.host import ChargerHost
from evse_tui.site.progress import Commands
from evse_tui.site.snapshot import Level
from evse_tui.site.telemetry import Telemetry
from evse_tui.site.wording import fault_text

_PATIENCE_MS: Final = 10_000
"""How long an accepted board action may stay unseen."""


class BoardActions:
    """One board's."""

    def __init__(
        self,
        charger_id: str,
        client: BoardClient,
        telemetry: Telemetry,
        commands: Commands,
        clock: Clock,
        host: ChargerHost,
    ) -> None:
        self._charger_id = charger_id
        self._client = client
        self._telemetry = telemetry
        self._commands = commands
        self._clock = clock
        self._host = host

    async def act(self, action: BoardAction) -> Outcome:
        """Sends a momentary command and follows it; never kept for later: an unlock must not come as a surprise."""
        identity, status = self._client.identity, self._telemetry.status
        if not self._telemetry.online or identity is None or status is None:
            detail = self._client.detail or f"the link is {self._client.state.value}"
            return Outcome(False, f"charger {self._charger_id} has no board now, nothing was sent: {detail}")
        progress = self._commands.request(
            action.value, self._clock.now_ms(), lambda: self._shows(action, status, identity), _PATIENCE_MS
        )
        self._host.touch(at_once=True)
        try:
            await self._client.command(_payload(action, status, identity))
        except CommandError as error:
            detail = str(error)
            if action is BoardAction.ACKNOWLEDGE and error.reply is not None:
                detail += f" Still there: {fault_text(error.reply.detail)}."
            progress.fail(self._clock.now_ms(), detail)
            return Outcome(False, detail, progress.id)
        except BaseException:
            progress.fail(self._clock.now_ms(), "nobody waited for the answer")
            raise
        else:
            progress.accept(self._clock.now_ms())
            self._host.log(self._charger_id, Level.INFO, f"{action.value}: accepted by the board")
            return Outcome(True, command_id=progress.id)
        finally:
            self._host.touch(at_once=True)

    def _shows(self, action: BoardAction, before: Status, identity: Identity) -> bool:
        status = self._telemetry.status
        if status is None:
            return False
        match action:
            case BoardAction.ACKNOWLEDGE:
                return not status.faults & before.faults
            case BoardAction.RESUME:
                return Flag.STOPPED not in status.flags
            case BoardAction.UNLOCK:
                return Flag.LOCKED not in status.flags
            case BoardAction.REBOOT:
                return self._client.identity is not None and self._client.identity.boot != identity.boot


def _payload(action: BoardAction, status: Status, identity: Identity) -> Payload:
    match action:
        case BoardAction.ACKNOWLEDGE:
            return Acknowledge(status.faults)
        case BoardAction.RESUME:
            return Resume()
        case BoardAction.UNLOCK:
            return Unlock()
        case BoardAction.REBOOT:
            return Reboot(identity.boot)
