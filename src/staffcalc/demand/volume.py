"""How much work arrives: a weekly profile with factors that move days and weeks, to sample from and to plan with."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._checks import at_least, generator, listed, number, numbers, one_of, share, whole
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.demand.course import Course
from staffcalc.demand.reshape import move_to, rename
from staffcalc.demand.spread import first_day, forecast_table, interval_table, mean_day_range
from staffcalc.demand.surge import Surge
from staffcalc.demand.zones import zone
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS

if TYPE_CHECKING:
    from staffcalc.demand.backtest import Backtest
    from staffcalc.demand.history import History
    from staffcalc.inputs.calendars import Calendar

Floats = npt.NDArray[np.float64]
MOST_SAMPLED = 500_000
"""Weeks times channels of one sample; more would not fit into the memory of a small machine."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Volume(Result):
    """
    Messages expected in a week, by channel and hour, and how far real weeks stray from that.

    Parameters
    ----------
    channels : tuple of str
        Channels.
    timezone : str
        IANA time zone of the hours of the week.
    profile : array, 168 x channels
        Messages an hour in local time, Monday 00:00 first. [messages/hour]
    day_cv, week_cv, hour_cv : float
        Coefficients of variation of the gamma factors shared by all hours of a day, all days of a week, and of one
        hour. [share]
    level_sd : float
        Relative standard deviation of the level in coming weeks. [share]
    weeks : float
        Weeks of history behind it; 0 where there is none. [week]
    slot_variance : array, 168 x channels
        Relative variance that is left in each slot of the profile.
    surges : tuple of Surge
        Surges added to samples.
    course : Course
        Trend, season and holiday level behind forecasts; the profile stands at the level of the last day.
    per : str
        ``message`` or ``conversation``.
    history : History or None
        What it was fitted on.
    calendar : Calendar or None
        Public holidays that were told from normal days.
    """

    kind: ClassVar[str] = "volume"

    channels: tuple[str, ...]
    timezone: str
    profile: Floats = dataclasses.field(repr=False)
    day_cv: float
    week_cv: float
    hour_cv: float = 0.0
    level_sd: float
    weeks: float = 0.0
    slot_variance: Floats | None = dataclasses.field(default=None, repr=False)
    surges: tuple[Surge, ...] = ()
    course: Course = dataclasses.field(default_factory=Course, repr=False)
    per: str = "message"
    history: History | None = dataclasses.field(default=None, repr=False)
    calendar: Calendar | None = dataclasses.field(default=None, repr=False)

    def __post_init__(self) -> None:
        zone(self.timezone)
        for name in ("day_cv", "week_cv", "hour_cv", "level_sd", "weeks"):
            at_least(name, getattr(self, name))
        names = tuple(str(name) for name in listed("channels", self.channels))
        if len(set(names)) < len(names):
            raise InputError("channels_twice", names=sorted({name for name in names if names.count(name) > 1}))
        object.__setattr__(self, "channels", names)
        profile = np.array(numbers("profile", self.profile))
        if profile.ndim == 1 and len(names) == 1:
            profile = profile[:, None]
        if profile.shape != (168, len(self.channels)):
            raise InputError(
                "profile_shape",
                rows=profile.shape[0],
                channels=len(self.channels),
            )
        if not (np.isfinite(profile).all() and (profile >= 0).all()):
            raise InputError("profile_not_counts")
        profile.flags.writeable = False
        object.__setattr__(self, "profile", profile)
        left = np.zeros_like(profile) if self.slot_variance is None else np.array(self.slot_variance, dtype=float)
        left.flags.writeable = False
        object.__setattr__(self, "slot_variance", left)

    @property
    def weekly_profile(self) -> pd.DataFrame:
        """Messages an hour: 168 local hours of the week (Monday 00:00 first) by channels, a copy. [messages/hour]"""
        return pd.DataFrame(
            np.array(self.profile), index=pd.RangeIndex(168, name="hour_of_week"), columns=list(self.channels)
        )

    @property
    def messages_per_week(self) -> float:
        """Messages in a mean week on all channels. [messages/week]"""
        return float(self.profile.sum())

    @property
    def messages_per_day(self) -> float:
        """Messages on a mean day on all channels. [messages/day]"""
        return self.messages_per_week / 7

    @property
    def weekend_share(self) -> float:
        """Share of the messages on weekend days: those of the calendar, else Saturday and Sunday. [share]"""
        return float(self.profile[self._weekend()].sum() / max(self.profile.sum(), 1e-12))

    def _weekend(self) -> npt.NDArray[np.bool_]:
        days = self.calendar.weekend if self.calendar is not None else DAYS[5:]
        return np.repeat([day in days for day in DAYS], 24)

    @property
    def headline(self) -> Sentence:
        """Messages a day and their swing in one sentence."""
        low, high = mean_day_range(self, 0.8)
        return Sentence(
            f"volume_headline_{self.per}",
            per_day=self.messages_per_day,
            count=len(self.channels),
            low=low,
            high=high,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a channel: messages a week and day, weekend share, busiest hour of the week."""
        total = self.profile.sum(axis=0)
        busiest = self.profile.argmax(axis=0)
        return pd.DataFrame(
            {
                "channel": list(self.channels),
                "messages_per_week": total,
                "messages_per_day": total / 7,
                "weekend_share": self.profile[self._weekend()].sum(axis=0) / np.maximum(total, 1e-12),
                "busiest_day": [DAYS[slot // 24] for slot in busiest],
                "busiest_hour": busiest % 24,
                "busiest_hour_messages": self.profile.max(axis=0),
            }
        )

    def sample(
        self, *, weeks: int = 1, seed: int | np.random.Generator = 0, uncertain_level: bool = False
    ) -> pd.DataFrame:
        """
        Draw messages hour by hour.

        Parameters
        ----------
        weeks : int
            Weeks to draw. [week]
        seed : int or Generator
            Seed of the draw; the same seed gives the same messages.
        uncertain_level : bool
            Also draw one level for the whole sample, with ``level_sd``.

        Returns
        -------
        DataFrame
            ``168 * weeks`` rows, one column a channel; row 0 is Monday 00:00 local time. [messages]

        Notes
        -----
        Poisson(profile x week factor x day factor x hour factor), each factor gamma with mean 1 and shared by all
        channels.
        """
        weeks = whole("weeks", weeks, 1, unit="week")
        if weeks * len(self.channels) > MOST_SAMPLED:
            raise InputError("sample_too_long", weeks=weeks, most=MOST_SAMPLED // max(1, len(self.channels)))
        rng = generator(seed)
        factor = np.repeat(_gamma(rng, self.week_cv, weeks), 168)
        factor = factor * np.repeat(_gamma(rng, self.day_cv, weeks * 7), 24) * _gamma(rng, self.hour_cv, weeks * 168)
        if uncertain_level:
            factor = factor * _gamma(rng, self.level_sd, 1)
        for surge in self.surges:
            factor = factor * surge.factor(168 * weeks)
        mean = np.tile(self.profile, (weeks, 1)) * factor[:, None]
        return pd.DataFrame(
            rng.poisson(mean), columns=list(self.channels), index=pd.RangeIndex(168 * weeks, name="hour")
        )

    def interval(self, level: float = 0.8, *, by: str = "all") -> pd.DataFrame:
        """
        Return the range in which messages of an hour, a day and a week lie.

        Parameters
        ----------
        level : float
            Share of hours (days, weeks) that lie inside; the level is a column of the answer. [share]
        by : str
            ``all`` for all channels together, ``channel`` for each channel.

        Returns
        -------
        DataFrame
            Columns channel, period (``hour``, ``day``, ``week``), slot (hour of the week, weekday from Monday 0, or
            0), mean, low, high, level. [messages]

        Notes
        -----
        Negative binomial with the variance of Poisson, level, week, day and hour factors and of the profile itself.
        """
        level = share("level", level, below_one=True, above_zero=True)
        one_of("by", by, ("all", "channel"))
        places: list[tuple[str, int | None]] = [("all", None)]
        if by == "channel":
            places = [(name, column) for column, name in enumerate(self.channels)]
        return interval_table(self, level, places)

    def forecast(self, weeks: int = 4, *, level: float = 0.8, start: dt.date | str | None = None) -> pd.DataFrame:
        """
        Return the messages of coming days with their ranges.

        Parameters
        ----------
        weeks : int
            Weeks ahead. [week]
        level : float
            Share of days that lie inside the range. [share]
        start : date or str, optional
            First day, as a date or as ``2027-01-04``; the day after the history if not given.

        Returns
        -------
        DataFrame
            Columns date, weekday, mean, low, high, level, for all channels together. [messages]

        Raises
        ------
        InputError
            If there is no history and no ``start``, or ``start`` is no date.

        Notes
        -----
        Trend and season go on as fitted, the trend with falling strength; public holidays have their own level. The
        range holds Poisson, day and week factors and the uncertainty of the level. Surges are not in it.
        """
        weeks = whole("weeks", weeks, 1, unit="week")
        level = share("level", level, below_one=True, above_zero=True)
        return forecast_table(self, weeks, level, None if start is None else first_day(start))

    def backtest(
        self, *, train_share: float = 0.65, level: float = 0.9, seed: int | np.random.Generator = 0
    ) -> Backtest:
        """
        Return how well the model foresees the last part of its own history; see :func:`staffcalc.demand.backtest`.

        Parameters
        ----------
        train_share : float
            Share of the days that is fitted on. [share]
        level : float
            Level of the intervals. [share]
        seed : int or Generator
            Seed of the randomised PIT.

        Raises
        ------
        InputError
            If the volume has no history behind it.
        """
        from staffcalc.demand.backtest import backtest

        if self.history is None:
            raise InputError("backtest_needs_history")
        return backtest(
            self.history,
            timezone=self.timezone,
            calendar=self.calendar,
            train_share=train_share,
            level=level,
            seed=seed,
        )

    def grow(self, *, by_share: float) -> Volume:
        """
        Return the volume after growth.

        Parameters
        ----------
        by_share : float
            Growth; 0.3 is 30% more, -0.1 is 10% less. [share]
        """
        by = number("by_share", by_share, unit="share")
        if by <= -1 or abs(by) > 10:
            raise InputError("growth_out_of_range", by_share=by)
        return dataclasses.replace(
            self, profile=self.profile * (1 + by), notes=(*self.notes, Sentence("volume_grown", share=by))
        )

    def add_surge(
        self, name: str, *, times: float, days: float, decay: float | None = None, start_hour: int = 0
    ) -> Volume:
        r"""
        Return the volume with a surge in its samples.

        Parameters
        ----------
        name : str
            What happens.
        times : float
            Volume at the start, as a multiple of the normal one, 1 or more. [ratio]
        days : float
            Length. [day]
        decay : float, optional
            Time in which the excess falls to 37%; left out, it stays up to the end. [day]
        start_hour : int
            First hour, counted from the first hour of the sample. [hour]

        Notes
        -----
        :math:`V(t) = V_0 (1 + (m - 1) e^{-t/\tau})` for the length given. Samples contain it; intervals do not.
        """
        surge = Surge(
            name=str(name),
            times=_times(times),
            days=at_least("days", days, above=True, unit="day"),
            decay_days=None if decay is None else at_least("decay", decay, above=True, unit="day"),
            start_hour=whole("start_hour", start_hour, 0, unit="hour"),
        )
        return dataclasses.replace(self, surges=(*self.surges, surge))

    def rename(self, channels: Mapping[str, str]) -> Volume:
        """Return the volume with channels renamed; channels that get the same name are added up."""
        return rename(self, channels)

    def move_to(self, timezone: str) -> Volume:
        """Return the volume in another time zone, moved by the mean of its distances over a year."""
        return move_to(self, timezone)


def _times(times: float) -> float:
    """Return the height of a surge, or say that it is out of this world."""
    ratio = at_least("times", times, 1.0, unit="ratio")
    if ratio > 1000:
        raise InputError("surge_too_high", times=ratio)
    return ratio


def _gamma(rng: np.random.Generator, cv: float, size: int) -> Floats:
    """Draw gamma factors of mean 1."""
    if cv <= 0:
        return np.ones(size)
    return np.asarray(rng.gamma(1 / cv**2, cv**2, size))
