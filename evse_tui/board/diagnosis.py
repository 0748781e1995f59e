"""A look at one board over its link, for the installer: who it is, how it is, how good the link is."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final

from evse_protocol.messages import BoardKind, Capability, ResetReason
from evse_protocol.payloads import Config, ConfigGet, Identity, Status
from evse_tui.board import wording
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.board.events import ClientEvent, TraceArrived
from evse_tui.board.model import LinkHealth, LinkState
from evse_tui.board.pilot_samples import EVERYTHING, PilotRing
from evse_tui.board.ports import Opener
from evse_tui.board.reach import reach
from evse_tui.board.self_checks import Check, link_check, status_checks, trace_check
from evse_tui.clock import Clock

_REACH_MS: Final = 5_000
"""A board that resets when its port is opened answers within its boot time."""
_ASK_EVERY_MS: Final = 50
_TRACE_MS: Final = 1_000
_TRACE_WAIT_MS: Final = _TRACE_MS + 200
"""The last frame is sent when the trace is over, and may be under way for a while."""


@dataclass(frozen=True, slots=True)
class DiagnosisReport:
    """What was found. `exit_status` is that of `evse-tui diag`."""

    port: str
    detail: str
    """Why the board can't be used; empty if it can."""
    identity: Identity | None
    config: Config | None
    """None if it is not commissioned or could not be asked."""
    status: Status | None
    health: LinkHealth
    asked: int
    answered: int
    checks: tuple[Check, ...]

    @property
    def exit_status(self) -> int:
        """0 good, 1 problems, 2 not reachable."""
        if self.identity is None:
            return 2
        return int(bool(self.detail) or not all(check.good for check in self.checks))

    def render(self) -> str:
        """The report as plain text, ending with the verdict."""
        lines = [f"Port            {self.port}"]
        if self.identity is not None:
            lines += _identity_lines(self.identity)
        lines += _config_lines(self.config)
        lines += [check.line for check in self.checks]
        verdict = ("good", "problems, see above", "not reachable")[self.exit_status]
        return "\n".join([*lines, *([self.detail] if self.detail else []), f"Verdict         {verdict}"]) + "\n"


async def diagnose(opener: Opener, clock: Clock, duration_ms: int) -> DiagnosisReport:
    """Opens the port, greets the board, asks for its configuration over and over for `duration_ms`, has it
    sample its control pilot for a second, and reports.

    It sends no GRANT and changes nothing. But HELLO opens a session: lease, slots and contactor stay as they are, so
    that charging goes on, while a host that owns the board loses its session and takes it back with its next command.
    A second diagnosis within a minute makes that host stop and say that another host owns the board. (On a serial
    device the port is locked, so this can only happen through a serial server.)
    """
    ring = PilotRing()

    def take(event: ClientEvent) -> None:
        if isinstance(event, TraceArrived):
            ring.add(event.trace, clock.now_ms())

    client = BoardClient(opener, clock, on_event=take)
    task = asyncio.create_task(client.run())
    try:
        return await _diagnose(client, clock, duration_ms, ring)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _diagnose(client: BoardClient, clock: Clock, duration_ms: int, ring: PilotRing) -> DiagnosisReport:
    await reach(client, clock, _REACH_MS)
    config: Config | None = None
    asked = answered = 0
    end_ms = clock.now_ms() + duration_ms
    while client.state is LinkState.ONLINE and clock.now_ms() < end_ms:
        asked += 1
        try:
            answer = await client.command(ConfigGet())
        except CommandError as error:
            answered += error.reply is not None  # a board without configuration refuses: an answer all the same
        else:
            answered += 1
            config = answer if isinstance(answer, Config) else None
        await clock.sleep_ms(_ASK_EVERY_MS)
    health, status = client.health, client.status
    checks = [] if status is None else status_checks(status, config)
    if asked:
        checks.append(link_check(health, asked, answered))
    if status is not None and client.state is LinkState.ONLINE:  # after the link was judged: samples take half of it
        checks.append(await _trace(client, clock, ring, status))
    return DiagnosisReport(
        client.port, client.detail, client.identity, config, status, health, asked, answered, tuple(checks)
    )


async def _trace(client: BoardClient, clock: Clock, ring: PilotRing, status: Status) -> Check:
    with contextlib.suppress(CommandError):  # then no samples come, which is the finding
        await client.trace(_TRACE_MS)
        await clock.sleep_ms(_TRACE_WAIT_MS)
    return trace_check(ring.after(EVERYTHING, clock.now_ms()), status)


def _identity_lines(identity: Identity) -> list[str]:
    return [
        f"Board           {_name(BoardKind, identity.board)}, serial number {identity.serial}",
        f"Firmware        {wording.version(identity)}, protocol {identity.protocol}, schema {identity.schema:08x}",
        f"Boot            {identity.boot}, after {_name(ResetReason, identity.reset_reason)}",
        f"Capabilities    {Capability(identity.capabilities).name or 'none'}",
    ]


def _config_lines(config: Config | None) -> list[str]:
    if config is None:
        return []
    facts = (
        f"hardware maximum {config.hardware_max_da / 10:.1f} A",
        f"limit {config.limit_da / 10:.1f} A",
        f"{config.phases} phases",
        f"C2 {'present' if config.c2 else 'absent'}",
        f"fallback {config.fallback_da / 10:.1f} A",
        f"phase wait {config.phase_wait_s} s",
    )
    return ["Configuration   " + ", ".join(facts)]


def _name(kind: type[BoardKind] | type[ResetReason], value: int) -> str:
    try:
        return kind(value).name.replace("_", " ").lower()
    except ValueError:
        return f"unknown ({value})"
