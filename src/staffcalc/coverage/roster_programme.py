"""The roster as an integer programme: people on shifts, with the rests, hours and runs that no roster may break."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from staffcalc.coverage.duty_rows import HOUR
from staffcalc.coverage.rest_windows import weeks_of
from staffcalc.coverage.roster_problem import Floats, Ints, Problem

UNMET, UNSKILLED, NIGHT, NOISE = 20.0, 10.0, 2.0, 1e-3
"""Weights of the objective, in hours of one person: an open seat-hour costs twenty."""


class Rows:
    """Rows of a sparse matrix, collected one by one."""

    def __init__(self) -> None:
        self.columns: list[Any] = []
        self.values: list[Any] = []
        self.sizes: list[int] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, columns: Any, values: Any, low: float, high: float) -> None:
        """Add a row: the sum of values times variables lies between low and high."""
        cols = np.asarray(columns, dtype=np.int64)
        self.columns.append(cols)
        self.values.append(np.broadcast_to(np.asarray(values, dtype=float), cols.shape))
        self.sizes.append(len(cols))
        self.low.append(low)
        self.high.append(high)

    def constraint(self, width: int) -> LinearConstraint:
        """Return the rows as one constraint on so many variables."""
        row = np.repeat(np.arange(len(self.sizes)), self.sizes)
        cells = (np.concatenate(self.values), (row, np.concatenate(self.columns)))
        matrix = csr_array(cells, shape=(len(self.sizes), width))
        return LinearConstraint(matrix, np.array(self.low), np.array(self.high))


class Programme:
    """Variables and rows of one problem."""

    def __init__(self, problem: Problem, rng: np.random.Generator) -> None:
        self.problem, self.rows = problem, Rows()
        self.cost: list[Floats] = []
        self.low: list[Floats] = []
        self.high: list[Floats] = []
        self.integral: list[Ints] = []
        self.width = 0
        shifts, members = problem.shifts, problem.members
        hours = np.array([shift.hours for shift in shifts])
        allowed = np.array([member.allowed | member.fixed for member in members]).reshape(len(members), len(shifts))
        self.x = np.full(allowed.shape, -1, dtype=np.int64)
        fixed = np.array([member.fixed for member in members]).reshape(allowed.shape)[allowed]
        wish = np.array([member.wish for member in members]).reshape(allowed.shape)[allowed]
        dark = np.array([problem.night[member.zone] for member in members]).reshape(allowed.shape)
        cost = (hours + NIGHT * dark)[allowed] - wish + NOISE * rng.random(int(allowed.sum()))
        self.x[allowed] = self.new(cost, fixed.astype(float), 1.0, whole=True)
        self.day = np.array([shift.day for shift in shifts], dtype=np.int64)
        self.hours = hours

    def new(self, cost: Any, low: Any, high: Any, *, whole: bool = False) -> Ints:
        """Add variables with their cost and bounds, and return their numbers."""
        size = len(cost)
        self.cost.append(np.asarray(cost, dtype=float))
        self.low.append(np.broadcast_to(np.asarray(low, dtype=float), size))
        self.high.append(np.broadcast_to(np.asarray(high, dtype=float), size))
        self.integral.append(np.full(size, int(whole)))
        first = self.width
        self.width += size
        return np.arange(first, first + size)

    def limit(self, columns: Any, values: Any, high: float) -> None:
        """Add a row that is at most ``high``, or what fixed duties make of it by themselves where that is more."""
        cols = np.asarray(columns, dtype=np.int64)
        sizes = np.broadcast_to(np.asarray(values, dtype=float), cols.shape)
        if (sizes >= 0).all():
            held = cols < len(self.low[0])
            high = max(high, float((sizes[held] * self.low[0][cols[held]]).sum()))
        self.rows.add(cols, sizes, -np.inf, high)

    def fix(self, keep: Ints) -> None:
        """Fix the shifts that ``keep`` names as 0 or 1 for each person."""
        values = keep[self.x >= 0]
        low, high = self.low[0].copy(), self.high[0].copy()
        low[values >= 0] = high[values >= 0] = values[values >= 0]
        self.low[0], self.high[0] = low, high

    def of(self, person: int, shifts: Any) -> Ints:
        """Return the variables of a person on some shifts, leaving out those not allowed."""
        found = self.x[person, shifts]
        return np.asarray(found[found >= 0])


def add_cover(programme: Programme) -> None:
    """Seats and skills: what no shift covers is open, and costs."""
    problem, people = programme.problem, range(len(programme.problem.members))
    for demand in problem.demands:
        able = [i for i in people if not demand.skill or demand.skill in problem.members[i].skills]
        weight = UNSKILLED if demand.skill else UNMET
        open_seats = programme.new(weight * demand.hours, 0.0, demand.seats)
        for number, cover in enumerate(demand.covers):
            variables = programme.x[able][:, cover].ravel()
            variables = variables[variables >= 0]
            programme.rows.add(np.append(variables, open_seats[number]), 1.0, float(demand.seats[number]), np.inf)


def add_rests(programme: Programme) -> None:
    """One shift a day, the daily rest between shifts, and one long rest in each week."""
    problem = programme.problem
    shifts, day = problem.shifts, programme.day
    start = np.array([shift.start for shift in shifts])
    end = np.array([shift.end for shift in shifts])
    by_day = [np.flatnonzero(day == number) for number in np.unique(day)]
    need = problem.rest * HOUR
    found: list[tuple[int, Ints]] = []
    for number in range(len(shifts)):
        near = np.flatnonzero((day > day[number]) & (start < end[number] + need) & (day <= day[number] + 2))
        found += [(number, near[day[near] == later]) for later in np.unique(day[near])]
    clashes = _strongest(found, day)
    for person in range(len(problem.members)):
        for group in by_day:
            variables = programme.of(person, group)
            if len(variables) > 1:
                programme.limit(variables, 1.0, 1.0)
        for earlier, later in clashes:
            first, second = programme.of(person, earlier), programme.of(person, later)
            if len(first) and len(second):
                programme.limit(np.concatenate([first, second]), 1.0, 1.0)
    if problem.long_rest > 0:
        _long_rests(programme, start, end)


def _strongest(clashes: list[tuple[int, Ints]], day: Ints) -> list[tuple[Ints, Ints]]:
    """Join shifts of a day that clash with the same later ones: at most one of them all is worked."""
    found = []
    for number, later in clashes:
        same = np.array([n for n, other in clashes if day[n] == day[number] and set(later) <= set(other)])
        found.append((np.unique(np.append(same, number)).astype(np.int64), later))
    return found


def _long_rests(programme: Programme, start: Ints, end: Ints) -> None:
    """In each week one stretch is chosen in which no shift lies; it begins with the week or with the end of a shift."""
    problem, length = programme.problem, round(programme.problem.long_rest * HOUR)
    patterns: dict[str, list[tuple[Ints, list[Ints]]]] = {}
    for zone, edges in problem.week_edges.items():
        patterns[zone] = []
        for first, last in itertools.pairwise(edges):
            begins = np.unique(np.concatenate([[first], end[(end > first) & (end + length <= last)]]))
            begins = begins[begins + length <= last]
            inside = np.flatnonzero((start < last) & (end > first))
            blocked = [np.flatnonzero((start < begin + length) & (end > begin)) for begin in begins]
            patterns[zone].append((inside, blocked))
    for person, member in enumerate(problem.members):
        for inside, blocked in patterns[member.zone]:
            mine = programme.x[person] >= 0
            held = {int(number) for number in np.flatnonzero(member.fixed)}
            sets = {frozenset(map(int, block[mine[block]])) for block in blocked}
            if sets and all(one & held for one in sets):
                continue  # what is published leaves no long rest in this week; the check afterwards says so
            kept = [one for one in sets if not any(other < one for other in sets)]
            if not kept or any(not one for one in kept):
                if not kept:
                    programme.limit(programme.of(person, inside), 1.0, 0.0)
                continue
            kept.sort(key=sorted)
            choice = programme.new(np.zeros(len(kept)), 0.0, 1.0)
            programme.rows.add(choice, 1.0, 1.0, 1.0)
            for group in _groups(kept):
                over = [choice[number] for number, one in enumerate(kept) if group <= one]
                days = programme.day[list(group)]
                for number in np.unique(days):
                    part = np.array([shift for shift in group if programme.day[shift] == number])
                    programme.limit(np.concatenate([programme.of(person, part), over]), 1.0, 1.0)


def _groups(sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Return the shifts grouped by the stretches that they would break."""
    sets = list(sets)
    owners: dict[frozenset[int], list[int]] = {}
    for shift in sorted(set().union(*sets)):
        owners.setdefault(frozenset(number for number, one in enumerate(sets) if shift in one), []).append(shift)
    return [frozenset(group) for group in owners.values()]


def add_hours(programme: Programme) -> None:
    """Contract hours of each week, hours of the whole roster, and those of any window that the law names."""
    problem = programme.problem
    start = np.array([shift.start for shift in problem.shifts])
    end = np.array([shift.end for shift in problem.shifts])
    density = programme.hours / (end - start)
    for person, member in enumerate(problem.members):
        for week in np.unique(problem.weeks):
            mine = np.flatnonzero((problem.weeks == week) & (programme.x[person] >= 0))
            if len(mine):
                programme.limit(
                    programme.x[person, mine], programme.hours[mine], member.week_hours.get(int(week), np.inf)
                )
        mine = np.flatnonzero((programme.x[person] >= 0) & (programme.day >= 0))
        if np.isfinite(member.most_hours) and programme.hours[mine].sum() > member.most_hours:
            programme.limit(programme.x[person, mine], programme.hours[mine], member.most_hours)
        if problem.window is not None:
            _window(programme, person, _without(start, member.leave), _without(end, member.leave), density)


def _window(programme: Programme, person: int, start: Ints, end: Ints, density: Floats) -> None:
    """No window of so many days holds more than so many hours: those that begin with a shift or end with one decide."""
    days, limit = programme.problem.window or (0.0, np.inf)
    length = round(days * 24 * HOUR)
    mine = np.flatnonzero(programme.x[person] >= 0)
    start, end, hours, day = start[mine], end[mine], density[mine], programme.day[mine]
    for first in np.unique(np.concatenate([start, end - length])):
        overlap = np.maximum(0, np.minimum(end, first + length) - np.maximum(start, first)) * hours
        inside = np.flatnonzero(overlap > 0)
        most = sum(overlap[inside][day[inside] == number].max() for number in np.unique(day[inside]))
        if most > limit:
            programme.limit(programme.x[person, mine[inside]], overlap[inside], limit)


def _without(moments: Ints, leave: tuple[tuple[int, int], ...]) -> Ints:
    shift = np.zeros(len(moments), dtype=np.int64)
    for first, last in leave:
        shift += np.clip(moments - first, 0, last - first)
    return np.asarray(moments - shift)


def add_runs(programme: Programme) -> None:
    """Most nights and most days in a row, and most weeks with nights in a row."""
    problem, day = programme.problem, programme.day
    starts = np.array([shift.start for shift in problem.shifts], dtype=np.int64)
    first_day, last = int(day.min(initial=0)), int(day.max(initial=0))
    for person, member in enumerate(problem.members):
        night = problem.night[member.zone]
        for most, which in ((problem.max_nights, night), (problem.max_days, np.ones(len(day), dtype=bool))):
            for first in range(first_day, last - most + 1) if most else ():
                mine = programme.of(person, np.flatnonzero(which & (day >= first) & (day <= first + most)))
                if len(mine) > most:
                    programme.limit(mine, 1.0, most)
        week_of = weeks_of(starts, member.zone)[0]  # weeks of the person, who may live far from the shifts
        weeks = np.unique(week_of)
        if problem.max_night_weeks and len(weeks) > problem.max_night_weeks:
            used = programme.new(np.zeros(len(weeks)), 0.0, 1.0, whole=True)
            for number, week in enumerate(weeks):
                for variable in programme.of(person, np.flatnonzero(night & (week_of == week))):
                    programme.limit([variable, used[number]], [1.0, -1.0], 0.0)
            for first in range(len(weeks) - problem.max_night_weeks):
                programme.limit(used[first : first + problem.max_night_weeks + 1], 1.0, problem.max_night_weeks)
