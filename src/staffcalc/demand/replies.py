"""First replies: how long they took on both clocks, and which share came in time, of the answered or of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._checks import at_least, one_of
from staffcalc._words import Sentence
from staffcalc.demand.layout import Layout
from staffcalc.demand.quality import Ledger
from staffcalc.demand.schedule import Schedule, infer_schedule, local_minutes, open_minutes, rebuild_calendar
from staffcalc.errors import InputError

if TYPE_CHECKING:
    from staffcalc.inputs.calendars import WeekHours

COLUMNS = ("start", "channel", "team", "calendar_hours", "business_hours", "answered", "open")
"""Columns of the table of replies: one row a conversation, no ids, no text."""


_CENTURY = 100 * 366 * 24.0


class ReplyShare(float):
    """
    A share of conversations answered in time that says what it is a share of.

    Parameters
    ----------
    value : float
        The share. [share]
    within_hours : float
        The limit. [hour]
    clock, of : str
        Clock and denominator.
    rows, excluded : int
        Conversations in the denominator, and conversations left out because this clock does not know them.
    """

    within_hours: float
    clock: str
    of: str
    rows: int
    excluded: int

    def __new__(cls, value: float, **facts: Any) -> ReplyShare:
        """Make the share with its facts."""
        share = super().__new__(cls, value)
        share.__dict__.update(facts)
        return share

    @property
    def sentence(self) -> Sentence:
        """Share, clock, denominator and excluded rows in words."""
        return Sentence(
            "reply_share_said",
            share=float(self),
            hours=self.within_hours,
            clock=Sentence(f"clock_{self.clock}"),
            of=Sentence(f"denominator_{self.of}"),
            rows=self.rows,
            excluded=self.excluded,
        )


def reply_share(replies: pd.DataFrame, *, within_hours: float, clock: str, of: str) -> ReplyShare:
    """Return the share of conversations first answered within a limit; see :meth:`History.reply_share`."""
    limit = at_least("within_hours", within_hours, 0.0, unit="hour")
    one_of("clock", clock, ("calendar", "business"))
    one_of("of", of, ("answered", "all"))
    if "clock" in replies:  # a large log: one row a minute of waiting, for each clock apart
        replies = replies[replies["clock"] == clock]
        if not len(replies):
            raise InputError("clock_not_known", clock=clock)
    weight = replies["conversations"].to_numpy(dtype=np.int64) if "conversations" in replies else np.ones(len(replies))
    hours = replies[f"{clock}_hours"].to_numpy(dtype=float)
    answered = replies["answered"].to_numpy(dtype=bool)
    known = answered & ~np.isnan(hours)
    if answered.any() and not known.any():
        raise InputError("clock_not_known", clock=clock)
    in_time = known & (hours <= limit + 1e-9)
    base = known if of == "answered" else (known | ~answered)
    left = (answered & ~known) | (~answered if of == "answered" else False)
    rows = int(weight[base].sum())
    share = float(weight[in_time].sum() / rows) if rows else float("nan")
    return ReplyShare(share, within_hours=limit, clock=clock, of=of, rows=rows, excluded=int(weight[left].sum()))


def fill_clocks(
    replies: pd.DataFrame, wall: npt.NDArray[np.datetime64], timezone: str, hours: WeekHours | None
) -> pd.DataFrame:
    """
    Return the replies with the clock that the export lacks, rebuilt with opening hours.

    Parameters
    ----------
    replies : DataFrame
        Columns of :data:`COLUMNS`.
    wall : array of datetime64
        Local wall time of each start.
    timezone : str
        Zone of the wall times.
    hours : WeekHours or None
        Opening hours, inferred or given.
    """
    if hours is None or not len(replies):
        return replies
    start = local_minutes(wall)
    calendar = replies["calendar_hours"].to_numpy(dtype=float)
    business = replies["business_hours"].to_numpy(dtype=float)
    filled = np.where(np.isnan(calendar), rebuild_calendar(start, np.nan_to_num(business) * 60, hours) / 60, calendar)
    calendar = np.where(np.isnan(business) & np.isnan(calendar), np.nan, filled)
    end = local_end(replies["start"], calendar, timezone)
    measured = (open_minutes(end, hours) - open_minutes(start, hours)) / 60
    business = np.where(np.isnan(business), measured, business)
    return replies.assign(calendar_hours=calendar, business_hours=business)


def local_end(
    start: pd.Series[pd.Timestamp], calendar_hours: npt.NDArray[np.float64], timezone: str
) -> npt.NDArray[np.float64]:
    """Return the local minute of each reply, clock changes in between included; NaN where there is none."""
    known = ~np.isnan(calendar_hours)
    hours = np.clip(np.where(known, calendar_hours, 0.0), 0.0, _CENTURY)
    end = start.astype("datetime64[us, UTC]") + pd.Series(
        (hours * 3.6e9).round().astype("timedelta64[us]"), start.index
    )
    wall = end.dt.tz_convert(timezone).dt.tz_localize(None).to_numpy()
    return np.where(known, local_minutes(wall), np.nan)


def first_replies(
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
        never = rows["first_reply_at"].isna().reset_index(drop=True)
        business, calendar = business.mask(never & (business == 0)), calendar.mask(never & (calendar == 0))
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
            "open": open_rows(rows).to_numpy(),
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


def open_rows(rows: pd.DataFrame) -> pd.Series:
    """Return which tickets are still open, by their status, else by a missing closing time."""
    if (rows["status"] != "").any():
        return rows["status"] == "open"
    if "closed_at" in rows:
        return rows["closed_at"].isna()
    return pd.Series(False, index=rows.index)
