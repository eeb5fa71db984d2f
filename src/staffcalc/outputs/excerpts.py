"""What of a long table stands on a page; the workbook holds it whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from staffcalc._result import Result

PICTURE_ONLY = ("roster", "fatigue")
"""Answers whose table is too long for a page: the picture tells it, the workbook holds it."""


def _gaps_by_reason(frame: pd.DataFrame) -> pd.DataFrame:
    """Return hundreds of single gaps as hours by reason."""
    groups = frame.groupby(["reason", "closed_by"], sort=False, as_index=False)
    summed = groups.agg(gaps=("hours", "size"), hours=("hours", "sum"), longest_gap_hours=("hours", "max"))
    return summed.sort_values("hours", ascending=False, ignore_index=True)


def _burnout_by_role(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the ratio and the level of each role with their 95 % intervals."""
    wanted = ("role", "seats", "ratio", "ratio_low", "ratio_high", "median", "low", "high", "judgement_share", "signal")
    return frame[[name for name in wanted if name in frame]]


def _last_day(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what stands at the end of an absence, not at the end of each day."""
    return frame[frame["day"] == frame["day"].max()] if "day" in frame else frame


SHORTER_TABLE: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "coverage_gaps": _gaps_by_reason,
    "burnout_risk": _burnout_by_role,
    "absence_test": _last_day,
}
"""Answers whose long table is told shorter on a page; the workbook holds it whole."""


def excerpt(answer: Result) -> pd.DataFrame:
    """Return the table of an answer as it stands on a page; without rows where the picture tells it."""
    frame = answer.to_frame()
    if answer.kind in PICTURE_ONLY:
        return frame.head(0)
    return SHORTER_TABLE[answer.kind](frame) if answer.kind in SHORTER_TABLE else frame
