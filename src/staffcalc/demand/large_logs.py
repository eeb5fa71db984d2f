"""Histories from hour counts that an engine brought back: the same checks, on counts instead of rows."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from staffcalc._words import Sentence
from staffcalc.demand.assembly import finish
from staffcalc.demand.cells import directions, is_sentinel, short_codes, states
from staffcalc.demand.history import History
from staffcalc.demand.large_replies import tally_replies
from staffcalc.demand.layout import CLOCKS, Layout, find_layout
from staffcalc.demand.log_history import CHECKS
from staffcalc.demand.quality import Ledger
from staffcalc.demand.stamps import Stamps
from staffcalc.demand.tally import cut_partial_days
from staffcalc.demand.warehouse import Counted, count_hours, headers_of, open_files
from staffcalc.demand.zones import settle
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS
from staffcalc.reference.lookup import figure


def read_large(
    source: str | os.PathLike[str] | Any,
    *,
    layout: str,
    timezone: str | None,
    columns: Mapping[str, str] | None,
    unit: str | None,
    clock: str | None,
    weekend: tuple[str, ...],
    progress: bool,
    checks: bool,
) -> History:
    """Count a log where it lives and return its history; see :func:`staffcalc.read_messages`."""
    unit = unit if checks else "ignore"
    if isinstance(source, (str, os.PathLike)):
        name = Path(source).name
        with open_files(source, progress=progress) as (relation, connection):
            found = _layout(list(relation.columns), name, layout, columns, unit, clock)
            counted = count_hours(relation, found, connection=connection, checks=checks)
            replies = _replies(relation, found, counted) if checks else None
    else:
        name = type(source).__name__
        found = _layout(headers_of(source), name, layout, columns, unit, clock)
        counted = count_hours(source, found, checks=checks)
        replies = _replies(source, found, counted) if checks else None
    history = _history(counted, found, name, timezone, weekend, replies)
    return history if checks else _unchecked(history)


def _replies(source: Any, found: Layout, counted: Counted) -> pd.DataFrame | None:
    """Return the table of replies, one row a minute of waiting with its conversations; None where there are none."""
    hours = counted.hours
    sides: dict[str, list[str]] = {}
    if "direction" in found.columns:
        known = hours.groupby("direction")["n"].sum().reset_index()
        none, weights = pd.Series("", index=known.index), known["n"].to_numpy()
        side = directions(known, {"direction": "direction"}, none, weights=weights, filled=None)
        sides = {name: [str(word) for word in known["direction"][side == name]] for name in ("outbound", "internal")}
    tally = tally_replies(source, found, sides, repeats=bool(hours["repeated"].sum()))
    if tally is None or not len(tally):
        return None
    tally = tally.reset_index(drop=True)
    channel = short_codes(tally, "channel" if "channel" in tally else None, "all")
    headers = {"direction": "direction"} if "direction" in tally else {}
    inbound = directions(tally, headers, channel, weights=tally["n"].to_numpy(), filled=None) == "inbound"
    table = pd.DataFrame({"channel": channel, "team": short_codes(tally, "team" if "team" in tally else None, "")})
    for clock in CLOCKS:
        table[f"{clock}_hours"] = (tally["minutes"] / 60).where(tally["clock"] == clock)
    table = table.assign(answered=tally["minutes"].notna(), clock=tally["clock"], conversations=tally["n"])
    return table[inbound.to_numpy()].reset_index(drop=True)


_NOT_MADE = ("duplicate", "batch_minute", "open_ticket", "schedule_inferred")
"""The checks that need more than hour counts."""


def _unchecked(history: History) -> History:
    """Say in the quality table and in a note which checks were not made, so that their zeros are not believed."""
    quality = history.quality.copy()
    quality.loc[quality["check"].isin(_NOT_MADE), "action"] = "not_checked"
    names = [Sentence(f"term_{check}") for check in _NOT_MADE]
    return dataclasses.replace(
        history, quality=quality, notes=(Sentence("checks_not_made", checks=names), *history.notes)
    )


def _layout(
    headers: list[str],
    name: str,
    layout: str,
    columns: Mapping[str, str] | None,
    unit: str | None,
    clock: str | None,
) -> Layout:
    frame = pd.DataFrame(columns=headers)
    return find_layout(frame, source=name, layout=layout, columns=columns, unit=unit, clock=clock)


def _history(
    counted: Counted,
    found: Layout,
    name: str,
    timezone: str | None,
    weekend: tuple[str, ...],
    replies: pd.DataFrame | None,
) -> History:
    ledger = Ledger(counted.rows + counted.malformed)
    for check in CHECKS:
        ledger.add(check, 0, "none")
    hours = counted.hours
    wall = pd.to_datetime(hours["hour"])
    zoned = counted.zoned
    wall = (wall.dt.tz_convert("UTC").dt.tz_localize(None) if wall.dt.tz is not None else wall).astype("datetime64[us]")
    false_date = is_sentinel(wall)
    ledger.add("sentinel_date", int(hours.loc[false_date, "n"].sum()), "treated_as_missing", "")
    lost = int(hours.loc[wall.isna(), "n"].sum())
    ledger.add("malformed", counted.malformed + lost, "left_out", "")
    known = wall.notna() & ~false_date
    if not known.any():
        raise InputError("no_rows_left", source=name, rows=counted.rows)
    offset = pd.Series(0.0 if zoned else np.nan, index=wall.index)
    none = pd.Series(False, index=wall.index)
    stamps = Stamps(wall.where(known), offset, none, none, has_time=True, day_first=None, foreign_months=0)
    utc = settle(stamps, timezone=timezone or found.zone, source=name).utc
    bare = 0 if zoned else int(hours.loc[known, "n"].sum())
    ledger.add("no_timezone", bare, "read_as_timezone", timezone or found.zone or "")
    ledger.add("localised", counted.rows if found.localised else 0, "read", "")
    frame = pd.DataFrame({"utc": utc, "n": hours["n"] - hours["repeated"], "repeated": hours["repeated"], "wall": wall})
    frame["channel"] = short_codes(hours, "channel" if "channel" in found.columns else None, "all")
    headers = {"direction": "direction"} if "direction" in hours else {}
    frame["direction"] = directions(hours, headers, frame["channel"], weights=hours["n"].to_numpy(), filled=None)
    frame = frame[known]
    ledger.add("duplicate", int(frame["repeated"].sum()), "dropped", "")
    for word in ("outbound", "internal"):
        ledger.add(word, int(frame.loc[frame["direction"] == word, "n"].sum()), "not_counted_as_arrivals", "")
    if found.kind == "tickets" and len(counted.states):
        kind = states(counted.states, "status")
        ledger.add("open_ticket", _less_repeats(counted.states[kind == "open"]), "unanswered_so_far", "")
    inbound = frame[frame["direction"] == "inbound"]
    if inbound.empty:
        raise InputError("no_inbound", rows=len(frame))
    local = timezone or "UTC"
    counts = _pivot(inbound)
    _take_out_batches(counts, counted, found, inbound, ledger)
    days = inbound["utc"].dt.tz_localize("UTC").dt.tz_convert(local).dt.day_of_week
    off = int(inbound.loc[days.isin([DAYS.index(day) for day in weekend]), "n"].sum())
    ledger.add("weekend_days", off, "weekend_as_given", ", ".join(weekend), of=max(1, int(inbound["n"].sum())))
    counts, cut = cut_partial_days(counts, local)
    inside = counts.notna().any(axis=1)
    hour = inbound["utc"].dt.tz_localize("UTC")
    outside = ~hour.isin(counts.index[inside])
    ledger.add("partial_day", int(inbound.loc[outside, "n"].sum()) if cut else 0, "cut", cut)
    return finish(
        counts[inside],
        ledger,
        timezone=local,
        resolution="hourly",
        per="conversation" if found.kind == "tickets" else "message",
        given=timezone is not None,
        order=CHECKS,
        before=(*found.notes, Sentence("large_log" if replies is None else "large_log_replies", rows=counted.rows)),
        replies=replies,
        layout=found.name,
    )


def _less_repeats(frame: pd.DataFrame) -> int:
    return int(frame["n"].sum() - frame["repeated"].sum())


def _pivot(inbound: pd.DataFrame) -> pd.DataFrame:
    hour = inbound["utc"].dt.floor("h")
    span = pd.date_range(hour.min(), hour.max(), freq="h")
    if len(span) > 24 * 366 * 30:
        raise InputError("span_too_long", source="log", start=span[0].date(), end=span[-1].date())
    codes, names = pd.factorize(inbound["channel"].astype("object"), sort=True)
    values = np.zeros((len(span), len(names)))
    np.add.at(values, (span.get_indexer(pd.DatetimeIndex(hour)), codes), inbound["n"].to_numpy(dtype=float))
    table = pd.DataFrame(values, columns=pd.Index([str(name) for name in names]))
    table.index = pd.DatetimeIndex(span).tz_localize("UTC").rename("hour")
    return table


def _take_out_batches(
    counts: pd.DataFrame, counted: Counted, found: Layout, inbound: pd.DataFrame, ledger: Ledger
) -> None:
    """Take rows of batch minutes out of the hour counts; the rule is that of the small import."""
    minutes = counted.minutes
    if minutes.empty:
        return
    channel = short_codes(minutes, "channel" if "channel" in found.columns else None, "all")
    headers = {"direction": "direction"} if "direction" in minutes else {}
    direction = directions(minutes, headers, channel, weights=None, filled=None)
    at = pd.to_datetime(minutes["minute"])
    at = (at.dt.tz_convert("UTC").dt.tz_localize(None) if at.dt.tz is not None else at).astype("datetime64[us]")
    work = pd.DataFrame({"minute": at, "channel": channel, "n": minutes["n"]})[direction == "inbound"].dropna()
    total = work.groupby("minute")["n"].sum()
    wall_hour = inbound["wall"].dt.floor("h")
    by_hour = inbound.groupby(wall_hour)["n"].sum()
    usual = (by_hour.reindex(total.index.floor("h")).to_numpy() - total.to_numpy()) / 59  # type: ignore[attr-defined]
    batch = total[(total >= figure("batch_rows_per_minute").value) & (total > 4 * usual + 6)]
    if batch.empty:
        return
    ledger.add("batch_minute", int(batch.sum()), "kept_as_scheduled_work", f"{batch.index[0]:%Y-%m-%d %H:%M}")
    utc_of = dict(zip(wall_hour, inbound["utc"].dt.tz_localize("UTC"), strict=False))
    taken = work[work["minute"].isin(batch.index)]
    rows = counts.index.get_indexer(pd.DatetimeIndex(taken["minute"].dt.floor("h").map(utc_of)))
    values = counts.to_numpy(copy=True)
    np.subtract.at(
        values, (rows, counts.columns.get_indexer(pd.Index(taken["channel"]))), taken["n"].to_numpy(dtype=float)
    )
    counts[:] = values
