"""The cheapest way to survive the loss of any k people: who learns what, who gets which access, and where to hire."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from staffcalc import _checks
from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.errors import InputError
from staffcalc.inputs.access import LAYERS
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure
from staffcalc.resilience.cells import DeskCell, known_shifts, list_cells
from staffcalc.resilience.consequences import shortened
from staffcalc.resilience.harm import uncovered_chances
from staffcalc.resilience.key_holders import Givers, candidates
from staffcalc.resilience.lessons import HOURS_OF_WEEK, Want, cheapest_lessons
from staffcalc.resilience.needs import Need, list_needs
from staffcalc.resilience.proof import EXACT
from staffcalc.resilience.training_plan import Gap, Lesson, TrainingPlan
from staffcalc.resilience.work_cells import WorkCells, work_cells
from staffcalc.staffing.contract import contract_of

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume

FIGURES = ("hours_to_learn_channel", "hours_to_learn_duty", "lesson_hours_per_person", "minutes_to_grant_access")
WEEKS_A_YEAR = 365.25 / 7


def plan_cross_training(
    desk: Desk,
    volume: Volume | None = None,
    *,
    survive: int = 1,
    hours_per_person: float | Mapping[str, float] | None = None,
    lessons_per_person: int | Mapping[str, int] | None = None,
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
    hours_per_person : float or mapping of person to float, optional
        Most hours of lessons one person takes on. Where it is left out, or does not name somebody, the person's own
        ``lesson_hours_at_most`` holds, then the reference figure ``lesson_hours_per_person``. [hour]
    lessons_per_person : int or mapping of person to int, optional
        Most channels and duties one person learns. Where it is left out, or does not name somebody, the person's own
        ``new_skills_at_most`` holds; without that there is no limit but the hours. [lesson]
    time_limit : float, optional
        Seconds for the exact search; the reference figure ``solver_seconds`` if left out. [s]

    Returns
    -------
    TrainingPlan
        Lessons in order, hours and cost, the hand-over pack, and where only a hire helps.

    Raises
    ------
    InputError
        If ``survive`` is not a whole number of 1 or more, or a limit is negative or names nobody of the team.

    Notes
    -----
    Every cell needs its required holders and ``survive`` more, in every block of hours in which it is asked for: where
    an answer cannot wait a day, a lesson helps only in the hours in which the learner works. One integer programme
    chooses the lessons of least hours under the limits of each person, see ``lessons.cheapest_lessons``; then the
    fewest accesses are given, and whoever learns a channel may post to it. A language is never a lesson, so a channel
    whose language nobody else speaks needs a hire, and so do hours with too few people. Employees of the team who stay
    are eligible for access. Access takes minutes where skills take days: it comes first. Do **not** read the hours as
    precise: they are judgement until the team knows its own.

    Examples
    --------
    >>> import staffcalc as sc
    >>> plan = plan_cross_training(sc.read_desk("data/sample_desk.yaml"), survive=1)
    >>> len(plan.handover), plan.status
    (9, 'exact')
    """
    _checks.given("desk", desk, Desk, maker="read_desk")
    extra = _checks.whole("survive", survive, 1, unit="person")
    seconds = figure("solver_seconds").value if time_limit is None else time_limit
    work = work_cells(desk, volume)
    cells = list_cells(desk)
    needs = list_needs(desk, extra=extra)
    usual = figure("lesson_hours_per_person").value
    hours = {person.id: usual for person in desk.team()}
    hours |= _limits(desk, "lesson_hours_at_most", "hours_per_person", hours_per_person)
    count = _limits(desk, "new_skills_at_most", "lessons_per_person", lessons_per_person)
    shifts = known_shifts(desk)
    found = cheapest_lessons(
        [
            Want(need.skill, need.missing - need.shortage, need.learners, len(need.cell.hours) or HOURS_OF_WEEK)
            for need in needs
            if need.missing > need.shortage
        ],
        {(need.skill, learner): _hours_to_learn(need.skill) for need in needs for learner in need.learners},
        hours_at_most=hours,
        lessons_at_most=count,
        alike={one: (shifts.get(one), most, count.get(one)) for one, most in hours.items()},
        time_limit=seconds,
    )
    lessons = _taught(desk, needs, found.chosen, work)
    keys, keyless = _keys(desk, [cell for cell in cells if cell.kind in LAYERS], lessons, work, extra)
    whole = (*_by_value(keys), *_with_teachers(desk, _by_value(lessons)))
    only_hire = [Gap(need.cell, need.shortage, need.reason) for need in needs if need.shortage]
    unmet = [Gap(cell, missing, "no_lessons_left") for cell, missing in _still_missing(needs, found.chosen)]
    costs = [lesson.cost for lesson in whole if lesson.cost is not None]
    total = math.fsum(lesson.hours for lesson in whole)
    bound = total - math.fsum(found.chosen.values()) + found.bound
    return TrainingPlan(
        survive=extra,
        lessons=whole,
        only_hire=(*keyless, *_joined(only_hire)),
        unmet=_joined(unmet),
        hours=total,
        cost=math.fsum(costs) if whole and len(costs) == len(whole) else None,
        status=found.status,
        bound=total if found.status == EXACT else bound,
        notes=_doubts(desk, bool(cells), None if found.status == EXACT else bound),
        assumptions=_assumed(hours_per_person, lessons_per_person),
        sources=tuple(dict.fromkeys(figure(name).source for name in FIGURES)),
        desk=desk,
    )


def _limits(desk: Desk, field: str, name: str, values: Any) -> dict[str, float]:
    """Return the limit of each person who has one: from the keyword, else from the person's own field."""
    team = [person.id for person in desk.team()]
    own = {person.id: getattr(person, field) for person in desk.team() if getattr(person, field) is not None}
    if values is None:
        return own
    if not isinstance(values, Mapping):
        most = _checks.at_least(name, values)
        return dict.fromkeys(team, most)
    for person in values:
        if person not in team:
            raise InputError("person_unknown", person=str(person), known=team[:8])
    return own | {person: _checks.at_least(f"{name}[{person!r}]", most) for person, most in values.items()}


def _hours_to_learn(skill: DeskCell) -> float:
    return figure("hours_to_learn_duty" if skill.kind == "duty" else "hours_to_learn_channel").value


def _taught(
    desk: Desk, needs: Sequence[Need], chosen: Mapping[tuple[Any, str], float], work: WorkCells
) -> list[Lesson]:
    """Return the lessons with the risk that each removes, hour block by hour block."""
    by_skill: dict[DeskCell, list[Need]] = {}
    for need in needs:
        by_skill.setdefault(need.skill, []).append(need)
    lessons = []
    for skill, own in by_skill.items():
        there = [set(need.cell.holders) for need in own]
        for learner in sorted(person for one, person in chosen if one == skill):
            share, helps = 0.0, set[int]()
            for need, holders in zip(own, there, strict=True):
                if learner in need.learners:
                    share += need.share * _safer(holders, learner, need.skill.required, work.absence)
                    helps |= set(need.cell.hours) or set(range(HOURS_OF_WEEK))
                    holders.add(learner)
            hours = chosen[skill, learner]
            lessons.append(
                Lesson(
                    learner=learner,
                    cell=skill,
                    teacher="",
                    hours=hours,
                    helps=() if len(helps) == HOURS_OF_WEEK else tuple(sorted(helps)),
                    risk_removed=_hours_behind(work, skill) * WEEKS_A_YEAR * share,
                    cost=_cost(desk, learner, hours),
                )
            )
    return lessons


def _keys(
    desk: Desk, cells: Sequence[DeskCell], lessons: Sequence[Lesson], work: WorkCells, extra: int
) -> tuple[list[Lesson], list[Gap]]:
    """Return the keys to hand over, those of people who learn a channel included, and keys nobody can take."""
    hours = figure("minutes_to_grant_access").value / 60
    givers = Givers(desk, cells)
    held = Counter(holder for cell in cells for holder in cell.holders)
    keys: list[Lesson] = []
    gaps: list[Gap] = []
    for cell in cells:
        learning = [one.learner for one in lessons if one.cell.kind == "answering" and one.cell.subject == cell.subject]
        come_along = sorted(set(learning) - cell.holders) if cell.kind == "editor" else []
        missing = cell.required + extra - len(cell.holders) - len(come_along)
        able = [one for one in candidates(desk, cell, learning, held) if one not in come_along]
        holders = set(cell.holders)
        for learner in (*come_along, *able[: max(0, missing)]):
            risk = _hours_behind(work, cell) * WEEKS_A_YEAR * _safer(holders, learner, cell.required, work.absence)
            giver = givers.of(cell.subject, cell.kind, not_by=learner)
            cost = _cost(desk, learner, hours)
            keys.append(
                Lesson(
                    learner=learner, cell=cell, teacher=giver, hours=hours, helps=(), risk_removed=risk, cost=cost
                )
            )  # fmt: skip
            holders.add(learner)
            held[learner] += 1
        if missing > len(able):
            gaps.append(Gap(cell, missing - len(able), "no_employee"))
    return keys, gaps


def _safer(holders: set[str], learner: str, required: int, absence: float) -> float:
    """Return by how much the chance that too few are there falls when one more person can do it. [share]"""
    before = uncovered_chances({0: holders}, absence=absence, required=required)[0]
    return before - uncovered_chances({0: holders | {learner}}, absence=absence, required=required)[0]


def _by_value(lessons: Iterable[Lesson]) -> list[Lesson]:
    """Return lessons by the risk that an hour of them removes."""
    return sorted(lessons, key=lambda one: (-one.risk_removed / one.hours, one.cell.name, one.cell.kind, one.learner))


def _with_teachers(desk: Desk, lessons: Iterable[Lesson]) -> list[Lesson]:
    """Return lessons with a holder at work in the same hours as the learner; teaching is spread over the holders."""
    shifts = known_shifts(desk)
    taught: Counter[str] = Counter()
    found = []
    for lesson in lessons:
        own = shifts.get(lesson.learner, frozenset())
        able = [
            (one in shifts and bool(own) and not own & shifts[one], taught[one], one) for one in lesson.cell.holders
        ]
        teacher = min(able, default=(False, 0, ""))[2]
        taught[teacher] += 1
        found.append(dataclasses.replace(lesson, teacher=teacher))
    return found


def _still_missing(needs: Sequence[Need], chosen: Mapping[tuple[Any, str], float]) -> list[tuple[DeskCell, int]]:
    """Return what could be learned and is not, because nobody able has room for another lesson."""
    found = []
    for need in needs:
        taken = sum((need.skill, person) in chosen for person in need.learners)
        missing = need.missing - need.shortage - taken
        if missing > 0:
            found.append((need.cell, missing))
    return found


def _joined(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Return gaps of one thing that differ by their hours alone as one gap."""
    found: dict[tuple[str, str, str, int, str], Gap] = {}
    for gap in gaps:
        cell = gap.cell
        key = (cell.kind, cell.subject, cell.language, gap.missing, gap.reason)
        if cell.kind == "answering" and cell.hours and key in found:
            other = found[key].cell
            hours = tuple(sorted({*other.hours, *cell.hours}))
            gap = Gap(
                dataclasses.replace(cell, hours=hours, holders=other.holders | cell.holders), gap.missing, gap.reason
            )
        elif key in found:
            key = (*key[:4], f"{key[4]} {len(found)}")
        found[key] = gap
    return tuple(found.values())


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


def _doubts(desk: Desk, any_cells: bool, bound: float | None) -> tuple[Sentence, ...]:
    notes = [] if bound is None else [Sentence("training_not_proven", hours=bound)]
    if not any_cells:
        notes.append(Sentence("nothing_to_cover"))
    unknown = [person.id for person in desk.team() if person.working_hours is None]
    if desk.calendar.cover is not None and unknown:
        notes.append(Sentence("hours_not_told", count=len(unknown), people=shortened(unknown)))
    return tuple(notes)


def _assumed(hours: Any, lessons: Any) -> tuple[Assumption, ...]:
    """Return the figures behind the plan; a limit that was given stands for that of the tables."""
    rows = [figure(name).assumption() for name in FIGURES]
    if hours is not None and not isinstance(hours, Mapping):
        rows = [row for row in rows if row.name != "lesson_hours_per_person"]
        rows.append(Assumption("lesson_hours_per_person", float(hours), unit="hour"))
    if lessons is not None and not isinstance(lessons, Mapping):
        rows.append(Assumption("lessons_per_person", float(lessons), unit="lesson"))
    return tuple(rows)
