"""Which duties are nights, fall on weekends or on public holidays: what a fair roster shares out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from staffcalc.coverage.presets import RestRules
from staffcalc.coverage.rest_measures import night_of
from staffcalc.coverage.rest_windows import night_seconds
from staffcalc.coverage.shifts import Shift
from staffcalc.inputs.calendars import DAYS, Calendar
from staffcalc.inputs.desk import Desk

COUNTS = ("nights", "weekends", "holidays")

MOST_OF_A_SHIFT = 0.5
"""A shift is a night if more than this share of it lies in the night."""


def counts_of(
    shifts: Sequence[Shift], *, zone: str, calendar: Calendar, rules: RestRules, first: dt.date
) -> dict[str, npt.NDArray[np.bool_]]:
    """Return which shifts are nights, fall on weekends or on holidays, on the clock of a zone; day 0 is ``first``."""
    start = np.array([shift.start for shift in shifts], dtype=np.int64)
    end = np.array([shift.end for shift in shifts], dtype=np.int64)
    dark = np.zeros(len(shifts))
    for number in range(len(shifts)):
        one = slice(number, number + 1)
        dark[number] = night_seconds(start[one], end[one], zone=zone, night=night_of(rules))[0]
    days = [first + dt.timedelta(days=shift.day) for shift in shifts]
    weekend = {DAYS.index(day) for day in calendar.weekend}
    off = {day for year in {day.year for day in days} for day in calendar.public_holidays(year)}
    return {
        "nights": dark > MOST_OF_A_SHIFT * (end - start),
        "weekends": np.array([day.weekday() in weekend for day in days], dtype=bool),
        "holidays": np.array([day in off for day in days], dtype=bool),
    }


def calendar_in(desk: Desk, zone: str) -> Calendar:
    """Return the calendar of the first person who lives in a zone, else that of the desk."""
    return next((desk.calendar_of(person) for person in desk.people if desk.timezone_of(person) == zone), desk.calendar)
