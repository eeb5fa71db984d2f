"""
The deadline model: how much capacity it takes to answer within hours rather than seconds.

Work that arrives in slot ``u`` may be served in slots ``u`` to ``u + d``. Everything here is exact arithmetic on one
cyclic week (168 slots of an hour, or finer); chance comes in through :func:`safety_capacity` and the simulation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from staffcalc._checks import at_least, number, numbers, share
from staffcalc.errors import InputError

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_TINY = 1e-9

MOST_PARTS = 168 * 12
"""Slots into which a cycle may be cut for targets that are not whole slots."""


def _slots(name: str, values: ArrayLike) -> Floats:
    array = numbers(name, values)
    if array.ndim == 0 or array.size == 0:
        raise InputError("slots_empty", name=name)
    if not np.isfinite(array).all() or (array < 0).any():
        raise InputError("slots_not_counts", name=name)
    return array


def coverage_ceiling(
    arrivals_by_slot: ArrayLike,
    open_by_slot: ArrayLike,
    *,
    within_slots: float,
    clock_open_by_slot: ArrayLike | None = None,
) -> float:
    r"""
    Largest share of messages that any number of people can answer in time with these hours.

    Parameters
    ----------
    arrivals_by_slot : array of float
        Messages in each slot of a cyclic week. [messages per slot]
    open_by_slot : array of float
        Seats in each slot; above zero means somebody is there. [seats]
    within_slots : float
        Target time; with parts of a slot, messages are spread evenly over their slot. [slots]
    clock_open_by_slot : array of float, optional
        Open part of each slot for a target that runs in opening hours only; not given: calendar time. [share]

    Returns
    -------
    float
        Share of the messages with a covered slot before their target ends, 0 to 1; 1 where nothing arrives. [share]

    Raises
    ------
    InputError
        If the arrays are empty, differ in length, or hold negative or missing numbers.

    Notes
    -----
    :math:`\sum_t a_t 1\{\text{a slot of } t..t+d \text{ is covered}\} / \sum_t a_t`. Compute it before anything
    else: where it lies below the target, more people do not help, other hours do. It says nothing about load.

    References
    ----------
    .. [1] source key ``staffcalc_deadline`` in ``reference/sources.csv``.

    Examples
    --------
    Messages around the clock, a team from Monday to Friday 9 to 17, answers within 24 hours:

    >>> import numpy as np
    >>> office = np.zeros(168)
    >>> for day in range(5):
    ...     office[24 * day + 9 : 24 * day + 17] = 1
    >>> round(coverage_ceiling(np.ones(168), office, within_slots=24), 4)
    0.7619
    """
    arrivals = _slots("arrivals_by_slot", arrivals_by_slot)
    covered = _slots("open_by_slot", open_by_slot) > 0
    if arrivals.shape != covered.shape or arrivals.ndim != 1:
        raise InputError("slots_differ", first="arrivals_by_slot", second="open_by_slot")
    clock = None if clock_open_by_slot is None else _slots("clock_open_by_slot", clock_open_by_slot)
    within = at_least("within_slots", within_slots, unit="slots")
    total = float(arrivals.sum())
    if clock is not None and clock.shape != arrivals.shape:
        raise InputError("slots_differ", first="arrivals_by_slot", second="clock_open_by_slot")
    parts = _parts(arrivals.size, np.array([within]))
    arrivals, covered = np.repeat(arrivals, parts), np.repeat(covered, parts)
    last = last_slots(arrivals.size, within * parts, clock_open=None if clock is None else np.repeat(clock, parts))
    if total == 0:
        return 1.0
    total *= parts
    return float(arrivals[answerable(covered, last)].sum() / total)


def answerable(covered: NDArray[np.bool_], last: Whole) -> NDArray[np.bool_]:
    """Return for each arrival slot whether a covered slot lies in ``t .. last[t]`` of the cyclic week."""
    slots = covered.size
    if not covered.any():
        return np.zeros(slots, dtype=bool)
    places = np.flatnonzero(np.concatenate([covered, covered]))
    start = np.arange(slots)
    following = places[np.searchsorted(places, start)]
    return np.asarray(following <= last, dtype=bool)


def last_slots(slots: int, within_slots: float, *, clock_open: Floats | None = None) -> Whole:
    """
    Return for each arrival slot the last slot in which its work is still on time, counted from slot 0 of its week.

    Parameters
    ----------
    slots : int
        Slots in the cyclic week. [slots]
    within_slots : float
        Target time; parts of a slot are dropped. [slots]
    clock_open : array, optional
        Open part of each slot: the clock runs only then. An arrival whose target ends exactly at closing is due at
        closing, not at the next opening. [share]
    """
    within = at_least("within_slots", within_slots)
    start = np.arange(slots)
    if clock_open is None:
        return start + math.floor(within + _TINY)
    if clock_open.shape != (slots,):
        raise InputError("slots_differ", first="arrivals_by_slot", second="clock_open_by_slot")
    per_week = float(clock_open.sum())
    if per_week <= 0:
        raise InputError("clock_never_open")
    weeks = math.floor(within / per_week)
    # one week in front, so that a target that ends at a closing of last week finds it
    run = np.concatenate([[0.0], np.cumsum(np.tile(clock_open, 4))])
    ends = run[slots + 1 : 2 * slots + 1] + (within - weeks * per_week) - _TINY
    due = np.searchsorted(run, ends, side="left").astype(np.int64) - 1 - slots
    return np.maximum(due + weeks * slots, start)


def demand_bound(work: Floats, last: Whole) -> Floats:
    """
    Return the work that is released and due inside each window of the cyclic week.

    Parameters
    ----------
    work : array (classes, slots)
        Work arriving in each slot. [hours per slot]
    last : array (classes, slots)
        Last slot that is on time, from :func:`last_slots`. [slot]

    Returns
    -------
    array (slots, slots)
        Entry ``[s, j]``: work of slots ``s`` and later that is due by the end of slot ``s + j``. [hours]
    """
    classes, slots = work.shape
    bound = np.zeros((slots, slots))
    starts = np.arange(slots)
    for k in range(classes):
        run = np.concatenate([[0.0], np.cumsum(np.tile(work[k], 3))])
        ends = np.concatenate([last[k], last[k] + slots, last[k] + 2 * slots])
        # arrivals of slots 0 .. upto[e] - 1 are due by the end of slot e
        upto = np.searchsorted(ends, np.arange(2 * slots), side="right")
        for j in range(slots):
            bound[:, j] += np.maximum(0.0, run[np.maximum(upto[starts + j], starts)] - run[starts])
    return bound


def level_capacity(work_by_slot: ArrayLike, *, within_slots: float | Sequence[float]) -> float:
    r"""
    Smallest constant capacity that finishes all work in time (fluid, earliest due first, cyclic).

    Parameters
    ----------
    work_by_slot : array of float
        Work arriving in each slot of a cyclic week or day; a second axis holds classes, (slots, classes).
        [hours per slot]
    within_slots : float or sequence of float
        Target time, one for each class. [slots]

    Returns
    -------
    float
        Capacity in each slot. [hours per slot]

    Raises
    ------
    InputError
        If the work is empty, negative or missing, or the number of targets differs from the number of classes.

    Notes
    -----
    The critical interval: :math:`\max(W/T, \max_{s<t} dbf(s,t)/(t-s))`, where :math:`dbf(s,t)` is the work released
    at ``s`` or later and due by ``t``. Exact for work that arrives evenly inside its slot. A mean-value answer:
    capacity equal to it still misses a percentage target, see :func:`safety_capacity`.

    References
    ----------
    .. [1] source key ``yao1995`` in ``reference/sources.csv``.

    Examples
    --------
    One hour of work an hour from 0 to 8 each day, to be finished within 12 hours:

    >>> level_capacity([1.0] * 8 + [0.0] * 16, within_slots=12)
    0.4
    """
    work = _slots("work_by_slot", work_by_slot)
    if work.ndim == 1:
        work = work[:, None]
    targets = np.atleast_1d(numbers("within_slots", within_slots))
    if work.ndim != 2 or targets.shape != (work.shape[1],):
        raise InputError("targets_differ", classes=work.shape[-1], targets=targets.size)
    limits = np.array([at_least("within_slots", target, unit="slots") for target in targets])
    parts = _parts(work.shape[0], limits)
    work = np.repeat(work, parts, axis=0)
    slots = work.shape[0]
    bound = demand_bound(work.T, np.stack([last_slots(slots, float(limit) * parts) for limit in limits]))
    windows = np.arange(1, slots + 1)
    return float(max(work.sum() / slots, (bound.max(axis=0) / windows).max()))


def _parts(slots: int, within: Floats) -> int:
    """Return into how many parts slots are cut so that every target is whole: at most an hour into minutes."""
    for parts in range(1, 61):
        if slots * parts > MOST_PARTS and parts > 1:
            return parts - 1
        if (np.abs(within * parts - np.round(within * parts)) < 1e-6).all():
            return parts
    return 60


def feasibility_slack(work: Floats, last: Whole, capacity: Floats) -> float:
    """
    Return the smallest capacity left over in any window; below zero the plan misses targets even without chance.

    Parameters
    ----------
    work, last : array (classes, slots)
        As in :func:`demand_bound`. [hours per slot], [slot]
    capacity : array (slots,)
        Work hours that can be done in each slot. [hours per slot]
    """
    slots = capacity.size
    run = np.concatenate([[0.0], np.cumsum(np.tile(capacity, 2))])
    starts = np.arange(slots)
    ends = starts[:, None] + np.arange(1, slots + 1)[None, :]
    offered = run[ends] - run[starts][:, None]
    return float(min((offered - demand_bound(work, last)).min(), capacity.sum() - work.sum()))


def safety_capacity(
    *, work_per_cycle: float, variance_per_cycle: float, work_per_window: float, service_level: float
) -> float:
    r"""
    Capacity over load that keeps a share of the messages on time when volume varies (closed form).

    Parameters
    ----------
    work_per_cycle : float
        Mean work a week (or day). [hours]
    variance_per_cycle : float
        Variance of that work, see :func:`staffcalc.staffing.deadline.work_variance`. [hours squared]
    work_per_window : float
        Mean work that arrives during one target time. [hours]
    service_level : float
        Share to be answered in time, below 1. [share]

    Returns
    -------
    float
        Capacity divided by load, 1 or more. [ratio]

    Raises
    ------
    InputError
        If a figure is negative, the work is zero, or ``service_level`` is 1.

    Notes
    -----
    Backlog as reflected Brownian motion, :math:`P(Q > b) = e^{-2(c-m)b/\sigma^2}` with buffer :math:`b` equal to the
    capacity inside the target: :math:`x = [1 + \sqrt{1 + 2 v \ln(1/\epsilon)/(W b_1)}]/2`. A heavy-traffic
    approximation: within about one point of capacity without a week factor, up to three points too careful with one.
    It seeds the search in :func:`staffcalc.staff`; the simulation decides. Do not use it for targets in minutes.

    References
    ----------
    .. [1] source key ``staffcalc_deadline`` in ``reference/sources.csv``.

    Examples
    --------
    Days vary by 25%, the target is one day, 90% in time:

    >>> x = safety_capacity(work_per_cycle=1, variance_per_cycle=0.0625, work_per_window=1, service_level=0.9)
    >>> round(x, 4)
    1.0674
    """
    work = at_least("work_per_cycle", work_per_cycle, above=True, unit="hours")
    variance = at_least("variance_per_cycle", variance_per_cycle, unit="hours squared")
    window = at_least("work_per_window", work_per_window, above=True, unit="hours")
    level = share("service_level", service_level, below_one=True)
    return float(safety_ratio(work, variance, window, level))


def safety_ratio(work: ArrayLike, variance: ArrayLike, window: ArrayLike, level: ArrayLike) -> Floats:
    """Return :func:`safety_capacity` over arrays, unchecked; 1 where no work arrives."""
    work_, variance_, window_ = (np.asarray(value, dtype=float) for value in (work, variance, window))
    miss = np.log(1.0 / (1.0 - np.asarray(level, dtype=float)))
    buffer = np.where(work_ * window_ > 0, work_ * window_, np.inf)
    ratio: Floats = (1.0 + np.sqrt(1.0 + 2.0 * variance_ * miss / buffer)) / 2.0
    return ratio


def work_variance(work: Floats, second_moment: Floats, *, day_cv: float, week_cv: float) -> float:
    r"""
    Variance of the work of one week when days and weeks share a random factor.

    Parameters
    ----------
    work : array (slots,)
        Mean work in each slot of the week, all classes together. [hours per slot]
    second_moment : array (slots,)
        Messages in each slot times the mean square of their handle time. [hours squared per slot]
    day_cv, week_cv : float
        Coefficient of variation of the day and week factor. [ratio]

    Notes
    -----
    :math:`h^2(1+c_h^2)\sum a + v_d^2(1+v_w^2)\sum_{days} m_{day}^2 + v_w^2 W^2`.
    """
    days = work.reshape(7, -1).sum(axis=1)
    day, week = number("day_cv", day_cv) ** 2, number("week_cv", week_cv) ** 2
    return float(second_moment.sum() + day * (1 + week) * (days**2).sum() + week * work.sum() ** 2)
