"""What a volume file or a message log says: hourly counts, and an honest account of what was wrong with them."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
import pandas as pd

from staffcalc._result import Result
from staffcalc._words import Sentence

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
