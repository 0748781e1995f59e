"""A snapshot as Prometheus metrics. What is unknown has no series: a zero would be a measurement.

Base units as Prometheus has them: amperes, watts, joules (1 Wh = 3600 J), seconds, degrees Celsius, ratios. A state is
a series of value 1 that carries it as a label; only the one that holds is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from evse_protocol.messages import Fault, Flag, Hold
from evse_tui import __version__
from evse_tui.api.v1.views.words import name, name_of, names_of
from evse_tui.board.model import LinkState
from evse_tui.site.snapshot import BoardSnapshot, ChargerSnapshot, Freshness, MeterSnapshot, Snapshot

PHASES: Final = ("L1", "L2", "L3")
_JOULES_PER_WH: Final = 3_600

Sample = tuple[tuple[str, ...], float | None]
"""Values of the labels, and the metric's; None is left out."""
Of = Callable[[ChargerSnapshot], Iterable[Sample]]


def exposition(snapshot: Snapshot) -> bytes:
    """The text format 0.0.4, UTF-8."""
    registry = CollectorRegistry()
    registry.register(SnapshotCollector(snapshot))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class SnapshotCollector(Collector):
    """Families of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Metric]:
        yield from _site(self._snapshot)
        yield from _sources(self._snapshot)
        yield from _chargers(self._snapshot.chargers)


def _gauge(name: str, doc: str, labels: Sequence[str], samples: Iterable[Sample]) -> Iterator[Metric]:
    return _family(GaugeMetricFamily(name, doc, labels=labels), samples)


def _counter(name: str, doc: str, labels: Sequence[str], samples: Iterable[Sample]) -> Iterator[Metric]:
    return _family(CounterMetricFamily(name, doc, labels=labels), samples)


def _family(family: GaugeMetricFamily | CounterMetricFamily, samples: Iterable[Sample]) -> Iterator[Metric]:
    for labels, value in samples:
        if value is not None:
            family.add_metric(labels, value)
    if family.samples:
        yield family


# the site


def _site(snapshot: Snapshot) -> Iterator[Metric]:
    def one(name: str, doc: str, value: float | None) -> Iterator[Metric]:
        return _gauge(name, doc, (), [((), value)])

    yield from _gauge(
        "evse_info",
        "The host: version and name of the site.",
        ("version", "site", "demo"),
        [((__version__, snapshot.name, "true" if snapshot.demo else "false"), 1)],
    )
    yield from one("evse_start_time_seconds", "When the host started, Unix time.", snapshot.started_s)
    decided_ms = snapshot.decided_ms
    age_ms = None if decided_ms is None else max(0, snapshot.at_ms - decided_ms)
    yield from one("evse_decision_age_seconds", "Since control last decided.", _seconds(age_ms))
    yield from one("evse_warnings", "Sentences that the site warns with now.", len(snapshot.warnings))
    yield from one("evse_grid_relay_active", "Whether the grid operator limits now.", snapshot.grid_relay)
    yield from _gauge(
        "evse_room_current_amperes",
        "What all offers together may be, under mains and group.",
        ("phase",),
        _phases(snapshot.rooms_da),
    )
    yield from one(
        "evse_solar_budget_current_amperes",
        "What the solar cars may draw together, summed over phases.",
        _amperes(snapshot.budget_da),
    )
    surplus = snapshot.surplus
    yield from one(
        "evse_mains_neutralised_current_amperes",
        "Mains without the home battery, summed over phases; + is import.",
        None if surplus is None else surplus.neutralised_sum_da / 10,
    )
    price = snapshot.price_milli_per_kwh
    yield from one("evse_price_per_kilowatt_hour", "Tariff, in the currency.", None if price is None else price / 1_000)


def _sources(snapshot: Snapshot) -> Iterator[Metric]:
    mains, circuit, battery, pv = snapshot.mains, snapshot.circuit, snapshot.battery, snapshot.pv
    meters = {"mains": mains, "group": circuit, "battery": battery, "pv": pv}
    yield from _gauge(
        "evse_meter_age_seconds",
        "Age of the newest value of a source.",
        ("meter",),
        [((key,), _seconds(meter.age_ms)) for key, meter in meters.items()],
    )
    yield from _gauge(
        "evse_meter_freshness",
        "1 for how far a source can be trusted now.",
        ("meter", "freshness"),
        [((key, name(meter.freshness)), 1) for key, meter in meters.items()],
    )
    yield from _gauge(
        "evse_mains_current_amperes", "Raw mains; + is import.", ("phase",), _phases(_live(mains).currents_da)
    )
    yield from _gauge(
        "evse_group_current_amperes",
        "Current of the chargers' own group.",
        ("phase",),
        _phases(_live(circuit).currents_da),
    )
    yield from _counter(
        "evse_mains_import_joules", "Register of the mains meter.", (), [((), _joules(mains.import_wh))]
    )
    yield from _counter(
        "evse_mains_export_joules", "Register of the mains meter.", (), [((), _joules(mains.export_wh))]
    )
    drawn = _live(battery).currents_da
    yield from _gauge(
        "evse_battery_current_amperes",
        "Home battery, summed over phases; + is charging.",
        (),
        [((), None if drawn is None else drawn[0] / 10)],
    )
    soc = _live(battery).soc_permille
    yield from _gauge(
        "evse_battery_charge_ratio", "Home battery, 1 is full.", (), [((), None if soc is None else soc / 1_000)]
    )
    yield from _gauge("evse_pv_power_watts", "PV production.", (), [((), _live(pv).power_w)])


_NOTHING: Final = MeterSnapshot(kind="", freshness=Freshness.ABSENT)


def _live(meter: MeterSnapshot) -> MeterSnapshot:
    """A meter that is gone has no values: a scrape would stamp its last ones with the time of now."""
    return meter if meter.freshness in (Freshness.FRESH, Freshness.LATE) else _NOTHING


# chargers


def _chargers(chargers: Sequence[ChargerSnapshot]) -> Iterator[Metric]:
    for metric, doc, more, of in _GAUGES:
        yield from _gauge(metric, doc, ("charger", *more), _of_each(chargers, of))
    for metric, doc, of in _COUNTERS:
        yield from _counter(metric, doc, ("charger",), _of_each(chargers, of))


def _of_each(chargers: Sequence[ChargerSnapshot], of: Of) -> Iterator[Sample]:
    for charger in chargers:
        for labels, value in of(charger):
            yield (charger.id, *labels), value


def _value(of: Callable[[ChargerSnapshot], float | None]) -> Of:
    return lambda charger: [((), of(charger))]


def _states(of: Callable[[ChargerSnapshot], Iterable[tuple[str, ...]]]) -> Of:
    return lambda charger: [(labels, 1) for labels in of(charger)]


def _board(of: Callable[[BoardSnapshot], float | None]) -> Of:
    """A value of the board's newest STATUS, while the board is there."""
    return lambda charger: [((), of(charger.board))] if _is_there(charger) and charger.board is not None else []


def _health(field: str) -> Of:
    return lambda charger: [((), getattr(charger.health, field))]


def _is_there(charger: ChargerSnapshot) -> bool:
    return charger.link is LinkState.ONLINE


def _info(charger: ChargerSnapshot) -> Iterator[tuple[str, ...]]:
    identity = charger.identity
    firmware = (
        "" if identity is None else f"{identity.firmware_major}.{identity.firmware_minor}.{identity.firmware_patch}"
    )
    yield charger.name, str(charger.serial or ""), charger.port, firmware


def _reason(charger: ChargerSnapshot) -> Iterator[tuple[str, ...]]:
    if charger.grant is not None:
        bound = charger.grant.reason
        yield name(bound.constraint), "" if bound.phase is None else PHASES[bound.phase]


def _round_trips(charger: ChargerSnapshot) -> Iterator[Sample]:
    for percentile, value in (("50", charger.health.round_trip_p50_ms), ("99", charger.health.round_trip_p99_ms)):
        yield (percentile,), _seconds(value)


_GAUGES: Final[tuple[tuple[str, str, tuple[str, ...], Of], ...]] = (
    ("evse_charger_info", "Who the charger is.", ("name", "serial", "port", "firmware"), _states(_info)),
    ("evse_charger_state", "1 for the state that holds.", ("state",), _states(lambda c: [(c.state.title,)])),
    ("evse_charger_mode", "1 for the mode that holds.", ("mode",), _states(lambda c: [(name(c.mode),)])),
    (
        "evse_charger_error",
        "1 for the error that holds.",
        ("error",),
        _states(lambda c: [(c.error,)] * bool(c.error_id)),
    ),
    (
        "evse_charger_grant_reason",
        "1 for the constraint that binds the current, and the mains phase where it has one.",
        ("constraint", "phase"),
        _states(_reason),
    ),
    ("evse_charger_plugged", "Whether a car is connected.", (), _value(lambda c: c.plugged)),
    ("evse_charger_without_power", "Whether the car would charge but gets nothing.", (), _value(lambda c: c.no_power)),
    (
        "evse_charger_granted_current_amperes",
        "What control allows per phase.",
        (),
        _value(lambda c: None if c.grant is None else c.grant.limit_da / 10),
    ),
    (
        "evse_charger_override_current_amperes",
        "What the user has set; absent is none.",
        (),
        _value(lambda c: c.override_da / 10 if c.override_da else None),
    ),
    (
        "evse_charger_current_amperes",
        "What the car draws: its meter, or a model.",
        ("phase",),
        lambda c: _phases(_live(c.ev).currents_da),
    ),
    (
        "evse_charger_current_modelled",
        "Whether the current is a model, for want of a meter.",
        (),
        _value(lambda c: c.ev_modelled),
    ),
    ("evse_charger_power_watts", "What the car draws.", (), _value(lambda c: _live(c.ev).power_w)),
    ("evse_charger_meter_age_seconds", "Age of its meter's newest value.", (), _value(lambda c: _seconds(c.ev.age_ms))),
    (
        "evse_charger_session_joules",
        "Energy since the car was connected.",
        (),
        _value(lambda c: None if c.session is None else _joules(c.session.energy_wh)),
    ),
    (
        "evse_charger_session_seconds",
        "Since the car was connected.",
        (),
        _value(lambda c: None if c.session is None else _seconds(c.session.duration_ms)),
    ),
    (
        "evse_charger_session_charging_seconds",
        "Of which it charged.",
        (),
        _value(lambda c: None if c.session is None else _seconds(c.session.charging_ms)),
    ),
    ("evse_board_limit_current_amperes", "Minimum of the board's limits.", (), _board(lambda b: b.limit_da / 10)),
    (
        "evse_board_offered_current_amperes",
        "What the duty cycle tells the car.",
        (),
        _board(lambda b: b.offered_da / 10),
    ),
    ("evse_board_phases", "Phases that are switched.", (), _board(lambda b: b.phases)),
    ("evse_board_contactor_closed", "Whether the car has power.", (), _board(lambda b: bool(b.flags & Flag.C1))),
    ("evse_board_temperature_celsius", "Inside the board.", (), _board(lambda b: b.temperature_dc / 10)),
    (
        "evse_board_age_seconds",
        "Age of the board's newest status.",
        (),
        _value(lambda c: None if c.board is None else _seconds(c.board.age_ms)),
    ),
    (
        "evse_board_fault",
        "1 for each fault that is active or latched.",
        ("fault",),
        _states(lambda c: [] if c.board is None else ((fault,) for fault in names_of(Fault, c.board.faults))),
    ),
    (
        "evse_board_hold",
        "1 for why the board does not (yet) do what the limit allows.",
        ("hold",),
        _states(lambda c: [(name_of(Hold, c.board.hold),)] if _is_there(c) and c.board and c.board.hold else []),
    ),
    ("evse_link_up", "Whether the board is connected.", (), _value(_is_there)),
    ("evse_link_state", "1 for the state of the link.", ("state",), _states(lambda c: [(name(c.link),)])),
    (
        "evse_link_round_trip_seconds",
        "Of the last 256 commands.",
        ("percentile",),
        _round_trips,
    ),
    ("evse_link_lease_seconds", "Remaining lease, estimated.", (), _value(lambda c: _seconds(c.health.lease_ms))),
    (
        "evse_link_last_frame_age_seconds",
        "Since the board was last heard.",
        (),
        _value(lambda c: _seconds(c.health.last_frame_age_ms)),
    ),
    (
        "evse_link_clock_drift_ratio",
        "Of the board's clock against the host's.",
        (),
        _value(lambda c: None if c.health.clock_drift_ppm is None else c.health.clock_drift_ppm / 1e6),
    ),
)
_COUNTERS: Final[tuple[tuple[str, str, Of], ...]] = (
    ("evse_charger_energy_joules", "Counted by this host.", _value(lambda c: _joules(c.total_wh))),
    ("evse_charger_meter_import_joules", "Register of its own meter.", _value(lambda c: _joules(c.ev.import_wh))),
    ("evse_charger_meter_export_joules", "Register of its own meter.", _value(lambda c: _joules(c.ev.export_wh))),
    ("evse_link_frames_received", "Whole frames from the board.", _health("frames_received")),
    ("evse_link_frames_sent", "Frames to the board.", _health("frames_sent")),
    ("evse_link_received_bytes", "From the board.", _health("bytes_received")),
    ("evse_link_sent_bytes", "To the board.", _health("bytes_sent")),
    ("evse_link_retries", "Commands sent again.", _health("retries")),
    ("evse_link_failures", "Commands without a reply after all retries.", _health("failures")),
    ("evse_link_crc_errors", "Damaged frames of any kind.", _health("crc_errors")),
    ("evse_link_garbage_bytes", "Bytes that are in no frame.", _health("garbage_bytes")),
    ("evse_link_telemetry_missed", "Gaps in the numbers of telemetry.", _health("telemetry_missed")),
    ("evse_link_resets", "Resets of the board that were seen.", _health("resets_seen")),
    ("evse_link_reconnects", "Times that the link was made again.", _health("reconnects")),
    ("evse_link_grants_refused", "Grants that the board refused.", _health("grants_refused")),
)


def _phases(currents_da: Sequence[int] | None) -> Iterator[Sample]:
    for phase, current in zip(PHASES, currents_da or (), strict=False):
        yield (phase,), current / 10


def _amperes(current_da: int | None) -> float | None:
    return None if current_da is None else current_da / 10


def _seconds(duration_ms: float | None) -> float | None:
    return None if duration_ms is None else duration_ms / 1_000


def _joules(energy_wh: int | None) -> float | None:
    return None if energy_wh is None else energy_wh * _JOULES_PER_WH
