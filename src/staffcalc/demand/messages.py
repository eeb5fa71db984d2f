"""Message, ticket and conversation logs: read with their traps counted, text and names dropped at the door."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from staffcalc._checks import given, one_of, switch
from staffcalc.demand.clock_columns import join_clock
from staffcalc.demand.history import History
from staffcalc.demand.layout import find_layout
from staffcalc.demand.log_history import CHECKS, log_history
from staffcalc.demand.log_rows import read_rows
from staffcalc.demand.open_table import open_table
from staffcalc.demand.quality import Ledger
from staffcalc.demand.warehouse import is_engine_frame, is_large
from staffcalc.demand.zones import zone
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS, WeekHours


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
        counted where they are, first replies by whole minute.
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
    days = _weekend_days(weekend)
    checks = switch("checks", checks)
    day_first = None if day_first is None else switch("day_first", day_first)
    if columns is not None and not isinstance(columns, Mapping):
        raise InputError("channels_not_mapping", name="columns", value=type(columns).__name__)
    if opening is not None and given("opening", opening, WeekHours, maker="WeekHours").hours_per_week <= 0:
        raise InputError("opening_never")
    is_path = isinstance(path_or_frame, (str, os.PathLike))
    if not checks or is_engine_frame(path_or_frame) or (is_path and is_large(path_or_frame)):
        from staffcalc.demand.large_logs import read_large

        return read_large(
            path_or_frame,
            layout=layout,
            timezone=timezone,
            columns=columns,
            unit=unit,
            clock=clock,
            weekend=days,
            progress=progress,
            checks=checks,
        )
    table, joined = join_clock(open_table(path_or_frame))
    found = find_layout(table.frame, source=table.source, layout=layout, columns=columns, unit=unit, clock=clock)
    ledger = Ledger(table.rows)
    for check in CHECKS:
        ledger.add(check, 0, "none")
    rows, doubts = read_rows(table, found, ledger, timezone, day_first)
    place = timezone or rows.attrs["zone"]
    return log_history(rows, found, ledger, place, before=[*joined, *doubts], opening=opening, weekend=days)


def _weekend_days(weekend: tuple[str, ...] | str) -> tuple[str, ...]:
    """Return weekend days; a single name is one day."""
    days = (weekend,) if isinstance(weekend, str) else weekend
    if not isinstance(days, (tuple, list, set, frozenset)):
        raise InputError("not_one_of", name="weekend", value=str(weekend), known=list(DAYS))
    return tuple(one_of("weekend", day, DAYS) for day in days)
