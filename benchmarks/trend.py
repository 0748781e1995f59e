"""Whether something grows from day to day, told apart from what only goes up and down."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import combinations


def growth_percent(values: Sequence[float]) -> float:
    """Growth from the first to the last of `values`, which are equally far apart, in percent of their median.

    It is Theil and Sen's slope, the median of the slopes between every two values (Sen, 1968, Journal of the American
    Statistical Association 63), over the whole course. One day against another would find growth wherever a figure
    swings by more than the target, and none where it happens to end low; this one is moved by less than 29 % of
    values that are off, and what alternates cancels, while a leak moves every pair.

    Raises:
        ValueError: fewer than two values.
    """
    slopes = [(late - early) / (j - i) for (i, early), (j, late) in combinations(enumerate(values), 2)]
    if not slopes:
        raise ValueError("growth needs two values")
    return 100 * statistics.median(slopes) * (len(values) - 1) / statistics.median(values)
