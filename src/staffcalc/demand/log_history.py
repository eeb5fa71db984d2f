"""The history of a log: its rows checked, counted by hour, and joined to first replies."""

from __future__ import annotations

import pandas as pd

from staffcalc._words import Sentence
from staffcalc.demand.assembly import finish
from staffcalc.demand.history import History
from staffcalc.demand.layout import Layout
from staffcalc.demand.log_rows import without_duplicates
from staffcalc.demand.quality import Ledger
from staffcalc.demand.replies import first_replies, open_rows
from staffcalc.demand.schedule import Schedule
from staffcalc.demand.tally import (
    batch_example,
    batch_rows,
    count_by_day,
    count_hours_of,
    count_starts,
    count_weekend,
    cut_partial_days,
    keep_windows,
)
from staffcalc.demand.threads import handling_of, link_threads
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import WeekHours

CHECKS = (
    "sentinel_date", "no_timezone", "duplicate", "malformed", "batch_minute", "collection_gap", "partial_day",
    "open_ticket", "outbound", "internal", "schedule_inferred", "weekend_days", "localised",
)  # fmt: skip
"""The checks of an import, in the order of the quality table."""


def log_history(
    rows: pd.DataFrame,
    found: Layout,
    ledger: Ledger,
    place: str | None,
    *,
    before: list[Sentence],
    opening: WeekHours | None,
    weekend: tuple[str, ...],
) -> History:
    """Return the history of rows read by :func:`staffcalc.demand.log_rows.read_rows`."""
    notes = [*found.notes, *before]
    local = place or "UTC"
    rows = rows[~rows["lost"]]
    if rows.empty:
        raise InputError("no_rows_left", source="log", rows=ledger.rows)
    rows, doubts = without_duplicates(rows, found, ledger)
    notes.extend(doubts)
    everything = link_threads(rows) if found.kind == "messages" else rows
    outbound, internal = everything["direction"] == "outbound", everything["direction"] == "internal"
    ledger.add("outbound", int(outbound.sum()), "not_counted_as_arrivals", "")
    ledger.add("internal", int(internal.sum()), "not_counted_as_arrivals", "")
    inbound = everything[everything["direction"] == "inbound"]
    if inbound.empty:
        raise InputError("no_inbound", rows=len(everything))
    if found.kind == "tickets" and "conversation_id" in rows and "row_id" not in rows:
        shared = int(everything["conversation_id"].dropna().duplicated().sum())
        if shared > 0.05 * len(everything):
            notes.append(Sentence("rows_share_conversations", count=shared, column=found.columns["conversation_id"]))
    if "first_reply_at" in inbound:
        early = int((inbound["first_reply_at"] < inbound["created_at"]).sum())
        if early:
            notes.append(Sentence("replies_too_early", count=early, column=found.columns["first_reply_at"]))
    batch = batch_rows(inbound)
    ledger.add("batch_minute", int(batch.sum()), "kept_as_scheduled_work", batch_example(inbound, batch))
    if found.kind == "tickets":
        ledger.add("open_ticket", int(open_rows(inbound).sum()), "unanswered_so_far", "")
    replies, schedule = first_replies(inbound, found, local, ledger, opening)
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
    notes.extend(count_weekend(inbound[~batch], local, weekend, ledger))
    daily = bool(rows.attrs.get("daily")) and len(rows) > 2
    counts = count_by_day(inbound, local) if daily else count_hours_of(inbound[~batch], rows)
    continuous = True
    if "window_id" in rows:
        counts, continuous = keep_windows(counts, rows), False
        notes.append(Sentence("log_in_windows", count=int(rows["window_id"].nunique())))
    starts = count_starts(inbound[~batch], found, counts)
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
        given=place is not None,
        order=CHECKS,
        before=tuple(notes),
        continuous=continuous,
        replies=replies,
        schedule=schedule,
        starts=None if starts is None else starts.reindex(counts.index),
        layout=found.name,
        scheduled=count_hours_of(inbound[batch], inbound[batch]) if batch.any() else None,
        handled=handling_of(everything, found),
    )


def _next_share(schedule: Schedule) -> float:
    return schedule.next_best.explained if schedule.next_best is not None else 0.0
