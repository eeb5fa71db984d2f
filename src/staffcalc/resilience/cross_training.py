"""The cheapest way to survive the loss of any k people: who learns what, who gets which access, and where to hire."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from staffcalc import _checks
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.inputs.access import LAYERS
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure
from staffcalc.resilience.access_review import outsiders, shortened
from staffcalc.resilience.cells import DeskCell, list_cells
from staffcalc.resilience.harm import uncovered_chances
from staffcalc.resilience.solver import solve_rows
from staffcalc.resilience.work_cells import WorkCells, work_cells
from staffcalc.staffing.contract import contract_of

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume

FIGURES = ("hours_to_learn_channel", "hours_to_learn_duty", "lesson_hours_per_person", "minutes_to_grant_access")
UNMET_COST = 10_000.0
"""Cost of a missing holder in the programme, far above any lesson. [hour]"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lesson:
    """
    One person who learns one thing, or gets one access.

    Parameters
    ----------
    learner : str
        Who learns, or gets the access.
    cell : DeskCell
        What is learned.
    teacher : str
        A present holder; empty where nobody holds it.
    hours : float
        Hours of the learner. [hour]
    risk_removed : float
        Hours of work a year that no longer find all their holders away; for access, of the channel behind it.
        [hour/year]
    cost : float or None
        Pay and on-cost of these hours; None where pay is not known. [money]
    """

    learner: str
    cell: DeskCell
    teacher: str
    hours: float
    risk_removed: float
    cost: float | None


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TrainingPlan(Result):
    """
    Lessons after which the loss of any ``survive`` people uncovers nothing that lessons can protect.

    Parameters
    ----------
    survive : int
        People that may be lost at once. [person]
    lessons : tuple of Lesson
        Access first, then what removes most risk an hour.
    only_hire : tuple of (DeskCell, int)
        Cells for which nobody is eligible, and holders missing: only a hire helps. [person]
    unmet : tuple of (DeskCell, int)
        Cells that stay thin because nobody has lesson hours left, and holders missing. [person]
    hours, cost : float, float or None
        All lessons. [hour], [money]
    status : str
        ``exact`` if the plan is proven to be the cheapest, else ``at_most``.
    bound : float
        Proven lower bound of the hours. [hour]
    """

    kind: ClassVar[str] = "training_plan"

    survive: int
    lessons: tuple[Lesson, ...]
    only_hire: tuple[tuple[DeskCell, int], ...]
    unmet: tuple[tuple[DeskCell, int], ...]
    hours: float
    cost: float | None
    status: str
    bound: float

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        if not self.lessons:
            if self.only_hire:
                return Sentence("training_only_hire", count=len(self.only_hire))
            nothing = any(note.key == "nothing_to_cover" for note in self.notes)
            return Sentence("points_nothing_told" if nothing else "training_none")
        access = sum(lesson.cell.kind in LAYERS for lesson in self.lessons)
        given = {
            "accesses": Sentence("accesses_given", count=access),
            "lessons": Sentence("lessons_given", count=len(self.lessons) - access),
            "hours": self.hours,
        }
        if self.only_hire or self.unmet:
            left = len(self.only_hire) + len(self.unmet)
            losses = Sentence("loss_of_any", count=self.survive)
            return Sentence("training_partly", count=left, losses=losses, **given)
        return Sentence("training_headline", count=self.survive, **given)

    @property
    def points(self) -> tuple[Sentence, ...]:
        """The same as ``steps``."""
        return self.steps

    @property
    def steps(self) -> tuple[Sentence, ...]:
        """The three cheapest steps out, in words."""
        access = [lesson for lesson in self.lessons if lesson.cell.kind in LAYERS]
        taught = [lesson for lesson in self.lessons if lesson.cell.kind not in LAYERS]
        keys = [cell for cell, _ in self.only_hire if cell.kind in LAYERS]
        work = [cell for cell, _ in self.only_hire if cell.kind not in LAYERS]
        spoken = []
        if access:
            people = shortened(lesson.learner for lesson in access)
            hours = math.fsum(lesson.hours for lesson in access)
            spoken.append(Sentence("step_access", count=len(access), people=people, hours=hours))
        if keys:
            hours = len(keys) * figure("minutes_to_grant_access").value / 60
            channels = shortened(cell.subject for cell in keys)
            spoken.append(Sentence("step_borrow", count=len(keys), channels=channels, hours=hours))
        spoken += [
            Sentence("step_lesson", learner=lesson.learner, what=lesson.cell.words(), hours=lesson.hours)
            for lesson in taught[:2]
        ]
        if work:
            spoken.append(Sentence("step_write_down", count=len(work)))
            languages = shortened(dict.fromkeys(cell.language for cell in work if cell.language))
            if languages:
                spoken.append(Sentence("step_hire_speaking", count=len(self.only_hire), languages=languages))
            else:
                spoken.append(Sentence("step_hire", count=len(self.only_hire)))
        return tuple(spoken[:3])

    @property
    def handover(self) -> pd.DataFrame:
        """Hand-over pack: who gets which access to which channel, and who gives it. One row an access."""
        rows = [
            {
                "learner": lesson.learner,
                "channel": lesson.cell.subject,
                "layer": lesson.cell.kind,
                "teacher": lesson.teacher,
            }
            for lesson in self.lessons
            if lesson.cell.kind in LAYERS
        ]
        frame = pd.DataFrame(rows, columns=["learner", "channel", "layer", "teacher"])
        return frame.sort_values(["learner", "channel"], kind="stable").reset_index(drop=True)

    def to_frame(self) -> pd.DataFrame:
        """
        Return one row a lesson, then what needs a hire.

        Columns: when, learner, kind, cell, teacher, hours, risk_removed, cost.
        """
        rows: list[dict[str, object]] = [
            {
                "when": "this_afternoon" if lesson.cell.kind in LAYERS else "in_this_order",
                "learner": lesson.learner,
                "kind": lesson.cell.kind,
                "cell": lesson.cell.name,
                "teacher": lesson.teacher,
                "hours": lesson.hours,
                "risk_removed": lesson.risk_removed,
                "cost": math.nan if lesson.cost is None else lesson.cost,
            }
            for lesson in self.lessons
        ]
        for when, cells in (("only_hire", self.only_hire), ("no_hours_left", self.unmet)):
            rows += [
                {"when": when, "learner": "", "kind": cell.kind, "cell": cell.name, "teacher": "", "hours": math.nan,
                 "risk_removed": math.nan, "cost": math.nan}
                for cell, _ in cells
            ]  # fmt: skip
        columns = ["when", "learner", "kind", "cell", "teacher", "hours", "risk_removed", "cost"]
        return pd.DataFrame(rows, columns=columns)


def plan_cross_training(
    desk: Desk,
    volume: Volume | None = None,
    *,
    survive: int = 1,
    hours_per_person: float | None = None,
    time_limit: float | None = None,
) -> TrainingPlan:
    """
    Find the cheapest lessons and accesses after which the loss of any ``survive`` people uncovers nothing.

    Parameters
    ----------
    desk : Desk
        The team, its channels, duties and access.
    volume : Volume, optional
        Messages, to weigh lessons by the work behind them.
    survive : int
        People that may be lost at once. [person]
    hours_per_person : float, optional
        Most hours of lessons one person takes on; the reference figure ``lesson_hours_per_person`` if left out. [hour]
    time_limit : float, optional
        Seconds for the exact search; the reference figure ``solver_seconds`` if left out. [s]

    Returns
    -------
    TrainingPlan
        Lessons in order, hours and cost, the hand-over pack, and where only a hire helps.

    Raises
    ------
    InputError
        If ``survive`` is not a whole number of 1 or more.

    Notes
    -----
    Every cell needs its required holders and ``survive`` more. One integer programme chooses lessons of least hours; a
    language is never a lesson, so a channel whose language nobody else speaks needs a hire, and so do hours with too
    few people. Employees of the team are eligible for access. Access takes minutes where skills take days: it comes
    first. Do **not** read the hours as precise: they are judgement until the team knows its own.

    Examples
    --------
    >>> import staffcalc as sc
    >>> plan = plan_cross_training(sc.read_desk("data/sample_desk.yaml"), survive=1)
    >>> len(plan.handover), plan.status
    (8, 'exact')
    """
    extra = _checks.whole("survive", survive, 1, unit="person")
    default = figure("lesson_hours_per_person").value
    most = default if hours_per_person is None else _checks.at_least("hours_per_person", hours_per_person, unit="hour")
    seconds = figure("solver_seconds").value if time_limit is None else time_limit
    work = work_cells(desk, volume)
    cells = list_cells(desk)
    wanting = {cell: cell.required + extra - len(cell.holders) for cell in cells}
    wanting = {cell: missing for cell, missing in wanting.items() if missing > 0}
    eligible = {cell: _eligible(desk, cell) for cell in wanting}
    only_hire = [(cell, missing - len(eligible[cell])) for cell, missing in wanting.items()]
    only_hire = [(cell, missing) for cell, missing in only_hire if missing > 0]
    reachable = {cell: min(missing, len(eligible[cell])) for cell, missing in wanting.items() if eligible[cell]}
    chosen, unmet, status, bound = cheapest_lessons(
        reachable, {cell: eligible[cell] for cell in reachable}, most=most, time_limit=seconds
    )
    lessons = _in_order(desk, work, chosen)
    costs = [lesson.cost for lesson in lessons if lesson.cost is not None]
    notes = [] if status == "exact" else [Sentence("training_not_proven", hours=bound)]
    if not cells:
        notes.append(Sentence("nothing_to_cover"))
    unknown = [person.id for person in desk.team() if person.working_hours is None]
    if desk.calendar.cover is not None and unknown:
        notes.append(Sentence("hours_not_told", count=len(unknown), people=shortened(unknown)))
    if unmet:
        notes.append(Sentence("lesson_hours_used_up", count=len(unmet), hours=most))
    return TrainingPlan(
        survive=extra,
        lessons=lessons,
        only_hire=tuple(only_hire),
        unmet=tuple(unmet.items()),
        hours=math.fsum(lesson.hours for lesson in lessons),
        cost=math.fsum(costs) if lessons and len(costs) == len(lessons) else None,
        status=status,
        bound=bound,
        notes=tuple(notes),
        assumptions=tuple(figure(name).assumption() for name in FIGURES),
        sources=tuple(dict.fromkeys(figure(name).source for name in FIGURES)),
        desk=desk,
    )


def cheapest_lessons(
    missing: Mapping[DeskCell, int],
    eligible: Mapping[DeskCell, Mapping[str, float]],
    *,
    most: float | Mapping[str, float],
    time_limit: float | None = None,
) -> tuple[dict[tuple[DeskCell, str], float], dict[DeskCell, int], str, float]:
    """
    Choose the cheapest lessons that give every cell its missing holders.

    Parameters
    ----------
    missing : mapping of cell to int
        Holders to add. [person]
    eligible : mapping of cell to mapping of person to float
        Who can learn it, at how many hours. [hour]
    most : float or mapping of person to float
        Most hours of one person. [hour]
    time_limit : float, optional
        Seconds for the search. [s]

    Returns
    -------
    tuple
        Hours of each chosen lesson, holders still missing, ``exact`` or ``at_most``, and a lower bound of the hours.
    """
    pairs = [(cell, person) for cell in missing for person in sorted(eligible[cell])]
    if not pairs:
        return {}, {}, "exact", 0.0
    slack = [cell for cell, count in missing.items() for _ in range(count)]
    column = {pair: place for place, pair in enumerate(pairs)}
    hours = np.array([eligible[cell][person] for cell, person in pairs])
    rows: list[tuple[list[int], list[float]]] = []
    upper: list[float] = []
    for cell, count in missing.items():
        columns = [column[cell, person] for person in sorted(eligible[cell])]
        columns += [len(pairs) + place for place, other in enumerate(slack) if other is cell]
        rows.append((columns, [-1.0] * len(columns)))
        upper.append(-float(count))
    for person in sorted({person for _, person in pairs}):
        own = [place for (_, one), place in column.items() if one == person]
        rows.append((own, [float(hours[place]) for place in own]))
        upper.append(float(most[person] if isinstance(most, Mapping) else most))
    cost = np.concatenate([hours, np.full(len(slack), UNMET_COST)])
    whole = np.ones(len(cost), dtype=np.int64)
    solved = solve_rows(cost, rows, np.array(upper), whole=whole, time_limit=time_limit)
    if solved.values is None:
        return {}, dict(missing), "at_most", max(0.0, solved.bound)
    chosen = {pair: float(hours[place]) for pair, place in column.items() if solved.values[place] > 0.5}
    left: dict[DeskCell, int] = {}
    for place, cell in enumerate(slack):
        if solved.values[len(pairs) + place] > 0.5:
            left[cell] = left.get(cell, 0) + 1
    total = math.fsum(chosen.values())
    if solved.exact:
        return chosen, left, "exact", total
    return chosen, left, "at_most", max(0.0, solved.bound - UNMET_COST * sum(left.values()))


def _eligible(desk: Desk, cell: DeskCell) -> dict[str, float]:
    """Return who could learn or get what a cell needs, with the hours it takes."""
    people = [person for person in desk.team() if person.id not in cell.holders and person.end is None]
    if cell.kind == "hours" or (cell.kind == "answering" and cell.hours):
        return {}
    if cell.kind in LAYERS:
        minutes = figure("minutes_to_grant_access").value
        answering = {person.id for person in desk.holders_of_channel(cell.subject)}
        outside = outsiders(desk)
        # A hair more for people who do not answer the channel, so that ties go to those who do.
        return {
            person.id: (minutes if person.id in answering else minutes * 1.01) / 60
            for person in people
            if person.id not in outside
        }
    if cell.kind == "duty":
        return {person.id: figure("hours_to_learn_duty").value for person in people}
    return {
        person.id: figure("hours_to_learn_channel").value
        for person in people
        if not cell.language or not person.languages or cell.language in person.languages
    }


def _in_order(desk: Desk, work: WorkCells, chosen: Mapping[tuple[DeskCell, str], float]) -> tuple[Lesson, ...]:
    """Return the lessons, access first, then by the risk that an hour of them removes."""
    lessons: list[Lesson] = []
    by_cell: dict[DeskCell, list[str]] = {}
    for cell, learner in sorted(chosen, key=lambda pair: (pair[0].kind, pair[0].name, pair[1])):
        by_cell.setdefault(cell, []).append(learner)
    for cell, learners in by_cell.items():
        holders = set(cell.holders)
        teacher = min(holders, default="")
        weight = _hours_behind(work, cell) * 365.25 / 7
        for learner in learners:
            before = uncovered_chances({0: holders}, absence=work.absence, required=cell.required)[0]
            holders.add(learner)
            after = uncovered_chances({0: holders}, absence=work.absence, required=cell.required)[0]
            hours = chosen[cell, learner]
            lessons.append(
                Lesson(
                    learner=learner,
                    cell=cell,
                    teacher=teacher,
                    hours=hours,
                    risk_removed=weight * (before - after),
                    cost=_cost(desk, learner, hours),
                )
            )
    lessons.sort(key=lambda one: (one.cell.kind not in LAYERS, -one.risk_removed / one.hours, one.cell.name))
    return tuple(lessons)


def _hours_behind(work: WorkCells, cell: DeskCell) -> float:
    """Return the hours a week that stand behind a cell; one hour where no work is known. [hour/week]"""
    names: Sequence[str] = [
        name for name in work.load if name == cell.subject or name.partition(" · ")[0] == cell.subject
    ]
    if cell.language and f"{cell.subject} · {cell.language}" in work.load:
        names = [f"{cell.subject} · {cell.language}"]
    return math.fsum(work.load[name] for name in names) or 1.0


def _cost(desk: Desk, learner: str, hours: float) -> float | None:
    person = next(person for person in desk.people if person.id == learner)
    pay = person.salary_per_year or desk.costs.salary_per_year.get(person.grade)
    if pay is None:
        return None
    share = desk.costs.employer_on_cost_share
    on_cost = share.typical if share is not None else 0.0
    return hours * pay * (1 + on_cost) / contract_of(desk)[0].productive_hours
