"""The hour-of-week profile: slot means, shrunk towards weekday times hour as far as the data ask for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

DAY = np.repeat(np.arange(7), 24)
HOUR = np.tile(np.arange(24), 7)


def shrink(total: Floats, exposure: Floats, prior: Floats, day_variance: float) -> tuple[Floats, Floats]:
    r"""
    Shrink rates towards a prior by as much as their scatter around it allows.

    Parameters
    ----------
    total : array
        Messages per cell. [messages]
    exposure : array
        Hours (or days) observed per cell.
    prior : array
        Prior rate per cell. [messages per unit of exposure]
    day_variance : float
        Variance of the factor that moves all messages of one day together.

    Returns
    -------
    tuple of arrays
        Posterior rate, and the relative variance that is left per cell.

    Notes
    -----
    True rates are gamma around the prior with a common relative variance :math:`c^2`, estimated by moments from
    :math:`\sum (n - e m)^2 = \sum [e m + e m^2 v + (e m)^2 c^2]`. The posterior mean weighs data and prior by their
    variances.
    """
    due = exposure * prior
    noise = due + day_variance * exposure * prior**2
    weight = (due**2).sum()
    if weight <= 0:
        return prior.copy(), np.zeros_like(prior)
    between = max(0.0, float(((total - due) ** 2 - noise).sum() / weight))
    with np.errstate(divide="ignore", invalid="ignore"):
        data = np.where(due > 0, noise / due**2, np.inf)
        trust = np.where(np.isfinite(data), between / (between + data), 0.0) if between > 0 else np.zeros_like(prior)
        ratio = np.where(due > 0, total / np.where(due > 0, due, 1.0), 1.0)
    left = np.where(np.isfinite(data), between * (1 - trust), between)
    return prior * (1 + trust * (ratio - 1)), left


def separable(total: Floats, exposure: Floats, start: tuple[Floats, Floats] | None = None) -> Floats:
    """
    Fit weekday times hour to totals with uneven exposure (Poisson maximum likelihood, by alternate scaling).

    Parameters
    ----------
    total, exposure : array of 168
        Messages and observed hours per hour of the week.
    start : tuple of arrays, optional
        First guess of the 7 weekday and 24 hour factors.
    """
    count = total.reshape(7, 24)
    hours = exposure.reshape(7, 24)
    day, hour = start if start is not None else (np.ones(7), np.ones(24))
    for _ in range(60):
        due = hours @ hour
        day = np.where(due > 0, count.sum(axis=1) / np.where(due > 0, due, 1), 0.0)
        due = day @ hours
        hour = np.where(due > 0, count.sum(axis=0) / np.where(due > 0, due, 1), 0.0)
    fitted = np.outer(day, hour)
    seen_day, seen_hour = hours.sum(axis=1) > 0, hours.sum(axis=0) > 0
    if not seen_day.all():
        fitted[~seen_day] = fitted[seen_day].mean(axis=0) if seen_day.any() else 0.0
    if not seen_hour.all() and seen_hour.any():
        fitted[:, ~seen_hour] = fitted[:, seen_hour].mean(axis=1, keepdims=True)
    return np.asarray(fitted.ravel(), dtype=float)


def week_profile(total: Floats, exposure: Floats, day_variance: float) -> tuple[Floats, Floats]:
    """
    Return the hour-of-week profile of every channel and the relative variance that is left in each slot.

    Parameters
    ----------
    total, exposure : array, 168 x channels
        Messages and observed hours.
    day_variance : float
        Variance of the shared day factor.

    Notes
    -----
    All channels together are shrunk towards weekday times hour. Each channel is shrunk first in its weekday and hour
    margins towards the shape of all channels, then slot by slot towards the product of its margins: a busy channel
    keeps its own 168 values, a channel with a message a day takes the shape of the team.
    """
    pooled_total, pooled_exposure = total.sum(axis=1), exposure.mean(axis=1)
    pooled, left = shrink(pooled_total, pooled_exposure, separable(pooled_total, pooled_exposure), day_variance)
    if total.shape[1] == 1:
        return pooled[:, None], left[:, None]
    profile = np.zeros_like(total)
    variance = np.zeros_like(total)
    for column in range(total.shape[1]):
        n, e = total[:, column], exposure[:, column]
        due = float((e * pooled).sum())
        if not n.sum() or due <= 0:
            continue
        prior = pooled * (n.sum() / due)
        for group, size in ((DAY, 7), (HOUR, 24)):
            got = np.bincount(group, weights=n, minlength=size).astype(float)
            expected = np.bincount(group, weights=e * prior, minlength=size).astype(float)
            ratio, _ = shrink(got, expected, np.ones(size), day_variance)
            prior = prior * ratio[group]
            prior *= n.sum() / float((e * prior).sum())
        profile[:, column], variance[:, column] = shrink(n, e, prior, day_variance)
    return profile, variance
