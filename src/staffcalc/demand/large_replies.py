"""First replies of logs that are counted where they lie: tallied by whole minute, so that a small table comes back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from staffcalc.demand.layout import UNITS, Layout

FIRST_YEAR = 1990
"""Times before this year are sentinels, such as 1970-01-01."""


def tally_replies(native: Any, found: Layout, sides: dict[str, list[str]], *, repeats: bool) -> pd.DataFrame | None:
    """
    Count conversations by clock, channel, direction, team and minutes to the first reply, in the engine of the log.

    Parameters
    ----------
    native : frame
        A frame that narwhals knows, lazy or not.
    found : Layout
        Headers of the fields.
    sides : mapping of str to list of str
        Written values of the direction that mean ``outbound`` and ``internal``.
    repeats : bool
        Whether ids repeat; then each id counts once, with its longest reply time.

    Returns
    -------
    DataFrame or None
        Columns clock, channel, direction, team, minutes (missing where unanswered), n; None where the log has no
        reply columns that the engine holds as numbers or times, and no conversation id with a direction.

    Notes
    -----
    Minutes are rounded up, so a share within whole minutes is exact.
    """
    import narwhals as nw

    frame = nw.from_native(native).lazy()
    schema, columns = frame.collect_schema(), found.columns
    created = nw.col(columns["created_at"])
    frame = frame.filter(created.dt.year() >= FIRST_YEAR)
    if found.kind == "messages":
        if not {"conversation_id", "direction"} <= set(columns):
            return None
        return _back(_threads(frame, columns, sides).with_columns(clock=nw.lit("calendar")), ("clock", "channel"))
    clocks: dict[str, Any] = {}
    for duration in found.durations:
        if schema[duration.column].is_numeric():
            clocks.setdefault(duration.clock, nw.col(duration.column) * UNITS[duration.unit])
    reply = columns.get("first_reply_at")
    if "calendar" not in clocks and reply is not None and schema[reply] == schema[columns["created_at"]]:
        clocks["calendar"] = _elapsed(frame, nw.col(reply), created)
    if not clocks:
        return None
    order = ("row_id", "conversation_id", "message_id")
    key = next((columns[field] for field in order if field in columns), None)
    kinds = [field for field in ("channel", "direction", "team") if field in columns]
    picked = {field: nw.col(columns[field]).cast(nw.String) for field in kinds}
    if key is not None and repeats:
        picked |= {"key": nw.col(key), "at": created}
    frame = frame.select(**picked, **{clock: _whole(minutes) for clock, minutes in clocks.items()})
    if key is not None and repeats:
        frame = frame.filter(~nw.col("key").is_null())
        frame = frame.group_by(*kinds, "key", "at").agg(*(nw.col(clock).max() for clock in clocks))
    parts = [
        _back(frame.select(*kinds, minutes=nw.col(clock)).with_columns(clock=nw.lit(clock)), ("clock", *kinds))
        for clock in clocks
    ]
    return pd.concat(parts, ignore_index=True)


def _elapsed(frame: Any, later: Any, earlier: Any) -> Any:
    """Return the minutes between two times, in whole seconds; by the calendar for Spark, which subtracts none."""
    if frame.implementation.is_spark_like():
        return (_seconds(later) - _seconds(earlier)).floor() / 60
    return (later - earlier).dt.total_seconds() / 60


def _seconds(moment: Any) -> Any:
    """Return the seconds from a fixed day to a moment on the clock of the session, which is UTC. [s]"""
    past = moment.dt.year() - 1
    days = past * 365 + past // 4 - past // 100 + past // 400 + moment.dt.ordinal_day()
    hours = days * 24 + moment.dt.hour()
    return (hours * 60 + moment.dt.minute()) * 60 + moment.dt.second() + moment.dt.microsecond() / 1_000_000


def _whole(minutes: Any) -> Any:
    """Return minutes rounded up, missing where they are negative or no number."""
    import narwhals as nw

    minutes = minutes.cast(nw.Float64)
    return nw.when(minutes.is_finite() & (minutes >= 0)).then(minutes.ceil())


def _threads(frame: Any, columns: Any, sides: dict[str, list[str]]) -> Any:
    """Return one row a conversation opened from outside: channel, and minutes to the first outbound message."""
    import narwhals as nw

    direction = nw.col(columns["direction"]).cast(nw.String).fill_null("")
    outbound = direction.is_in(sides["outbound"])
    inbound = ~outbound & ~direction.is_in(sides["internal"])
    created = nw.col(columns["created_at"])
    channel = nw.col(columns["channel"]).cast(nw.String) if "channel" in columns else nw.lit("all")
    frame = frame.select(
        thread=nw.col(columns["conversation_id"]),
        channel=channel,
        asked=nw.when(inbound).then(created),
        told=nw.when(outbound).then(created),
    )
    frame = frame.filter(~nw.col("thread").is_null())
    talks = frame.group_by("thread").agg(nw.col("channel").min(), nw.col("asked").min(), nw.col("told").min())
    opened = ~nw.col("asked").is_null() & (nw.col("told").is_null() | (nw.col("told") >= nw.col("asked")))
    waited = _elapsed(talks, nw.col("told"), nw.col("asked"))
    return talks.filter(opened).select("channel", minutes=_whole(waited))


def _back(frame: Any, keys: tuple[str, ...]) -> pd.DataFrame:
    """Count rows by keys and minutes, and bring the counts home as pandas."""
    import narwhals as nw

    table: pd.DataFrame = frame.group_by(*keys, "minutes").agg(nw.len().alias("n")).collect("pandas").to_native()
    table = table.reset_index(drop=True)
    return table.assign(n=table["n"].astype(np.int64), minutes=table["minutes"].astype(np.float64))
