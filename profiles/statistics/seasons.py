"""What returns every year in a monthly series."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MONTHS = 12
LEAST_POINTS = 36
# From this strength on, official forecasters difference a series by season.
REAL = 0.64


def seasonally_adjusted(values: Sequence[float | None]) -> list[float] | None:
    """What to take off each value so that no season is left in it; None where there are fewer than
    36 values, a gap among them, or no season that is real.

    STL (Cleveland, R. B. et al. (1990), Journal of Official Statistics 6: 3–73), robust. A season
    is real where its strength, 1 − var(remainder) / var(season + remainder), is 0.64 or more (Wang,
    X., Smith, K. and Hyndman, R. (2006), Data Mining and Knowledge Discovery 13: 335–364).
    """
    known = [value for value in values if value is not None]
    if len(known) < LEAST_POINTS or len(known) < len(values):
        return None
    # Only a series that has years in it needs the library.
    from statsmodels.tsa.seasonal import STL

    parts = STL(np.array(known), period=MONTHS, robust=True).fit()
    without_trend = float(np.var(parts.seasonal + parts.resid))
    # What is left of a series that stands still is the rounding of the machine.
    if without_trend < 1e-9:
        return None
    strength = 1 - float(np.var(parts.resid)) / without_trend
    if strength < REAL:
        return None
    return [float(shift) for shift in parts.seasonal]
