"""Tells a board of current that its own meter sees behind the open contactor; the board judges, and latches a fault.

Only where a setting says that the meter measures this charger alone. Sent again while it holds and the board does not
show the fault: after a lost answer, in a new session, and after somebody has acknowledged it too early.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from evse_protocol import payloads
from evse_protocol.messages import Fault
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.clock import Clock
from evse_tui.site.ev_meter import EvMeter
from evse_tui.site.host import ChargerHost
from evse_tui.site.progress import Commands
from evse_tui.site.snapshot import Level
from evse_tui.site.telemetry import Telemetry
from evse_tui.site.weld_watch import WeldEvidence, WeldWatch
from evse_tui.site.wording import amps_text

COMMAND: Final = "report welded contactor"
"""Its name among the commands that windows follow."""
_PATIENCE_MS: Final = 5_000


class WeldReporter:
    """One charger's. `alone` says the setting."""

    def __init__(
        self,
        charger_id: str,
        client: BoardClient,
        telemetry: Telemetry,
        commands: Commands,
        clock: Clock,
        host: ChargerHost,
        alone: Callable[[], bool],
    ) -> None:
        self._charger_id = charger_id
        self._client = client
        self._telemetry = telemetry
        self._commands = commands
        self._clock = clock
        self._host = host
        self._alone = alone
        self._watch = WeldWatch()
        self._refusal = ""
        """The last one, told once."""

    def take_status(self, status: payloads.Status, now_ms: int) -> None:
        """With each STATUS."""
        self._watch.take_status(status, now_ms)

    def link_changed(self) -> None:
        """The link was lost or is back, also after a restart of the board."""
        self._watch.lost()
        self._refusal = ""

    def take_reading(self, meter: EvMeter) -> None:
        """With each reading of currents that the charger's own meter has taken."""
        sample, source = meter.sample, meter.source
        if sample is None or not self._telemetry.online:
            self._watch.forget_samples()
            return
        evidence = self._watch.take_sample(sample, (source.power_w, source.import_wh, source.export_wh))
        if evidence is not None and self._alone():
            self._host.spawn(self._send(evidence), f"weld evidence of {self._charger_id}")

    async def _send(self, evidence: WeldEvidence) -> None:
        saw = f"the EV meter sees {amps_text(evidence.current_da)} {evidence.open_ms // 1_000} s after it opened"
        progress = self._commands.request(COMMAND, self._clock.now_ms(), self._shows, _PATIENCE_MS)
        self._host.touch(at_once=True)
        try:
            await self._client.command(payloads.WeldEvidence(evidence.current_da))
        except CommandError as error:
            progress.fail(self._clock.now_ms(), str(error))
            if str(error) != self._refusal:
                self._refusal = str(error)
                self._host.log(self._charger_id, Level.WARNING, f"contactor: {saw}; not taken by the board: {error}")
        except BaseException:
            progress.fail(self._clock.now_ms(), "nobody waited for the answer")
            raise
        else:
            progress.accept(self._clock.now_ms())
            self._refusal = ""
            self._host.log(self._charger_id, Level.FAULT, f"contactor: {saw}; reported to the board as welded")
        finally:
            self._host.touch(at_once=True)

    def _shows(self) -> bool:
        status = self._telemetry.status
        return status is not None and Fault.WELDED_CONTACTOR in status.faults
