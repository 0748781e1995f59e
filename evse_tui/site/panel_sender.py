"""Tells one board what its front should show, one command at a time, behind everything that matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from evse_protocol.messages import Capability, EventKind
from evse_protocol.payloads import Event
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.clock import Clock
from evse_tui.site.commands import Outcome
from evse_tui.site.host import ChargerHost
from evse_tui.site.panel import Facts, Panel, light_of, lines_of
from evse_tui.site.snapshot import PanelSnapshot
from evse_tui.site.telemetry import Telemetry

_TICK_MS: Final = 1_000
"""`look` comes at least this often; what is due later waits for it."""
_LIGHTING: Final = (EventKind.BUTTON, EventKind.CARD)


class PanelSender:
    """`settings` are those of the charger."""

    def __init__(
        self,
        charger_id: str,
        client: BoardClient,
        telemetry: Telemetry,
        clock: Clock,
        host: ChargerHost,
        settings: Callable[[], Mapping[str, int]],
    ) -> None:
        self.custom_button = False
        self._charger_id = charger_id
        self._client = client
        self._telemetry = telemetry
        self._clock = clock
        self._host = host
        self._settings = settings
        self._panel = Panel()
        self._title = ""
        self._shown: tuple[Facts, Mapping[str, int], bool] | None = None
        self._sending = False

    def snapshot(self, now_ms: int) -> PanelSnapshot:
        """The front as windows see it."""
        return self._panel.snapshot(now_ms, self._capabilities, custom_button=self.custom_button)

    def look(self, facts: Facts) -> None:
        """Once a second and at every change of state: what should be seen now. A change of state lights the display."""
        shown = facts, self._settings(), self.custom_button
        if shown != self._shown:
            self._shown = shown
            self._panel.show(lines_of(facts), light_of(facts, shown[1], custom=self.custom_button))
        if facts.title != self._title:
            self._title = facts.title
            self._panel.light.event(self._clock.now_ms())
        self._send_soon()

    def take_event(self, event: Event) -> None:
        """A live event of the board: buttons, unless locked, and cards light the display."""
        if event.kind not in _LIGHTING or (event.kind is EventKind.BUTTON and self._settings()["lcd_lock"]):
            return
        self._panel.light.event(self._clock.now_ms())
        self._send_soon()

    def forget(self) -> None:
        """The board is back, or has restarted: it may show anything."""
        self._panel.forget()

    def set_backlight(self, level: int, seconds: int) -> Outcome:
        """Lights the display, or not; the board clamps the level."""
        if not self._telemetry.online:
            return Outcome(False, f"charger {self._charger_id} has no board now, nothing was sent")
        if not self._capabilities & Capability.BACKLIGHT:
            return Outcome(False, f"the board of charger {self._charger_id} has no display light")
        if not (0 <= level <= 100 and 0 <= seconds <= 0xFFFF):
            return Outcome(False, f"backlight: {level} % for {seconds} s is not within 0 to 100 % and 0 to 65535 s")
        self._panel.light.light(self._clock.now_ms(), level, seconds)
        self._send_soon()
        self._host.touch(at_once=True)
        return Outcome(True)

    def set_custom_button(self, on: bool) -> Outcome:
        """A flag of home automation; the status light shows it."""
        self.custom_button = on
        if self._shown is not None:
            self.look(self._shown[0])
        self._host.touch(at_once=True)
        return Outcome(True)

    @property
    def _capabilities(self) -> int:
        return 0 if self._client.identity is None else self._client.identity.capabilities

    def _due_ms(self) -> int | None:
        if not self._telemetry.online:
            return None
        now_ms = self._clock.now_ms()
        due_ms = self._panel.due_ms(now_ms, self._capabilities)
        return due_ms if due_ms is not None and due_ms < now_ms + _TICK_MS else None

    def _send_soon(self) -> None:
        if not self._sending and self._due_ms() is not None:
            self._sending = True
            self._host.spawn(self._send(), f"panel of {self._charger_id}")

    async def _send(self) -> None:
        try:
            while (due_ms := self._due_ms()) is not None:
                if (wait_ms := due_ms - self._clock.now_ms()) > 0:
                    await self._clock.sleep_ms(wait_ms)
                elif (command := self._panel.take(self._clock.now_ms(), self._capabilities)) is not None:
                    try:
                        await self._client.command(command)
                    except CommandError as error:
                        if error.reply is None:  # lost, or something else took its place
                            self._panel.failed()
                            continue
                    self._panel.told(self._clock.now_ms())
        finally:
            self._sending = False
