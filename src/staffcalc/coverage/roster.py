"""Rosters: who is on, and when; made by :func:`staffcalc.make_roster`, or read from elsewhere."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, ClassVar

import pandas as pd

from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.coverage.duty_rows import STANDBY
from staffcalc.coverage.presets import RestRules
from staffcalc.coverage.rest_rules import RestCheck
from staffcalc.inputs.desk import Desk


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Roster(Result):
    """
    Who is on, and when.

    Parameters
    ----------
    first, last : date
        First and last local day.
    people : int
        People who can be put on duty, or who are on a roster from elsewhere. [people]
    duties : DataFrame
        Rows of duty and leave.
    asked_hours : float
        Seat-hours asked for; 0 in a roster from elsewhere, which does not say. [hour]
    unmet : DataFrame
        Stretches that stay open: ``start``, ``end``, ``hours``, ``people_missing``, ``skill``, ``reason``.
    relaxations : DataFrame
        Seat-hours that would stay open without each rule; empty where nothing is open.
    fairness : DataFrame
        Hours, nights, weekend and holiday duties and on-call weeks of each person, those of the history beside them.
    rules : RestRules
        Rest rules asked for.
    check : RestCheck
        The roster judged by :func:`staffcalc.check_rest`.
    status : str
        ``optimal`` within the gap, ``time_limit``, ``clash`` where fixed duties break the rules, or ``given`` where
        the roster comes from elsewhere.
    gap : float
        Distance between the roster and the best bound, relative; not a number where it was given. [share]
    bound, objective : float
        Best bound and value of the objective; not a number where it was given. [hours of one person]
    """

    kind: ClassVar[str] = "roster"

    first: dt.date
    last: dt.date
    people: int
    duties: pd.DataFrame
    asked_hours: float
    unmet: pd.DataFrame
    relaxations: pd.DataFrame
    fairness: pd.DataFrame
    rules: RestRules
    check: RestCheck
    status: str
    gap: float
    bound: float
    objective: float

    @property
    def complete(self) -> bool:
        """Whether every seat and every on-call turn asked for is taken."""
        return self.unmet.empty

    @property
    def binding(self) -> str:
        """Reason of most open hours, empty where nothing is open."""
        if self.complete:
            return ""
        weighted = self.unmet.assign(seat_hours=self.unmet["hours"] * self.unmet["people_missing"])
        return str(weighted.groupby("reason")["seat_hours"].sum().idxmax())

    @property
    def timezone(self) -> str:
        """Time zone of the desk, else the one of most duties. [zone]"""
        if self.desk is not None:
            return self.desk.calendar.timezone or self.desk.timezone
        return str(self.duties["timezone"].mode().iloc[0]) if len(self.duties) else "UTC"

    @property
    def horizon_days(self) -> float:
        """Length of the roster. [day]"""
        return float((self.last - self.first).days + 1)

    @property
    def unmet_hours(self) -> float:
        """Seat-hours that stay open. [hour]"""
        return float((self.unmet["hours"] * self.unmet["people_missing"]).sum())

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        if self.status == "given":
            length = (self.duties["end"] - self.duties["start"]).dt.total_seconds() / 3600
            hours = {
                "hours": float(self.fairness["hours"].sum()),
                "standby": float(length[self.duties["kind"] == STANDBY].sum()),
            }
            key = "roster_given_on_call" if hours["standby"] else "roster_given"
            return Sentence(key, first=self.first, last=self.last, count=self.people, **hours)
        values: dict[str, Any] = {
            "first": self.first,
            "last": self.last,
            "count": self.people,
            "asked": self.asked_hours,
            "unmet": self.unmet_hours,
        }
        if self.asked_hours == 0 and self.complete:
            return Sentence("roster_nothing_asked", first=self.first, last=self.last)
        if not self.complete:
            values["reason"] = Sentence(f"open_{self.binding}")
            seats = self.unmet[self.unmet["skill"] == ""]
            values["unmet"] = float((seats["hours"] * seats["people_missing"]).sum())
            other = self.unmet_hours - values["unmet"]
            if not values["unmet"]:
                return Sentence("roster_open_other", **values, other=other)
            return Sentence("roster_open_more", **values, other=other) if other else Sentence("roster_open", **values)
        nights = self.fairness["nights"]
        spread = int(nights.max() - nights.min()) if len(nights) else 0
        return Sentence("roster_full", **values, spread=spread) if spread else self._even(values)

    def _even(self, values: dict[str, Any]) -> Sentence:
        key = "roster_full_even" if self.fairness["nights"].any() else "roster_full_by_day"
        return Sentence(key, **values)

    def to_frame(self) -> pd.DataFrame:
        """Return the duties: person, start, end (UTC), kind, tour, timezone, break_minutes."""
        return self.duties.copy()


@dataclasses.dataclass(frozen=True)
class RowsOfDesk:
    """Rows on their way to the checker, with the desk and the length of the roster."""

    rows: pd.DataFrame
    desk: Desk | None
    first: dt.date
    horizon_days: float

    def to_frame(self) -> pd.DataFrame:
        """Return the rows."""
        return self.rows
