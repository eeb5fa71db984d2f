"""Was the model right? Fitted on the first part of a history and held against the rest."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._checks import generator, given, share
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.demand.fit import fit_volume
from staffcalc.demand.history import History, local_slots
from staffcalc.demand.ranges import negative_binomial_range
from staffcalc.demand.spread import days_ahead, hours_ahead
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import Calendar

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MODELS = ("staffcalc", "poisson_hours", "four_week_mean")
"""The fitted model, Poisson hours with the same profile, and the mean of the last four weeks with Poisson ranges."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Backtest(Result):
    """
    How well each model foresaw the last part of a history.

    Parameters
    ----------
    table : DataFrame
        Columns model, period (``hour``, ``day``), level, coverage, wape, units.
    level : float
        Level of the intervals. [share]
    train_days, test_days : int
        Days fitted on, and whole days held against.
    pit : array
        Randomised probability integral transform of the test hours under the fitted model; uniform if the model holds.
    """

    kind: ClassVar[str] = "backtest"

    table: pd.DataFrame
    level: float
    train_days: int
    test_days: int
    pit: Floats = dataclasses.field(repr=False)

    def _value(self, model: str, period: str, column: str) -> float:
        rows = self.table[(self.table["model"] == model) & (self.table["period"] == period)]
        return float(rows[column].iloc[0]) if len(rows) else float("nan")

    @property
    def hour_coverage(self) -> float:
        """Share of unseen hours inside the interval. [share]"""
        return self._value("staffcalc", "hour", "coverage")

    @property
    def day_coverage(self) -> float:
        """Share of unseen whole days inside the interval. [share]"""
        return self._value("staffcalc", "day", "coverage")

    @property
    def wape(self) -> float:
        """Sum of absolute errors of unseen hours over their messages. [share]"""
        return self._value("staffcalc", "hour", "wape")

    @property
    def pit_distance(self) -> float:
        """Kolmogorov distance of the randomised PIT of unseen hours from uniform; 0 is perfect. [share]"""
        ranks = np.sort(self.pit)
        n = len(ranks)
        if not n:
            return 0.0
        return float(max((np.arange(1, n + 1) / n - ranks).max(), (ranks - np.arange(n) / n).max()))

    @property
    def headline(self) -> Sentence:
        """Coverage of hours and days in one sentence."""
        hourly = bool((self.table["period"] == "hour").any())
        return Sentence(
            "backtest_headline" if hourly else "backtest_headline_daily",
            level=self.level,
            hours=self.hour_coverage,
            days=self.day_coverage,
            count=self.test_days,
            poisson=self._value("poisson_hours", "day", "coverage"),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return model, period, level, coverage, wape, units."""
        return self.table.copy()


def backtest(
    history: History,
    *,
    timezone: str | None = None,
    calendar: Calendar | None = None,
    train_share: float = 0.65,
    level: float = 0.9,
    seed: int | np.random.Generator = 0,
) -> Backtest:
    """
    Fit on the first part of a history and hold the rest against the intervals.

    Parameters
    ----------
    history : History
        From :func:`staffcalc.read_volumes` or :func:`staffcalc.read_messages`.
    timezone : str, optional
        Zone of days and hours; the history's own if not given.
    calendar : Calendar, optional
        Public holidays.
    train_share : float
        Share of the days that is fitted on. [share]
    level : float
        Level of the intervals. [share]
    seed : int or Generator
        Seed of the randomised PIT.

    Returns
    -------
    Backtest
        ``hour_coverage``, ``day_coverage``, ``wape``, ``pit_distance`` and the table with two naive models beside.

    Raises
    ------
    InputError
        If less than two weeks can be fitted on, or nothing is left to test.

    Notes
    -----
    Hours and days that were not wholly observed (collection gaps) are left out of the test, and so are hours of the
    week in which no message ever came. Fewer than 50 test days
    judge a day interval only roughly: one shift of the level moves them all.
    """
    train_share = share("train_share", train_share, below_one=True, above_zero=True)
    level = share("level", level, below_one=True, above_zero=True)
    given("history", history, History, maker="read_volumes")
    place = timezone or history.timezone
    counts = history.counts
    index = counts.index
    assert isinstance(index, pd.DatetimeIndex)
    counts = _lasting(counts, train_share)
    slots, days, _ = local_slots(index, place)
    first, last = int(days[0]), int(days[-1]) + 1
    border = first + int(np.floor((last - first) * train_share))
    train = days < border
    if train.sum() < 14 * 24 or (~train).sum() < 24:
        raise InputError("backtest_too_short", days=last - first)
    early = dataclasses.replace(history, counts=counts[train])
    volume = fit_volume(early, timezone=place, calendar=calendar)
    got = counts[~train].sum(axis=1, min_count=counts.shape[1]).to_numpy(dtype=float)
    test_slots, test_days = slots[~train], days[~train]
    mean_hour, var_hour = hours_ahead(volume, test_days, test_slots)
    ever = np.bincount(slots[train], np.nan_to_num(counts[train].sum(axis=1).to_numpy(dtype=float)), minlength=168) > 0
    hours_ok = ~np.isnan(got) & (history.resolution == "hourly") & ever[test_slots]
    ids, at = np.unique(test_days, return_inverse=True)
    whole = (np.bincount(at, ~np.isnan(got)) == np.bincount(at)) & (np.bincount(at) >= 23)
    daily = np.bincount(at, np.nan_to_num(got)).astype(float)
    mean_day, var_day = days_ahead(volume, ids)
    naive_hour = _four_weeks(counts[train], slots[train], days[train], border)[test_slots]
    naive_day = np.bincount(at, naive_hour).astype(float)
    plans = {
        "staffcalc": (mean_hour, var_hour, mean_day, var_day),
        "poisson_hours": (mean_hour, mean_hour, mean_day, mean_day),
        "four_week_mean": (naive_hour, naive_hour, naive_day, naive_day),
    }
    rows = []
    for model, (hour, hour_variance, day, day_variance) in plans.items():
        if hours_ok.any():
            row = _judge(got[hours_ok], hour[hours_ok], hour_variance[hours_ok], level)
            rows.append({"model": model, "period": "hour", "level": level, **row})
        if whole.any():
            row = _judge(daily[whole], day[whole], day_variance[whole], level)
            rows.append({"model": model, "period": "day", "level": level, **row})
    pit = _pit(got[hours_ok], mean_hour[hours_ok], var_hour[hours_ok], generator(seed))
    kept = ("gap_found", "gap_rows_missing", "history_under_four_weeks", "surge_days_set_aside", "trend_found")
    notes = [note for note in volume.notes if note.key in kept]
    if whole.sum() < 50:
        notes.append(Sentence("backtest_few_days", count=int(whole.sum())))
    return Backtest(
        table=pd.DataFrame(rows, columns=["model", "period", "level", "coverage", "wape", "units"]),
        level=level,
        train_days=border - first,
        test_days=int(whole.sum()),
        pit=pit,
        notes=tuple(notes),
        assumptions=volume.assumptions,
        sources=volume.sources,
    )


def _lasting(counts: pd.DataFrame, train_share: float) -> pd.DataFrame:
    """Return the channels that were observed for most of both parts; channels that come or go cannot be judged."""
    border = int(len(counts) * train_share)
    both = (counts.iloc[:border].notna().mean() > 0.5) & (counts.iloc[border:].notna().mean() > 0.5)
    return counts.loc[:, both] if both.any() else counts


def _four_weeks(counts: pd.DataFrame, slots: Ints, days: Ints, border: int) -> Floats:
    """Return the mean of the last four weeks by hour of the week; slots never seen take the overall mean."""
    recent = days >= border - 28
    total = counts[recent].sum(axis=1, min_count=counts.shape[1]).to_numpy(dtype=float)
    seen = ~np.isnan(total)
    exposure = np.bincount(slots[recent], seen, minlength=168)
    sums = np.bincount(slots[recent], np.where(seen, total, 0.0), minlength=168)
    mean = sums.sum() / max(exposure.sum(), 1)
    return np.where(exposure > 0, sums / np.maximum(exposure, 1), mean)


def _judge(got: Floats, mean: Floats, variance: Floats, level: float) -> dict[str, float]:
    low, high = negative_binomial_range(mean, variance, level)
    return {
        "coverage": float(((got >= low) & (got <= high)).mean()),
        "wape": float(np.abs(got - mean).sum() / max(got.sum(), 1e-12)),
        "units": len(got),
    }


def _pit(got: Floats, mean: Floats, variance: Floats, rng: np.random.Generator) -> Floats:
    """Return the randomised probability integral transform of counts under negative binomials."""
    known = mean > 0
    got, mean, variance = got[known], mean[known], variance[known]
    upper, lower = _cdf(got, mean, variance), _cdf(got - 1, mean, variance)
    return np.asarray(lower + rng.random(len(got)) * (upper - lower))


def _cdf(at: Floats, mean: Floats, variance: Floats) -> Floats:
    from scipy import special

    extra = np.maximum(variance - mean, 1e-9 * mean)
    shape = mean**2 / extra
    chance = shape / (shape + mean)
    return np.asarray(np.where(at < 0, 0.0, special.betainc(shape, np.maximum(at, 0) + 1, chance)))
