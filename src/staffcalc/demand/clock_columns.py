"""Hours that stand beside their date, in a column or in the headers, joined to one time before anything is read."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pandas as pd

from staffcalc._words import Sentence
from staffcalc.demand.cells import is_null
from staffcalc.demand.tabular import Table
from staffcalc.demand.vocabulary import fold, layouts

_HOUR = re.compile(r"(\d{1,2})(?:\.0)?(?:[:.](\d{2}))?(?::(\d{2}))?(?:\s*[-–].*)?")


def join_clock(table: Table) -> tuple[Table, list[Sentence]]:
    """
    Return a table whose dates carry the hours of a column beside them, and the note that says so.

    Notes
    -----
    Only where exactly one column is named as a date and holds dates alone, and exactly one is named as an hour and
    holds 0 to 23, 9:30 or 9:00-10:00 in every row; everything else stays as it is.
    """
    frame, words = table.frame, layouts()["volumes"]
    dates, hours = (
        [name for name in frame.columns if fold(name) in {fold(word) for word in words[role]}]
        for role in ("date", "hour")
    )
    if len(dates) != 1 or len(hours) != 1:
        return table, []
    date, hour = frame[dates[0]], frame[hours[0]]
    if isinstance(date.dtype, pd.DatetimeTZDtype) or hour.map(is_null).any():
        return table, []
    days = date.map(_day)
    clocks = hour.map(_clock)
    if (clocks == "").any() or days.str.contains(":").any():
        return table, []
    joined = (days + " " + clocks).where(days != "", "")
    frame = frame.drop(columns=hours[0]).assign(**{dates[0]: joined})
    return dataclasses.replace(table, frame=frame), [Sentence("date_and_hour_joined", date=dates[0], hour=hours[0])]


def unfold_hours(table: Table) -> tuple[Table, list[Sentence]]:
    """Turn a table with a date and one column for each of the 24 hours into one row an hour, with the note."""
    frame, words = table.frame, layouts()["volumes"]
    hours = {name: _clock(name) for name in frame.columns}
    columns = [name for name, clock in hours.items() if clock]
    dates = [name for name in frame.columns if fold(name) in {fold(word) for word in words["date"]}]
    if len(dates) != 1 or sorted(hours[name][:5] for name in columns) != [f"{hour:02d}:00" for hour in range(24)]:
        return table, []
    known = {fold(word) for role in ("channel", "timezone") for word in words[role]}
    beside = [dates[0], *(name for name in frame.columns if fold(name) in known)]
    long = frame.melt(beside, columns, "hour", "messages")
    return dataclasses.replace(table, frame=long), [Sentence("hours_in_columns", date=dates[0])]


def _clock(cell: object) -> str:
    """Return an hour of the day as 09:30:00, or nothing if the cell is none."""
    found = _HOUR.fullmatch(str(cell).strip())
    if not found or int(found[1]) > 23:
        return ""
    return f"{int(found[1]):02d}:{int(found[2] or 0):02d}:{int(found[3] or 0):02d}"


def _day(cell: object) -> str:
    """Return a date as text; one with a time keeps it."""
    if is_null(cell):
        return ""
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    return str(cell)
