"""Why a seat stays open: counting first, then the same roster without one rule after another."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from staffcalc.coverage.duty_rows import stamp
from staffcalc.coverage.roster_problem import Demand, Member, Problem, Solution
from staffcalc.coverage.roster_search import solve

if TYPE_CHECKING:
    from staffcalc.coverage.roster_facts import Facts

COLUMNS = ("start", "end", "hours", "people_missing", "skill", "reason")
MOST_FOR_RELAXING = 2500
SECONDS_FOR_ONE = 5.0
GAP_FOR_ONE = 0.25
FAMILIES = ("contract_hours", "daily_rest", "weekly_rest", "nights_in_a_row", "days_in_a_row", "reference_hours")
"""Rules that are lifted one at a time."""


def explain(
    facts: Facts, found: Solution, *, seed: int | np.random.Generator, time_limit_seconds: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the open stretches with a reason each, and the seat-hours that stay open without each rule."""
    problem = facts.problem
    left = _open_hours(problem, found)
    none = pd.DataFrame(columns=["rule", "open_hours"])
    counted = {
        _reason(facts, found, demand, int(number), none, left)
        for demand, open_seats in zip(problem.demands, found.open_seats, strict=True)
        for number in np.flatnonzero(open_seats > 0.5)
    }
    tried = FAMILIES if "together" in counted else FAMILIES[:1] if "contract_hours" in counted else ()
    if len(problem.members) * len(problem.shifts) > MOST_FOR_RELAXING:
        tried = ()
    seconds = min(SECONDS_FOR_ONE, time_limit_seconds)
    rows = []
    for family in tried:
        other = solve(_without(problem, family), seed=seed, gap=GAP_FOR_ONE, time_limit_seconds=seconds, fair=False)
        rows.append((family, min(left, _open_hours(problem, other))))
    relaxed = (
        pd.DataFrame(rows, columns=list(none.columns)).sort_values("open_hours", kind="stable").reset_index(drop=True)
    )
    rows_open: list[tuple[object, ...]] = []
    for demand, open_seats in zip(problem.demands, found.open_seats, strict=True):
        for number in np.flatnonzero(open_seats > 0.5):
            start, end = int(demand.start[number]), int(demand.end[number])
            reason = _reason(facts, found, demand, int(number), relaxed, left)
            hours = float(demand.hours[number])
            rows_open.append((stamp(start), stamp(end), hours, round(float(open_seats[number])), demand.skill, reason))
    table = pd.DataFrame(rows_open, columns=list(COLUMNS))
    for name in ("start", "end"):
        table[name] = pd.to_datetime(table[name], utc=True).astype("datetime64[s, UTC]")
    return table, relaxed


def _reason(facts: Facts, found: Solution, demand: Demand, number: int, relaxed: pd.DataFrame, left: float) -> str:
    problem, cover = facts.problem, demand.covers[number]
    start, end = int(demand.start[number]), int(demand.end[number])
    able = [member for member in problem.members if not demand.skill or demand.skill in member.skills]
    if not able:
        return "skill"
    if not len(cover):
        broken = [rule for shift, rule in facts.refused if shift.start < end and shift.end > start]
        return broken[0] if broken else "no_shift"
    free = [member for member in able if (member.allowed | member.fixed)[cover].any()]
    if len(free) < demand.seats[number]:
        away = [m for m in able if any(a < end and b > start for a, b in m.leave)]
        if away:
            return "leave"
        if not free:
            return "frozen" if found.status != "clash" and facts.plan.frozen is not None else "not_employed"
    week = int(problem.weeks[cover[0]])
    if not demand.skill and _hours_asked(problem, week) > sum(_cap(member, week) for member in problem.members) + 1e-6:
        return "contract_hours"
    if len(relaxed) and float(relaxed["open_hours"].iloc[0]) < left - 1e-6:
        return str(relaxed["rule"].iloc[0])
    if len(able) < demand.seats[number] * 2 and demand.skill:
        return "skill"
    return "together"


def _hours_asked(problem: Problem, week: int) -> float:
    demand = problem.demands[0]
    inside = np.array([len(cover) > 0 and int(problem.weeks[cover[0]]) == week for cover in demand.covers], dtype=bool)
    pay = np.array([_pay(problem, cover) for cover in demand.covers])
    return float((demand.hours * demand.seats * pay)[inside].sum())


def _pay(problem: Problem, cover: np.ndarray) -> float:
    """Return working hours per hour of presence: breaks are present and not paid."""
    if not len(cover):
        return 1.0
    shifts = [problem.shifts[number] for number in cover]
    return float(min(shift.hours / ((shift.end - shift.start) / 3600) for shift in shifts))


def _cap(member: Member, week: int) -> float:
    return member.week_hours.get(week, 0.0)


def _open_hours(problem: Problem, found: Solution) -> float:
    return float(
        sum((demand.hours * seats).sum() for demand, seats in zip(problem.demands, found.open_seats, strict=True))
    )


def _without(problem: Problem, family: str) -> Problem:
    """Return the problem with one family of rules lifted."""
    if family == "contract_hours":
        members = [dataclasses.replace(member, week_hours={}) for member in problem.members]
        return dataclasses.replace(problem, members=members)
    if family == "reference_hours":
        members = [dataclasses.replace(member, most_hours=np.inf) for member in problem.members]
        return dataclasses.replace(problem, members=members, window=None)
    changes = {
        "daily_rest": {"rest": 0.0},
        "weekly_rest": {"long_rest": 0.0},
        "nights_in_a_row": {"max_nights": 0, "max_night_weeks": 0},
        "days_in_a_row": {"max_days": 0},
    }[family]
    return dataclasses.replace(problem, **changes)  # type: ignore[arg-type]
