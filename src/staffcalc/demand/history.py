"""What a volume file or a message log says: hourly counts, and an honest account of what was wrong with them."""

from __future__ import annotations

import dataclasses
import statistics
from typing import ClassVar

import numpy as np
import pandas as pd

from staffcalc._checks import share
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.demand.replies import ReplyShare, reply_share
from staffcalc.demand.schedule import Schedule
from staffcalc.errors import InputError

RESOLUTIONS = ("hourly", "daily")
"""How finely a history counts."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class History(Result):
    """
    Messages that arrived, hour by hour and channel by channel, with the account of the data's faults.

    Parameters
    ----------
    counts : DataFrame
        UTC hours by channels; NaN where nothing was observed (gaps, hours cut away). Daily files are spread evenly over
        the hours of the local day. [messages]
    quality : DataFrame
        Columns check, rows, share, action, example.
    timezone : str
        IANA time zone in which days and hours of the week are read.
    resolution : str
        ``hourly`` or ``daily``.
    per : str
        What is counted: ``message`` or ``conversation``.
    gaps : DataFrame
        Collection gaps: channel, start, end, hours, messages that leaked through.
    replies : DataFrame or None
        One row a conversation: start, channel, team, calendar_hours, business_hours, answered, open. Of a large log
        one row a minute of waiting: channel, team, both hours, answered, clock, conversations.
    schedule : Schedule or None
        Opening hours inferred from rows that carry both clocks.
    starts : DataFrame or None
        Conversation starts, hours by channels, where ``counts`` counts messages.
    scheduled : DataFrame or None
        Batch minutes: work that somebody scheduled, kept out of ``counts``.
    handled : DataFrame or None
        Handle time and replies by conversation: channel, measure, value.
    layout : str
        Layout that was read.
    continuous : bool
        False where the file holds windows of a longer time, such as a sampled log: no weekly profile can be fitted
        then.
    """

    kind: ClassVar[str] = "history"

    counts: pd.DataFrame
    quality: pd.DataFrame
    timezone: str
    resolution: str = "hourly"
    per: str = "message"
    gaps: pd.DataFrame = dataclasses.field(default_factory=lambda: gap_frame([]))
    continuous: bool = True
    replies: pd.DataFrame | None = None
    schedule: Schedule | None = None
    starts: pd.DataFrame | None = dataclasses.field(default=None, repr=False)
    scheduled: pd.DataFrame | None = dataclasses.field(default=None, repr=False)
    handled: pd.DataFrame | None = dataclasses.field(default=None, repr=False)
    layout: str = "volumes"

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels, in the order of the file."""
        return tuple(str(name) for name in self.counts.columns)

    @property
    def weeks(self) -> float:
        """Weeks that were observed on at least one channel. [week]"""
        return float(self.counts.notna().any(axis=1).sum()) / 168

    @property
    def messages(self) -> float:
        """Messages counted in all. [messages]"""
        return float(np.nansum(self.counts.to_numpy()))

    @property
    def headline(self) -> Sentence:
        """Messages, channels and weeks in one sentence."""
        return Sentence(
            f"history_headline_{self.per}",
            messages=round(self.messages),
            count=len(self.channels),
            weeks=self.weeks,
            per_day=self.messages / max(self.weeks * 7, 1e-9),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the quality ledger: check, rows, share, action, example."""
        return self.quality.copy()

    def reply_share(self, *, within_hours: float = 24, clock: str = "calendar", of: str = "answered") -> ReplyShare:
        """
        Return the share of conversations whose first reply came in time.

        Parameters
        ----------
        within_hours : float
            Limit. [hour]
        clock : str
            ``calendar``, or ``business`` for opening hours only.
        of : str
            ``answered``: of those that were answered; ``all``: of all, those still open counted as unanswered so far.

        Returns
        -------
        ReplyShare
            A float that knows its clock, denominator and excluded rows. [share]

        Raises
        ------
        InputError
            If the log has no reply times, or not on this clock.
        """
        if self.replies is None or not self.replies["answered"].any():
            raise InputError("no_reply_times")
        return reply_share(self.replies, within_hours=within_hours, clock=clock, of=of)

    def reply_shares(self, *, within_hours: float = 24, by: str | None = None) -> pd.DataFrame:
        """
        Return the share in time on both clocks and both denominators.

        Parameters
        ----------
        within_hours : float
            Limit. [hour]
        by : str, optional
            ``channel`` or ``team`` for one block each.

        Returns
        -------
        DataFrame
            Columns group, clock, of, within_hours, share, rows, excluded.
        """
        if self.replies is None or not self.replies["answered"].any():
            raise InputError("no_reply_times")
        if by not in (None, "channel", "team"):
            raise InputError("not_one_of", name="by", value=str(by), known=["channel", "team"])
        groups = {"all": self.replies} if by is None else dict(list(self.replies.groupby(by)))
        rows = []
        for group, part in groups.items():
            for clock in ("calendar", "business"):
                hours = f"{clock}_hours"
                if self.replies[hours].isna().all() or (part["answered"].any() and part[hours].isna().all()):
                    continue
                for of in ("answered", "all"):
                    found = reply_share(part, within_hours=within_hours, clock=clock, of=of)
                    rows.append(
                        {
                            "group": group,
                            "clock": clock,
                            "of": of,
                            "within_hours": found.within_hours,
                            "share": float(found),
                            "rows": found.rows,
                            "excluded": found.excluded,
                        }
                    )
        return pd.DataFrame(rows)

    def handling(self, *, level: float = 0.95) -> pd.DataFrame:
        """
        Estimate handle time, replies and messages of a conversation from the log.

        Parameters
        ----------
        level : float
            Level of the interval of the mean. [share]

        Returns
        -------
        DataFrame
            Columns channel, measure, mean, low, high, level, rows. ``handle_time`` is in the unit of the export.

        Notes
        -----
        The interval is that of a mean of many rows; below 30 rows read it as rough.
        """
        if self.handled is None or self.handled.empty:
            raise InputError("no_handling")
        z = statistics.NormalDist().inv_cdf(0.5 + share("level", level, below_one=True, above_zero=True) / 2)
        groups = self.handled.groupby(["channel", "measure"])["value"]
        table = groups.agg(["mean", "std", "count"]).reset_index()
        half = z * table["std"].fillna(0.0) / np.sqrt(table["count"])
        table = table.assign(low=(table["mean"] - half).clip(lower=0), high=table["mean"] + half, level=level)
        return table.rename(columns={"count": "rows"})[["channel", "measure", "mean", "low", "high", "level", "rows"]]

    def by_conversation(self) -> History:
        """
        Return the same history counted in conversations: near Poisson within the hour, where messages are bursty.

        Raises
        ------
        InputError
            If the log does not tell which messages belong together.
        """
        if self.per == "conversation":
            return self
        if self.starts is None:
            raise InputError("no_conversations")
        return dataclasses.replace(self, counts=self.starts.where(self.counts.notna()), per="conversation", starts=None)

    def local_days(self) -> pd.DataFrame:
        """Return messages per local day and channel; NaN where less than the whole day was observed. [messages/day]"""
        local = self.counts.index.tz_convert(self.timezone)  # type: ignore[attr-defined]
        groups = self.counts.groupby(local.normalize().tz_localize(None))
        total = groups.sum(min_count=1)
        whole = groups.count().eq(groups.size(), axis=0)
        return total.where(whole)


def gap_frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return gaps as a table: channel, start, end, hours, messages."""
    return pd.DataFrame.from_records(rows, columns=["channel", "start", "end", "hours", "messages"])


def local_slots(index: pd.DatetimeIndex, timezone: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    Return the hour of the week, the local day and the local week (both counted from 1970) of UTC hours.

    Notes
    -----
    In zones that are off by half an hour a UTC hour belongs to the local hour in which it starts.
    """
    local = index.tz_convert(timezone).tz_localize(None)
    hours = local.to_numpy().astype("datetime64[h]").astype(np.int64)
    days = hours // 24
    weekday = (days + 3) % 7
    return weekday * 24 + hours % 24, days, (days + 3) // 7
