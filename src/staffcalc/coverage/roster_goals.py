"""What a good roster does beyond the rules: nights, weekends, holidays and hours fairly shared, and steady weeks."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from staffcalc.coverage.roster_problem import Floats, Ints, Mask
from staffcalc.coverage.roster_programme import Programme

WEIGHTS = {"nights": 1.5, "weekends": 1.0, "holidays": 2.0}
HOURS_WEIGHT, START_WEIGHT, LONE_DAY_WEIGHT = 0.05, 0.2, 0.3
"""Weights of the objective, in hours of one person."""


def add_fairness(programme: Programme, totals: Mapping[str, float]) -> None:
    """Nights, weekends and holidays by share of contract and presence, with history; hours by the same share."""
    problem = programme.problem
    present = np.array([member.allowed.mean() if len(member.allowed) else 0.0 for member in problem.members])
    shares = np.array([member.share for member in problem.members]) * present
    if len(shares) < 2 or not shares.sum():
        return
    for name, counts in problem.counts.items():
        past = np.array([member.past.get(name, 0.0) for member in problem.members])
        fair = np.maximum(0.0, (totals[name] + past.sum()) * shares / shares.sum() - past)
        least = np.floor(fair) if name != "nights" or len(counts) == 1 else np.zeros(len(fair))
        which = [counts[member.zone] & (programme.day >= 0) for member in problem.members]
        _around(programme, which, least, np.ceil(fair), WEIGHTS[name], 1.0)
    seats = problem.demands[0]
    fair = float((seats.hours * seats.seats).sum()) * shares / shares.sum()
    step = float(np.median(programme.hours)) if len(programme.hours) else 1.0
    every = [programme.day >= 0] * len(problem.members)
    _around(programme, every, fair - step, fair + step, HOURS_WEIGHT, programme.hours)


def _around(programme: Programme, which: list[Mask], low: Floats, high: Floats, weight: float, size: Any) -> None:
    off = programme.new(np.full(len(which), weight), 0.0, np.inf)
    sizes = np.broadcast_to(np.asarray(size, dtype=float), programme.day.shape)
    for person, counted in enumerate(which):
        mine = np.flatnonzero(counted & (programme.x[person] >= 0))
        if len(mine):
            variables = np.append(programme.x[person, mine], off[person])
            programme.rows.add(variables, np.append(sizes[mine], 1.0), float(low[person]), np.inf)
            programme.rows.add(variables, np.append(sizes[mine], -1.0), -np.inf, float(high[person]))


def add_steadiness(programme: Programme, free: Ints) -> None:
    """Few different tours in a week, and days off in pairs, for the shifts that are still free."""
    problem, day = programme.problem, programme.day
    tours = sorted({shift.tour for shift in problem.shifts})
    tour = np.array([tours.index(shift.tour) for shift in problem.shifts])
    days = np.unique(day[free])
    for person in range(len(problem.members)):
        for week, kind in itertools.product(np.unique(problem.weeks[free]), range(len(tours))):
            mine = programme.of(person, np.flatnonzero((problem.weeks == week) & (tour == kind)))
            if len(mine):
                used = programme.new([START_WEIGHT], 0.0, 1.0)
                for variable in mine:
                    programme.rows.add([variable, used[0]], [1.0, -1.0], -np.inf, 0.0)
        for middle in days:
            before, here, after = (programme.of(person, np.flatnonzero(day == middle + step)) for step in (-1, 0, 1))
            if len(before) and len(after):
                lone = programme.new([LONE_DAY_WEIGHT], 0.0, 1.0)
                signs = np.concatenate([np.ones(len(before) + len(after)), -np.ones(len(here)), [-1.0]])
                programme.rows.add(np.concatenate([before, after, here, lone]), signs, -np.inf, 1.0)
