"""Whatever the site sees, in any order: no exception, and no grant that a board or the site must not get."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from evse_tui.control.controller import Controller
from evse_tui.control.types import (
    Access,
    BatteryPolicy,
    BatterySample,
    BoardObservation,
    Boost,
    C2Mode,
    ChargerObservation,
    ChargerSettings,
    Constraint,
    Mode,
    Observation,
    Sample,
    Schedule,
    SiteSettings,
)

currents = st.tuples(*[st.integers(-400, 400)] * 3)


@st.composite
def boards(draw: st.DrawFn, now_ms: int) -> BoardObservation:
    available = draw(st.sampled_from([(1,), (3,), (1, 3)]))
    closed = draw(st.booleans())
    return BoardObservation(
        plugged=draw(st.booleans()),
        requests=closed or draw(st.booleans()),
        closed=closed,
        offered_da=draw(st.sampled_from([0, 60, 75, 130, 160])),
        limit_da=draw(st.sampled_from([0, 60, 130, 320])),
        limit_slot=draw(st.sampled_from([Constraint.CABLE, Constraint.STOP, Constraint.TEMPERATURE])),
        phases=draw(st.sampled_from(available)),
        phases_available=available,
        faulted=draw(st.integers(0, 9)) == 0,
        plugged_ms=draw(st.integers(0, now_ms)),
        phase_dwell_ms=draw(st.sampled_from([0, 300_000])),
    )


@st.composite
def wishes(draw: st.DrawFn) -> ChargerSettings:
    return ChargerSettings(
        mode=draw(st.sampled_from(Mode)),
        current_min_da=draw(st.sampled_from([60, 100])),
        current_max_da=draw(st.sampled_from([60, 130, 320])),
        override_da=draw(st.sampled_from([0, 80])),
        c2=draw(st.sampled_from(C2Mode)),
        rotation=draw(st.integers(0, 2)),
        session_limit_wh=draw(st.sampled_from([0, 5000])),
        boost=draw(st.sampled_from([None, Boost(0), Boost(0, 0, 3000)])),
        schedule=draw(st.sampled_from([None, Schedule(20_000), Schedule(0, 20_000)])),
    )


def site_settings() -> st.SearchStrategy[SiteSettings]:
    return st.builds(
        SiteSettings,
        current_main_da=st.sampled_from([100, 250]),
        current_max_circuit_da=st.sampled_from([160, 320]),
        current_max_sum_mains_da=st.sampled_from([0, 300]),
        max_sum_mains_time_min=st.sampled_from([0, 1]),
        solar_stop_time_min=st.sampled_from([0, 1]),
        battery_policy=st.sampled_from(BatteryPolicy),
        phases=st.sampled_from([1, 3]),
        unbalance_da=st.sampled_from([0, 100]),
        rotation_min=st.sampled_from([0, 1]),
    )


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_any_sequence_of_observations(data: st.DataObject) -> None:
    controller = Controller()
    limits = data.draw(site_settings())
    now = 0
    for _ in range(data.draw(st.integers(1, 12))):
        now += data.draw(st.sampled_from([0, 20, 1000, 12_000, 70_000]))
        chargers = tuple(
            ChargerObservation(
                str(i),
                data.draw(wishes()),
                data.draw(st.one_of(st.none(), boards(now))),
                data.draw(st.one_of(st.none(), st.builds(Sample, currents, st.just(now)))),
                data.draw(st.sampled_from([0, 4000, 6000])),
            )
            for i in range(data.draw(st.integers(0, 4)))
        )
        decision = controller.decide(
            Observation(
                limits,
                chargers,
                data.draw(st.one_of(st.none(), st.builds(Sample, currents, st.just(now)))),
                data.draw(st.one_of(st.none(), st.builds(Sample, currents, st.just(now)))),
                data.draw(st.one_of(st.none(), st.builds(BatterySample, st.integers(-300, 300), st.just(now)))),
                data.draw(st.booleans()),
            ),
            now,
        )
        assert [grant.charger_id for grant in decision.grants] == [charger.id for charger in chargers]
        for charger, grant in zip(chargers, decision.grants, strict=True):
            board = charger.board
            assert (grant.limit_da >= 60) is (grant.access is Access.ALLOW)
            assert grant.limit_da >= 0
            if board is None:
                assert grant.access is not Access.ALLOW
                continue
            assert grant.phases in board.phases_available
            assert grant.limit_da <= min(board.limit_da, max(60, charger.settings.current_max_da))
            if charger.settings.mode in (Mode.OFF, Mode.PAUSE) or not board.plugged or board.faulted:
                assert grant.access is not Access.ALLOW
            if charger.settings.mode is Mode.OFF:
                assert grant.access is Access.DENY
            assert all(timer.due_ms >= now for timer in grant.timers if timer.action is not None)
