"""Rows of an export as far as they are kept: times, links, channel, direction, status, team and durations."""

from __future__ import annotations

import dataclasses

import pandas as pd

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
from staffcalc.demand.layout import UNITS, Layout
from staffcalc.demand.quality import Ledger
from staffcalc.demand.stamps import read_stamps
from staffcalc.demand.tabular import Table
from staffcalc.demand.zones import settle

_TIMES = ("created_at", "updated_at", "first_reply_at", "first_contact_at", "closed_at")


def read_rows(
    table: Table, found: Layout, ledger: Ledger, timezone: str | None, day_first: bool | None
) -> pd.DataFrame:
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


def without_duplicates(rows: pd.DataFrame, found: Layout, ledger: Ledger) -> pd.DataFrame:
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
