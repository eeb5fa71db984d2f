"""Files of counts: messages by hour or day and channel, read with their faults counted."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pandas as pd

from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.demand.gaps import find_gaps
from staffcalc.demand.history import History, gap_frame, local_slots
from staffcalc.demand.quality import Ledger, quality_notes, safe_cell, safe_headers
from staffcalc.demand.stamps import Settled, read_stamps, settle, zone
from staffcalc.demand.tabular import Table, find_column, read_table
from staffcalc.demand.vocabulary import fold, layouts, null_words
from staffcalc.errors import InputError


def read_volumes(
    path_or_frame: str | os.PathLike[str] | pd.DataFrame,
    *,
    timezone: str | None = None,
    day_first: bool | None = None,
    per: str = "message",
) -> History:
    """
    Read counts of messages by hour, quarter of an hour or day, and channel.

    Parameters
    ----------
    path_or_frame : path or DataFrame
        A CSV file (comma, semicolon or tab) or a frame with columns ``timestamp`` or ``date``, ``channel`` (optional)
        and ``messages``; a column ``timezone`` is used if there is one.
    timezone : str, optional
        IANA time zone. Needed where times carry no offset; days and hours of the week are read in it.
    day_first : bool, optional
        Whether 03/04/2026 is the third of April; needed only where the column does not settle it.
    per : str
        What the file counts: ``message`` or ``conversation``.

    Returns
    -------
    History
        ``counts`` (UTC hours by channels), ``quality``, ``notes``.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing, or the time zone is not known.

    Notes
    -----
    A file that writes zeros says when it was collecting: an hour it leaves out was not observed. A file without zeros
    leaves quiet hours out: they count as zero, and long silences are tested as gaps. Exact duplicates are dropped; of
    two different counts for one hour and channel the later row is kept. Do not use it for a log with one row per
    message: see :func:`staffcalc.read_messages`.

    Examples
    --------
    >>> import pandas as pd
    >>> hours = pd.date_range("2026-03-02", periods=336, freq="h", tz="UTC")
    >>> history = read_volumes(pd.DataFrame({"timestamp": hours, "channel": "chat", "messages": 2}))
    >>> history.counts.shape, history.weeks
    ((336, 1), 2.0)
    """
    if per not in ("message", "conversation"):
        raise InputError("not_one_of", name="per", value=str(per), known=["message", "conversation"])
    if timezone is not None:
        zone(timezone)
    if isinstance(path_or_frame, pd.DataFrame):
        table = Table(path_or_frame.reset_index(drop=True), "DataFrame")
    else:
        table = read_table(path_or_frame)
    return _history(table, timezone, day_first, per)


def _history(table: Table, timezone: str | None, day_first: bool | None, per: str) -> History:
    frame, source = table.frame, table.source
    words = layouts()["volumes"]
    columns = {role: find_column(frame, words[role]) for role in ("stamp", "channel", "messages", "timezone")}
    for role in ("stamp", "messages"):
        if columns[role] is None:
            raise InputError(
                "volume_column_missing", source=source, role=role, known=words[role][:6], found=safe_headers(frame)
            )
    if not len(frame):
        raise InputError("file_empty", source=source)
    ledger = Ledger(table.rows)
    ledger.add("malformed", table.malformed, "left_out", table.malformed_example)
    stamps = read_stamps(frame[columns["stamp"]], name=str(columns["stamp"]), day_first=day_first)
    counts, readable = _numbers(frame[columns["messages"]])
    names = _channel_names(frame, columns["channel"])
    zones = None if columns["timezone"] is None else frame[columns["timezone"]]
    _refuse_message_log(stamps.wall, source)
    settled = settle(stamps, timezone=timezone, zones=zones, source=source)
    work = pd.DataFrame(
        {"utc": settled.utc, "wall": stamps.wall, "twice": settled.twice, "channel": names, "messages": counts}
    )
    extra = [name for name in frame.columns if name not in columns.values()]
    for name in extra:
        work[f"extra {name}"] = frame[name].to_numpy()
    bad = stamps.unreadable | (~readable)
    ledger.add("malformed", int(bad.sum()), "left_out", _example(frame, bad, columns))
    missing = ~bad & (counts.isna() | stamps.missing)
    ledger.add("missing", int(missing.sum()), "not_observed", _example(frame, missing, columns))
    negative = ~bad & (counts < 0)
    ledger.add("negative", int(negative.sum()), "not_observed", _example(frame, negative, columns))
    bare = int((stamps.offset.isna() & stamps.wall.notna()).sum())
    ledger.add("no_timezone", bare, "read_as_timezone", str(timezone or ("column" if bare else "")))
    ledger.add("localised", stamps.foreign_months, "read")
    local_zone = timezone or _main_zone(zones)
    work.loc[negative, "messages"] = np.nan
    work = work[~bad & ~stamps.missing]
    if work.empty:
        raise InputError("no_rows_left", source=source, rows=table.rows)
    daily = not stamps.has_time and _is_daily(work)
    work = _without_duplicates(work, ledger)
    spread = spread_days(work, local_zone, aware=bare == 0) if daily else None
    counts_frame = _hours(work, ledger, source) if spread is None else spread
    counts_frame, closed = _fill_closed(counts_frame, local_zone)
    return finish(
        counts_frame,
        ledger,
        timezone=local_zone,
        resolution="daily" if daily else "hourly",
        per=per,
        settled=settled,
        given=timezone is not None,
        before=(Sentence("hours_never_listed", hours=closed),) if closed else (),
    )


def finish(
    counts: pd.DataFrame,
    ledger: Ledger,
    *,
    timezone: str,
    resolution: str,
    per: str,
    settled: Settled | None = None,
    given: bool = True,
    order: tuple[str, ...] = (),
    before: tuple[Sentence, ...] = (),
    continuous: bool = True,
    **more: Any,
) -> History:
    """Find collection gaps and partial days in hourly counts, take them out, and return the history with its doubts."""
    index = counts.index
    assert isinstance(index, pd.DatetimeIndex)
    notes: list[Sentence] = list(before)
    if not order:
        partial = _partial_hours(index, timezone) if resolution == "hourly" else 0
        ledger.add("partial_day", partial, "kept_as_observed_hours", "")
    slots, _, _ = local_slots(index, timezone)
    gaps = _gaps(counts, slots) if continuous else []
    inside = pd.DataFrame(False, index=counts.index, columns=counts.columns)
    for gap in gaps:
        names = list(counts.columns) if gap["channel"] == "all" else [gap["channel"]]
        inside.loc[(index >= gap["start"]) & (index < gap["end"]), names] = True
    counts = counts.mask(inside)
    hours = sum(int(gap["hours"]) for gap in gaps)
    ledger.add("collection_gap", hours, "taken_out_of_exposure", _gap_example(gaps), of=max(1, len(index)))
    for gap in gaps[:5]:
        start, end = (pd.Timestamp(gap[side]).tz_convert(timezone).to_pydatetime() for side in ("start", "end"))
        key = "gap_found" if gap["channel"] == "all" else "gap_found_channel"
        notes.append(
            Sentence(
                "gap_rows_missing" if not gap["messages"] and gap["channel"] == "all" else key,
                channel=gap["channel"],
                start=start,
                end=end,
                hours=gap["hours"],
                leaked=gap["messages"],
            )
        )
    if len(gaps) > 5:
        notes.append(Sentence("gaps_more", count=len(gaps) - 5))
    notes.extend(quality_notes(ledger))
    if settled is not None and settled.never.any():
        notes.append(Sentence("hours_that_never_were", count=int(settled.never.sum())))
    if not given and timezone == "UTC":
        notes.append(Sentence("timezone_is_utc"))
    assumptions: tuple[Assumption, ...] = ()
    if resolution == "daily":
        notes.append(Sentence("daily_counts"))
        assumptions = (
            Assumption(
                name="hour_profile",
                value="uniform",
                unit="text",
                source="judgement",
                status="assumption",
                note="daily counts say nothing about the hours of the day; spread evenly over the day",
            ),
        )
    return History(
        counts=counts,
        quality=ledger.frame(order),
        timezone=timezone,
        resolution=resolution,
        per=per,
        gaps=gap_frame(gaps),
        continuous=continuous,
        notes=tuple(notes),
        assumptions=assumptions,
        **more,
    )


def _gap_example(gaps: list[dict[str, Any]]) -> str:
    if not gaps:
        return ""
    gap = gaps[0]
    start, end = f"{gap['start']:%Y-%m-%d %H:%M}", f"{gap['end']:%Y-%m-%d %H:%M}"
    return f"{gap['channel']}: {start} to {end} UTC, {gap['messages']:.0f} messages"


def _gaps(counts: pd.DataFrame, slots: np.ndarray) -> list[dict[str, Any]]:
    """Return gaps of all channels together, then of single channels outside those."""
    index = counts.index
    total = counts.sum(axis=1, min_count=1).to_numpy(dtype=float)
    found: list[dict[str, Any]] = []
    taken = np.zeros(len(index), dtype=bool)

    def record(name: str, series: np.ndarray, start: int, end: int) -> None:
        found.append(
            {
                "channel": name,
                "start": index[start],
                "end": index[end - 1] + pd.Timedelta(hours=1),
                "hours": end - start,
                "messages": float(np.nansum(series[start:end])),
            }
        )

    empty = np.flatnonzero(np.isnan(total))
    for run in np.split(empty, np.flatnonzero(np.diff(empty) > 1) + 1):
        if len(run) and run[0] > 0 and run[-1] < len(index) - 1:
            record("all", total, int(run[0]), int(run[-1]) + 1)
    for start, end in find_gaps(total, slots):
        record("all", total, start, end)
        taken[start:end] = True
    if counts.shape[1] > 1:
        for name in counts.columns:
            series = counts[name].to_numpy(dtype=float).copy()
            series[taken] = np.nan
            if np.nansum(series) < 30:
                continue
            for start, end in find_gaps(series, slots, series=counts.shape[1]):
                record(str(name), series, start, end)
    return found


def _partial_hours(index: pd.DatetimeIndex, timezone: str) -> int:
    """Return the hours of a first or last local day that was seen only in part."""
    local = index.tz_convert(timezone)
    day = local.normalize()
    first = int((day == day[0]).sum()) if local[0].hour != 0 else 0
    return first + (int((day == day[-1]).sum()) if local[-1].hour != 23 else 0)


def _numbers(column: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return counts as floats, and whether each cell is a number or empty."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        values = column.astype(float).reset_index(drop=True)
        finite = pd.Series(np.isfinite(values) | values.isna())
        return values.where(finite), finite
    text = column.reset_index(drop=True).astype("object").map(lambda cell: "" if cell is None else str(cell).strip())
    empty = text.map(lambda cell: fold(cell) in null_words() or fold(cell) == "<na>")
    plain = text.where(~text.str.fullmatch(r"-?\d{1,3}([.,]\d{3})+"), text.str.replace(r"[.,]", "", regex=True))
    plain = plain.str.replace(",", ".", regex=False).where(~empty, "")
    values = pd.to_numeric(plain, errors="coerce")
    values = values.where(np.isfinite(values))
    return values, empty | values.notna()


def _channel_names(frame: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series("all", index=range(len(frame)), dtype="object")
    names = frame[column].reset_index(drop=True).astype("object")
    return names.map(lambda cell: "unknown" if cell is None or fold(cell) in null_words() else str(cell).strip())


def _main_zone(zones: pd.Series | None) -> str:
    if zones is not None:
        known = [str(name).strip() for name in zones.dropna() if fold(name) not in null_words()]
        if known:
            return max(sorted(set(known)), key=known.count)
    return "UTC"


def _refuse_message_log(wall: pd.Series, source: str) -> None:
    known = wall.dropna()
    odd = ((known.dt.minute % 15 != 0) | (known.dt.second != 0)).mean() if len(known) else 0.0
    if odd > 0.2:
        raise InputError("volumes_look_like_messages", source=source, share=float(odd))


def _is_daily(work: pd.DataFrame) -> bool:
    days = np.sort(work["wall"].dropna().unique())
    if len(days) > 2 and np.median(np.diff(days).astype("timedelta64[h]").astype(int)) > 24 * 3:
        raise InputError(
            "volumes_too_coarse", days=float(np.median(np.diff(days).astype("timedelta64[h]").astype(int)) / 24)
        )
    return True


def _without_duplicates(work: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Drop repeated rows; give the second of two rows in a repeated local hour to the second hour."""
    keys = ["utc", "channel"]
    again = work["twice"] & (work.groupby([*keys], sort=False).cumcount() == 1)
    whole_hour = work["twice"] & (work.groupby([*keys], sort=False)["utc"].transform("size") == 2)
    work = work.assign(utc=work["utc"].where(~again, work["utc"] + pd.Timedelta(hours=1)))
    single = work["twice"] & ~whole_hour & ~again
    if single.any() and (work["wall"].dt.minute == 0).all():
        half = work[single].assign(messages=work.loc[single, "messages"] / 2)
        later = half.assign(utc=half["utc"] + pd.Timedelta(hours=1))
        work = pd.concat([work[~single], half, later], ignore_index=True)
    extras = [name for name in work.columns if name.startswith("extra ")]
    exact = work.duplicated([*keys, "messages", *extras], keep="first")
    work = work[~exact]
    versions = 0
    if extras:
        work = work.groupby(keys, sort=False, as_index=False).agg(
            messages=("messages", lambda part: part.sum(min_count=1))
        )
    else:
        older = work.duplicated(keys, keep="last")
        versions = int(older.sum())
        work = work[~older]
    ledger.add("duplicate", int(exact.sum()) + versions, "dropped", "")
    return work[["utc", "channel", "messages"]]


def spread_days(work: pd.DataFrame, timezone: str, *, aware: bool) -> pd.DataFrame:
    """Spread daily counts evenly over the hours of each local day; a day that is left out was not observed."""
    utc = pd.DatetimeIndex(work["utc"]).tz_localize("UTC")
    local = utc if aware and timezone == "UTC" else utc.tz_convert(timezone)
    work = work.assign(day=local.tz_localize(None).normalize())
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
    hours = pd.date_range(edges[0].floor("h"), edges[-1].floor("h"), freq="h", inclusive="left")
    day_of = np.clip(edges.searchsorted(hours, side="right") - 1, 0, len(days) - 1)
    lengths = np.bincount(day_of, minlength=len(days))
    values = table.to_numpy(dtype=float)[day_of] / lengths[day_of][:, None]
    return pd.DataFrame(values, index=hours.rename("hour"), columns=pd.Index(table.columns, name=None))


def _fill_closed(counts: pd.DataFrame, timezone: str) -> tuple[pd.DataFrame, float]:
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


def _hours(work: pd.DataFrame, ledger: Ledger, source: str) -> pd.DataFrame:
    """Sum counts to UTC hours by channel and decide which absent hours are zero and which were not observed."""
    hour = work["utc"].dt.floor("h")
    minutes = np.sort(work["utc"].dt.minute.unique())
    step = int(np.gcd.reduce(np.append(minutes, 60))) or 60
    work = work.assign(hour=hour)
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
    for row in unknown.itertuples(index=False):
        table.loc[row.hour, row.channel] = np.nan
    table.index = pd.DatetimeIndex(span).tz_localize("UTC").rename("hour")
    table.columns = pd.Index([str(name) for name in table.columns])
    return table.astype(float)


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


def _example(frame: pd.DataFrame, rows: pd.Series, columns: dict[str, str | None]) -> str:
    """Return the time and count of the first row concerned; never other cells, which may hold text or names."""
    if not rows.any():
        return ""
    position = int(np.flatnonzero(rows.to_numpy())[0])
    cells = [safe_cell(frame[columns[role]].iloc[position]) for role in ("stamp", "messages")]
    return f"row {position + 1}: " + ", ".join(cells)
