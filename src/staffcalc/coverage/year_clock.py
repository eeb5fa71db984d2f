"""A year cut into equal slots on the UTC axis, readable on the local clock of any time zone."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from functools import lru_cache, reduce
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc.inputs.calendars import WeekHours
from staffcalc.inputs.people import Person

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

DAY = 24 * 60
WEEK = 7 * DAY
EPOCH_IS_THURSDAY = 3 * DAY
LONGEST_SLOT = 15


class YearClock:
    """
    Slots of one calendar year of a time zone.

    Parameters
    ----------
    year : int
        Calendar year. [year]
    zone : str
        Time zone whose year it is. [zone]
    weeks : iterable of WeekHours
        Hours that the slots must be able to tell apart; slots are a quarter of an hour or finer.

    Examples
    --------
    >>> clock = YearClock(2027, "Europe/London", [])
    >>> clock.count * clock.step / 60
    8760.0
    """

    def __init__(self, year: int, zone: str, weeks: Iterable[WeekHours]) -> None:
        edges = [edge for week in weeks for span in week.spans for edge in span]
        self.year, self.zone = year, zone
        self.step = reduce(math.gcd, edges, LONGEST_SLOT)
        first, last = (_midnight(dt.date(year + more, 1, 1), zone) for more in (0, 1))
        self.minutes: Ints = np.arange(first, last, self.step, dtype=np.int64)
        self.count = len(self.minutes)
        self._walls: dict[str, tuple[Ints, Ints]] = {}

    def wall(self, zone: str) -> tuple[Ints, Ints]:
        """Return local minute of the week (Monday 00:00 is 0) and local day (days since 1970) of every slot."""
        if zone not in self._walls:
            stamps = pd.DatetimeIndex((self.minutes * 60).astype("datetime64[s]")).tz_localize("UTC").tz_convert(zone)
            local = stamps.tz_localize(None).to_numpy().astype("datetime64[m]").astype(np.int64)
            self._walls[zone] = ((local + EPOCH_IS_THURSDAY) % WEEK, local // DAY)
        return self._walls[zone]

    def inside(self, week: WeekHours, zone: str) -> Mask:
        """Return which slots lie inside hours of the week on a local clock."""
        open_slots = np.zeros(WEEK // self.step, dtype=bool)
        for start, end in week.spans:
            open_slots[start // self.step : end // self.step] = True
        return np.asarray(open_slots[self.wall(zone)[0] // self.step])

    def on_days(self, days: Iterable[dt.date], zone: str) -> Mask:
        """Return which slots fall on one of the local days."""
        return np.isin(self.wall(zone)[1], [_day_number(day) for day in days])

    def between(self, first: dt.date | None, last: dt.date | None, zone: str) -> Mask:
        """Return which slots fall on the local days from ``first`` to ``last``, both included; None is open."""
        days = self.wall(zone)[1]
        inside = np.ones(self.count, dtype=bool)
        if first is not None:
            inside &= days >= _day_number(first)
        if last is not None:
            inside &= days <= _day_number(last)
        return inside

    def employed(self, person: Person, zone: str) -> Mask:
        """Return in which slots a person belongs to the team."""
        return self.between(person.start, person.end, zone)

    def on_leave(self, person: Person, zone: str) -> Mask:
        """Return in which slots a person is on planned leave."""
        away = np.zeros(self.count, dtype=bool)
        for part in person.leave:
            away |= self.between(part.start, part.end, zone)
        return away

    def daytime(self, zone: str, start: float, end: float) -> Mask:
        """Return which slots lie between two hours of the local day."""
        hour = self.wall(zone)[0] % DAY / 60
        return np.asarray((hour >= start) & (hour < end))

    def stamps(self, slots: Ints) -> pd.DatetimeIndex:
        """Return the UTC time at which slots begin; the slot after the last one is the end of the year."""
        minutes = self.minutes[0] + slots * self.step
        return pd.DatetimeIndex((minutes * 60).astype("datetime64[s]")).tz_localize("UTC")


def _day_number(day: dt.date) -> int:
    return day.toordinal() - dt.date(1970, 1, 1).toordinal()


@lru_cache(maxsize=4096)
def _midnight(day: dt.date, zone: str) -> int:
    return int(dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).timestamp() // 60)
