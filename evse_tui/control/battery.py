"""Home battery compensation: control.md, "Words".

Neutralised sum = raw sum - b', where b' follows from the measured b (+ charging) by the user's policy:

- car first: b' = b
- battery first: b' = min(b, 0), so that what the battery takes is never the car's
- reserve R: b' = b - R while SoC < full or, without a SoC, while b > 0; else b
- below the minimum SoC: battery first, whatever the policy
"""

from __future__ import annotations

from evse_tui.control.types import BatteryPolicy, BatterySample, PhaseCurrents, SiteSettings, Surplus


def removed_da(sample: BatterySample | None, settings: SiteSettings) -> int:
    """b': the battery current to remove from the mains, 0.1 A; 0 without a (fresh) battery."""
    if sample is None:
        return 0
    b = sample.current_da
    soc = sample.soc_permille
    if soc is not None and soc < settings.battery_min_soc_permille:
        return min(b, 0)
    match settings.battery_policy:
        case BatteryPolicy.CAR_FIRST:
            return b
        case BatteryPolicy.BATTERY_FIRST:
            return min(b, 0)
        case BatteryPolicy.RESERVE:
            filling = b > 0 if soc is None else soc < settings.battery_full_permille
            return b - settings.battery_reserve_da if filling else b


def split(current_da: int, one_phase: bool) -> PhaseCurrents:
    """A sum as three phases for display: a third each, remainders to L1 then L2; all on L1 with one phase."""
    if one_phase:
        return current_da, 0, 0
    sign = -1 if current_da < 0 else 1
    third, rest = divmod(abs(current_da), 3)
    return sign * (third + (rest > 0)), sign * (third + (rest > 1)), sign * third


def neutralise(mains_da: PhaseCurrents, battery_da: int, one_phase: bool) -> Surplus:
    """Mains without the battery. Only the sum decides; the phases are for display."""
    raw_sum = sum(mains_da)
    shares = split(battery_da, one_phase)
    return Surplus(
        raw_sum_da=raw_sum,
        battery_da=battery_da,
        neutralised_sum_da=raw_sum - battery_da,
        neutralised_da=(mains_da[0] - shares[0], mains_da[1] - shares[1], mains_da[2] - shares[2]),
    )
