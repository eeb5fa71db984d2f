"""Whole people on whole tours: rounding that keeps the shape of the plan, checked exactly, and a search after it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffcalc.staffing.deadline import demand_bound
from staffcalc.staffing.head_search import search_heads
from staffcalc.staffing.plan import Setting
from staffcalc.staffing.programme import Plan, Week

Floats = NDArray[np.float64]

OFFSETS = tuple(step / 16 + 1 / 32 for step in range(16))
"""Where the running sum of heads is rounded."""

MORE_HEADS = 4
"""Heads above the lower limit that rounding may try before the search takes over."""


def whole_plan(setting: Setting, week: Week, linear: Plan) -> Plan:
    """
    Return a plan with the fewest whole people found.

    Parameters
    ----------
    setting : Setting
        The tours and the contract.
    week : Week
        What the plan must do, whole people standing in for each other's breaks.
    linear : Plan
        The plan in fractions of people.

    Notes
    -----
    The heads of the linear plan, in order of their start, are scaled to a whole total and their running sum is rounded,
    which moves nobody by more than one person. The first total whose plan passes every row wins; where that is the
    lower limit, it is the smallest. Otherwise :func:`staffcalc.staffing.head_search.search_heads` looks for fewer.
    """
    tours = setting.tours
    least = _least(week, tours.cover, setting)
    order = np.argsort(tours.start_hour, kind="stable")
    bound = demand_bound(week.work, week.last)
    shape = linear.heads[order] / max(float(linear.heads.sum()), 1e-12)
    rounded = None
    first = max(least, math.ceil(float(linear.heads.sum()) - 1e-6)) if np.ptp(tours.hours) > 1e-6 else least
    for total in range(first, first + MORE_HEADS + 1):
        run = np.cumsum(shape) * total
        for offset in OFFSETS:
            ends = np.floor(run + offset)
            ends[-1] = total
            heads = np.zeros_like(shape)
            heads[order] = np.diff(np.concatenate([[0.0], np.minimum(ends, total)]))
            if passes(week, tours.cover @ heads, bound):
                rounded = heads
                break
        if rounded is not None:
            break
    full_time = setting.contract.contract_hours_per_week
    if rounded is not None and people_of(tours.hours, rounded, full_time) <= least:
        return _as_plan(week, tours.cover, rounded, linear, least)
    single = np.ceil(linear.heads - 1e-6)
    most = int(rounded.sum()) - 1 if rounded is not None else max(first + MORE_HEADS, int(single.sum()))
    searched = search_heads(week, tours, least=min(least, most), most=most)
    fewer = searched is not None and (rounded is None or tours.hours @ searched < tours.hours @ rounded)
    if searched is not None and fewer and passes(week, tours.cover @ searched, bound):
        rounded = searched
    if rounded is None:
        rounded = single
    return _as_plan(week, tours.cover, rounded, linear, least)


def people_of(hours: Floats, heads: Floats, full_time: float) -> int:
    """Return the full-time people behind heads on tours: short tours are shared out among them. [people]"""
    return math.ceil(float(hours @ heads) / full_time - 1e-6)


def passes(week: Week, present: Floats, bound: Floats) -> bool:
    """Return whether people present meet seats, load and every window of the demand bound."""
    if (present < week.seats - 1e-6).any():
        return False
    capacity = (week.productive * present - week.load) * week.slot_hours
    if (capacity < -1e-9).any() or capacity.sum() < (1 + week.margin) * week.work.sum() - 1e-9:
        return False
    slots = capacity.size
    run = np.concatenate([[0.0], np.cumsum(np.tile(capacity, 2))])
    starts = np.arange(slots)
    offered = run[starts[:, None] + np.arange(1, slots + 1)[None, :]] - run[starts][:, None]
    return bool((offered - bound).min() >= -1e-7)


def _least(week: Week, cover: Floats, setting: Setting) -> int:
    """Return a lower limit of whole heads from hours alone."""
    hours = float(week.work.sum()) * (1 + week.margin) + float(week.load.sum()) * week.slot_hours
    present = max(hours / week.productive, float(week.seats.sum()) * week.slot_hours)
    return max(1, math.ceil(present / max(float(setting.tours.hours.max()), 1e-9) - 1e-6)) if cover.size else 0


def _as_plan(week: Week, cover: Floats, heads: Floats, linear: Plan, least: int) -> Plan:
    present = cover @ heads
    capacity = np.maximum(0.0, (week.productive * present - week.load) * week.slot_hours)
    return Plan(
        heads=heads,
        present=present,
        capacity=capacity,
        served=linear.served,
        cost=float(heads.sum()),
        bound=float(least),
    )
