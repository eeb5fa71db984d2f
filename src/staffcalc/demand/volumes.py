"""Files of counts: messages by hour or day and channel, read with their faults counted."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd

from staffcalc._checks import one_of, switch
from staffcalc._words import Sentence
from staffcalc.demand.assembly import finish
from staffcalc.demand.cells import flat
from staffcalc.demand.clock_columns import join_clock, unfold_hours
from staffcalc.demand.history import History
from staffcalc.demand.hour_grid import fill_closed, hour_table, spread_days
from staffcalc.demand.open_table import open_table
from staffcalc.demand.quality import Ledger, safe_cell, safe_headers
from staffcalc.demand.stamps import read_stamps
from staffcalc.demand.tabular import Table, find_column
from staffcalc.demand.vocabulary import fold, layouts, null_words
from staffcalc.demand.written_numbers import read_numbers
from staffcalc.demand.zones import settle, zone
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
    one_of("per", per, ("message", "conversation"))
    day_first = None if day_first is None else switch("day_first", day_first)
    if timezone is not None:
        zone(timezone)
    table, doubts = unfold_hours(open_table(path_or_frame))
    table, joined = join_clock(table)
    doubts += joined
    return _history(table, timezone, day_first, per, doubts)


def _history(table: Table, timezone: str | None, day_first: bool | None, per: str, before: list[Sentence]) -> History:
    frame, source = table.frame, table.source
    words = layouts()["volumes"]
    frame, doubts = _one_count_a_row(frame, words)
    doubts = [*before, *doubts]
    columns = {role: find_column(frame, words[role]) for role in ("stamp", "channel", "messages", "timezone")}
    for role in ("stamp", "messages"):
        if columns[role] is None:
            raise InputError(
                "volume_column_missing", source=source, role=role, known=words[role][:6], found=safe_headers(frame)
            )
    ledger = Ledger(len(frame) + table.malformed)
    ledger.add("malformed", table.malformed, "left_out", table.malformed_example)
    stamps = read_stamps(frame[columns["stamp"]], name=str(columns["stamp"]), day_first=day_first)
    counts, readable = read_numbers(frame[columns["messages"]])
    fractions = int((counts % 1 > 0).sum())
    if fractions:
        doubts.append(Sentence("counts_with_fractions", count=fractions))
    names = _channel_names(frame, columns["channel"])
    zones = None if columns["timezone"] is None else frame[columns["timezone"]]
    _refuse_message_log(stamps.wall, source)
    local_zone = timezone or _main_zone(zones) or stamps.zone or "UTC"
    settled = settle(stamps, timezone=timezone, zones=zones, source=source)
    work = pd.DataFrame(
        {"utc": settled.utc, "wall": stamps.wall, "twice": settled.twice, "channel": names, "messages": counts}
    )
    for name in frame.columns:
        if name not in columns.values():
            work[f"extra {name}"] = flat(frame[name])
    bad = stamps.unreadable | (~readable)
    ledger.add("malformed", int(bad.sum()), "left_out", _example(frame, bad, columns))
    missing = ~bad & (counts.isna() | stamps.missing)
    ledger.add("missing", int(missing.sum()), "not_observed", _example(frame, missing, columns))
    negative = ~bad & (counts < 0)
    ledger.add("negative", int(negative.sum()), "not_observed", _example(frame, negative, columns))
    bare = int((stamps.offset.isna() & stamps.wall.notna()).sum())
    ledger.add("no_timezone", bare, "read_as_timezone", str(timezone or ("column" if bare else "")))
    ledger.add("localised", stamps.foreign_months, "read")
    work.loc[negative, "messages"] = np.nan
    work = work[~bad & ~stamps.missing]
    if work.empty:
        raise InputError("no_rows_left", source=source, rows=table.rows)
    daily = not stamps.has_time and _is_daily(work)
    work = _without_duplicates(work, ledger)
    counts_frame = spread_days(work, local_zone) if daily else hour_table(work, ledger, source, local_zone)
    counts_frame, closed = fill_closed(counts_frame, local_zone)
    return finish(
        counts_frame,
        ledger,
        timezone=local_zone,
        resolution="daily" if daily else "hourly",
        per=per,
        settled=settled,
        given=timezone is not None or stamps.zone is not None,
        before=(*doubts, *([Sentence("hours_never_listed", hours=closed)] if closed else [])),
    )


def _one_count_a_row(frame: pd.DataFrame, words: dict[str, list[str]]) -> tuple[pd.DataFrame, list[Sentence]]:
    """Turn a table with one column a channel into one row a count; a column that is a total is left."""
    stamp, zones = find_column(frame, words["stamp"]), find_column(frame, words["timezone"])
    known = any(find_column(frame, words[role]) for role in ("messages", "channel"))
    names = [str(name) for name in frame.columns if name not in (stamp, zones)]
    if stamp is None or known or len(names) < 2:
        return frame, []
    read = {name: read_numbers(frame[name]) for name in names}
    if not all(readable.all() for _, readable in read.values()):
        return frame, []
    counts = pd.DataFrame({name: values for name, (values, _) in read.items()})
    whole = counts.sum(axis=1)
    sums = [name for name in names if fold(name) in {fold(word) for word in words["total"]}]
    if not sums and len(names) > 2:
        sums = [name for name in names if np.allclose(counts[name], whole - counts[name])]
    kept = [name for name in names if name not in sums] if len(sums) == 1 else names
    beside = [name for name in (stamp, zones) if name is not None]
    long = frame[beside].join(counts[kept]).melt(beside, kept, "channel", "messages")
    return long, [Sentence("one_column_a_channel", names=kept)]


def _channel_names(frame: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series("all", index=range(len(frame)), dtype="object")
    names = flat(frame[column])
    return names.map(lambda cell: "unknown" if cell is None or fold(cell) in null_words() else str(cell).strip())


def _main_zone(zones: pd.Series | None) -> str | None:
    if zones is not None:
        known = [str(name).strip() for name in zones.dropna() if fold(name) not in null_words()]
        if known:
            return max(sorted(set(known)), key=known.count)
    return None


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
            messages=("messages", lambda part: part.sum(min_count=1)), wall=("wall", "first")
        )
    else:
        older = work.duplicated(keys, keep="last")
        versions = int(older.sum())
        work = work[~older]
    ledger.add("duplicate", int(exact.sum()) + versions, "dropped", "")
    return work[["utc", "wall", "channel", "messages"]]


def _example(frame: pd.DataFrame, rows: pd.Series, columns: dict[str, str | None]) -> str:
    """Return the time and count of the first row concerned; never other cells, which may hold text or names."""
    if not rows.any():
        return ""
    position = int(np.flatnonzero(rows.to_numpy())[0])
    cells = [safe_cell(frame[columns[role]].iloc[position]) for role in ("stamp", "messages")]
    return f"row {position + 1}: " + ", ".join(cells)
