"""What the team really does: a time diary or an activity sample instead of assumptions."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import pandas as pd

from staffcalc._checks import at_least, share, whole
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.demand.cells import flat
from staffcalc.demand.estimate import Estimate
from staffcalc.demand.open_table import open_table
from staffcalc.demand.quality import safe_headers
from staffcalc.demand.stamps import read_stamps
from staffcalc.demand.tabular import Table, find_column
from staffcalc.demand.vocabulary import fold, layouts
from staffcalc.demand.written_numbers import read_minutes
from staffcalc.errors import InputError
from staffcalc.inputs.people import DUTIES


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TimeDiary(Result):
    """
    Measured hours a week by duty, with the interval of the sample.

    Parameters
    ----------
    table : DataFrame
        Columns duty, hours_per_week, low, high, level, entries.
    person_days : int
        Days of one person that were recorded.
    people : int
        People the hours are scaled to.
    level : float
        Level of the intervals. [share]
    """

    kind: ClassVar[str] = "time_diary"

    table: pd.DataFrame
    person_days: int
    people: int
    level: float

    @property
    def estimates(self) -> Mapping[str, Estimate]:
        """Low, measured and high hours a week of the duties in the diary. [hour/week]"""
        rows = zip(*(self.table[name] for name in ("duty", "low", "hours_per_week", "high")), strict=True)
        return MappingProxyType({str(duty): Estimate(float(a), float(b), float(c)) for duty, a, b, c in rows})

    @property
    def hours_by_duty(self) -> Mapping[str, float]:
        """Measured hours a week of each duty. [hour/week]"""
        return MappingProxyType({duty: part.typical for duty, part in self.estimates.items()})

    @property
    def headline(self) -> Sentence:
        """The largest duty in one sentence."""
        top = self.table.sort_values("hours_per_week", ascending=False).iloc[0]
        return Sentence(
            "diary_headline",
            count=self.person_days,
            hours=float(self.table["hours_per_week"].sum()),
            duty=Sentence(f"term_{top['duty']}"),
            top=float(top["hours_per_week"]),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return duty, hours_per_week, low, high, level, entries."""
        return self.table.copy()


def read_time_diary(
    path_or_frame: str | os.PathLike[str] | pd.DataFrame,
    *,
    people: int | None = None,
    days_per_week: float = 5,
    level: float = 0.95,
    day_first: bool | None = None,
) -> TimeDiary:
    """
    Read a time diary: who spent how long on which duty, on which day.

    Parameters
    ----------
    path_or_frame : path or DataFrame
        Columns ``date``, ``person``, ``duty`` and ``minutes`` or ``hours``.
    people : int, optional
        People to scale to; those in the diary if not given. [people]
    days_per_week : float
        Working days of one person in a week. [day/week]
    level : float
        Level of the intervals. [share]
    day_first : bool, optional
        Whether 03/04/2026 is the third of April; needed only where the column does not settle it.

    Returns
    -------
    TimeDiary
        Hours a week by duty, for ``size_workload(desk, volume, diary=...)``.

    Raises
    ------
    InputError
        If a column is missing, a duty is not one of the nine, a time is negative, or there are fewer than two
        person-days.

    Notes
    -----
    Hours of a duty on one day of one person are the unit of the sample; days without an entry for the duty count
    zero. The interval is Student's t over person-days. Persons are counted and forgotten. One person's days are not
    independent: below three people read the interval as too narrow.

    Examples
    --------
    >>> days = pd.date_range("2026-03-02", periods=5).astype(str)
    >>> diary = pd.DataFrame({"date": days, "person": "p1", "duty": "publishing", "hours": [2, 3, 2, 3, 2]})
    >>> read_time_diary(diary).hours_by_duty["publishing"]
    12.0
    """
    level = share("level", level, below_one=True, above_zero=True)
    days_per_week = at_least("days_per_week", days_per_week, above=True, unit="day/week")
    rows = _entries(open_table(path_or_frame), day_first)
    person_days = rows[["date", "person"]].drop_duplicates()
    n = len(person_days)
    if n < 2:
        raise InputError("diary_too_short", days=n)
    crowd = whole("people", people, 1) if people is not None else rows["person"].nunique()
    scale = days_per_week * crowd
    from scipy import special

    quantile = float(special.stdtrit(n - 1, 0.5 + level / 2))
    lines = []
    for duty, part in rows.groupby("duty"):
        daily = part.groupby(["date", "person"])["hours"].sum().to_numpy()
        values = np.concatenate([daily, np.zeros(n - len(daily))])
        half = quantile * values.std(ddof=1) / np.sqrt(n)
        mean = float(values.mean())
        lines.append(
            {
                "duty": duty,
                "hours_per_week": mean * scale,
                "low": max(0.0, mean - half) * scale,
                "high": (mean + half) * scale,
                "level": level,
                "entries": len(part),
            }
        )
    notes = (Sentence("diary_few_people", count=int(rows["person"].nunique())),) if rows["person"].nunique() < 3 else ()
    order = {duty: place for place, duty in enumerate(DUTIES)}
    found = pd.DataFrame(lines).sort_values("duty", key=lambda names: names.map(order)).reset_index(drop=True)
    return TimeDiary(table=found, person_days=n, people=int(crowd), level=level, notes=notes)


def _entries(table: Table, day_first: bool | None) -> pd.DataFrame:
    """Return date, person code, duty and hours of each entry."""
    frame, words = table.frame, layouts()["diary"]
    columns = {role: find_column(frame, words[role]) for role in ("date", "person", "duty", "minutes", "hours")}
    for role in ("date", "person", "duty"):
        if columns[role] is None:
            raise InputError(
                "volume_column_missing", source=table.source, role=role, known=words[role], found=safe_headers(frame)
            )
    amount = columns["hours"] or columns["minutes"]
    if amount is None:
        raise InputError(
            "volume_column_missing",
            source=table.source,
            role="hours",
            known=["hours", "minutes"],
            found=safe_headers(frame),
        )
    minutes, _ = read_minutes(frame[amount], minutes_per_unit=60 if columns["hours"] else 1, comma=True)
    hours = minutes / 60
    bad = hours.isna() | (hours < 0) | (hours > 24)
    if bad.any():
        raise InputError(
            "diary_bad_time", source=table.source, row=int(np.flatnonzero(bad)[0]) + 1, count=int(bad.sum())
        )
    names = {fold(word): duty for duty, spellings in words["duties"].items() for word in [duty, *spellings]}
    duty = frame[columns["duty"]].map(lambda cell: names.get(fold(cell), ""))
    if (duty == "").any():
        raise InputError(
            "diary_unknown_duty", source=table.source, row=int(np.flatnonzero(duty == "")[0]) + 1, known=list(DUTIES)
        )
    date = read_stamps(frame[columns["date"]], name=str(columns["date"]), day_first=day_first).wall.dt.normalize()
    if date.isna().any():
        raise InputError("diary_bad_date", source=table.source, row=int(np.flatnonzero(date.isna())[0]) + 1)
    person = pd.factorize(flat(frame[columns["person"]]))[0]
    return pd.DataFrame({"date": date.to_numpy(), "person": person, "duty": duty.to_numpy(), "hours": hours.to_numpy()})
