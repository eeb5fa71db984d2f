"""How far messages of an hour, a day or a week stray from the profile, in the usual week and in weeks to come."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc.demand.course import YEAR
from staffcalc.demand.ranges import negative_binomial_range
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PERIODS = {"hour": 1, "day": 24, "week": 168}
"""Hours in each period."""

_EPOCH = dt.date(1970, 1, 1)


def spread(volume: Volume, period: str, channel: int | None = None) -> tuple[Floats, Floats]:
    """
    Return mean and variance of the messages of each hour, day or week, with all uncertainty. [messages]

    Parameters
    ----------
    volume : Volume
        Profile, factors and what is left in the slots of the profile.
    period : str
        ``hour``, ``day`` or ``week``.
    channel : int, optional
        Column of the profile; all channels together if not given.

    Notes
    -----
    Poisson, with the variances of level, week, day and hour factors, which all channels share, and of the profile.
    """
    columns = slice(None) if channel is None else slice(channel, channel + 1)
    assert volume.slot_variance is not None
    profile = volume.profile[:, columns].sum(axis=1)
    error = (volume.slot_variance[:, columns] * volume.profile[:, columns] ** 2).sum(axis=1)
    size = PERIODS[period]
    mean = profile.reshape(-1, size).sum(axis=1)
    left = error.reshape(-1, size).sum(axis=1)
    hourly = volume.hour_cv**2 * (profile**2).reshape(-1, size).sum(axis=1)
    outer = (1 + volume.level_sd**2) * (1 + volume.week_cv**2)
    days = profile.reshape(7, 24).sum(axis=1)
    daily = np.array([(days**2).sum()]) if period == "week" else mean**2
    inside = volume.day_cv**2 * daily + hourly * (1 + volume.day_cv**2)
    variance = mean + outer * (mean**2 + inside + left) - mean**2
    return mean, variance


def interval_table(volume: Volume, level: float, channels: list[tuple[str, int | None]]) -> pd.DataFrame:
    """Return the range of hours, days and weeks of channels, given by name and column (None for all together)."""
    parts = []
    for name, channel in channels:
        for period, size in PERIODS.items():
            mean, variance = spread(volume, period, channel)
            low, high = negative_binomial_range(mean, variance, level)
            parts.append(
                pd.DataFrame(
                    {
                        "channel": name,
                        "period": period,
                        "slot": np.arange(168 // size),
                        "mean": mean,
                        "low": low,
                        "high": high,
                        "level": level,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def mean_day_range(volume: Volume, level: float) -> tuple[float, float]:
    """Return the range of the messages of a mean day. [messages]"""
    mean, variance = spread(volume, "day")
    low, high = negative_binomial_range(np.array([mean.mean()]), np.array([variance.mean()]), level)
    return float(low[0]), float(high[0])


def forecast_table(volume: Volume, weeks: int, level: float, start: dt.date | None) -> pd.DataFrame:
    """
    Return date, weekday, mean, low, high and level of coming days.

    Raises
    ------
    InputError
        If there is no history and no start, or the days reach beyond the calendar.
    """
    if start is None and not volume.course.origin:
        raise InputError("forecast_needs_start")
    first = volume.course.origin + 1 if start is None else (start - _EPOCH).days
    if first + 7 * weeks > (dt.date.max - _EPOCH).days:
        raise InputError("forecast_too_far", weeks=weeks)
    days = np.arange(first, first + 7 * weeks)
    mean, variance = days_ahead(volume, days)
    low, high = negative_binomial_range(mean, variance, level)
    return pd.DataFrame(
        {
            "date": [_EPOCH + dt.timedelta(days=int(day)) for day in days],
            "weekday": [DAYS[(day + 3) % 7] for day in days],
            "mean": mean,
            "low": low,
            "high": high,
            "level": level,
        }
    )


def first_day(start: object) -> dt.date:
    """Return a date, a time or an ISO text as a date, or say what to pass."""
    if isinstance(start, str):
        try:
            return dt.date.fromisoformat(start.strip()[:10])
        except ValueError:
            raise InputError("start_not_a_date", value=start[:40]) from None
    if start is pd.NaT or not isinstance(start, dt.date):
        raise InputError("start_not_a_date", value=str(start)[:40])
    return start.date() if isinstance(start, dt.datetime) else start


def days_ahead(volume: Volume, days: Ints) -> tuple[Floats, Floats]:
    """Return mean and variance of the messages of given days, counted from 1970. [messages]"""
    return _ahead(volume, "day", days, (days + 3) % 7)


def hours_ahead(volume: Volume, days: Ints, slots: Ints) -> tuple[Floats, Floats]:
    """Return mean and variance of the messages of given hours of the week on given days. [messages]"""
    return _ahead(volume, "hour", days, slots)


def _ahead(volume: Volume, period: str, days: Ints, places: Ints) -> tuple[Floats, Floats]:
    """Return mean and variance at places of the week, with trend, season, holidays and the error of the distance."""
    mean, variance = spread(volume, period)
    relative = (variance - mean)[places] / np.maximum(mean[places], 1e-12) ** 2 + _error_of_distance(volume, days)
    ahead = mean[places] * volume.course.on(days)
    return ahead, ahead + relative * ahead**2


def _error_of_distance(volume: Volume, days: Ints) -> Floats:
    """Return the relative variance that grows with the distance: the trend's error, and the drift of the level."""
    course = volume.course
    ahead = np.clip(days - course.origin, 0, YEAR)
    drift = volume.level_sd**2 * np.minimum(1.0, ahead / max(7 * volume.weeks, 7.0)) if course.origin else 0.0
    return np.asarray((course.trend_error * ahead / YEAR) ** 2 + drift)
