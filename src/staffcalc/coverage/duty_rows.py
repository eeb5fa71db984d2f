"""Who is on duty when: rows of a roster brought into one form, with real instants and the clock of each person."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc.errors import InputError
from staffcalc.inputs.fields import check_timezone

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WORK = ("work", "call_out", "training")
"""Kinds of rows that are working time."""
STANDBY = "on_call"
"""Reachable, not at work."""
AWAY = ("leave", "sick", "holiday", "off")
"""Kinds of rows that are no duty."""
KINDS = (*WORK, STANDBY, *AWAY)
SAME_KIND = {
    "duty": "work",
    "shift": "work",
    "standby": STANDBY,
    "oncall": STANDBY,
    "on-call": STANDBY,
    "vacation": "leave",
}
"""Other words for a kind."""

COLUMNS = ("person", "start", "end", "kind")
EVERY_COLUMN = (*COLUMNS, "tour", "timezone", "break_minutes")
"""Columns of a whole roster."""
HOUR = 3600
YEARS = (1900, 2200)
"""Years in which a duty can lie."""
DAY = 24 * HOUR
EPOCH_IS_THURSDAY = 3


_UNCLEAR = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_DAY_ENDS = re.compile(r"^(\d{4}-?\d{2}-?\d{2})[T ]24:?00(?::?00)?(?:\.0+)?(\s*(?:Z|[+-]\d{2}:?\d{2})?)$")
_YEAR = re.compile(r"\d{4}")


class HasFrame(Protocol):
    """Anything with a table of duties, such as a roster."""

    def to_frame(self) -> pd.DataFrame:
        """Return rows of person, start, end, kind."""


Rows = pd.DataFrame | HasFrame | Iterable[Mapping[str, Any]]


def as_frame(rows: Rows, *, timezone: str | None = None, keep: tuple[str, ...] = ()) -> pd.DataFrame:
    """
    Return duty rows with UTC instants: person, start, end, kind, timezone, break_minutes.

    Parameters
    ----------
    rows : DataFrame, roster or iterable of mappings
        Rows with ``person``, ``start``, ``end`` and, where known, ``kind``, ``timezone`` and ``break_minutes``.
    timezone : str, optional
        Time zone of stamps without one, and of people without one.
    keep : tuple of str
        Further columns to keep as they are.

    Returns
    -------
    DataFrame
        A fresh table in the order of person and start.

    Raises
    ------
    InputError
        If a column is missing, a stamp has no time zone, a row ends before it starts, or a kind is unknown.
    """
    frame = as_table(rows)
    missing = [name for name in COLUMNS[:3] if name not in frame.columns]
    if missing:
        raise InputError("roster_columns", missing=missing, columns=list(COLUMNS))
    kind = frame["kind"].fillna("work").astype(str) if "kind" in frame.columns else pd.Series("work", index=frame.index)
    kind = kind.str.strip().str.lower().replace({"": "work", **SAME_KIND})
    unknown = sorted(set(kind) - set(KINDS))
    if unknown:
        raise InputError("roster_kind", kinds=unknown[:5], known=list(KINDS))
    nameless = (frame["person"].isna() | (frame["person"].astype(str).str.strip() == "")).to_numpy()
    if nameless.any():
        raise InputError("roster_nameless", row=int(np.flatnonzero(nameless)[0]) + 1, count=int(nameless.sum()))
    zone = _zones(frame, timezone)
    start, end = (_instants(frame[name], zone, name) for name in ("start", "end"))
    backwards = (end <= start).to_numpy()
    if backwards.any():
        row = int(np.flatnonzero(backwards)[0])
        raise InputError(
            "roster_reversed", row=row + 1, person=str(frame["person"].iloc[row]), count=int(backwards.sum())
        )
    breaks = _breaks(frame["break_minutes"]) if "break_minutes" in frame.columns else 0.0
    table = pd.DataFrame({"person": frame["person"].astype(str), "start": start, "end": end, "kind": kind})
    table["timezone"] = zone if zone is not None else "UTC"
    table["break_minutes"] = breaks
    too_long = table["break_minutes"] * 60 >= (table["end"] - table["start"]).dt.total_seconds()
    if bool((too_long | (table["break_minutes"] < 0)).any()):
        raise InputError("roster_breaks", row=int(np.flatnonzero(too_long | (table["break_minutes"] < 0))[0]) + 1)
    for name in keep:
        table[name] = frame[name].to_numpy()
    return table.sort_values(["person", "start", "end"], kind="stable").reset_index(drop=True)


def full_rows(rows: Rows, timezone: str | None) -> pd.DataFrame:
    """Return rows with all columns, times in UTC, in the order of start and person."""
    source = as_table(rows)
    if "tour" not in source.columns:
        source = source.assign(tour="")
    source = source.assign(tour=source["tour"].fillna("").astype(str))
    frame = as_frame(source.assign(_row=range(len(source))), timezone=timezone, keep=("tour", "_row"))
    return frame.sort_values(["start", "person", "_row"], kind="stable").reset_index(drop=True)[list(EVERY_COLUMN)]


def days_of(frame: pd.DataFrame) -> tuple[dt.date, dt.date]:
    """
    Return the first and last local day of duty rows.

    A duty belongs to the day on which it starts, so the last night of a week does not open the next one; a row of
    several days, such as an on-call turn from Monday to Monday, counts a day for each 24 hours begun.
    """
    duty = frame[~frame["kind"].isin(AWAY)]
    rows = frame if duty.empty else duty
    edges = []
    for zone, mine in rows.groupby("timezone", sort=False):
        start, end = (mine[name].dt.tz_convert(str(zone)).dt.tz_localize(None) for name in ("start", "end"))
        first = start.dt.normalize()
        last = first + (np.ceil((end - start) / pd.Timedelta(days=1)).clip(lower=1) - 1) * pd.Timedelta(days=1)
        edges.append((first.min().date(), last.max().date()))
    return min(edge[0] for edge in edges), max(edge[1] for edge in edges)


def local_instants(days: Iterable[dt.date], hour: float, zone: str) -> Ints:
    """Return the instants at which a clock hour strikes on local days. [seconds since 1970, UTC]"""
    return np.array([_instant(day, hour, zone) for day in days], dtype=np.int64)


def local_days(first: int, last: int, zone: str) -> list[dt.date]:
    """Return the local days from one instant to another, both included. [seconds since 1970, UTC]"""
    start, end = (dt.datetime.fromtimestamp(moment, ZoneInfo(zone)).date() for moment in (first, last))
    return [start + dt.timedelta(days=number) for number in range((end - start).days + 1)]


def stamp(seconds: float) -> pd.Timestamp:
    """Return an instant as a UTC timestamp. [seconds since 1970, UTC]"""
    return pd.Timestamp(round(seconds), unit="s", tz="UTC")


@lru_cache(maxsize=200_000)
def _instant(day: dt.date, hour: float, zone: str) -> int:
    minutes = round(hour * 60)
    shifted = day + dt.timedelta(days=minutes // 1440)
    time = dt.time(minutes % 1440 // 60, minutes % 60)
    return int(dt.datetime.combine(shifted, time, ZoneInfo(zone)).timestamp())


def as_table(rows: Rows) -> pd.DataFrame:
    """
    Return rows of any accepted form as a table, its columns as they are.

    Raises
    ------
    InputError
        If it is neither a table nor an answer with one nor a list of mappings, or a column comes twice.
    """
    if isinstance(rows, pd.DataFrame) or hasattr(rows, "to_frame"):
        found: Any = rows if isinstance(rows, pd.DataFrame) else rows.to_frame()
        table = found.reset_index(drop=True) if isinstance(found, pd.DataFrame) else pd.DataFrame()
    else:
        try:
            if isinstance(rows, (str, bytes, Mapping)):
                raise TypeError
            listed = [dict(row) for row in rows]
        except (TypeError, ValueError):
            raise InputError("roster_not_rows", value=type(rows).__name__) from None
        table = pd.DataFrame(listed) if listed else pd.DataFrame(columns=list(COLUMNS))
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        raise InputError("roster_column_twice", column=str(twice[0]))
    return table


def _breaks(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return unpaid minutes; nothing is none."""
    given = column.where(column.notna() & (column.astype(str).str.strip() != ""), 0.0)
    found = pd.to_numeric(given, errors="coerce")
    if bool(found.isna().any()):
        row = int(np.flatnonzero(found.isna())[0])
        raise InputError("roster_break_unreadable", row=row + 1, value=str(column.iloc[row]))
    minutes: pd.Series[Any] = found.astype(float)
    return minutes


def _zones(frame: pd.DataFrame, timezone: str | None) -> pd.Series | None:
    fallback = check_timezone(timezone) if timezone is not None else None
    if "timezone" in frame.columns:
        zone = frame["timezone"].astype(object).where(frame["timezone"].notna(), fallback)
        for name in zone.dropna().unique():
            check_timezone(name)
        if zone.notna().all():
            return zone.astype(str)
        raise InputError("roster_without_zone", count=int(zone.isna().sum()))
    if fallback is None:
        own = getattr(frame["start"].dtype, "tz", None) if len(frame) else None
        fallback = str(own) if own is not None and "/" in str(own) else None
    return None if fallback is None else pd.Series(fallback, index=frame.index)


def _instants(column: pd.Series[Any], zone: pd.Series[Any] | None, name: str) -> pd.Series[Any]:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        found = column.dt.tz_convert("UTC")
    else:
        found = pd.Series(
            [
                _one_instant(value, None if zone is None else zone.iloc[row], name, row)
                for row, value in enumerate(column)
            ]
        )
        found = pd.to_datetime(found, utc=True)
    if bool(found.isna().any()):
        row = int(np.flatnonzero(found.isna())[0])
        raise InputError("roster_stamp", row=row + 1, column=name, value=str(column.iloc[row]))
    rounded: pd.Series[Any] = found.dt.floor("s").astype("datetime64[s, UTC]")
    return rounded


def _one_instant(value: Any, zone: str | None, name: str, row: int) -> pd.Timestamp:
    if isinstance(value, str) and _UNCLEAR.match(value.strip()):
        raise InputError("roster_day_or_month", row=row + 1, column=name, value=value)
    moment = _parsed(value)
    if moment is None:
        raise InputError("roster_stamp", row=row + 1, column=name, value=str(value))
    if moment.tzinfo is None:
        if zone is None:
            raise InputError("roster_naive", row=row + 1, column=name, value=str(value))
        moment = moment.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    return moment.tz_convert("UTC")


def _parsed(value: Any) -> pd.Timestamp | None:
    """Return a date and time; 24:00 ends its day. None for numbers, bare clock times and what is no date."""
    ends = 0
    if isinstance(value, str):
        if not _YEAR.search(value):
            return None
        value, ends = _DAY_ENDS.subn(r"\1 00:00\2", value.strip())
    elif not isinstance(value, (dt.date, np.datetime64)):
        return None
    try:
        moment: Any = pd.Timestamp(value)
        inside = not pd.isna(moment) and YEARS[0] <= moment.year <= YEARS[1]
        return moment + dt.timedelta(days=ends) if inside else None
    except (ValueError, TypeError, OverflowError):
        return None
