"""Ages of sources."""

from __future__ import annotations

import pytest

from evse_tui.control.freshness import Age, SourceAge


def test_a_source_that_never_spoke_is_absent() -> None:
    source = SourceAge()
    assert not source.observe(None)
    assert source.at(10**9) is Age.ABSENT


@pytest.mark.parametrize(
    ("age_ms", "expected"),
    [(0, Age.FRESH), (11_000, Age.FRESH), (11_001, Age.LATE), (31_000, Age.LATE), (31_001, Age.GONE)],
)
def test_a_fast_meter_is_late_after_eleven_seconds_and_gone_twenty_later(age_ms: int, expected: Age) -> None:
    source = SourceAge()
    for arrived in range(0, 10_000, 1000):
        assert source.observe(arrived)
    assert source.at(9000 + age_ms) is expected


def test_a_slow_meter_is_judged_by_its_own_period() -> None:
    source = SourceAge()
    for arrived in range(0, 200_000, 10_000):
        source.observe(arrived)
    assert source.period_ms == 10_000
    assert source.at(190_000 + 25_000) is Age.FRESH
    assert source.at(190_000 + 25_001) is Age.LATE


def test_one_outage_is_no_period() -> None:
    source = SourceAge()
    source.observe(0)
    source.observe(300_000)
    assert source.at(300_000 + 11_001) is Age.LATE


def test_the_same_sample_is_seen_once() -> None:
    source = SourceAge()
    assert source.observe(5)
    assert not source.observe(5)
