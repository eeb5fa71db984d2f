"""What each rest rule measures on the duties of one person."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from staffcalc.coverage import rest_windows as measure
from staffcalc.coverage.duty_pieces import Duties
from staffcalc.coverage.duty_rows import HOUR, local_instants
from staffcalc.coverage.presets import RestRule, RestRules
from staffcalc.reference.lookup import figure

WEEK_DAYS_OF_NIGHT_WORK = 6


TIE = 1e-6


Finding = tuple[str, int, float]
"""Person, instant, measured value."""


@dataclasses.dataclass(frozen=True)
class Horizon:
    """The days that a roster spans; duties before it matter for rest, and do not enter its average week."""

    first: dt.date
    days: float

    def edges(self, zone: str) -> tuple[int, int]:
        """Return the instants at which it begins and ends on the clock of a zone. [seconds since 1970, UTC]"""
        begin, end = local_instants([self.first, self.first + dt.timedelta(days=round(self.days))], 0, zone)
        return int(begin), int(end)


def average_hours(duties: Duties, window: float, horizon: Horizon) -> measure.Measured | None:
    """Return the largest average week; over a shorter roster the average of the roster, leave taken off. [hour/week]"""
    if not len(duties.start):
        return None
    begin, end = horizon.edges(duties.zone)
    known = horizon.days - measure.leave_days(duties, begin, end)
    if known <= window:
        hours = measure.total_hours(duties, begin, end)
        return measure.Measured(max(begin, int(duties.start[0])), hours * 7 / max(known, 7.0))
    most = measure.most_hours(duties, days=window)
    return measure.Measured(most.start, most.value * 7 / window)


def _average(duties: Duties, row: RestRule, _rules: RestRules, horizon: Horizon) -> Iterator[Finding]:
    found = average_hours(duties, row.window_days or 7.0, horizon)
    if found is not None:
        yield duties.person, found.start, found.value


def _hard_week(duties: Duties, row: RestRule, _rules: RestRules, _horizon: Horizon) -> Iterator[Finding]:
    if len(duties.start):
        most = measure.most_hours(duties, days=row.window_days or 7.0)
        yield duties.person, most.start, most.value


def _daily(duties: Duties, row: RestRule, _rules: RestRules, _horizon: Horizon) -> Iterator[Finding]:
    for found in measure.daily_rests(measure.blocks(duties), limit=float(row.value or 0)):
        yield duties.person, found.start, found.value


def _weekly(duties: Duties, row: RestRule, _rules: RestRules, _horizon: Horizon) -> Iterator[Finding]:
    for found in measure.weekly_rests(measure.blocks(duties), zone=duties.zone, days=row.window_days or 7.0):
        yield duties.person, found.start, found.value


def shifts_of(duties: Duties) -> measure.Blocks:
    """Return duties with breaks of up to an hour closed."""
    return measure.blocks(duties, join=figure("pause_minutes_max").value * 60)


def _day_hours(duties: Duties, _row: RestRule, _rules: RestRules, _horizon: Horizon) -> Iterator[Finding]:
    shifts = shifts_of(duties)
    if not len(shifts.start):
        return
    days = pd.DatetimeIndex(shifts.start.astype("datetime64[s]")).tz_localize("UTC").tz_convert(duties.zone)
    first = np.flatnonzero(np.diff(days.tz_localize(None).to_numpy().astype("datetime64[D]").astype(int), prepend=-1))
    for index, hours in zip(first, np.add.reduceat(shifts.worked, first) / HOUR, strict=True):
        yield duties.person, int(shifts.start[index]), float(hours)


def _night_limit(duties: Duties, _row: RestRule, rules: RestRules, _horizon: Horizon) -> Iterator[Finding]:
    shifts = shifts_of(duties)
    night = measure.night_seconds(shifts.start, shifts.end, zone=duties.zone, night=night_of(rules))
    majority = rules.limit("night_shift_majority_share")
    for start, end, worked, dark in zip(shifts.start, shifts.end, shifts.worked, night, strict=True):
        if majority is None:
            if dark > 0:
                yield duties.person, int(start), float(dark) / HOUR
        elif dark > majority * (end - start):
            yield duties.person, int(start), float(worked) / HOUR


def _night_average(duties: Duties, row: RestRule, rules: RestRules, horizon: Horizon) -> Iterator[Finding]:
    shifts = shifts_of(duties)
    least = rules.limit("night_worker_daily_hours")
    if not len(shifts.start) or least is None:
        return
    night = measure.night_seconds(shifts.start, shifts.end, zone=duties.zone, night=night_of(rules))
    if (night >= least * HOUR).mean() < figure("night_worker_share").value:
        return
    average = rules.get("week_hours_avg_max")
    window = row.window_days or (average.window_days if average else None) or 7.0
    found = average_hours(duties, window, horizon)
    if found is not None:
        yield duties.person, found.start, found.value / WEEK_DAYS_OF_NIGHT_WORK


def _overtime(duties: Duties, _row: RestRule, rules: RestRules, _horizon: Horizon) -> Iterator[Finding]:
    hours, mondays = measure.hours_by_week(duties)
    if not len(hours):
        return
    over = np.concatenate([[0.0], np.cumsum(np.maximum(0, hours - (rules.limit("week_hours_avg_max") or math.inf)))])
    years = [over[min(week + 52, len(hours))] - over[week] for week in range(len(hours))]
    best = int(np.argmax(years))
    yield duties.person, int(mondays[best]), float(years[best])


def _night_weeks(duties: Duties, _row: RestRule, rules: RestRules, _horizon: Horizon) -> Iterator[Finding]:
    shifts = shifts_of(duties)
    night = measure.night_seconds(shifts.start, shifts.end, zone=duties.zone, night=night_of(rules))
    dark = night > (rules.limit("night_shift_majority_share") or 0.5) * (shifts.end - shifts.start)
    week, mondays = measure.weeks_of(shifts.start, duties.zone)
    weeks = np.unique(week[dark])
    if not len(weeks):
        return
    runs = np.split(weeks, np.flatnonzero(np.diff(weeks) > 1) + 1)
    longest = max(runs, key=len)
    yield duties.person, int(mondays[longest[0]]), float(len(longest))


def _breaks(duties: Duties, row: RestRule, rules: RestRules, _horizon: Horizon) -> Iterator[Finding]:
    shifts = shifts_of(duties)
    low, high = _break_tier(row.rule, rules)
    for start, worked, pause in zip(shifts.start, shifts.worked / HOUR, shifts.pauses, strict=True):
        if low + TIE < worked <= high + TIE:
            yield duties.person, int(start), float(pause)


def _break_tier(rule: str, rules: RestRules) -> tuple[float, float]:
    tiers = {
        "break_min": (rules.limit("break_after") or 6.0, math.inf),
        "break_min_up_to_4h": (0.0, 4.0),
        "break_min_up_to_7_5h": (4.0, 7.5),
        "break_min_above_7_5h": (7.5, math.inf),
    }
    return tiers[rule]


def night_of(rules: RestRules) -> tuple[float, float]:
    """Return the clock hours at which night begins and ends. [clock hour]"""
    for start, end in (("night_start", "night_end"), ("night_default_start", "night_default_end")):
        first, last = rules.limit(start), rules.limit(end)
        if first is not None and last is not None:
            return first, last
    return figure("night_start").value, figure("night_end").value


TESTS: dict[str, Callable[[Duties, RestRule, RestRules, Horizon], Iterator[Finding]]] = {
    "week_hours_avg_max": _average,
    "week_hours_max": _hard_week,
    "daily_rest_min": _daily,
    "shift_change_rest_min": _daily,
    "weekly_rest_min": _weekly,
    "day_hours_max": _day_hours,
    "night_hours_max": _night_limit,
    "night_hours_avg_max": _night_average,
    "overtime_year_max": _overtime,
    "nights_in_a_row_weeks_alternating_max": _night_weeks,
    "break_min": _breaks,
    "break_min_up_to_4h": _breaks,
    "break_min_up_to_7_5h": _breaks,
    "break_min_above_7_5h": _breaks,
}


BREAK_RULES = frozenset({"break_min", "break_min_up_to_4h", "break_min_up_to_7_5h", "break_min_above_7_5h"})


LEAST = frozenset({"daily_rest_min", "shift_change_rest_min", "weekly_rest_min", *BREAK_RULES})


PARAMETERS = frozenset(
    {
        "reference_months", "break_after", "night_core_start", "night_core_end", "night_period_min_length",
        "night_worker_daily_hours", "night_default_start", "night_default_end", "night_start", "night_end",
        "night_shift_majority_share", "overtime_after", "weekly_rest_anywhere_in_period", "weekly_rest_rolling",
        "overtime_week_rolling", "overtime_multiplier", "extra_hours_multiplier", "nights_in_a_row_weeks_max",
    }
)  # fmt: skip
"""Rows that shape how another rule is measured, or what is paid."""
