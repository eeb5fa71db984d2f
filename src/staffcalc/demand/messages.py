"""Message, ticket and conversation logs: read with their traps counted, text and names dropped at the door."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from staffcalc._words import Sentence
from staffcalc.demand.cells import (
    directions,
    first_example,
    id_texts,
    is_hashable,
    is_sentinel,
    read_durations,
    short_codes,
    states,
)
from staffcalc.demand.history import History
from staffcalc.demand.layout import UNITS, Layout, find_layout
from staffcalc.demand.quality import Ledger
from staffcalc.demand.replies import COLUMNS, fill_clocks, local_end
from staffcalc.demand.schedule import Schedule, infer_schedule, local_minutes
from staffcalc.demand.stamps import read_stamps, settle, zone
from staffcalc.demand.tabular import Table, read_table
from staffcalc.demand.threads import link_threads
from staffcalc.demand.volumes import finish, spread_days
from staffcalc.demand.warehouse import is_engine_frame, is_large
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS, WeekHours
from staffcalc.reference.lookup import figure

CHECKS = (
    "sentinel_date", "no_timezone", "duplicate", "malformed", "batch_minute", "collection_gap", "partial_day",
    "open_ticket", "outbound", "internal", "schedule_inferred", "weekend_days", "localised",
)  # fmt: skip
"""The checks of an import, in the order of the quality table."""

_TIMES = ("created_at", "updated_at", "first_reply_at", "first_contact_at", "closed_at")


def read_messages(
    path_or_frame: str | os.PathLike[str] | Any,
    *,
    layout: str = "auto",
    timezone: str | None = None,
    columns: Mapping[str, str] | None = None,
    day_first: bool | None = None,
    unit: str | None = None,
    clock: str | None = None,
    opening: WeekHours | None = None,
    weekend: tuple[str, ...] = ("saturday", "sunday"),
    checks: bool = True,
    progress: bool = False,
) -> History:
    """
    Read a log of messages, tickets or conversations and count them by hour.

    Parameters
    ----------
    path_or_frame : path or frame
        CSV, TSV, XLSX, Parquet or JSON lines, or a frame, with one row a message or ticket. Files above 64 MB,
        folders and patterns of CSV or Parquet files, and Polars, PyArrow, DuckDB, Dask, PySpark or Ibis frames are
        counted where they are; reply times are not read from those.
    layout : str
        ``auto``, or the tool that wrote it, such as ``zendesk``, ``intercom``, ``front``, ``public_tweet_set``.
    timezone : str, optional
        IANA zone of times without an offset; days and hours of the week are read in it.
    columns : mapping of str to str, optional
        Header of a field where it cannot be found or two fit, such as ``{"created_at": "Opened"}``.
    day_first : bool, optional
        Whether 03/04/2026 is the third of April; needed only where the column does not settle it.
    unit : str, optional
        ``seconds``, ``minutes`` or ``hours`` of a reply time whose header does not say; ``ignore`` leaves reply times
        out.
    clock : str, optional
        ``calendar`` or ``business``, where a reply time does not say.
    opening : WeekHours, optional
        Opening hours behind business minutes, where they cannot be inferred.
    weekend : tuple of str
        Weekend days.
    checks : bool
        ``False`` counts hours only, in one pass where the log lies, whatever its size: repeats, batch minutes, open
        tickets and reply times are not looked for, and the answer says so. Times must be timestamps.
    progress : bool
        Show a bar while a large file is counted.

    Returns
    -------
    History
        ``counts``, ``quality``, ``notes``, ``replies``, ``schedule``, ``reply_share(within_hours=24)``, ``handling()``.

    Raises
    ------
    InputError
        If the file cannot be read, the layout, a date order, unit or clock is ambiguous, or the zone is unknown.

    Notes
    -----
    Only times, channel, thread links, direction, status, team and counts leave this function; text, subjects, names,
    addresses and handles are dropped as the rows are read. Where a row is a ticket, the history counts conversations;
    where it is a message, it counts inbound messages. Batch minutes are kept apart as scheduled work. Open tickets
    are unanswered so far.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "Created at": pd.date_range("2026-03-02", periods=500, freq="40min").astype(str),
    ...     "Via": "Web", "Status": "Solved", "First reply time in minutes": 90,
    ... })
    >>> history = read_messages(log, timezone="Europe/Istanbul")
    >>> history.per, float(history.reply_share(within_hours=2))
    ('conversation', 1.0)
    """
    if timezone is not None:
        zone(timezone)
    unknown = [day for day in weekend if day not in DAYS]
    if unknown:
        raise InputError("not_one_of", name="weekend", value=unknown[0], known=list(DAYS))
    is_path = isinstance(path_or_frame, (str, os.PathLike))
    if not checks or is_engine_frame(path_or_frame) or (is_path and is_large(path_or_frame)):
        from staffcalc.demand.large_logs import read_large

        return read_large(
            path_or_frame,
            layout=layout,
            timezone=timezone,
            columns=columns,
            weekend=weekend,
            progress=progress,
            checks=checks,
        )
    if isinstance(path_or_frame, pd.DataFrame):
        frame = path_or_frame.reset_index(drop=True)
        table = Table(frame.set_axis([str(name) for name in frame.columns], axis=1), "DataFrame")
    else:
        table = read_table(path_or_frame)
    if not len(table.frame):
        raise InputError("file_empty", source=table.source)
    found = find_layout(table.frame, source=table.source, layout=layout, columns=columns, unit=unit, clock=clock)
    ledger = Ledger(table.rows)
    for check in CHECKS:
        ledger.add(check, 0, "none")
    rows = _rows(table, found, ledger, timezone, day_first)
    local = timezone or "UTC"
    return _history(rows, found, ledger, local, opening=opening, weekend=weekend, given=timezone is not None)


def _rows(table: Table, found: Layout, ledger: Ledger, timezone: str | None, day_first: bool | None) -> pd.DataFrame:
    """Return one row a message or ticket: times, links, channel, direction, status, team, durations, nothing else."""
    frame, columns = table.frame, found.columns
    rows = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    ledger.add("malformed", table.malformed, "left_out", table.malformed_example)
    sentinel = pd.Series(False, index=rows.index)
    for field in _TIMES:
        if field not in columns:
            continue
        stamps = read_stamps(frame[columns[field]], name=columns[field], day_first=day_first)
        false_date = is_sentinel(stamps.wall)
        sentinel |= false_date
        bare = stamps.offset.isna() & stamps.wall.notna() & ~false_date
        stamps = dataclasses.replace(stamps, wall=stamps.wall.mask(false_date))
        settled = settle(stamps, timezone=timezone or found.zone, source=table.source)
        rows[field] = settled.utc
        if field == "created_at":
            ledger.add(
                "no_timezone", int(bare.sum()), "read_as_timezone", (timezone or found.zone or "") if bare.any() else ""
            )
            bad = stamps.wall.isna() & ~false_date
            ledger.add(
                "malformed", int(bad.sum()), "left_out", first_example(frame[columns[field]], bad, columns[field])
            )
            rows["lost"] = stamps.wall.isna()
            rows["wall"] = stamps.wall
            rows.attrs["daily"] = not stamps.has_time
            words = stamps.foreign_months
            ledger.add("localised", len(frame) if found.localised else words, "read")
    ledger.add("sentinel_date", int(sentinel.sum()), "treated_as_missing", "")
    rows["exact"] = frame.duplicated(keep="first").to_numpy() if is_hashable(frame) else False
    for field in ("message_id", "row_id", "conversation_id", "parent_id", "window_id"):
        if field in columns:
            rows[field] = id_texts(frame[columns[field]])
    rows["channel"] = short_codes(frame, columns.get("channel"), "all")
    rows["team"] = short_codes(frame, columns.get("team"), "")
    rows["status"] = states(frame, columns.get("status"))
    rows["direction"] = directions(frame, columns, rows["channel"], weights=None, filled=found.outbound_if_filled)
    for field in ("replies", "handle_time", "started_before"):
        if field in columns:
            rows[field] = read_durations(frame[columns[field]], table.delimiter)
    for duration in found.durations:
        minutes = read_durations(frame[duration.column], table.delimiter) * UNITS[duration.unit]
        rows[f"{duration.clock}_minutes"] = minutes.where(minutes >= 0)
    return rows


def _history(
    rows: pd.DataFrame,
    found: Layout,
    ledger: Ledger,
    local: str,
    *,
    opening: WeekHours | None,
    weekend: tuple[str, ...],
    given: bool,
) -> History:
    notes = list(found.notes)
    rows = rows[~rows["lost"]]
    if rows.empty:
        raise InputError("no_rows_left", source="log", rows=ledger.rows)
    rows = _without_duplicates(rows, found, ledger)
    everything = link_threads(rows) if found.kind == "messages" else rows
    outbound, internal = everything["direction"] == "outbound", everything["direction"] == "internal"
    ledger.add("outbound", int(outbound.sum()), "not_counted_as_arrivals", "")
    ledger.add("internal", int(internal.sum()), "not_counted_as_arrivals", "")
    inbound = everything[everything["direction"] == "inbound"]
    if inbound.empty:
        raise InputError("no_inbound", rows=len(everything))
    batch = _batch(inbound)
    ledger.add("batch_minute", int(batch.sum()), "kept_as_scheduled_work", _minute(inbound, batch))
    if found.kind == "tickets":
        ledger.add("open_ticket", int(_open(inbound).sum()), "unanswered_so_far", "")
    replies, schedule = _replies(inbound, found, local, ledger, opening)
    if schedule is not None:
        notes.append(
            Sentence(
                "schedule_found",
                days=[Sentence(f"term_{day}") for day in schedule.days],
                opens=schedule.open,
                closes=schedule.close,
                explained=schedule.explained,
                next_best=_next_share(schedule),
            )
        )
    elif {"calendar_hours", "business_hours"} <= set(replies) and replies["business_hours"].notna().any():
        notes.append(
            Sentence("business_minutes_only" if replies["calendar_hours"].isna().all() else "schedule_not_found")
        )
    notes.extend(_weekend(inbound[~batch], local, weekend, ledger))
    daily = bool(rows.attrs.get("daily")) and len(rows) > 2
    counts = _by_day(inbound, local, given) if daily else _hourly(inbound[~batch], rows)
    continuous = True
    if "window_id" in rows:
        counts, continuous = _windows(counts, rows), False
        notes.append(Sentence("log_in_windows", count=int(rows["window_id"].nunique())))
    starts = _starts(inbound[~batch], found, counts)
    if continuous and not daily:
        counts, cut = cut_partial_days(counts, local)
        inside = counts.notna().any(axis=1)
        hour = inbound.loc[~batch, "created_at"].dt.floor("h").dt.tz_localize("UTC")
        ledger.add("partial_day", int((~hour.isin(counts.index[inside])).sum()) if cut else 0, "cut", cut)
        counts = counts[inside]
    return finish(
        counts,
        ledger,
        timezone=local,
        resolution="daily" if daily else "hourly",
        per="conversation" if found.kind == "tickets" else "message",
        given=given,
        order=CHECKS,
        before=tuple(notes),
        continuous=continuous,
        replies=replies,
        schedule=schedule,
        starts=None if starts is None else starts.reindex(counts.index),
        layout=found.name,
        scheduled=_hourly(inbound[batch], inbound[batch]) if batch.any() else None,
        handled=_handling(everything, found),
    )


def _next_share(schedule: Schedule) -> float:
    return schedule.next_best.explained if schedule.next_best is not None else 0.0


def _without_duplicates(rows: pd.DataFrame, found: Layout, ledger: Ledger) -> pd.DataFrame:
    """Drop exact repeats, and older versions of one id and creation time; the newest or last row stays."""
    exact = rows["exact"].astype(bool)
    rows = rows[~exact]
    order = ("message_id", "row_id") if found.kind == "messages" else ("row_id", "conversation_id", "message_id")
    key = next((field for field in order if field in rows), None)
    older = 0
    if key is not None:
        if "updated_at" in rows:
            rows = rows.sort_values("updated_at", kind="stable", na_position="first")
        keys = [key, "created_at", *(["window_id"] if "window_id" in rows else [])]
        again = rows[key].notna() & rows.duplicated(keys, keep="last")
        older = int(again.sum())
        rows = rows[~again].sort_index()
    ledger.add("duplicate", int(exact.sum()) + older, "dropped", "")
    return rows.reset_index(drop=True)


def _batch(rows: pd.DataFrame) -> pd.Series:
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


def _minute(rows: pd.DataFrame, batch: pd.Series) -> str:
    if not batch.any():
        return ""
    return f"{rows.loc[batch, 'created_at'].iloc[0]:%Y-%m-%d %H:%M} UTC"


def _open(rows: pd.DataFrame) -> pd.Series:
    if (rows["status"] != "").any():
        return rows["status"] == "open"
    if "closed_at" in rows:
        return rows["closed_at"].isna()
    return pd.Series(False, index=rows.index)


def _replies(
    rows: pd.DataFrame, found: Layout, local: str, ledger: Ledger, opening: WeekHours | None
) -> tuple[pd.DataFrame, Schedule | None]:
    """Return one row a conversation with its first reply on both clocks, and the opening hours behind one of them."""
    if found.kind == "messages":
        rows = rows[rows["first_of_thread"]]
    start = rows["created_at"].dt.tz_localize("UTC").reset_index(drop=True)
    empty = pd.Series(np.nan, index=start.index)
    business = rows["business_minutes"].reset_index(drop=True) if "business_minutes" in rows else empty
    calendar = rows["calendar_minutes"].reset_index(drop=True) if "calendar_minutes" in rows else empty
    if "first_reply_at" in rows:
        measured = (rows["first_reply_at"] - rows["created_at"]).dt.total_seconds().reset_index(drop=True) / 60
        calendar = calendar.fillna(measured.where(measured >= 0))
    if "thread_reply_minutes" in rows:
        calendar = calendar.fillna(rows["thread_reply_minutes"].reset_index(drop=True))
    answered = calendar.notna() | business.notna()
    replies = pd.DataFrame(
        {
            "start": start,
            "channel": rows["channel"].to_numpy(),
            "team": rows["team"].to_numpy(),
            "calendar_hours": calendar / 60,
            "business_hours": business / 60,
            "answered": answered,
            "open": _open(rows).to_numpy(),
        }
    )[list(COLUMNS)]
    wall = start.dt.tz_convert(local).dt.tz_localize(None).to_numpy()
    both = calendar.notna() & business.notna()
    schedule = None
    if both.sum() >= 20:
        minutes = calendar[both].to_numpy(dtype=float)
        ends = local_end(start[both], minutes / 60, local)
        told = np.asarray(business[both], dtype=float)
        schedule = infer_schedule(local_minutes(wall[both]), ends, told)
        if schedule is not None:
            example = f"{schedule}; next best: {schedule.next_best}"
            ledger.add(
                "schedule_inferred",
                round(schedule.explained * len(told)),
                "opening_hours_inferred",
                example,
                of=int(both.sum()),
            )
    hours = opening if opening is not None else (schedule.week_hours if schedule is not None else None)
    return fill_clocks(replies, wall, local, hours), schedule


def _weekend(rows: pd.DataFrame, local: str, weekend: tuple[str, ...], ledger: Ledger) -> list[Sentence]:
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


def _hourly(rows: pd.DataFrame, span_of: pd.DataFrame) -> pd.DataFrame:
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


def _by_day(rows: pd.DataFrame, local: str, given: bool) -> pd.DataFrame:
    """Count rows by local day where the log has dates only, and spread them over the day."""
    work = pd.DataFrame({"utc": rows["created_at"], "wall": rows["wall"], "channel": rows["channel"], "messages": 1.0})
    return spread_days(work, local, aware=not given)


def _starts(rows: pd.DataFrame, found: Layout, counts: pd.DataFrame) -> pd.DataFrame | None:
    """Return conversation starts by hour and channel, where a row is a message."""
    if found.kind != "messages":
        return None
    first = rows[rows["first_of_thread"]]
    if first.empty:
        return None
    table = pd.crosstab(first["created_at"].dt.floor("h").dt.tz_localize("UTC"), first["channel"])
    return table.reindex(index=counts.index, columns=counts.columns, fill_value=0).astype(float).where(counts.notna())


def _windows(counts: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
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


def _handling(rows: pd.DataFrame, found: Layout) -> pd.DataFrame:
    """Return what handling a conversation took, by channel: handle minutes, replies, inbound messages."""
    parts = []
    if "handle_time" in rows:
        parts.append(
            rows.loc[rows["handle_time"] > 0, ["channel"]].assign(measure="handle_time", value=rows["handle_time"])
        )
    if "replies" in rows:
        parts.append(rows[["channel"]].assign(measure="replies_per_conversation", value=rows["replies"]))
    if found.kind == "messages" and "thread" in rows:
        groups = rows[rows["thread"].notna()].groupby("thread")
        channel = groups["channel"].first().to_numpy()
        for measure, direction in (("replies_per_conversation", "outbound"), ("messages_per_conversation", "inbound")):
            value = (rows["direction"] == direction).astype(float).groupby(rows["thread"]).sum().to_numpy()
            parts.append(pd.DataFrame({"channel": channel, "measure": measure, "value": value}))
    if not parts:
        return pd.DataFrame(columns=["channel", "measure", "value"])
    return pd.concat(parts, ignore_index=True).dropna()
