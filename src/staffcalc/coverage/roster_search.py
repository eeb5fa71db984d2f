"""The search for a roster: seats first, then fair shares, then steady weeks, each solved by HiGHS within its time."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping

import numpy as np
from scipy.optimize import Bounds, milp

from staffcalc._checks import generator
from staffcalc.coverage.roster_goals import add_fairness, add_steadiness
from staffcalc.coverage.roster_problem import Floats, Ints, Mask, Problem, Solution
from staffcalc.coverage.roster_programme import Programme, add_cover, add_hours, add_rests, add_runs

FIRST_PART, SMOOTH_GAP = 0.4, 0.005
"""Share of the time for filling the seats, and the gap at which a single week is steady enough."""

MOST_FOR_STEADINESS = 2000
"""People times shifts up to which weeks are made steadier one by one."""


def solve(
    problem: Problem, *, seed: int | np.random.Generator, gap: float, time_limit_seconds: float, fair: bool = True
) -> Solution:
    """
    Return the best roster found, never more than the rules allow; seats that stay open are listed.

    The seats are filled first, which is quick. How many nights, weekends and holidays that takes tells what a fair
    share is, and the roster is then made again with those shares in the objective. Where time runs out the first one
    stands. Small rosters are then smoothed one week at a time, with the other weeks kept: steady start times, days off
    in pairs.
    """
    state = generator(seed)
    if not problem.shifts:
        nobody = np.zeros((len(problem.members), 0), dtype=bool)
        return Solution(nobody, _still_open(problem, nobody), "optimal", 0.0, 0.0, 0.0)
    begun = time.monotonic()
    first = _run(problem, state, gap=gap, seconds=time_limit_seconds * (FIRST_PART if fair else 1.0), totals=None)
    if not fair or first.status == "clash":
        return first
    left = max(time_limit_seconds - (time.monotonic() - begun), 1.0)
    second = _run(problem, state, gap=gap, seconds=left, totals=_totals(problem, first))
    if not np.isfinite(second.gap) or _open(second) > _open(first) + 1e-6:
        return dataclasses.replace(first, status="time_limit") if np.isfinite(first.gap) else second
    if second.status == "optimal" and len(problem.members) * len(problem.shifts) <= MOST_FOR_STEADINESS:
        return _smoothed(problem, second, state, ends=begun + time_limit_seconds)
    return second


def _smoothed(problem: Problem, found: Solution, state: np.random.Generator, *, ends: float) -> Solution:
    """Return the roster with steadier weeks: one week at a time is made again while the others stay."""
    totals = _totals(problem, found)
    for week in np.unique(problem.weeks):
        left = ends - time.monotonic()
        if left <= 0:
            break
        keep = np.where(problem.weeks == week, -1, found.taken.astype(np.int64))
        again = _run(problem, state, gap=SMOOTH_GAP, seconds=left, totals=totals, keep=keep)
        if again.status == "optimal" and _open(again) <= _open(found) + 1e-6:
            found = dataclasses.replace(found, taken=again.taken, open_seats=again.open_seats)
    return found


def _run(
    problem: Problem,
    state: np.random.Generator,
    *,
    gap: float,
    seconds: float,
    totals: Mapping[str, float] | None,
    keep: Ints | None = None,
) -> Solution:
    """Solve once; ``keep`` fixes what is 0 or 1 in it, by person and shift, and leaves the rest free."""
    programme = Programme(problem, state)
    if keep is not None:
        programme.fix(keep)
    add_cover(programme)
    add_rests(programme)
    add_hours(programme)
    add_runs(programme)
    if totals is not None:
        add_fairness(programme, totals)
    if keep is not None:
        add_steadiness(programme, np.flatnonzero((keep < 0).any(axis=0)))
    found = milp(
        np.concatenate(programme.cost),
        integrality=np.concatenate(programme.integral),
        bounds=Bounds(np.concatenate(programme.low), np.concatenate(programme.high)),
        constraints=[programme.rows.constraint(programme.width)] if programme.rows.sizes else [],
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    values: Floats | None = found.x
    if values is None:
        nobody = np.array([member.fixed for member in problem.members]).reshape(programme.x.shape)
        status = "clash" if found.status == 2 else "time_limit"
        return Solution(nobody, _still_open(problem, nobody), status, np.inf, np.nan, np.nan)
    taken = (programme.x >= 0) & (values[np.maximum(programme.x, 0)] > 0.5)
    status = "optimal" if found.status == 0 else "time_limit"
    reached, bound, worth = (
        float(value if value is not None else 0.0) for value in (found.mip_gap, found.mip_dual_bound, found.fun)
    )
    return Solution(taken, _still_open(problem, taken), status, reached, bound, worth)


def _totals(problem: Problem, found: Solution) -> dict[str, float]:
    """Return how many nights, weekends and holidays the seats take."""
    inside = np.array([shift.day >= 0 for shift in problem.shifts], dtype=bool)  # what came before is in the history
    pairs = [(member, taken & inside) for member, taken in zip(problem.members, found.taken, strict=True)]
    return {
        name: float(sum(int((taken & counts[member.zone]).sum()) for member, taken in pairs))
        for name, counts in problem.counts.items()
    }


def _open(found: Solution) -> float:
    return float(sum(seats.sum() for seats in found.open_seats))


def _still_open(problem: Problem, taken: Mask) -> tuple[Floats, ...]:
    found = []
    for demand in problem.demands:
        able = [not demand.skill or demand.skill in member.skills for member in problem.members]
        present = taken[able].sum(axis=0)
        held = np.array([present[cover].sum() for cover in demand.covers], dtype=float).reshape(len(demand.covers))
        found.append(np.maximum(demand.seats - held, 0))
    return tuple(found)
