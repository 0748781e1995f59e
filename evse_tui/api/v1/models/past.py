"""The past: history, totals, sessions. Moments in UTC seconds; a gap is a missing point, never a zero."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType, field

from evse_tui.api.v1.models.base import LARGEST, Count, Model, Permille, Phases, Request, doc, names
from evse_tui.control.types import Mode

LATEST_S: Final = 4_102_444_800
"""2100-01-01."""
MOST_POINTS: Final = 2_000
MOST_PERIODS: Final = 400
MOST_ROWS: Final = 1_000

_Moment = Annotated[int, Meta(ge=0, le=LATEST_S)]
From = Annotated[_Moment | UnsetType, doc("From this moment on, seconds since the epoch.")]
To = Annotated[_Moment | UnsetType, doc("Before this moment, seconds since the epoch.")]
Subject = Annotated[
    Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$(?!\n)")] | UnsetType,
    doc("Id of a charger; left out is the site."),
]
OneCharger = Annotated[
    Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$(?!\n)")] | UnsetType, doc("Only this charger's.")
]
Before = Annotated[
    Annotated[int, Meta(ge=1, le=LARGEST)] | UnsetType,
    doc("What `next` of the page at hand says."),
]
PageLimit = Annotated[int, Meta(ge=1, le=MOST_ROWS, description="At most so many.")]

Start = Annotated[int, doc("Begin, seconds since the epoch.")]
Wh = Annotated[float, doc("Wh")]
Cost = Annotated[float | None, doc("Thousandths of the currency; null if a part was delivered without a known price.")]
Unpriced = Annotated[float, doc("Wh that the grid delivered without a known price.")]
Solar = Annotated[float, doc("The part of `charged_wh` that the grid did not deliver, Wh.")]


class HistoryQuery(Request):
    """What to draw; by default the last day."""

    subject: Subject = UNSET
    from_s: From = field(name="from", default=UNSET)
    to_s: To = field(name="to", default=UNSET)
    points: Annotated[int, Meta(ge=2, le=MOST_POINTS, description="At most so many; the step follows.")] = 500


class SitePoint(Model):
    """The site in one step. Currents are means over the time that is known, 0.1 A."""

    start_s: Start
    known_ms: Annotated[int, doc("Time of the step for which the mains were known.")]
    mains_da: Annotated[Phases | None, doc("Raw, + is import: L1, L2, L3 in 0.1 A.")]
    mains_min_da: Phases | None
    mains_max_da: Phases | None
    neutralised_da: Annotated[int | None, doc("Sum of the mains without the home battery.")]
    imported_wh: Wh | None
    exported_wh: Wh | None
    battery_da: Annotated[int | None, doc("+ charges the battery; sum over phases.")]
    soc_permille: Permille | None
    pv_w: int | None
    price_milli_per_kwh: int | None
    charged_wh: Annotated[float, doc("All chargers, Wh.")]
    solar_wh: Solar
    unpriced_wh: Unpriced
    cost_milli: Cost
    main_da: Annotated[int | None, doc("The lowest limit of the mains that was in force, per phase.")]
    circuit_da: Annotated[int | None, doc("The lowest limit of the chargers' group, per phase.")]
    capacity_da: Annotated[int | None, doc("The lowest limit of the sum of phases.")]


class ChargerPoint(Model):
    """A charger in one step. Currents are means over the time that is known, 0.1 A per phase."""

    start_s: Start
    known_ms: Annotated[int, doc("Time of the step in which the board spoke.")]
    offered_da: int | None
    offered_min_da: int | None
    offered_max_da: int | None
    granted_da: Annotated[int | None, doc("What control allowed.")]
    current_da: Annotated[Phases | None, doc("What the car drew: L1, L2, L3 of the charger in 0.1 A.")]
    current_max_da: Annotated[int | None, doc("Of any phase.")]
    modelled: Annotated[bool, doc("Part of the currents is a model of what the car draws.")]
    plugged_ms: Count
    charging_ms: Count
    three_phase_ms: Count
    charged_wh: Wh
    solar_wh: Solar
    unpriced_wh: Unpriced
    cost_milli: Cost
    reason: Annotated[str | None, doc("What bound the current for most of the time.")]


class SiteHistory(Model, tag_field="of", tag="site"):
    """The site's past, in the order of time."""

    from_s: Start
    to_s: int
    step_s: Annotated[int, doc("Length of a step; the first may begin before `from_s`.")]
    points: list[SitePoint]


class ChargerHistory(Model, tag_field="of", tag="charger"):
    """A charger's past, in the order of time."""

    charger_id: str
    from_s: Start
    to_s: int
    step_s: Annotated[int, doc("Length of a step; the first may begin before `from_s`.")]
    points: list[ChargerPoint]


History = SiteHistory | ChargerHistory


class TotalsQuery(Request):
    """Which days or months: those of the site's time zone that the range touches; by default the last 30 days."""

    subject: Subject = UNSET
    from_s: From = field(name="from", default=UNSET)
    to_s: To = field(name="to", default=UNSET)
    period: Annotated[Literal["day", "month"], doc(f"At most {MOST_PERIODS} of them.")] = "day"


class Total(Model):
    """Energy of one day or month; null where nothing is known, or for what only the site has."""

    date: Annotated[str, doc("The day, or the first of the month, in the site's time zone.")]
    start_s: Start
    end_s: int
    known_ms: Annotated[int, doc("Time for which mains (of the site) or board (of a charger) were known.")]
    imported_wh: Wh | None
    exported_wh: Wh | None
    pv_wh: Wh | None
    charged_wh: Wh | None
    solar_wh: Annotated[float | None, doc("The part of `charged_wh` that the grid did not deliver, Wh.")]
    unpriced_wh: Annotated[float | None, doc("Wh that the grid delivered without a known price.")]
    cost_milli: Cost


class Totals(Model):
    """Days or months, in the order of time."""

    charger_id: Annotated[str | None, doc("null: the site.")]
    period: str
    totals: list[Total]


class SessionsQuery(Request):
    """Which sessions, by their begin."""

    charger: OneCharger = UNSET
    from_s: From = field(name="from", default=UNSET)
    to_s: To = field(name="to", default=UNSET)
    before: Before = UNSET
    limit: PageLimit = 100


class SessionsExport(Request):
    """Which sessions, by their begin."""

    charger: OneCharger = UNSET
    from_s: From = field(name="from", default=UNSET)
    to_s: To = field(name="to", default=UNSET)


class PastSession(Model):
    """One plug-in of one charger."""

    id: Annotated[int, doc("Later ones have higher ids.")]
    charger_id: str
    started_s: Annotated[float, doc("Wall time, seconds since the epoch.")]
    ended_s: Annotated[float | None, doc("null while the car is connected.")]
    duration_ms: Count
    charging_ms: Count
    energy_wh: int
    estimated: Annotated[bool, doc("Part of the energy was counted from the offered current, without a meter.")]
    solar_wh: Annotated[int, doc("The part of the energy that the grid did not deliver.")]
    cost_milli: Annotated[int | None, doc("Thousandths of the currency; null if a part had no known price.")]
    max_da: Annotated[int, doc("Highest current of any phase, 0.1 A.")]
    phases: Annotated[int, doc("Most phases that it charged on; 0 if it never did.")]
    card: Annotated[str | None, doc("Last four digits of the card.")]
    mode: Annotated[str, names(Mode), doc("The last in which it charged.")]


class Sessions(Model):
    """A page of sessions, newest first."""

    sessions: list[PastSession]
    next: Annotated[int | None, doc("`before` of the next page; null if this is the last one.")]
