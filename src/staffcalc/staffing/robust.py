"""Safety inside the programme: every stretch of the week keeps room for a busy stretch (linear, by row generation)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from staffcalc._checks import share
from staffcalc.staffing.programme import Plan, Week
from staffcalc.staffing.tours import Tours

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

WEEKS = 26
"""Longest stretch looked at. [weeks]"""


def solve_robust(
    week: Week,
    tours: Tours,
    *,
    second_moment: Floats,
    service_level: float,
    day_cv: float,
    week_cv: float,
    cost: Floats | None = None,
    most_rounds: int = 80,
) -> Plan | None:
    r"""
    Return the cheapest plan whose capacity covers the mean plus a safety term in every stretch of time.

    Parameters
    ----------
    week : Week
        One class of work.
    tours : Tours
        The patterns to choose from.
    second_moment : array (slots,)
        Messages in each slot times the mean square of their handle time. [hours squared per slot]
    service_level : float
        Share to answer in time, below 1. [share]
    day_cv, week_cv : float
        Coefficient of variation of the day and week factor. [ratio]
    cost : array (tours,), optional
        Cost of one head on each tour; hours present if not given.
    most_rounds : int
        Rounds of row generation. [rounds]

    Notes
    -----
    :math:`C(s, u+d) \ge m(s,u) + z\,sd(s,u)` for all :math:`s \le u` with :math:`z = \sqrt{2 \ln(1/\epsilon)}`. Not the
    normal quantile: a quantile per stretch ignores the supremum over stretches and falls far short. One to six points
    of capacity too careful, except for pure chance at high volume. It seeds a plan; the simulation decides.
    """
    level = share("service_level", service_level, below_one=True)
    z = math.sqrt(2 * math.log(1 / (1 - level)))
    slots = week.seats.size
    work, last = week.work[0], week.last[0]
    price = tours.hours if cost is None else cost
    lengths = np.concatenate(
        [np.arange(1, 2 * slots + 1), np.arange(2 * slots + slots // 7, WEEKS * slots + 1, slots // 7)]
    )
    need = np.stack(
        [_demand(work, second_moment, end, lengths, day_cv, week_cv, z) for end in range(slots)]
    )  # (end of arrivals, length)
    tour = week.productive * week.slot_hours * tours.cover
    run = np.concatenate([np.zeros((1, tour.shape[1])), np.cumsum(tour, axis=0)])
    per_week = run[-1]

    def row(end: int, length: int) -> Floats:
        """Capacity of one head on each tour from the first arrival slot to the last slot on time."""
        start, stop = end - length + 1, int(last[end]) + 1
        return np.asarray(
            run[stop % slots] - run[start % slots] + (stop // slots - start // slots) * per_week, dtype=float
        )

    rows = [per_week]
    limits = [(1 + max(week.margin, 1e-6)) * float(work.sum())]
    weekly = int(np.flatnonzero(lengths == slots)[0])
    for end in range(slots):
        rows.append(row(end, slots))
        limits.append(float(need[end, weekly]))
    seats = [] if not week.seats.any() else [optimize.LinearConstraint(tours.cover, week.seats, np.inf)]
    heads = np.zeros(tour.shape[1])
    for _ in range(most_rounds):
        constraint = optimize.LinearConstraint(np.stack(rows), np.array(limits), np.inf)
        answer = optimize.milp(price, constraints=[constraint, *seats], bounds=optimize.Bounds(0, np.inf))
        if answer.x is None:
            return None
        heads = np.asarray(answer.x)
        total = np.concatenate([[0.0], np.cumsum(tour @ heads)])
        added = 0
        for end in range(slots):
            stop = int(last[end]) + 1
            starts = end - lengths + 1
            offered = total[stop % slots] - total[starts % slots] + (stop // slots - starts // slots) * total[-1]
            short = need[end] - offered
            worst = int(np.argmax(short))
            if short[worst] > 1e-6 * max(1.0, float(need[end, worst])):
                rows.append(row(end, int(lengths[worst])))
                limits.append(float(need[end, worst]))
                added += 1
        if not added:
            break
    present = tours.cover @ heads
    return Plan(
        heads=heads,
        present=present,
        capacity=np.maximum(0.0, (week.productive * present - week.load) * week.slot_hours),
        served=np.zeros_like(week.work),
        cost=float(price @ heads),
        bound=float(price @ heads),
    )


def _demand(work: Floats, second: Floats, end: int, lengths: Whole, day_cv: float, week_cv: float, z: float) -> Floats:
    """Return mean plus safety of the work that arrives in the stretches which end with slot ``end``. [hours]"""
    slots = work.size
    per_day = slots // 7
    longest = int(lengths[-1])
    back = np.arange(end, end - longest, -1)
    mean = np.cumsum(work[back % slots])
    noise = np.cumsum(second[back % slots])
    day, weekly = _squares(mean, back // per_day), _squares(mean, back // slots)
    variance = noise + day_cv**2 * (1 + week_cv**2) * day + week_cv**2 * weekly
    place = lengths - 1
    return np.asarray(mean[place] + z * np.sqrt(variance[place]))


def _squares(run: Floats, group: Whole) -> Floats:
    """Return the sum of squares of the group totals within each stretch: whole groups, and the part of the last one."""
    change = np.flatnonzero(np.diff(group)) + 1
    edges = np.concatenate([[0], change])
    number = np.searchsorted(edges, np.arange(run.size), side="right") - 1
    before = np.where(edges > 0, run[edges - 1], 0.0)
    totals = np.diff(np.concatenate([before, [run[-1]]]))
    whole = np.concatenate([[0.0], np.cumsum(totals**2)])[number]
    return np.asarray(whole + (run - before[number]) ** 2)
