"""What a board says about itself: its newest STATUS, its configuration, its link; and what control sees of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from evse_protocol.messages import Flag
from evse_protocol.payloads import Config, Event, Identity, Status
from evse_tui.board.client import BoardClient
from evse_tui.board.model import LinkState
from evse_tui.clock import Clock
from evse_tui.control.types import BoardObservation
from evse_tui.site.config_reader import ConfigReader
from evse_tui.site.dwell import PhaseDwell
from evse_tui.site.host import ChargerHost
from evse_tui.site.observe import observe, phases_available
from evse_tui.site.snapshot import Level

_TOLD: Final = (LinkState.ONLINE, LinkState.READ_ONLY, LinkState.OTHER_HOST, LinkState.SILENT, LinkState.WAITING)
"""Link states that get a line in the log."""


class Telemetry:
    """Follows one board. Whatever changes `board` asks the host for a decision."""

    def __init__(self, charger_id: str, client: BoardClient, clock: Clock, host: ChargerHost) -> None:
        self.status: Status | None = None
        """The newest, kept while the board is away."""
        self.status_ms = 0
        """When it arrived."""
        self.board: BoardObservation | None = None
        """What control saw: None until a STATUS has arrived in this connection."""
        self.lost_ms: int | None = None
        """Since when a board that may have a lease gets no grants; None if it has none, or gets them. Of a board that
        another host has, when it was last heard: until then it may have got theirs."""
        self._charger_id = charger_id
        self._client = client
        self._clock = clock
        self._host = host
        self._plugged_ms = 0
        self._connected_board_ms: int | None = None
        """Board clock at the first STATUS of this connection: events before it are news from the past."""
        self._logged_link = ""
        self._dwell = PhaseDwell()
        self._config = ConfigReader(charger_id, client, clock, host, changed=self._observe)

    @property
    def config(self) -> Config | None:
        """None until the board has said it, and while it is not commissioned."""
        return self._config.config

    @property
    def online(self) -> bool:
        """Whether the board takes commands."""
        return self._client.state is LinkState.ONLINE

    def take_status(self, status: Status, now_ms: int) -> None:
        """A STATUS has arrived."""
        before, self.status, self.status_ms = self.status, status, now_ms
        if self._connected_board_ms is None and self._client.state is not LinkState.OTHER_HOST:
            self._connected_board_ms = status.board_ms  # also before the link is told to be back
        if Flag.PLUGGED in status.flags and (before is None or Flag.PLUGGED not in before.flags):
            self._plugged_ms = now_ms
        if self._client.state is LinkState.OTHER_HOST:
            self.lost_ms = now_ms
        self._dwell.take(status)
        self._observe()
        if before is not None and (before.flags ^ status.flags) & Flag.SWITCH:
            self._host.decide_soon()  # it may be the grid operator's contact

    def observation(self, now_ms: int) -> BoardObservation | None:
        """What control sees now."""
        dwell_ms = self._dwell.left_ms(now_ms - self.status_ms) // 1_000 * 1_000
        if self.board is not None and dwell_ms != self.board.phase_dwell_ms:
            self.board = replace(self.board, phase_dwell_ms=dwell_ms)
        return self.board

    def take_link(self, state: LinkState, detail: str) -> None:
        """The link has changed."""
        if state is LinkState.ONLINE:
            self.read_config()
        else:
            self._connected_board_ms = None
            if self.board is not None:
                self.board, self.lost_ms = None, self._clock.now_ms()
            self._host.decide_soon()
        if state in _TOLD:
            line = f"board {state.value}" + (f": {detail}" if detail else "")
            if line != self._logged_link:
                self._logged_link = line
                self._host.log(self._charger_id, Level.INFO if state is LinkState.ONLINE else Level.WARNING, line)

    def take_reset(self, identity: Identity) -> None:
        """The board has restarted."""
        self.board = self.lost_ms = None
        self._connected_board_ms = None
        self._dwell.reset()
        self._host.log(self._charger_id, Level.WARNING, f"the board restarted (boot {identity.boot})")
        self.read_config(again=True)

    @property
    def connected(self) -> bool:
        """Whether a STATUS of this connection says how things are."""
        return self._connected_board_ms is not None

    def replugged(self, now_ms: int) -> None:
        """The car was away and came back while nobody looked: another plug-in begins."""
        self._plugged_ms = now_ms
        self._observe()

    def is_past(self, event: Event) -> bool:
        """Whether an event of this boot happened before this connection's first STATUS (wrapping 32-bit clock)."""
        identity = self._client.identity
        if identity is None or event.boot != identity.boot:
            return False
        if self._connected_board_ms is None:
            return True  # that STATUS is still to come
        return 0 < (self._connected_board_ms - event.board_ms) & 0xFFFF_FFFF < 1 << 31

    def is_live(self, event: Event) -> bool:
        """Whether an event happened in this connection: what a person did then is meant for now."""
        identity = self._client.identity
        known = self._connected_board_ms is not None and identity is not None and event.boot == identity.boot
        return known and not self.is_past(event)

    @property
    def commissioned_da(self) -> int | None:
        """The most that the board was commissioned for, 0.1 A; None if that is not known."""
        return None if self.config is None else min(self.config.hardware_max_da, self.config.limit_da)

    def read_config(self, *, again: bool = False) -> None:
        """Asks for the board's configuration if it is another than the known one, or `again`."""
        self._config.read(again=again)

    def tick(self, now_ms: int) -> None:
        """Once a second."""
        self._config.tick(now_ms)

    def _observe(self) -> None:
        before = self.board
        if self.status is None or not self.online:
            self.board = None
        else:
            phases = phases_available(self.status, self._client.identity, self.config)
            self.board = observe(self.status, phases, self._plugged_ms)
            self.lost_ms = None
            if before is not None and before.phase_dwell_ms:  # renewed with each decision, no reason for one
                self.board = replace(self.board, phase_dwell_ms=before.phase_dwell_ms)
        if self.board != before:
            self._host.decide_soon()
