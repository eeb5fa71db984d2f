"""Rows of a log counted by hour and channel, with what must not be counted as arrivals taken out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from staffcalc._words import Sentence
from staffcalc.demand.hour_grid import spread_days
from staffcalc.demand.layout import Layout
from staffcalc.demand.quality import Ledger
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS
from staffcalc.reference.lookup import figure


def batch_rows(rows: pd.DataFrame) -> pd.Series:
    """Mark rows of minutes with far more rows than their hour explains; times without minutes cannot tell."""
    created = rows["created_at"]
    coarse = ((created.dt.minute % 15 == 0) & (created.dt.second == 0)).mean() > 0.9
    if coarse:
        return pd.Series(False, index=rows.index)
    minute = created.dt.floor("min")
    per_minute = minute.map(minute.value_counts())
    least = figure("batch_rows_per_minute").value
    hour = created.dt.floor("h")
    usual = (hour.map(hour.value_counts()) - per_minute) / 59
    found: pd.Series = (per_minute >= least) & (per_minute > 4 * usual + 6)
    return found


def batch_example(rows: pd.DataFrame, batch: pd.Series) -> str:
    """Return the first batch minute."""
    if not batch.any():
        return ""
    return f"{rows.loc[batch, 'created_at'].iloc[0]:%Y-%m-%d %H:%M} UTC"


def count_weekend(rows: pd.DataFrame, local: str, weekend: tuple[str, ...], ledger: Ledger) -> list[Sentence]:
    """Count rows on weekend days, and name a clearly quieter pair of days elsewhere in the week."""
    days = rows["created_at"].dt.tz_localize("UTC").dt.tz_convert(local).dt.day_of_week
    off = days.isin([DAYS.index(day) for day in weekend])
    ledger.add("weekend_days", int(off.sum()), "weekend_as_given", ", ".join(weekend), of=max(1, len(rows)))
    counts = np.bincount(days, minlength=7)
    quietest = sorted(int(day) for day in np.argsort(counts, kind="stable")[: len(weekend)])
    named = sorted(DAYS.index(day) for day in weekend)
    clear = len(weekend) == 2 and counts[quietest].sum() < 0.75 * counts[named].sum()
    if not clear or quietest == named:
        return []
    return [Sentence("weekend_elsewhere", days=[Sentence(f"term_{DAYS[day]}") for day in quietest])]


def count_hours_of(rows: pd.DataFrame, span_of: pd.DataFrame) -> pd.DataFrame:
    """Count rows by UTC hour and channel, with zeros, from the first to the last hour of the log."""
    hour = rows["created_at"].dt.floor("h")
    end = span_of["created_at"].max().floor("h")
    span = pd.date_range(span_of["created_at"].min().floor("h"), end, freq="h")
    if len(span) > 24 * 366 * 30:
        raise InputError("span_too_long", source="log", start=span[0].date(), end=span[-1].date())
    table = pd.crosstab(hour, rows["channel"]).reindex(span, fill_value=0)
    table.index = pd.DatetimeIndex(span).tz_localize("UTC").rename("hour")
    table.columns = pd.Index([str(name) for name in table.columns])
    return table.astype(float)


def count_by_day(rows: pd.DataFrame, local: str) -> pd.DataFrame:
    """Count rows by local day where the log has dates only, and spread them over the day."""
    work = pd.DataFrame({"utc": rows["created_at"], "wall": rows["wall"], "channel": rows["channel"], "messages": 1.0})
    return spread_days(work, local)


def count_starts(rows: pd.DataFrame, found: Layout, counts: pd.DataFrame) -> pd.DataFrame | None:
    """Return conversation starts by hour and channel, where a row is a message."""
    if found.kind != "messages":
        return None
    first = rows[rows["first_of_thread"]]
    if first.empty:
        return None
    table = pd.crosstab(first["created_at"].dt.floor("h").dt.tz_localize("UTC"), first["channel"])
    return table.reindex(index=counts.index, columns=counts.columns, fill_value=0).astype(float).where(counts.notna())


def keep_windows(counts: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return counts with all hours outside the windows of a sampled log unobserved."""
    seen = pd.Series(False, index=counts.index)
    for times in rows.groupby("window_id")["created_at"]:
        first, last = times[1].min().floor("h").tz_localize("UTC"), times[1].max().floor("h").tz_localize("UTC")
        seen.loc[first:last] = True
    return counts.where(seen, axis=0)


def cut_partial_days(counts: pd.DataFrame, local: str) -> tuple[pd.DataFrame, str]:
    """Cut the first and last local day where the silence before the first or after the last row is no chance."""
    index = counts.index
    assert isinstance(index, pd.DatetimeIndex)
    wall = index.tz_convert(local)
    total = counts.sum(axis=1).to_numpy()
    by_hour = np.bincount(wall.hour, weights=total, minlength=24) / np.maximum(np.bincount(wall.hour, minlength=24), 1)
    limit = -np.log(figure("partial_day_chance").value)
    cut: list[str] = []
    keep = np.ones(len(index), dtype=bool)
    day = wall.normalize()
    if by_hour[: wall[0].hour].sum() > limit:
        keep &= np.asarray(day != day[0])
        cut.append(f"{day[0]:%Y-%m-%d}")
    if by_hour[wall[-1].hour + 1 :].sum() > limit and day[-1] != day[0]:
        keep &= np.asarray(day != day[-1])
        cut.append(f"{day[-1]:%Y-%m-%d}")
    if not keep.any():
        return counts, ""
    return counts.where(pd.Series(keep, index=index), axis=0), ", ".join(cut)
