"""What an installer asks of a running site, as facts: boards, links, sources, findings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from evse_protocol.messages import Access, BoardKind, Capability, Fault, Flag, Hold, Pilot, ResetReason, Slot
from evse_protocol.payloads import SCHEMA_HASH, Identity, Status
from evse_tui.board.model import LinkHealth, LinkState
from evse_tui.board.self_checks import Check, status_checks
from evse_tui.board.wording import version
from evse_tui.site.snapshot import ChargerSnapshot, Freshness, MeterSnapshot
from evse_tui.ui import text, words
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.facts import OLD, Fact, old

_NOT_IN_A_SNAPSHOT: Final = ("Lock", "Events lost")
"""These checks need the board's configuration or its own counter: `evse-tui diag` asks for them."""


def identity_facts(identity: Identity | None) -> list[Fact]:
    """Who the board is."""
    if identity is None:
        return [Fact("Identity", "not known yet", OLD)]
    equal = identity.schema == SCHEMA_HASH
    schema = f"{identity.schema:08x}, {'as here' if equal else f'here it is {SCHEMA_HASH:08x}: flash the board'}"
    return [
        Fact("Board", f"{_name(BoardKind, identity.board)}, serial {identity.serial}"),
        Fact("Firmware", f"{version(identity)}, protocol {identity.protocol}"),
        Fact("Schema", schema, "" if equal else "bold $text-warning"),
        Fact("Boot", f"{identity.boot}, after {_name(ResetReason, identity.reset_reason)}"),
        Fact(
            "Has",
            (Capability(identity.capabilities).name or "nothing more").replace("|", ", ").replace("_", " ").lower(),
        ),
        Fact("Session", f"{identity.session:08x}, payload {identity.largest_payload} bytes"),
        Fact("Config", f"CRC {identity.config_crc:08x}"),
    ]


def link_facts(charger: ChargerSnapshot, frame: Frame) -> list[Fact]:
    """Every number about the link."""
    health = charger.health
    heard_ms = None if health.last_frame_age_ms is None else health.last_frame_age_ms + frame.behind_ms
    trips = f"{text.milliseconds(health.round_trip_p50_ms)} / {text.milliseconds(health.round_trip_p99_ms)}"
    online = charger.link is LinkState.ONLINE
    lease_ms = max(0, health.lease_ms - frame.behind_ms)
    return [
        Fact("Link", f"{charger.link.value} on {charger.port}", "" if online else "bold $text-warning"),
        Fact("Heard", "never" if heard_ms is None else f"{text.age(heard_ms)} ago"),
        Fact("p50 / p99", trips),
        Fact("Frames", f"{health.frames_received} in, {health.frames_sent} out"),
        Fact("Bytes", f"{health.bytes_received} in, {health.bytes_sent} out"),
        Fact("Trouble", _trouble(health), "bold" if _troubled(health) else ""),
        Fact("Resets", f"{health.resets_seen}, {text.plural(health.reconnects, 'reconnect')}"),
        Fact("Clock", _clock(health)),
        Fact("Lease", text.lease(lease_ms), "" if lease_ms else "$text-warning"),
        Fact("Refused", text.plural(health.grants_refused, "grant")),
    ]


def _trouble(health: LinkHealth) -> str:
    return (
        f"{health.retries} retries, {health.failures} failures, {health.crc_errors} CRC, "
        f"{health.telemetry_missed} gaps, {health.garbage_bytes} garbage bytes"
    )


def _troubled(health: LinkHealth) -> bool:
    return any((health.retries, health.failures, health.crc_errors, health.telemetry_missed))


def _clock(health: LinkHealth) -> str:
    if health.clock_offset_ms is None:
        return "not known yet"
    drift = "" if health.clock_drift_ppm is None else f", drift {health.clock_drift_ppm:+.1f} ppm"
    return f"offset {health.clock_offset_ms:+d} ms{drift}"


def source_facts(frame: Frame) -> list[Fact]:
    """Where measurements come from, and how old they are."""
    snapshot = frame.snapshot
    sources = [
        ("Mains", snapshot.mains),
        ("Circuit", snapshot.circuit),
        ("Battery", snapshot.battery),
        ("PV", snapshot.pv),
        *((f"Car {charger.id}", charger.ev) for charger in snapshot.chargers if not charger.ev_modelled),
    ]
    return [_source(name, meter, frame) for name, meter in sources]


def _source(name: str, meter: MeterSnapshot, frame: Frame) -> Fact:
    if meter.freshness is Freshness.ABSENT:
        return Fact(name, "none" if meter.kind == "Disabled" else f"{meter.kind}, no data yet", OLD)
    live = frame.meter_live(meter)
    values = []
    if meter.currents_da is not None:
        shown = meter.currents_da[:1] if name == "Battery" else meter.currents_da
        values.append(" ".join(f"{current_da / 10:.1f}" for current_da in shown) + " A")
    if meter.power_w is not None:
        values.append(f"{meter.power_w} W")
    if meter.soc_permille is not None:
        values.append(text.percent(meter.soc_permille))
    state = "fresh" if live else "STALE" if frame.stale else meter.freshness.value
    origin = f"{meter.kind} (simulated)" if meter.simulated else meter.kind
    value = old(", ".join(values) or text.UNKNOWN, live=live)
    return Fact(
        name, f"{state}, {text.age(frame.meter_age_ms(meter))} old: {value}, {origin}", "" if live else "$text-warning"
    )


def checks(charger: ChargerSnapshot) -> list[Check]:
    """What `evse-tui diag` would say of the newest STATUS, as far as a snapshot knows."""
    board = charger.board
    if board is None:
        return []
    try:
        status = Status(
            counter=0,
            board_ms=0,
            pilot=Pilot(board.pilot),
            flags=Flag(board.flags),
            cp_high_mv=board.cp_high_mv,
            cp_low_mv=board.cp_low_mv,
            temperature_dc=board.temperature_dc,
            slots_da=board.slots_da,
            binding=Slot(board.binding),
            limit_da=board.limit_da,
            offered_da=board.offered_da,
            duty_permille=board.duty_permille,
            phases=board.phases,
            access=Access(board.access),
            lease_ms=0,
            hold=Hold(board.hold),
            hold_ms=board.hold_ms,
            faults=Fault(board.faults),
            events_lost=0,
        )
    except ValueError:  # a newer firmware: nobody here can judge it
        return [Check("Firmware", good=False, text="says what this program does not know")]
    return [check for check in status_checks(status, None) if check.name not in _NOT_IN_A_SNAPSHOT]


def check_facts(charger: ChargerSnapshot, frame: Frame) -> list[Fact]:
    """Findings, a problem by a word."""
    found = checks(charger)
    if not found:
        return [Fact("Checks", "nothing heard from the board yet", OLD)]
    live = frame.board_live(charger)
    facts = [
        Fact(check.name, old(("" if check.good else "PROBLEM: ") + check.text, live=live), _style(check, live=live))
        for check in found
    ]
    if not live:
        facts.insert(0, Fact("Age", f"{text.age(frame.board_age_ms(charger))}: the board is not live", "$text-warning"))
    return facts


def _style(check: Check, *, live: bool) -> str:
    return "bold $text-error" if not check.good else "" if live else OLD


def warning_lines(frame: Frame) -> list[str]:
    """What is wrong now, in sentences."""
    found = list(frame.snapshot.warnings)
    for charger in frame.snapshot.chargers:
        who = words.called(charger)
        if charger.link is not LinkState.ONLINE:
            found.append(f"{who}: {charger.link_detail or charger.link.value}")
        if charger.board is not None:
            if not charger.board.flags & Flag.COMMISSIONED:
                found.append(f"{who}: not commissioned; it charges nothing until its board is told how it is wired.")
            found += [f"{who}: {fault.name}. {fault.way_out}" for fault in words.faults(charger.board.faults)]
    return found


def report(frame: Frame, title: str, frames: Mapping[str, Sequence[str]] | None = None) -> str:
    """Everything of this screen as plain text, for a file; `frames` are the newest ones in words, by charger id."""
    snapshot = frame.snapshot
    up_ms = round((snapshot.wall_s - snapshot.started_s) * 1000)
    moment = f"{text.day_time(snapshot.wall_s, frame.zone)}, up {text.duration(up_ms)}"
    parts = [f"{title} - {moment}", "", "Warnings", *(f"  {line}" for line in warning_lines(frame) or ["none"])]
    parts += ["", "Sources", *_plain(source_facts(frame))]
    parts += ["", "Settings of the site", *(f"  {name} = {value}" for name, value in snapshot.settings.items())]
    for charger in snapshot.chargers:
        parts += ["", f"Charger {charger.id} {charger.name}".rstrip()]
        parts += [f"  {words.headline(charger).words}, {words.granted(charger.grant)}"]
        parts += _plain([*identity_facts(charger.identity), *link_facts(charger, frame), *check_facts(charger, frame)])
        parts += [f"  {name} = {value}" for name, value in charger.settings.items()]
        if frames is not None and charger.id in frames:
            parts += ["", f"Newest frames of {charger.id}", *(f"  {line}" for line in frames[charger.id])]
    parts += ["", "Events"]
    parts += [
        f"  {text.date_time(event.wall_s, frame.zone)} {event.charger_id or 'site'} {event.level.value}: {event.text}"
        for event in snapshot.events
    ]
    return "\n".join(parts) + "\n"


def _plain(facts: Iterable[Fact]) -> list[str]:
    return [f"  {fact.name:<14}{fact.value}" for fact in facts]


def _name(kind: type[BoardKind] | type[ResetReason], value: int) -> str:
    known = {member.value: member.name.replace("_", " ").lower() for member in kind}
    return known.get(value, f"unknown ({value})")
