"""Counts on a grid of UTC hours: which absent hours are zero, which closed, and which were not observed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from staffcalc.demand.history import local_slots
from staffcalc.demand.quality import Ledger
from staffcalc.errors import InputError


def hour_table(work: pd.DataFrame, ledger: Ledger, source: str, timezone: str) -> pd.DataFrame:
    """
    Sum counts to UTC hours by channel and decide which absent hours are zero and which were not observed.

    Notes
    -----
    In zones that are off by part of an hour a count of a whole local hour goes to the UTC hour that starts in it.
    """
    local = work["utc"].dt.tz_localize("UTC").dt.tz_convert(timezone)
    minutes = np.sort(local.dt.minute.unique())
    step = int(np.gcd.reduce(np.append(minutes, 60))) or 60
    work = work.assign(hour=work["utc"].dt.ceil("h") if step == 60 else work["utc"].dt.floor("h"))
    unknown = work.loc[work["messages"].isna(), ["hour", "channel"]].drop_duplicates()
    table = work.pivot_table(
        index="hour", columns="channel", values="messages", aggfunc="sum", sort=False, dropna=False
    )
    span = pd.date_range(table.index.min(), table.index.max(), freq="h")
    if len(span) > 24 * 366 * 30:
        raise InputError("span_too_long", source=source, start=table.index.min().date(), end=table.index.max().date())
    seen = work.groupby(["hour", "channel"]).size().unstack()  # noqa: PD010
    seen = seen.reindex(index=table.index, columns=table.columns)
    table = _fill_sparse(table.reindex(span), work)
    if step < 60 and (work["messages"] == 0).any():
        part = seen.reindex(span) < 60 // step
        ledger.add("missing", int((part & seen.reindex(span).notna()).sum().sum()), "not_observed", "")
        table = table.mask(part)
    values = table.to_numpy(dtype=float, copy=True)
    values[
        table.index.get_indexer(pd.Index(unknown["hour"])), table.columns.get_indexer(pd.Index(unknown["channel"]))
    ] = np.nan
    table = pd.DataFrame(values, index=table.index, columns=table.columns)
    table.index = pd.DatetimeIndex(span).tz_localize("UTC").rename("hour")
    table.columns = pd.Index([str(name) for name in table.columns])
    return table.astype(float)


def spread_days(work: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """Spread daily counts evenly over the hours of each local day as it is written; a day left out was not observed."""
    work = work.assign(day=work["wall"].dt.normalize())
    table = work.pivot_table(index="day", columns="channel", values="messages", aggfunc="sum", sort=False, dropna=False)
    work["known"] = work["messages"].notna()
    observed = work.pivot_table(index="day", columns="channel", values="known", aggfunc="all", sort=False)
    table = table.where(observed.reindex_like(table).fillna(False).astype(bool)).sort_index()
    days = pd.date_range(table.index.min(), table.index.max(), freq="D")
    table = _fill_sparse(table.reindex(days), work)
    edges = (
        pd.DatetimeIndex([*days, days[-1] + pd.Timedelta(days=1)])
        .tz_localize(timezone, ambiguous=np.ones(len(days) + 1, dtype=bool), nonexistent="shift_forward")
        .tz_convert("UTC")
    )
    hours = pd.date_range(edges[0].ceil("h"), edges[-1].ceil("h"), freq="h", inclusive="left")
    day_of = np.clip(edges.searchsorted(hours, side="right") - 1, 0, len(days) - 1)
    lengths = np.bincount(day_of, minlength=len(days))
    values = table.to_numpy(dtype=float)[day_of] / lengths[day_of][:, None]
    return pd.DataFrame(values, index=hours.rename("hour"), columns=pd.Index(table.columns, name=None))


def _fill_sparse(table: pd.DataFrame, work: pd.DataFrame) -> pd.DataFrame:
    """Fill absent cells with zero on channels whose rows never say zero."""
    zeros = work.loc[work["messages"] == 0, "channel"].unique()
    share = table.isna().mean()
    sparse = [name for name in table.columns if name not in zeros and share[name] > 0]
    if not len(zeros) or sparse:
        table = table.copy()
        for name in sparse:
            table[name] = table[name].fillna(0.0)
    return table


def fill_closed(counts: pd.DataFrame, timezone: str) -> tuple[pd.DataFrame, float]:
    """Fill hours of the week that a channel never lists, in two weeks or more, with zero: they are closed, not lost."""
    index = counts.index
    assert isinstance(index, pd.DatetimeIndex)
    if len(index) < 336:
        return counts, 0.0
    slots, _, _ = local_slots(index, timezone)
    values = counts.to_numpy(dtype=float, copy=True)
    closed = 0
    for column in range(values.shape[1]):
        listed = np.bincount(slots, ~np.isnan(values[:, column]), minlength=168) > 0
        if listed.any() and not listed.all():
            closed = max(closed, int((~listed).sum()))
            values[~listed[slots] & np.isnan(values[:, column]), column] = 0.0
    filled = pd.DataFrame(values, index=index, columns=counts.columns) if closed else counts
    return filled, float(closed)
