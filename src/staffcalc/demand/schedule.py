"""Opening hours inferred from rows that carry a reply time on both clocks, and durations rebuilt with them."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import numpy.typing as npt

from staffcalc.inputs.calendars import DAYS, WeekHours

Floats = npt.NDArray[np.float64]
WEEK = 7 * 1440
Option = tuple[tuple[int, ...], int, int]
_SETS = (
    (0, 1, 2, 3, 4),
    (0, 1, 2, 3, 4, 5),
    (0, 1, 2, 3, 4, 5, 6),
    (6, 0, 1, 2, 3),
    (5, 6, 0, 1, 2, 3),
    (0, 1, 2, 3),
    (5, 6, 0, 1, 2),
)
_MOST_ROWS = 300


@dataclasses.dataclass(frozen=True)
class Schedule:
    """
    Opening hours that explain the business minutes of an export.

    Parameters
    ----------
    days : tuple of str
        Open days of the week.
    open, close : str
        Opening and closing time, ``09:00``; the same on every open day.
    explained : float
        Share of rows with both clocks that these hours explain to the minute. [share]
    rows : int
        Rows with both clocks.
    next_best : Schedule or None
        The schedule that explains the second most rows.
    """

    days: tuple[str, ...]
    open: str
    close: str
    explained: float
    rows: int
    next_best: Schedule | None = None

    @property
    def week_hours(self) -> WeekHours:
        """The same as opening hours of a desk."""
        return WeekHours.model_validate({day: [f"{self.open}-{self.close}"] for day in self.days})

    @property
    def hours_per_week(self) -> float:
        """Open hours of the week. [hour/week]"""
        return self.week_hours.hours_per_week

    def __str__(self) -> str:
        return f"{', '.join(self.days)} {self.open}-{self.close}"


def open_minutes(at: Floats, hours: WeekHours) -> Floats:
    """Return the open minutes between Monday 5 January 1970, 00:00 local time, and each local minute."""
    weeks, inside = np.divmod(at, WEEK)
    total = weeks * hours.hours_per_week * 60
    for start, end in hours.spans:
        total = total + np.clip(inside - start, 0, end - start)
    return np.asarray(total)


def local_minutes(wall: npt.NDArray[np.datetime64]) -> Floats:
    """Return local wall times as minutes since a Monday."""
    monday = np.datetime64("1970-01-05T00:00:00", "us")
    return np.asarray((wall.astype("datetime64[us]") - monday).astype(np.int64) / 60e6)


def infer_schedule(start: Floats, end: Floats, business: Floats) -> Schedule | None:
    """
    Find the opening hours that turn calendar durations into the business durations given.

    Parameters
    ----------
    start, end : array
        Local minutes of creation and reply, see :func:`local_minutes`. [minute]
    business : array
        Business minutes between them, as the export gives them. [minute]

    Returns
    -------
    Schedule or None
        None if fewer than 20 rows can tell, or the best hours explain less than half of them.

    Notes
    -----
    Every opening and closing half hour is tried with the common sets of days; then single days are added and removed
    and the times are moved in steps down to five minutes, as long as the differences shrink. A row is explained if
    its business minutes fit within a minute and a half. Rows whose two clocks agree tell nothing and are left out of
    the search unless all agree.
    """
    telling = np.abs(end - start - business) > 2
    if telling.sum() < 20:
        if len(start) >= 20 and telling.mean() < 0.02:
            return Schedule(DAYS, "00:00", "24:00", float(1 - telling.mean()), len(start))
        return None
    rows = np.flatnonzero(telling)
    sample = rows[np.linspace(0, len(rows) - 1, min(_MOST_ROWS, len(rows))).astype(int)]
    a, b, due = start[sample], end[sample], business[sample]
    quick = slice(None, None, max(1, len(sample) // 60))
    costs: dict[Option, float] = {}

    def cost(option: Option) -> float:
        if option not in costs:
            costs[option] = _cost(a, b, due, option)
        return costs[option]

    best = _coarse(a[quick], b[quick], due[quick])
    for _ in range(20):
        found = min(_neighbours(best), key=cost)
        if cost(found) >= cost(best):
            break
        best = found
    explained = _explained(start, end, business, best)
    if explained < 0.5:
        return None
    second = min((option for option in costs if option != best), key=cost)
    runner = _schedule(second, _explained(start, end, business, second), len(start), None)
    return _schedule(best, explained, len(start), runner)


def _neighbours(option: Option) -> list[Option]:
    """Return the schedules one step away: a day more or less, a quarter or half hour earlier or later."""
    days, opens, closes = option
    near = [option]
    near += [(tuple(sorted(set(days) ^ {day})), opens, closes) for day in range(7) if set(days) ^ {day}]
    steps = (-60, -30, -15, -5, 0, 5, 15, 30, 60)
    for first, last in itertools.product(steps, steps):
        o, c = opens + first, closes + last
        if 0 <= o < c <= 1440:
            near.append((days, o, c))
    return near


def _cost(a: Floats, b: Floats, due: Floats, option: Option) -> float:
    """Return the mean absolute difference in minutes, each at most four hours: holidays must not decide."""
    return float(np.minimum(np.abs(_business(a, b, *option) - due), 240).mean())


def _coarse(a: Floats, b: Floats, due: Floats) -> Option:
    """Return the best of the common day sets and full or half hours."""
    grid = [(o, c) for o, c in itertools.product(range(0, 1440, 30), range(30, 1441, 30)) if c - o >= 60]
    return min(
        ((tuple(sorted(days)), o, c) for days in _SETS for o, c in grid), key=lambda option: _cost(a, b, due, option)
    )


def _business(a: Floats, b: Floats, days: tuple[int, ...], opens: int, closes: int) -> Floats:
    """Return open minutes between local minutes a and b for one daily span on some days."""
    length = closes - opens
    before = np.zeros(8)
    for day in range(7):
        before[day + 1] = before[day] + (length if day in days else 0)
    is_open = np.array([day in days for day in range(7)])

    def until(at: Floats) -> Floats:
        weeks, inside = np.divmod(at, WEEK)
        day = (inside // 1440).astype(int)
        today = np.where(is_open[day], np.clip(inside - day * 1440 - opens, 0, length), 0.0)
        return np.asarray(weeks * before[7] + before[day] + today)

    return until(b) - until(a)


def _explained(start: Floats, end: Floats, business: Floats, option: Option) -> float:
    """Return the share of rows that a schedule explains within a minute and a half."""
    return float((np.abs(_business(start, end, *option) - business) <= 1.5).mean())


def _schedule(option: Option, explained: float, rows: int, runner: Schedule | None) -> Schedule:
    days, opens, closes = option
    names = tuple(DAYS[day] for day in sorted(days))
    clock = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in (opens, closes)]
    return Schedule(names, clock[0], clock[1], explained, rows, runner)


def rebuild_calendar(start: Floats, business: Floats, hours: WeekHours) -> Floats:
    """
    Return the calendar minutes behind business minutes.

    Parameters
    ----------
    start : array
        Local minutes of creation. [minute]
    business : array
        Business minutes until the reply. [minute]
    hours : WeekHours
        Opening hours.

    Notes
    -----
    The reply is taken at the first moment at which so many open minutes have passed; a reply of 0 business minutes is
    taken as immediate, although it may have come at any time outside opening hours.
    """
    week = hours.hours_per_week * 60
    due = open_minutes(start, hours) + business
    weeks = np.floor(np.maximum(due - 1e-9, 0) / week)
    left = due - weeks * week
    end = weeks * WEEK
    passed = np.zeros_like(left)
    done = np.zeros(len(left), dtype=bool)
    for first, last in hours.spans:
        inside = ~done & (left <= passed + (last - first) + 1e-9)
        end = np.where(inside, end + first + (left - passed), end)
        done |= inside
        passed = passed + (last - first)
    calendar = np.where(business <= 0, 0.0, end - start)
    return np.asarray(np.maximum(calendar, 0.0))
