"""Rows of an export as far as they are kept: times, links, channel, direction, status, team and durations."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from staffcalc._words import Sentence
from staffcalc.demand.cells import (
    directions,
    first_example,
    id_texts,
    is_sentinel,
    repeated_rows,
    short_codes,
    states,
)
from staffcalc.demand.layout import UNITS, Layout
from staffcalc.demand.quality import Ledger
from staffcalc.demand.stamps import read_stamps
from staffcalc.demand.tabular import Table
from staffcalc.demand.written_numbers import read_minutes
from staffcalc.demand.zones import settle

_ID_FIELDS = {"message_id", "row_id", "conversation_id"}
_TIMES = ("created_at", "updated_at", "first_reply_at", "first_contact_at", "closed_at")


def read_rows(
    table: Table, found: Layout, ledger: Ledger, timezone: str | None, day_first: bool | None
) -> tuple[pd.DataFrame, list[Sentence]]:
    """Return one row a message or ticket, times, links, codes and durations and nothing else; and doubts about them."""
    frame, columns = table.frame, found.columns
    notes: list[Sentence] = []
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
            rows.attrs["daily"], rows.attrs["zone"] = not stamps.has_time, stamps.zone
            words = stamps.foreign_months
            ledger.add("localised", len(frame) if found.localised else words, "read")
    ledger.add("sentinel_date", int(sentinel.sum()), "treated_as_missing", "")
    rows["exact"] = repeated_rows(frame)
    for field in ("message_id", "row_id", "conversation_id", "parent_id", "window_id"):
        if field in columns:
            rows[field] = id_texts(frame[columns[field]])
    if not _ID_FIELDS & set(columns) and rows["exact"].any():
        rows.attrs["chance_repeats"] = _chance_repeats(frame, columns["created_at"], rows["created_at"])
    rows["channel"] = short_codes(frame, columns.get("channel"), "all")
    rows["team"] = short_codes(frame, columns.get("team"), "")
    rows["status"] = states(frame, columns.get("status"))
    rows["direction"] = directions(frame, columns, rows["channel"], weights=None, filled=found.outbound_if_filled)
    for field in ("replies", "handle_time", "started_before"):
        if field in columns:
            rows[field], _ = read_minutes(frame[columns[field]], minutes_per_unit=1.0, comma=table.delimiter == ";")
    for duration in found.durations:
        minutes, unread = read_minutes(
            frame[duration.column], minutes_per_unit=UNITS[duration.unit], comma=table.delimiter == ";"
        )
        rows[f"{duration.clock}_minutes"] = minutes.where(minutes >= 0)
        lost = int((unread | (minutes < 0)).sum())
        if lost:
            notes.append(Sentence("durations_unread", count=lost, column=duration.column))
    return rows, notes


def without_duplicates(rows: pd.DataFrame, found: Layout, ledger: Ledger) -> tuple[pd.DataFrame, list[Sentence]]:
    """
    Drop exact repeats, and older versions of one id and creation time; the newest or last row stays.

    Notes
    -----
    Where rows carry no id, two messages of one minute look like a repeat: repeats that chance explains are kept.
    """
    exact = rows["exact"].astype(bool)
    order = ("message_id", "row_id") if found.kind == "messages" else ("row_id", "conversation_id", "message_id")
    key = next((field for field in order if field in rows), None)
    older = 0
    chance = rows.attrs.get("chance_repeats", -np.inf)
    if exact.any() and exact.sum() <= 2 * chance + 3:
        return rows, [Sentence("repeats_kept", count=int(exact.sum()))]
    rows = rows[~exact]
    if key is not None:
        if "updated_at" in rows:
            rows = rows.sort_values("updated_at", kind="stable", na_position="first")
        keys = [key, "created_at", *(["window_id"] if "window_id" in rows else [])]
        again = rows[key].notna() & rows.duplicated(keys, keep="last")
        older = int(again.sum())
        rows = rows[~again].sort_index()
    ledger.add("duplicate", int(exact.sum()) + older, "dropped", "")
    return rows.reset_index(drop=True), []


def _chance_repeats(frame: pd.DataFrame, name: str, created: pd.Series) -> float:
    """Return how many rows chance alone would make equal to an earlier one, given how finely times are written."""
    seconds = (created.dt.second != 0) | (created.dt.microsecond != 0)
    slots = 3600 if seconds.any() else 60
    beside = pd.util.hash_pandas_object(frame.drop(columns=name).astype("str"), index=False).reset_index(drop=True)
    size = created.groupby([created.dt.floor("h"), beside]).size().to_numpy(dtype=float)
    return float((size - slots * (1 - (1 - 1 / slots) ** size)).sum())
