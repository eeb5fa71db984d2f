"""If this person were away, how would the work go on? Duty by day, what fails first, and when."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from staffcalc import _checks
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import DUTIES
from staffcalc.resilience.cells import CHANNEL_KINDS, DeskCell, gone_by, list_cells
from staffcalc.resilience.consequences import consequences, shortened
from staffcalc.resilience.holdings import Holdings, read_holdings
from staffcalc.resilience.losses import late_channels
from staffcalc.resilience.work_cells import COMMUNITY, WorkCells, work_cells
from staffcalc.resilience.worst_losses import Redistribution, capacities, loads

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume

WORTH_SAYING = 0.5
"""Waiting work of a duty below which it is not spoken of. [hour]"""

MESSAGES_FIRST = 1_000.0
"""Weight of an hour of messages against an hour of any other duty when the rest of the team is stretched."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class AbsenceTest(Result):
    """
    Duty by day without one person.

    Parameters
    ----------
    person : str
        Who is away.
    days : int
        Days of the absence. [day]
    cells : tuple of DeskCell
        What nobody covers from the first hour on.
    table : DataFrame
        One row a duty and day, as :meth:`to_frame` gives it.
    days_until_late : float
        Days until the first answer misses its target; infinite if none does. [day]
    late : dict of str to float
        The same for each channel, or channel and language, that falls behind. [day]
    hours_waiting : float
        Work left waiting on the last day, because of this absence. [hour]
    """

    kind: ClassVar[str] = "absence_test"

    person: str
    days: int
    cells: tuple[DeskCell, ...]
    table: pd.DataFrame
    days_until_late: float
    hours_waiting: float
    late: dict[str, float] = dataclasses.field(default_factory=dict)

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        values = {"who": self.person, "count": self.days, "hours": self.hours_waiting, "first": self.first_failure}
        if not self.cells and self.hours_waiting < 0.05 and math.isinf(self.days_until_late):
            return Sentence("absence_survived", who=self.person, count=self.days)
        return Sentence("absence_headline", **values)

    @property
    def first_failure(self) -> Sentence:
        """What fails first, and when."""
        stopped = [cell for cell in self.cells if cell.kind in ("answering", "editor")]
        if stopped:
            channels = shortened(cell.subject for cell in stopped)
            if self.days_until_late <= self.days:
                return Sentence("fails_channels_late", channels=channels, days=self.days_until_late)
            return Sentence("fails_channels", channels=channels)
        if self.days_until_late <= self.days:
            return Sentence("fails_messages", days=self.days_until_late)
        duties = [cell.subject for cell in self.cells if cell.kind == "duty"]
        if duties:
            return Sentence("fails_duties", duties=[Sentence(f"term_{duty}") for duty in duties])
        locked = shortened(cell.subject for cell in self.cells if cell.kind in CHANNEL_KINDS)
        if locked:
            return Sentence("fails_locked", channels=locked)
        if self.cells:
            return Sentence("fails_hours")
        return Sentence("fails_slowly")

    @property
    def points(self) -> tuple[Sentence, ...]:
        """The same as ``sentences``."""
        return self.sentences

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What happens, in the order in which it does: at once, then day by day."""
        spoken = []
        if self.cells:
            spoken.append(Sentence("from_first_hour", losses=consequences(self.cells)))
        when: dict[float, list[str]] = {}
        for channel, days in self.late.items():
            when.setdefault(round(days, 1), []).append(channel)
        late = sorted((days, channels) for days, channels in when.items() if days <= self.days)
        spoken += [Sentence("late_from_day", days=days, channels=shortened(channels)) for days, channels in late[:2]]
        told = {cell.subject for cell in self.cells if cell.kind == "duty"}
        last = self.table[self.table["day"] == self.days]
        waits = last[(last["hours_waiting"] >= WORTH_SAYING) & ~last["duty"].isin(told)].sort_values(
            "hours_waiting", ascending=False, kind="stable"
        )
        duties: list[str | Sentence] = [
            Sentence("duty_waits", duty=Sentence(f"term_{row.duty}"), hours=row.hours_waiting)
            for row in waits.itertuples()
        ]
        if duties:
            spoken.append(Sentence("duties_behind", duties=shortened(duties), count=self.days))
        stand = [Sentence(f"term_{duty}") for duty in last.loc[last["state"] == "covered", "duty"]]
        if stand and spoken:
            spoken.append(Sentence("duties_stand", duties=stand))
        return tuple(spoken)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a duty and day: day, duty, state, hours_due, hours_done, hours_waiting."""
        return self.table.copy()


def survive(desk: Desk, volume: Volume | None = None, *, person: str, days: int = 14) -> AbsenceTest:
    """
    Test what happens when one person is away from tomorrow on.

    Parameters
    ----------
    desk : Desk
        The team, its channels, duties and access.
    volume : Volume, optional
        Messages; without it answering counts no hours.
    person : str
        Id of the person, or of another holder of access.
    days : int
        Days of the absence, 1 to 366. [day]

    Returns
    -------
    AbsenceTest
        State of each duty by day, what nobody covers, what fails first and when.

    Raises
    ------
    InputError
        If nobody has that id, or ``days`` is out of range.

    Notes
    -----
    The others share the work as well as possible, messages before other duties (one linear programme); what they cannot
    do waits, and grows day by day. Where the whole team cannot do all the work either, every part of it is scaled to
    what it gets done today, so that only what this absence adds is counted. Work is spread evenly over the days: do
    **not** read a single day as a forecast.

    Examples
    --------
    >>> import staffcalc as sc
    >>> print(survive(sc.read_desk("data/solo_desk.yaml"), person="p1", days=3).first_failure)
    nobody answers or posts on instagram, facebook, x, whatsapp, and linkedin from the first hour
    """
    _checks.given("desk", desk, Desk, maker="read_desk")
    span = _checks.whole("days", days, 1, unit="day")
    if span > 366:
        raise InputError("too_many_days", days=span)
    known = [one.id for one in desk.team()] + [holder.id for holder in desk.access_holders]
    if person not in known:
        here = [one for one in known if one not in gone_by(desk, desk.today)]
        raise InputError("person_unknown", person=person, known=here[:8])
    whole = work_cells(desk, volume)
    work, notes = _what_is_done_today(whole)
    lost = tuple(cell for cell in list_cells(desk) if cell.spare >= 0 and len(cell.holders - {person}) < cell.required)
    table, waiting = _days(work, person, span) if work.holders else (_rows([], {}, {}, span), 0.0)
    late = _late(whole, person) if whole.holders else {}
    return AbsenceTest(
        person=person,
        days=span,
        cells=lost,
        table=table,
        days_until_late=min(late.values(), default=math.inf),
        hours_waiting=waiting,
        late=late,
        notes=(*notes, *work.notes),
        assumptions=work.assumptions,
        sources=("staffcalc_derived",),
        desk=desk,
    )


def _late(work: WorkCells, person: str) -> dict[str, float]:
    """Return the days until each channel misses its target, every other duty dropped. [day]"""
    held = read_holdings(work.holders)
    gone = [place for place, one in enumerate(held.people) if one == person]
    asked = {cell: load if cell in work.within_hours else 0.0 for cell, load in work.load.items()}
    unanswered = Redistribution(held, loads(held, asked), capacities(held, work.capacity)).unserved(gone)
    return late_channels(work, sorted(map(str, unanswered.cells)), float(unanswered), {person})


def _days(work: WorkCells, person: str, days: int) -> tuple[pd.DataFrame, float]:
    held = read_holdings(work.holders)
    gone = [place for place, one in enumerate(held.people) if one == person]
    after = _served(held, work, gone)
    due: dict[str, float] = {}
    done: dict[str, float] = {}
    for cell, load in work.load.items():
        duty = COMMUNITY if cell in work.within_hours else cell
        due[duty] = due.get(duty, 0.0) + load / 7
        done[duty] = done.get(duty, 0.0) + after[cell] / 7
    table = _rows([duty for duty in DUTIES if due.get(duty, 0.0) > 0], due, done, days)
    last = table[table["day"] == days]
    return table, float(last["hours_waiting"].sum())


def _what_is_done_today(work: WorkCells) -> tuple[WorkCells, tuple[Sentence, ...]]:
    """Return the work scaled to what the whole team can do, with a note where that is less than all of it."""
    total = math.fsum(work.load.values())
    if not work.holders or total == 0:
        return work, ()
    held = read_holdings(work.holders)
    undone = float(Redistribution(held, loads(held, work.load), capacities(held, work.capacity)).unserved(()))
    if undone <= 0:
        return work, ()
    scaled = {cell: load * (1 - undone / total) for cell, load in work.load.items()}
    note = Sentence("absence_of_overloaded_team", hours=undone, work=total)
    return dataclasses.replace(work, load=scaled), (note,)


def _rows(duties: list[str], due: dict[str, float], done: dict[str, float], days: int) -> pd.DataFrame:
    rows = []
    for day in range(1, days + 1):
        for duty in duties:
            share = done[duty] / due[duty]
            state = "covered" if share > 0.999 else "stopped" if share < 0.001 else "behind"
            waiting = max(0.0, due[duty] - done[duty]) * day
            rows.append((day, duty, state, due[duty], done[duty], waiting))
    return pd.DataFrame(rows, columns=["day", "duty", "state", "hours_due", "hours_done", "hours_waiting"])


def _served(held: Holdings, work: WorkCells, gone: list[int]) -> dict[str, float]:
    """Return the hours a week done in each cell, messages first, shared evenly where there is a choice."""
    from scipy import optimize, sparse

    edges = [
        (cell, person) for cell, who in enumerate(held.holders) for person in sorted(who) if person not in set(gone)
    ]
    served = {str(cell): 0.0 for cell in held.cells}
    if not edges:
        return served
    cells_of, people_of = np.array([cell for cell, _ in edges]), np.array([person for _, person in edges])
    column = np.arange(len(edges))
    count, size = len(held.cells), len(held.cells) + len(held.people)
    limits = np.r_[loads(held, work.load), capacities(held, work.capacity)]
    matrix = sparse.csr_array(
        (np.ones(2 * len(edges)), (np.r_[cells_of, count + people_of], np.r_[column, column])), shape=(size, len(edges))
    )
    worth = np.array([MESSAGES_FIRST if held.cells[cell] in work.within_hours else 1.0 for cell, _ in edges])
    linprog: Any = optimize.linprog
    flow = linprog(-worth, A_ub=matrix, b_ub=limits, bounds=(0, None), method="highs").x
    for (cell, _), hours in zip(edges, flow, strict=True):
        served[str(held.cells[cell])] += float(hours)
    return served
