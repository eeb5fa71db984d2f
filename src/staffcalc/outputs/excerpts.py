"""What of a long table stands on a page; the workbook holds it whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

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
    """Return the ratio and the level of each role with their 95% intervals."""
    wanted = ("role", "seats", "ratio", "ratio_low", "ratio_high", "median", "low", "high", "judgement_share", "signal")
    return frame[[name for name in wanted if name in frame]]


def _last_day(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what stands at the end of an absence, not at the end of each day."""
    return frame[frame["day"] == frame["day"].max()] if "day" in frame else frame


def _losses_told_short(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a loss leaves undone, without the measures that only an analyst reads."""
    wanted = ("who", "added_hours", "starved", "days_until_late", "harm_share")
    return frame[[name for name in wanted if name in frame]] if set(wanted[:2]) <= set(frame) else frame


def _joined(frame: pd.DataFrame, *, by: Sequence[str], of: Sequence[str]) -> pd.DataFrame:
    """Return one row for all rows that are alike in ``by``: what they hold in ``of`` as a list, their numbers added."""
    from pandas.api.types import is_numeric_dtype

    names = [str(name) for name in frame]
    keys = [name for name in names if name in by]
    if not keys:
        return frame
    gathered = [name for name in names if name in of]
    summed = [name for name in names if name not in (*keys, *gathered) and is_numeric_dtype(frame[name])]
    rules: dict[str, Any] = dict.fromkeys(gathered, _each_once)
    rules |= {name: lambda values: values.sum(min_count=1) for name in summed}
    joined = frame.groupby(keys, sort=False, dropna=False, as_index=False).agg(rules)
    return joined[[name for name in names if name in joined]]


def _each_once(values: pd.Series) -> list[Any]:
    return list(dict.fromkeys(value for value in values if value == value and value != ""))


def _single_points_alike(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what has no spare; what has one stands in the picture."""
    bare = frame[frame["spare"] <= 0] if "spare" in frame else frame
    return _joined(
        bare if len(bare) else frame, by=("kind", "holders", "required", "spare", "advised", "who"), of=("cell",)
    )


def _lessons_alike(frame: pd.DataFrame) -> pd.DataFrame:
    return _joined(frame, by=("when", "learner", "kind", "people_missing"), of=("cell", "teacher"))


def _steps_alike(frame: pd.DataFrame) -> pd.DataFrame:
    return _joined(frame, by=("due_on", "action", "layer", "holder", "reason"), of=("channel", "responsible"))


SHORTER_TABLE: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "coverage_gaps": _gaps_by_reason,
    "burnout_risk": _burnout_by_role,
    "absence_test": _last_day,
    "loss_ranking": _losses_told_short,
    "single_points": _single_points_alike,
    "training_plan": _lessons_alike,
    "access_review": _steps_alike,
}
"""Answers whose long table is told shorter on a page; the workbook holds it whole."""


def excerpt(answer: Result, most_rows: int) -> pd.DataFrame:
    """Return the table of an answer as it stands on a page of ``most_rows``; empty where the picture tells it."""
    frame = answer.to_frame()
    if answer.kind in PICTURE_ONLY:
        return frame.head(0)
    short = SHORTER_TABLE[answer.kind](frame) if answer.kind in SHORTER_TABLE else frame
    if answer.kind == "access_review" and len(short) > most_rows:
        return _joined(frame, by=("due_on", "action", "layer", "reason"), of=("channel", "holder", "responsible"))
    return short
