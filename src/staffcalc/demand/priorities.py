"""When the hours do not suffice: which duties go undone, in which order."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import pandas as pd

from staffcalc._checks import at_least, given, listed, one_of
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.demand.workload import Workload
from staffcalc.inputs.people import DUTIES

KEEP_FIRST = ("crisis", "security", "community", "on_call", "publishing", "analytics", "education", "tools", "change")
"""Order in which duties are kept where the client gives none: what hurts most when left undone comes first."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Triage(Result):
    """
    Which duties go undone when the hours do not suffice.

    Parameters
    ----------
    table : DataFrame
        Columns priority, duty, hours_per_week, done, undone.
    hours : float
        Hours at hand. [hour/week]
    """

    kind: ClassVar[str] = "triage"

    table: pd.DataFrame
    hours: float

    @property
    def undone(self) -> float:
        """Hours a week that nobody works. [hour/week]"""
        return float(self.table["undone"].sum())

    @property
    def headline(self) -> Sentence:
        """What goes undone in one sentence."""
        dropped = self.table.loc[self.table["undone"] > 0.05, "duty"]
        if dropped.empty:
            return Sentence("triage_all_done", hours=self.hours)
        names = [Sentence(f"term_{duty}") for duty in dropped]
        return Sentence("triage_headline", undone=self.undone, hours=self.hours, duties=names)

    def to_frame(self) -> pd.DataFrame:
        """Return priority, duty, hours_per_week, done, undone."""
        return self.table.copy()


def triage(work: Workload, *, hours: float, order: tuple[str, ...] = KEEP_FIRST) -> Triage:
    """
    Return the ledger of what is done and what is dropped.

    Parameters
    ----------
    work : Workload
        All nine duties.
    hours : float
        Productive hours a week of the team. [hour/week]
    order : tuple of str
        Duties in the order in which they are kept; duties not named come last.

    Returns
    -------
    Triage
        Hours done and undone by duty.

    Raises
    ------
    InputError
        If a duty is not one of the nine, or hours are negative.

    Notes
    -----
    Each duty gets its hours in turn until none are left. The default order is a judgement: let the client choose.

    Examples
    --------
    >>> from staffcalc.demand.workload import size_workload
    >>> from staffcalc.inputs.desk import Desk
    >>> work = size_workload(Desk.model_validate({"name": "Desk", "timezone": "UTC"}))
    >>> round(triage(work, hours=5).undone + 5 - work.hours_per_week, 9)
    0.0
    """
    given("work", work, Workload, maker="size_workload")
    left = at_least("hours", hours, unit="hour/week")
    order = tuple(one_of("order", duty, DUTIES) for duty in listed("order", order))
    rows = []
    for place, duty in enumerate([*dict.fromkeys(order), *(duty for duty in DUTIES if duty not in order)], start=1):
        needed = work.hours_by_duty[duty]
        done = min(left, needed)
        left -= done
        rows.append({"priority": place, "duty": duty, "hours_per_week": needed, "done": done, "undone": needed - done})
    notes = (Sentence("triage_order_is_judgement"),) if order == KEEP_FIRST else ()
    return Triage(table=pd.DataFrame(rows), hours=float(hours), notes=(*notes, *work.notes), desk=work.desk)
