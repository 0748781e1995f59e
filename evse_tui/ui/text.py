"""Amounts as people read them. Pure, and the only place of the terminal that knows units.

`None` is unknown and reads `-`; it is never shown as zero.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

UNKNOWN: Final = "-"
NOMINAL_V: Final = 230
"""Voltage used where a source gives currents but no power: IEC 60038."""


def amps(current_da: int | None) -> str:
    """A current in 0.1 A as `12.0 A`."""
    return UNKNOWN if current_da is None else f"{current_da / 10:.1f} A"


def whole_amps(current_da: int) -> str:
    """A limit in 0.1 A without a needless decimal: `25 A`, `12.5 A`."""
    return f"{current_da / 10:g} A"


def power(power_w: int | None) -> str:
    """A power without sign: `850 W`, `8.1 kW`."""
    if power_w is None:
        return UNKNOWN
    magnitude = abs(power_w)
    return f"{magnitude} W" if magnitude < 1000 else f"{magnitude / 1000:.1f} kW"


def energy(energy_wh: int | None) -> str:
    """An energy: `850 Wh`, `4.21 kWh`, `1234.5 kWh`."""
    if energy_wh is None:
        return UNKNOWN
    if abs(energy_wh) < 1000:
        return f"{energy_wh} Wh"
    return f"{energy_wh / 1000:.2f} kWh" if abs(energy_wh) < 100_000 else f"{energy_wh / 1000:.1f} kWh"


def duration(duration_ms: int) -> str:
    """Elapsed time, two units at most, rounded down: `41 s`, `12 min 05 s`, `1 h 32 min`, `3 d 4 h`."""
    return _two_units(max(0, duration_ms) // 1000)


def countdown(remaining_ms: int) -> str:
    """Time to wait, rounded up so that it never says 0 s too early."""
    return _two_units(-(-max(0, remaining_ms) // 1000))


def age(age_ms: int | None) -> str:
    """How old a value is, in one unit: `14 s`, `3 min`, `2 h`, `4 d`."""
    if age_ms is None:
        return UNKNOWN
    seconds = max(0, age_ms) // 1000
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def milliseconds(value_ms: float | None) -> str:
    """A round trip: `2.1 ms`, `143 ms`."""
    if value_ms is None:
        return UNKNOWN
    return f"{value_ms:.1f} ms" if value_ms < 100 else f"{value_ms:.0f} ms"


def lease(lease_ms: int) -> str:
    """What is left of a lease: `4.2 s`, or `expired`."""
    return f"{lease_ms / 1000:.1f} s" if lease_ms > 0 else "expired"


def percent(permille: int | None) -> str:
    """A state of charge in 0.1 % as `62 %`."""
    return UNKNOWN if permille is None else f"{permille // 10} %"


def share(part: int, whole: int) -> str:
    """A part of a whole that is not 0, as `62 %`; never more than all of it."""
    return f"{min(100, (200 * part + whole) // (2 * whole))} %"


def temperature(temperature_dc: int) -> str:
    """A temperature in 0.1 degree Celsius as `32 °C`."""
    return f"{round(temperature_dc / 10)} °C"


def clock_time(wall_s: float, zone: tzinfo | None) -> str:
    """Wall time of day in `zone` (None is the machine's own): `14:03:07`."""
    return datetime.fromtimestamp(wall_s, tz=zone).strftime("%H:%M:%S")  # None means local, on purpose


def date_time(wall_s: float, zone: tzinfo | None) -> str:
    """Date and time in `zone`, as long as any other: `10-09 23:30:05`."""
    return datetime.fromtimestamp(wall_s, tz=zone).strftime("%m-%d %H:%M:%S")


def day_time(wall_s: float, zone: tzinfo | None) -> str:
    """Day and minute in `zone`: `Thu 9 Oct 23:30`."""
    moment = datetime.fromtimestamp(wall_s, tz=zone)
    return f"{moment:%a} {moment.day} {moment:%b %H:%M}"


def plural(count: int, noun: str) -> str:
    """`1 charger`, `4 chargers`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _two_units(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days} d {hour} h"
    if hours:
        return f"{hours} h {minute:02} min"
    if minutes:
        return f"{minutes} min {second:02} s"
    return f"{second} s"
