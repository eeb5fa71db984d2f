"""The roster as an integer programme: people on shifts, rests, hours and fairness, solved by HiGHS."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from staffcalc._checks import generator
from staffcalc.coverage.duty_rows import HOUR
from staffcalc.coverage.roster_problem import Floats, Ints, Mask, Problem, Solution

UNMET, UNSKILLED, NIGHT = 20.0, 10.0, 2.0
WEIGHTS = {"nights": 1.5, "weekends": 1.0, "holidays": 2.0}
FIRST_PART, SMOOTH_GAP = 0.4, 0.005
HOURS_WEIGHT, START_WEIGHT, LONE_DAY_WEIGHT, NOISE = 0.05, 0.2, 0.3, 1e-3
"""Weights of the objective, in hours of one person: an open seat-hour costs twenty."""


class _Rows:
    """Rows of a sparse matrix, collected one by one."""

    def __init__(self) -> None:
        self.columns: list[Any] = []
        self.values: list[Any] = []
        self.sizes: list[int] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, columns: Any, values: Any, low: float, high: float) -> None:
        cols = np.asarray(columns, dtype=np.int64)
        self.columns.append(cols)
        self.values.append(np.broadcast_to(np.asarray(values, dtype=float), cols.shape))
        self.sizes.append(len(cols))
        self.low.append(low)
        self.high.append(high)

    def constraint(self, width: int) -> LinearConstraint:
        row = np.repeat(np.arange(len(self.sizes)), self.sizes)
        cells = (np.concatenate(self.values), (row, np.concatenate(self.columns)))
        matrix = csr_array(cells, shape=(len(self.sizes), width))
        return LinearConstraint(matrix, np.array(self.low), np.array(self.high))


class _Programme:
    """Variables and rows of one problem."""

    def __init__(self, problem: Problem, rng: np.random.Generator) -> None:
        self.problem, self.rows = problem, _Rows()
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
        size = len(cost)
        self.cost.append(np.asarray(cost, dtype=float))
        self.low.append(np.broadcast_to(np.asarray(low, dtype=float), size))
        self.high.append(np.broadcast_to(np.asarray(high, dtype=float), size))
        self.integral.append(np.full(size, int(whole)))
        first = self.width
        self.width += size
        return np.arange(first, first + size)

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
    programme = _Programme(problem, state)
    if keep is not None:
        programme.fix(keep)
    _cover(programme)
    _rests(programme)
    _hours(programme)
    _runs(programme)
    if totals is not None:
        _fairness(programme, totals)
    if keep is not None:
        _steadiness(programme, np.flatnonzero((keep < 0).any(axis=0)))
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
    pairs = list(zip(problem.members, found.taken, strict=True))
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


def _cover(programme: _Programme) -> None:
    problem, people = programme.problem, range(len(programme.problem.members))
    for demand in problem.demands:
        able = [i for i in people if not demand.skill or demand.skill in problem.members[i].skills]
        weight = UNSKILLED if demand.skill else UNMET
        open_seats = programme.new(weight * demand.hours, 0.0, demand.seats)
        for number, cover in enumerate(demand.covers):
            variables = programme.x[able][:, cover].ravel()
            variables = variables[variables >= 0]
            programme.rows.add(np.append(variables, open_seats[number]), 1.0, float(demand.seats[number]), np.inf)


def _rests(programme: _Programme) -> None:
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
                programme.rows.add(variables, 1.0, -np.inf, 1.0)
        for earlier, later in clashes:
            first, second = programme.of(person, earlier), programme.of(person, later)
            if len(first) and len(second):
                programme.rows.add(np.concatenate([first, second]), 1.0, -np.inf, 1.0)
    if problem.long_rest > 0:
        _long_rests(programme, start, end)


def _strongest(clashes: list[tuple[int, Ints]], day: Ints) -> list[tuple[Ints, Ints]]:
    """Join shifts of a day that clash with the same later ones: at most one of them all is worked."""
    found = []
    for number, later in clashes:
        same = np.array([n for n, other in clashes if day[n] == day[number] and set(later) <= set(other)])
        found.append((np.unique(np.append(same, number)).astype(np.int64), later))
    return found


def _long_rests(programme: _Programme, start: Ints, end: Ints) -> None:
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
            sets = {frozenset(map(int, block[mine[block]])) for block in blocked}
            kept = [one for one in sets if not any(other < one for other in sets)]
            if not kept or any(not one for one in kept):
                if not kept:
                    programme.rows.add(programme.of(person, inside), 1.0, -np.inf, 0.0)
                continue
            kept.sort(key=sorted)
            choice = programme.new(np.zeros(len(kept)), 0.0, 1.0)
            programme.rows.add(choice, 1.0, 1.0, 1.0)
            for group in _groups(kept):
                over = [choice[number] for number, one in enumerate(kept) if group <= one]
                days = programme.day[list(group)]
                for number in np.unique(days):
                    part = np.array([shift for shift in group if programme.day[shift] == number])
                    programme.rows.add(np.concatenate([programme.of(person, part), over]), 1.0, -np.inf, 1.0)


def _groups(sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Return the shifts grouped by the stretches that they would break."""
    sets = list(sets)
    owners: dict[frozenset[int], list[int]] = {}
    for shift in sorted(set().union(*sets)):
        owners.setdefault(frozenset(number for number, one in enumerate(sets) if shift in one), []).append(shift)
    return [frozenset(group) for group in owners.values()]


def _hours(programme: _Programme) -> None:
    problem = programme.problem
    start = np.array([shift.start for shift in problem.shifts])
    end = np.array([shift.end for shift in problem.shifts])
    density = programme.hours / (end - start)
    for person, member in enumerate(problem.members):
        for week in np.unique(problem.weeks):
            mine = np.flatnonzero((problem.weeks == week) & (programme.x[person] >= 0))
            if len(mine):
                programme.rows.add(
                    programme.x[person, mine], programme.hours[mine], -np.inf, member.week_hours.get(int(week), np.inf)
                )
        mine = np.flatnonzero(programme.x[person] >= 0)
        if np.isfinite(member.most_hours) and programme.hours[mine].sum() > member.most_hours:
            programme.rows.add(programme.x[person, mine], programme.hours[mine], -np.inf, member.most_hours)
        if problem.window is not None:
            _window(programme, person, _without(start, member.leave), _without(end, member.leave), density)


def _window(programme: _Programme, person: int, start: Ints, end: Ints, density: Floats) -> None:
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
            programme.rows.add(programme.x[person, mine[inside]], overlap[inside], -np.inf, limit)


def _without(moments: Ints, leave: tuple[tuple[int, int], ...]) -> Ints:
    shift = np.zeros(len(moments), dtype=np.int64)
    for first, last in leave:
        shift += np.clip(moments - first, 0, last - first)
    return np.asarray(moments - shift)


def _runs(programme: _Programme) -> None:
    """Most nights and most days in a row, and most weeks with nights in a row."""
    problem, day = programme.problem, programme.day
    first_day, last = int(day.min(initial=0)), int(day.max(initial=0))
    for person, member in enumerate(problem.members):
        night = problem.night[member.zone]
        for most, which in ((problem.max_nights, night), (problem.max_days, np.ones(len(day), dtype=bool))):
            for first in range(first_day, last - most + 1) if most else ():
                mine = programme.of(person, np.flatnonzero(which & (day >= first) & (day <= first + most)))
                if len(mine) > most:
                    programme.rows.add(mine, 1.0, -np.inf, most)
        weeks = np.unique(problem.weeks)
        if problem.max_night_weeks and len(weeks) > problem.max_night_weeks:
            used = programme.new(np.zeros(len(weeks)), 0.0, 1.0, whole=True)
            for number, week in enumerate(weeks):
                for variable in programme.of(person, np.flatnonzero(night & (problem.weeks == week))):
                    programme.rows.add([variable, used[number]], [1.0, -1.0], -np.inf, 0.0)
            for first in range(len(weeks) - problem.max_night_weeks):
                programme.rows.add(
                    used[first : first + problem.max_night_weeks + 1], 1.0, -np.inf, problem.max_night_weeks
                )


def _fairness(programme: _Programme, totals: Mapping[str, float]) -> None:
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
        which = [counts[member.zone] for member in problem.members]
        _around(programme, which, least, np.ceil(fair), WEIGHTS[name], 1.0)
    seats = problem.demands[0]
    fair = float((seats.hours * seats.seats).sum()) * shares / shares.sum()
    step = float(np.median(programme.hours)) if len(programme.hours) else 1.0
    every = [np.ones(len(problem.shifts), dtype=bool)] * len(problem.members)
    _around(programme, every, fair - step, fair + step, HOURS_WEIGHT, programme.hours)


def _around(programme: _Programme, which: list[Mask], low: Floats, high: Floats, weight: float, size: Any) -> None:
    off = programme.new(np.full(len(which), weight), 0.0, np.inf)
    sizes = np.broadcast_to(np.asarray(size, dtype=float), programme.day.shape)
    for person, counted in enumerate(which):
        mine = np.flatnonzero(counted & (programme.x[person] >= 0))
        if len(mine):
            variables = np.append(programme.x[person, mine], off[person])
            programme.rows.add(variables, np.append(sizes[mine], 1.0), float(low[person]), np.inf)
            programme.rows.add(variables, np.append(sizes[mine], -1.0), -np.inf, float(high[person]))


def _steadiness(programme: _Programme, free: Ints) -> None:
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


MOST_FOR_STEADINESS = 2000
