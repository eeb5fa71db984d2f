"""Ranges of over-dispersed counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def negative_binomial_range(mean: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    """
    Return the central range of counts with a mean and a variance, trimmed to no more counts than the level needs.

    Parameters
    ----------
    mean, variance : array
        Of the counts; a variance at or below the mean is Poisson. [messages]
    level : float
        Share of the counts inside, at least. [share]

    Notes
    -----
    Quantiles of a discrete distribution hold too much where counts are small: half a message an hour lies in 0 to 2
    in 99 of 100 hours, but 0 to 1 holds 90 already. From the central range the less likely end is dropped as long as
    the level holds.
    """
    from scipy import special

    low, high = np.zeros_like(mean), np.zeros_like(mean)
    some = mean > 0
    if not some.any():
        return low, high
    extra = np.maximum(variance[some] - mean[some], 1e-6 * mean[some])
    shape = mean[some] ** 2 / extra
    chance = shape / (shape + mean[some])

    def below(at: Floats) -> Floats:
        return np.asarray(np.where(at < 0, 0.0, special.betainc(shape, np.maximum(at, 0) + 1, chance)), dtype=float)

    def quantile(share: float) -> Floats:
        """Return the smallest count with at least this share at or below it, by bisection up to Cantelli's bound."""
        small = np.full_like(shape, -1.0)
        large = np.ceil(mean[some] + np.sqrt((mean[some] + extra) / (1 - share))) + 20
        while (large - small > 1).any():
            middle = np.floor((small + large) / 2)
            enough = below(middle) >= share
            large, small = np.where(enough, middle, large), np.where(enough, small, middle)
        return np.asarray(large, dtype=float)

    down, up = quantile((1 - level) / 2), quantile((1 + level) / 2)
    for _ in range(4):
        inside = below(up) - below(down - 1)
        first, last = below(down) - below(down - 1), below(up) - below(up - 1)
        drop_first = (first <= last) & (inside - first >= level) & (down < up)
        drop_last = ~drop_first & (inside - last >= level) & (down < up)
        drop_first |= ~drop_last & (inside - first >= level) & (down < up)
        if not (drop_first | drop_last).any():
            break
        down, up = down + drop_first, up - drop_last
    low[some], high[some] = down, up
    return low, high
