"""Making a roster: people on shifts within rest rules, contracts, skills and leave; fair, never silently partial."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from staffcalc._checks import at_least, given, share, switch, whole
from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.coverage.duty_rows import EVERY_COLUMN
from staffcalc.coverage.on_call_turns import hours_beside_work
from staffcalc.coverage.presets import RestRules, as_rules
from staffcalc.coverage.rest_rules import RestCheck, check_rest
from staffcalc.coverage.roster import Roster, RowsOfDesk
from staffcalc.coverage.roster_facts import Facts, gather
from staffcalc.coverage.roster_plan import Plan, day, wishes
from staffcalc.coverage.roster_problem import Problem, Solution
from staffcalc.coverage.roster_reasons import explain
from staffcalc.coverage.roster_search import solve
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure

if TYPE_CHECKING:
    from staffcalc.coverage.duty_rows import Rows


MOST_WEEKS = 53
"""Longest roster: one year."""


def make_roster(
    desk: Desk,
    need: Any = None,
    *,
    start: str | dt.date,
    weeks: int = 4,
    rules: str | RestRules = "eu",
    tours: Iterable[Any] | None = None,
    seats: float | Sequence[float] | None = None,
    skills: Mapping[str, float | Sequence[float]] | None = None,
    leave: Rows | None = None,
    preferences: Iterable[Mapping[str, Any]] | None = None,
    history: Rows | None = None,
    frozen: Rows | None = None,
    frozen_until: str | dt.date | None = None,
    on_call: bool = True,
    break_minutes: float | None = None,
    overtime_hours_per_week: float = 0.0,
    max_nights_in_a_row: int | None = None,
    max_days_in_a_row: int | None = None,
    gap: float = 0.01,
    time_limit_seconds: float = 30.0,
    seed: int | np.random.Generator = 0,
) -> Roster:
    """
    Put people on shifts, lawfully and fairly.

    Parameters
    ----------
    desk : Desk
        The team: people, contracts, skills, leave, cover hours, on-call set-up.
    need : StaffingNeed, optional
        People by hour of the week, rounded to whole people and never below the seats of the cover hours; those
        seats alone if left out.
    start : str or date
        First local day.
    weeks : int
        Length. [week]
    rules : str or RestRules
        Rest rules, see :func:`staffcalc.check_rest`.
    tours : iterable of (name, "HH:MM", hours) or Tour, optional
        Shifts to choose from; drawn from the demand if left out.
    seats : float or 168 numbers, optional
        People asked for in cover hours, or in each local hour of the week; goes before ``need``. [people]
    skills : mapping, optional
        People asked for by ``language:de``, ``channel:instagram`` or ``duty:crisis``, in cover hours or by hour.
        [people]
    leave : rows, optional
        More leave than the desk knows: person, start, end as days.
    preferences : iterable of mappings, optional
        ``person``, ``weight`` (hours of one person; negative to avoid), and any of ``date``, ``weekday``, ``tour``.
    history : rows, optional
        Duties before ``start``, for rest and fairness; or counts with columns person, nights, weekends, holidays.
    frozen : rows, optional
        A published roster; its duties that start before ``frozen_until`` stay as they are.
    frozen_until : str or date, optional
        First local day that may change; the end of ``frozen`` if left out.
    on_call : bool
        Whether to plan the on-call turns that the desk asks for.
    break_minutes : float, optional
        Unpaid breaks in a shift; what the rest rules need at least where they name it. [minute]
    overtime_hours_per_week : float
        Hours above contract that each person may work. [hour per week]
    max_nights_in_a_row, max_days_in_a_row : int, optional
        Most nights and most days in a row. [day]
    gap : float
        Distance from the best bound at which the search stops. [share]
    time_limit_seconds : float
        Time after which the best roster found is returned. [second]
    seed : int or Generator
        Breaks ties between equal rosters.

    Returns
    -------
    Roster
        Duties, open stretches with reasons, fairness, and the verdict of the rest checker.

    Raises
    ------
    InputError
        If nobody is employed in that time, or an argument cannot be used.

    Notes
    -----
    An integer programme: one shift a day, daily rest between shifts, one long rest in each week, hours by week and by
    reference period, nights and days in a row, skills by hour; it minimises open seats first, then unfairness of
    nights, weekends, holidays and hours by contract and history, broken preferences, changing start times and single
    days off. All lengths are real hours, clock changes included. The result is judged by
    :func:`staffcalc.check_rest`, which shares no code with the programme. A seat that cannot be filled is listed with
    its reason; the rest of the plan stands.

    **When not to use it**: for hundreds of people at once; plan team by team. Not legal advice.

    References
    ----------
    .. [1] table ``rest_rules`` in ``reference/``; the solver is HiGHS through ``scipy.optimize.milp``.

    Examples
    --------
    One seat around the clock takes five people before any leave:

    >>> people = [{"id": f"p{n}", "role": "agent", "contract_hours_per_week": 40} for n in range(1, 6)]
    >>> desk = Desk.model_validate(
    ...     {"name": "Day and night", "timezone": "UTC", "calendar": {"cover": "24/7"}, "people": people}
    ... )
    >>> roster = make_roster(desk, start="2027-01-04", weeks=1, rules="eu")
    >>> roster.complete, roster.check.lawful
    (True, True)
    """
    desk = given("desk", desk, Desk, maker="read_desk")
    if whole("weeks", weeks, 1, unit="week") > MOST_WEEKS:
        raise InputError("roster_too_long", weeks=int(weeks), most=MOST_WEEKS)
    if skills is not None and not isinstance(skills, Mapping):
        raise InputError("skill_unreadable", skill=str(skills)[:60])
    plan = Plan(
        first=day("start", start),
        weeks=int(weeks),
        rules=as_rules(rules),
        tours=tours,
        seats=seats,
        by_hour=_by_hour(need),
        skills=dict(skills or {}),
        leave=leave,
        preferences=wishes(preferences, desk),
        history=history,
        frozen=frozen,
        frozen_until=None if frozen_until is None else day("frozen_until", frozen_until),
        break_minutes=None if break_minutes is None else at_least("break_minutes", break_minutes, unit="minute"),
        overtime=at_least("overtime_hours_per_week", overtime_hours_per_week, unit="hour/week"),
        max_nights=_run("max_nights_in_a_row", max_nights_in_a_row),
        max_days=_run("max_days_in_a_row", max_days_in_a_row),
    )
    facts = gather(desk, plan)
    if switch("on_call", on_call):  # turns first, shifts around them, then the turns once more beside the shifts
        facts = facts.around(facts.on_call_turns(None, seed))
    found = solve(
        facts.problem,
        seed=seed,
        gap=share("gap", gap),
        time_limit_seconds=at_least("time_limit_seconds", time_limit_seconds, above=True, unit="second"),
    )
    unmet, relaxations = explain(facts, found, seed=seed, time_limit_seconds=time_limit_seconds)
    duties = facts.duties(found)
    turns = facts.on_call_turns(duties, seed) if on_call else None
    check = _judge(facts, duties)
    beside = 0.0
    if turns is not None:
        both = _judge(facts, pd.concat([duties, turns.rows], ignore_index=True))
        if len(both.breaches) > len(check.breaches):
            turns = turns.given_up("standby_counts")
        else:
            check = both
        beside = hours_beside_work(duties, turns.rows)
        duties = pd.concat([duties, turns.rows], ignore_index=True)
        unmet = pd.concat([part for part in (unmet, turns.unmet) if len(part)] or [unmet], ignore_index=True)
    duties = duties.sort_values(["start", "person"], kind="stable").reset_index(drop=True)[list(EVERY_COLUMN)]
    return Roster(
        first=plan.first,
        last=plan.last,
        people=len(facts.problem.members),
        duties=duties,
        asked_hours=facts.asked_hours,
        unmet=unmet,
        relaxations=relaxations,
        fairness=facts.fairness(found, None if turns is None else turns.weeks),
        rules=plan.rules,
        check=check,
        status=found.status,
        gap=found.gap,
        bound=found.bound,
        objective=found.objective,
        notes=_doubts(facts, found, check, unmet, beside),
        assumptions=tuple(_assumptions(plan, facts)),
        sources=tuple(sorted({*check.sources, "judgement"})),
        desk=desk,
    )


def _judge(facts: Facts, duties: pd.DataFrame) -> RestCheck:
    """Return the verdict of the checker on the duties, together with those shortly before the roster."""
    rows = pd.concat([facts.before, duties], ignore_index=True) if len(facts.before) else duties
    return check_rest(RowsOfDesk(rows, facts.desk, facts.plan.first, facts.horizon_days), rules=facts.plan.rules)


def _run(name: str, value: int | None) -> int:
    return (
        int(figure(f"roster_{name.removeprefix('max_')}").value) if value is None else whole(name, value, 1, unit="day")
    )


def _by_hour(need: Any) -> Sequence[float] | None:
    if need is None:
        return None
    people = getattr(need, "people_by_hour", None)
    if people is None:
        raise InputError("need_without_people", value=type(need).__name__)
    return [float(value) for value in people]


def _doubts(
    facts: Facts, found: Solution, check: RestCheck, unmet: pd.DataFrame, beside: float
) -> tuple[Sentence, ...]:
    notes = list(facts.notes)
    if found.status == "clash":
        notes.append(Sentence("roster_clash"))
    if found.status == "time_limit":
        notes.append(Sentence("roster_time_limit", gap=found.gap))
    if not check.lawful:
        notes.append(Sentence("roster_breaches", count=len(check.breaches)))
    if beside > 0:
        notes.append(Sentence("roster_on_call_beside_work", hours=beside))
    if len(unmet):
        notes.append(Sentence("roster_best_plan"))
        notes += _advice(facts, unmet)
    return (*notes, *check.notes)


ADVICE = {
    "contract_hours": "people", "together": "people", "reference_hours": "people", "weekly_rest": "people",
    "nights_in_a_row": "runs", "days_in_a_row": "runs", "daily_rest": "tours", "daily_rest_min": "tours",
    "shift_change_rest_min": "tours", "no_shift": "tours", "day_hours_max": "shorter", "night_hours_max": "shorter",
    "break_min": "breaks", "break_min_up_to_4h": "breaks", "break_min_up_to_7_5h": "breaks",
    "break_min_above_7_5h": "breaks", "leave": "leave", "not_employed": "dates", "frozen": "frozen",
    "skill": "skill", "on_call": "rotation", "standby_counts": "standby",
}  # fmt: skip
"""What to try by the reason of an open stretch."""


def _advice(facts: Facts, unmet: pd.DataFrame) -> Iterable[Sentence]:
    """Return what to try: the fewest people more that the hours alone ask for, and a way out for each reason."""
    weighted = unmet.assign(seat_hours=unmet["hours"] * unmet["people_missing"])
    week = facts.desk.absence.contract_hours_per_week or figure("contract_hours_per_week").value
    hours = weighted.loc[(weighted["skill"] == "") & (weighted["reason"] == "contract_hours"), "seat_hours"].sum()
    more = math.ceil(float(hours) / facts.plan.weeks / week - 1e-9)
    if more:
        yield Sentence("roster_more_people", count=more, hours=week)
    reasons = weighted.groupby("reason")["seat_hours"].sum().sort_values(ascending=False, kind="stable").index
    for way in dict.fromkeys(ADVICE[str(reason)] for reason in reasons):
        yield Sentence(f"advice_{way}")


def _assumptions(plan: Plan, facts: Facts) -> Iterable[Assumption]:
    problem: Problem = facts.problem
    yield Assumption("roster.rules", plan.rules.name, source="desk", status="given")
    yield dataclasses.replace(figure("roster_nights_in_a_row").assumption(), value=float(problem.max_nights))
    yield dataclasses.replace(figure("roster_days_in_a_row").assumption(), value=float(problem.max_days))
    yield Assumption("roster.least_rest", problem.rest, unit="hour", source="judgement", status="judgement")
    yield from facts.assumptions
