"""From hourly counts to a history: gaps and partial days found and taken out, doubts said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.demand.gaps import find_gaps
from staffcalc.demand.history import History, gap_frame, local_slots
from staffcalc.demand.quality import Ledger, quality_notes
from staffcalc.demand.zones import Settled


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
