"""How the level of a history moves: trend, yearly season, holidays, and the drift that no line explains."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from staffcalc.reference.lookup import figure

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

YEAR = 365.25
BLOCK = 28


@dataclasses.dataclass(frozen=True, eq=False)
class Course:
    """
    Level of each day as a multiple of the profile.

    Parameters
    ----------
    origin : int
        Day, counted from 1970, at which trend and level stand at 1: the last day of the history.
    trend : float
        Logarithmic growth a year; 0 where none was found. [1/year]
    trend_error : float
        Its standard error. [1/year]
    season : tuple of float
        Coefficients of cosine and sine of the year, first and second harmonic; empty where none was fitted.
    holiday_level : float
        Messages of a public holiday over those of its weekday; 1 where none was fitted. [ratio]
    holidays : frozenset of int
        Holidays, as days counted from 1970.
    """

    origin: int = 0
    trend: float = 0.0
    trend_error: float = 0.0
    season: tuple[float, ...] = ()
    holiday_level: float = 1.0
    holidays: frozenset[int] = frozenset()

    def on(self, days: Ints) -> Floats:
        """Return the level of each day, 1 being the profile. [ratio]"""
        ahead = (days - self.origin) / YEAR
        damping = figure("trend_damping_weeks").value * 7 / YEAR
        ahead = np.where(ahead > 0, damping * (1 - np.exp(-np.maximum(ahead, 0) / damping)), ahead)
        log_level = self.trend * ahead
        if self.season:
            log_level = log_level + _harmonics(days) @ np.array(self.season)
        level = np.exp(log_level)
        if self.holidays and self.holiday_level != 1:
            level = np.where(np.isin(days, list(self.holidays)), level * self.holiday_level, level)
        return np.asarray(level)


def _harmonics(days: Ints) -> Floats:
    angle = 2 * np.pi * days / YEAR
    return np.column_stack([np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)])


def fit_course(daily: Floats, due: Floats, days: Ints, holidays: frozenset[int], day_variance: float) -> Course:
    """
    Fit trend, season and holiday level to daily totals by Poisson regression on a logarithmic scale.

    Parameters
    ----------
    daily, due : array
        Messages per day, and what the weekly profile expects. [messages]
    days : array of int
        Days, counted from 1970.
    holidays : frozenset of int
        Public holidays, as days counted from 1970.
    day_variance : float
        Variance of the day factor; weighs the days.

    Notes
    -----
    Weights are those of the negative binomial, errors are robust and clustered by week, since busy days come in rows.
    A trend needs ``trend_least_weeks`` of history and is drawn to zero by its error, ``yoy_growth_inbound_messages``
    being the usual size of one; a season needs ``season_least_weeks``, a holiday level three holidays.
    """
    origin = int(days.max())
    weeks = len(daily) / 7
    off = np.isin(days, list(holidays))
    with_trend = weeks >= figure("trend_least_weeks").value
    with_season = weeks >= figure("season_least_weeks").value
    with_holidays = off.sum() >= 3 and (daily[off].sum() > 0)
    if not (with_trend or with_season or with_holidays):
        return Course(origin=origin)
    columns: list[Floats] = [np.ones(len(days))]
    if with_trend:
        columns.append((days - origin) / YEAR)
    if with_season:
        columns.extend(_harmonics(days).T)
    if with_holidays:
        columns.append(off.astype(float))
    beta, error = _regress(np.column_stack(columns), daily, due, days // 7, day_variance)
    place = 1
    trend = trend_error = 0.0
    if with_trend:
        trend, trend_error = float(beta[1]), float(error[1])
        place = 2
        spread = np.log1p(figure("yoy_growth_inbound_messages").value)
        trust = spread**2 / (spread**2 + trend_error**2)
        trend, trend_error = trend * trust, trend_error * float(np.sqrt(trust))
    season = tuple(float(b) for b in beta[place : place + 4]) if with_season else ()
    level = float(np.exp(beta[-1])) if with_holidays else 1.0
    return Course(origin, trend, trend_error, season, level, holidays)


def _regress(design: Floats, counts: Floats, due: Floats, clusters: Ints, variance: float) -> tuple[Floats, Floats]:
    """Return coefficients and clustered standard errors of a log-linear regression with a known offset."""
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(max(counts.sum(), 0.5) / due.sum())
    ridge = 1e-6 * np.eye(design.shape[1])
    for _ in range(30):
        mean = due * np.exp(np.clip(design @ beta, -8, 8))
        weight = mean / (1 + variance * mean)
        residual = (counts - mean) / np.maximum(mean, 1e-9)
        step = np.linalg.solve(design.T @ (design * weight[:, None]) + ridge, design.T @ (weight * residual))
        beta = beta + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-8:
            break
    mean = due * np.exp(np.clip(design @ beta, -8, 8))
    weight = mean / (1 + variance * mean)
    bread = np.linalg.inv(design.T @ (design * weight[:, None]) + ridge)
    scores = design * (weight * (counts - mean) / np.maximum(mean, 1e-9))[:, None]
    names, at = np.unique(clusters, return_inverse=True)
    sums = np.zeros((len(names), design.shape[1]))
    np.add.at(sums, at, scores)
    meat = sums.T @ sums * len(names) / max(1, len(names) - design.shape[1])
    return beta, np.sqrt(np.maximum(np.diag(bread @ meat @ bread), 0.0))


@dataclasses.dataclass(frozen=True)
class Drift:
    """How far the level strays from the fitted course."""

    cv: float
    """Relative standard deviation of the level of later weeks around the level used. [share]"""
    recent: float
    """Level of the last eight weeks over the whole, as far as trusted; 1 where it stands still. [ratio]"""


def fit_drift(daily: Floats, due: Floats, chance: float) -> Drift:
    """
    Estimate the drift of the level from four-week blocks.

    Parameters
    ----------
    daily, due : array
        Messages per day in order, and what profile and course expect. [messages]
    chance : float
        Relative variance of one block that day, week and Poisson factors explain.

    Notes
    -----
    The variance of block levels beyond chance, doubled because later weeks lie further away than blocks inside the
    history, and drawn to ``level_drift_cv``: a history weighs with the square of its length, since a longer one has
    seen more levels over longer times. Where the drift is beyond doubt the level moves to that of the last eight weeks.
    """
    prior, weight = figure("level_drift_cv").value, figure("level_drift_weeks").value
    blocks = len(daily) // BLOCK
    if blocks < 3:
        return Drift(cv=prior, recent=1.0)
    start = len(daily) - blocks * BLOCK
    got, expected = (part[start:].reshape(blocks, BLOCK).sum(axis=1) for part in (daily, due))
    ratio = got / np.maximum(expected, 1e-9)
    between = float(np.var(ratio, ddof=1))
    beyond = max(0.0, between - chance)
    told = (len(daily) / 7) ** 2 / weight
    cv = float(np.sqrt((weight * prior**2 + told * 2 * beyond) / (weight + told)))
    recent = 1.0
    if blocks >= 6 and between > chance * (1 + 3 * np.sqrt(2 / (blocks - 1))):
        trust = beyond / (beyond + chance / 2)
        recent = 1 + trust * (float(got[-2:].sum() / expected[-2:].sum()) - 1)
    return Drift(cv=cv, recent=recent)


def find_step(daily: Floats, due: Floats) -> tuple[int, float]:
    """
    Return the day at which the level stepped, as a place in the series, and the level after over before.

    Parameters
    ----------
    daily, due : array
        Messages per day in order, and what profile and course expect. [messages]

    Notes
    -----
    Of all splits into weeks, two or more on each side, the one that leaves least variance. It counts as a step if the
    levels differ by ``level_step_ratio`` and by six of their standard errors; the swing inside both sides is at least
    that of chance. Without a step: place 0, ratio 1.
    """
    weeks = len(daily) // 7
    if weeks < 4:
        return 0, 1.0
    start = len(daily) - weeks * 7
    got, expected = (part[start:].reshape(weeks, 7).sum(axis=1) for part in (daily, due))
    level = got / np.maximum(expected, 1e-9)

    def inside(cut: int) -> float:
        return float(np.var(level[:cut]) * cut + np.var(level[cut:]) * (weeks - cut))

    cut = min(range(2, weeks - 1), key=inside)
    before, after = float(level[:cut].mean()), float(level[cut:].mean())
    noise = max(inside(cut) / (weeks - 2), float(level.mean() / max(expected.mean(), 1e-9)))
    error = np.sqrt(noise * (1 / cut + 1 / (weeks - cut)))
    ratio = after / max(before, 1e-9)
    least = figure("level_step_ratio").value
    if abs(after - before) < 6 * error or 1 / least < ratio < least:
        return 0, 1.0
    return start + 7 * cut, ratio
