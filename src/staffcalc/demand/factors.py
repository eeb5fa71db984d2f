"""How strongly days, weeks and hours move on their own: gamma factors by moments, and the uncertainty of the level."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Factors:
    """Coefficients of variation of the shared factors, with the days and weeks they rest on."""

    day_cv: float
    week_cv: float
    hour_cv: float
    day_cv_range: tuple[float, float]
    days: int
    weeks: int
    dispersion: float


def two_moments(
    daily: Floats, daily_mean: Floats, weekly: Floats, weekly_mean: Floats, q: float
) -> tuple[float, float]:
    """
    Solve the two-moment equations for the variances of the day factor and the week factor.

    Parameters
    ----------
    daily, daily_mean : array
        Messages per day and their expectation. [messages]
    weekly, weekly_mean : array
        The same per week. [messages]
    q : float
        Mean over weeks of the sum of squared day means over the squared week mean; 1/7 for a flat week.

    Returns
    -------
    tuple of float
        Variance of the day factor and of the week factor.

    Notes
    -----
    The daily moment contains the week factor and the weekly moment contains the day factor:
    :math:`s_d = v_d^2 (1 + v_w^2) + v_w^2` and :math:`s_w = v_w^2 + q (s_d - v_w^2)`.
    """
    s_day = _excess(daily, daily_mean)
    if len(weekly) < 2 or q >= 1:
        return max(0.0, s_day), 0.0
    s_week = _excess(weekly, weekly_mean)
    week = max(0.0, (s_week - q * s_day) / (1 - q))
    week = min(week, max(0.0, s_day))
    return max(0.0, (s_day - week) / (1 + week)), week


def _excess(counts: Floats, means: Floats) -> float:
    """Mean of ((N - mu)^2 - mu) / mu^2, weighted by how much each unit can tell."""
    weight = means**2 / (means + 0.05 * means**2) ** 2 * means**2
    values = ((counts - means) ** 2 - means) / means**2
    return float(np.average(values, weights=weight)) if weight.sum() > 0 else 0.0


def estimate_factors(counts: Floats, means: Floats, days: Ints, weeks: Ints, repeats: float) -> Factors:
    """
    Estimate the day, week and hour factors from hourly totals of all channels.

    Parameters
    ----------
    counts, means : array
        Messages per observed hour and their expectation. [messages]
    days, weeks : array of int
        Local day and week of each hour.
    repeats : float
        Weeks of history behind each fitted mean; corrects the variance the fit has taken away.
    """
    spread = repeats / (repeats - 1) if repeats > 1.5 else 1.0
    day_ids, day_at = np.unique(days, return_inverse=True)
    daily, daily_mean = _sums(day_at, counts), _sums(day_at, means)
    week_of_day = np.zeros(len(day_ids), dtype=np.int64)
    week_of_day[day_at] = weeks
    full = daily_mean > 0.5 * np.median(daily_mean)
    daily, daily_mean, week_of_day = daily[full], daily_mean[full], week_of_day[full]
    week_ids, week_at = np.unique(week_of_day, return_inverse=True)
    weekly, weekly_mean = _sums(week_at, daily), _sums(week_at, daily_mean)
    squares = _sums(week_at, daily_mean**2) / np.maximum(weekly_mean, 1e-9) ** 2
    whole = weekly_mean > 0.6 * weekly_mean.max() if len(weekly_mean) else np.array([], dtype=bool)
    q = float(squares[whole].mean()) if whole.any() else 1 / 7

    def widened(n: Floats, mean: Floats) -> Floats:
        return np.asarray(mean + (n - mean) * np.sqrt(spread))

    day_var, week_var = two_moments(
        widened(daily, daily_mean), daily_mean, widened(weekly, weekly_mean)[whole], weekly_mean[whole], q
    )
    positive = means > 0
    hour_sum = float(((counts - means) ** 2 * spread - means)[positive].sum())
    hour_scale = float((means[positive] ** 2).sum())
    all_var = max(0.0, hour_sum / hour_scale) if hour_scale else 0.0
    hour_var = max(0.0, (1 + all_var) / ((1 + day_var) * (1 + week_var)) - 1)
    n = max(2, len(daily))
    chance = float(np.mean(1 / np.maximum(daily_mean, 1e-9))) if len(daily) else 0.0
    error = (day_var + chance) * np.sqrt(2 / n)
    low, high = np.sqrt(max(0.0, day_var - 1.645 * error)), np.sqrt(day_var + 1.645 * error)
    dispersion = (
        float((((counts - means) ** 2)[positive] * spread).sum() / means[positive].sum()) if positive.any() else 1.0
    )
    return Factors(
        day_cv=float(np.sqrt(day_var)),
        week_cv=float(np.sqrt(week_var)),
        hour_cv=float(np.sqrt(hour_var)),
        day_cv_range=(float(low), float(high)),
        days=len(daily),
        weeks=len(week_ids),
        dispersion=dispersion,
    )


def robust_day_cv(daily: Floats, due: Floats) -> float:
    """Return the swing of days beyond chance, from their median deviation: surges and gaps do not move it. [share]"""
    known = due > 0
    if known.sum() < 7:
        return 0.0
    ratio = daily[known] / due[known]
    middle = float(np.median(ratio))
    spread = 1.4826 * float(np.median(np.abs(ratio - middle)))
    chance = float(np.median(1 / due[known]))
    return float(np.sqrt(max(0.0, (spread / max(middle, 1e-9)) ** 2 - chance)))


def _sums(groups: npt.NDArray[np.intp], values: Floats) -> Floats:
    return np.bincount(groups, weights=values).astype(float)
