"""
A percentage inside the weekly programme, and the trap in it.

Asked for 90% in time, a linear programme shelves late messages so that fresh ones stay in time. Worked first in,
first out, as people do, the same plan may keep half of what it promised. :func:`solve_triage` is that programme, for
those who do work this way; :func:`solve_fifo` promises what a queue in order of arrival keeps.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from staffcalc._checks import share as check_share
from staffcalc.staffing.programme import Plan, Week, solve
from staffcalc.staffing.tours import Tours

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def fifo_share(work: Floats, last: Whole, capacity: Floats, *, cycles: int = 12) -> float:
    """
    Share of the work of one class that a weekly capacity finishes in time, in order of arrival, without chance.

    Parameters
    ----------
    work, last : array (slots,)
        Work and last slot on time of each slot. [hours per slot], [slot]
    capacity : array (slots,)
        Work that can be done. [hours per slot]
    cycles : int
        Weeks until the queue has settled; the week after them is counted. [weeks]
    """
    slots = work.size
    arrived = np.cumsum(np.tile(work, cycles + 4))
    net = arrived - np.cumsum(np.tile(capacity, cycles + 4))
    finished = arrived - (net - np.minimum(0.0, np.minimum.accumulate(net)))
    here = slice(cycles * slots, (cycles + 1) * slots)
    late = np.clip(arrived[here] - finished[here.start + last], 0.0, work)
    total = float(work.sum())
    return 1.0 - float(late.sum()) / total if total > 0 else 1.0


def solve_triage(
    week: Week, tours: Tours, *, share: float, late_last: Whole, cost: Floats | None = None
) -> Plan | None:
    """
    Return the cheapest plan that keeps a share of one class in time if late messages may be shelved.

    Parameters
    ----------
    week : Week
        One class of work.
    tours : Tours
        The patterns to choose from.
    share : float
        Share to finish in time. [share]
    late_last : array (slots,)
        Last slot for the shelved rest. [slot]
    cost : array (tours,), optional
        Cost of one head on each tour; hours present if not given.

    Notes
    -----
    Each slot's work is split into a part in time and a part that may be late, each with its own backlog. Worked first
    in, first out, the plan keeps far less than ``share``: see :func:`fifo_share`.
    """
    promised = check_share("share", share)
    slots = week.seats.size
    work, heads = week.work[0], tours.cover.shape[1]
    price = tours.hours if cost is None else cost
    eye = sparse.eye_array(slots, format="csr")
    before = sparse.csr_array(
        (np.ones(slots), (np.arange(slots), (np.arange(slots) - 1) % slots)), shape=(slots, slots)
    )
    flow, none = eye - before, sparse.csr_array((slots, slots))
    tour = sparse.csr_array(week.productive * week.slot_hours * tours.cover)
    zero = sparse.csr_array((slots, heads))
    # variables: y (in time), served y, backlog y, served l, backlog l, heads;  l = work - y
    wait_y, wait_l = _window(week.last[0]), _window(late_last)
    rows = [
        (sparse.hstack([-eye, eye, flow, none, none, zero]), 0.0, 0.0),
        (sparse.hstack([eye, none, none, eye, flow, zero]), work, work),
        (sparse.hstack([-wait_y, none, eye, none, none, zero]), -np.inf, 0.0),
        (sparse.hstack([wait_l, none, none, none, eye, zero]), -np.inf, wait_l @ work),
        (sparse.hstack([none, eye, none, eye, none, -tour]), -np.inf, -week.load * week.slot_hours),
    ]
    constraints = [optimize.LinearConstraint(sparse.csr_array(matrix), low, high) for matrix, low, high in rows]
    total = np.concatenate([np.ones(slots), np.zeros(4 * slots + heads)])
    constraints.append(optimize.LinearConstraint(total[None, :], promised * work.sum(), np.inf))
    if week.seats.any():
        matrix = sparse.hstack([sparse.csr_array((slots, 5 * slots)), sparse.csr_array(tours.cover)])
        constraints.append(optimize.LinearConstraint(sparse.csr_array(matrix), week.seats, np.inf))
    upper = np.concatenate([work, np.full(4 * slots + heads, np.inf)])
    answer = optimize.milp(
        np.concatenate([np.zeros(5 * slots), price]), constraints=constraints, bounds=optimize.Bounds(0, upper)
    )
    if answer.x is None:
        return None
    served = np.asarray(answer.x[slots : 2 * slots]) + np.asarray(answer.x[3 * slots : 4 * slots])
    return _plan(week, tours, np.asarray(answer.x[5 * slots :]), price, served[None, :], float(answer.fun))


def solve_fifo(
    week: Week,
    tours: Tours,
    *,
    share: float,
    late_last: Whole,
    cost: Floats | None = None,
    whole_heads: bool = False,
    gap: float = 1e-4,
    seconds: float = 30.0,
) -> Plan | None:
    """
    Return the cheapest plan that keeps a share of one class in time in order of arrival.

    Parameters
    ----------
    week, tours, share, late_last, cost
        As in :func:`solve_triage`.
    whole_heads : bool
        Ask for whole heads.
    gap, seconds : float
        Where the search may stop: relative gap [share], time [s].

    Notes
    -----
    Binary ``z_u`` says whether the work of slot ``u`` is in time: then the backlog at the end of ``u`` fits into the
    capacity from ``u + 1`` to its last slot. Solves in seconds for a dozen tours; for hundreds, certify by simulation.
    """
    promised = check_share("share", share)
    everything = dataclasses.replace(week, last=late_last[None, :])
    start = solve(everything, tours, cost=cost)
    if start is None:
        return None
    slots = week.seats.size
    work, heads = week.work[0], tours.cover.shape[1]
    price = tours.hours if cost is None else cost
    eye = sparse.eye_array(slots, format="csr")
    before = sparse.csr_array(
        (np.ones(slots), (np.arange(slots), (np.arange(slots) - 1) % slots)), shape=(slots, slots)
    )
    tour = sparse.csr_array(week.productive * week.slot_hours * tours.cover)
    most = 1.5 * float(work.sum())
    # variables: backlog, z, heads
    rows = [
        (
            sparse.hstack([eye - before, sparse.csr_array((slots, slots)), tour]),
            work - week.load * week.slot_hours,
            np.inf,
        ),
        (sparse.hstack([eye, most * eye, -(_ahead(week.last[0]) @ tour)]), -np.inf, most),
        (sparse.hstack([eye, sparse.csr_array((slots, slots)), -(_ahead(late_last) @ tour)]), -np.inf, 0.0),
    ]
    constraints = [optimize.LinearConstraint(sparse.csr_array(matrix), low, high) for matrix, low, high in rows]
    weight = np.concatenate([np.zeros(slots), work, np.zeros(heads)])
    constraints.append(optimize.LinearConstraint(weight[None, :], promised * work.sum(), np.inf))
    if week.seats.any():
        matrix = sparse.hstack([sparse.csr_array((slots, 2 * slots)), sparse.csr_array(tours.cover)])
        constraints.append(optimize.LinearConstraint(sparse.csr_array(matrix), week.seats, np.inf))
    upper = np.concatenate([np.full(slots, np.inf), np.ones(slots), np.full(heads, np.inf)])
    answer = optimize.milp(
        np.concatenate([np.zeros(2 * slots), price]),
        constraints=constraints,
        bounds=optimize.Bounds(0, upper),
        integrality=np.concatenate([np.zeros(slots), np.ones(slots), np.full(heads, float(whole_heads))]),
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    if answer.x is None:
        return None
    number = np.asarray(answer.x[2 * slots :])
    heads_found = np.round(number) if whole_heads else number
    return _plan(week, tours, heads_found, price, start.served, float(answer.mip_dual_bound))


def _window(last: Whole) -> sparse.csr_array:
    """Return the matrix that adds up the work which may still wait at the end of each slot."""
    slots = last.size
    rows, columns = [], []
    for arrival in range(slots):
        ends = np.arange(arrival, last[arrival]) % slots
        rows.append(ends)
        columns.append(np.full(ends.size, arrival))
    where = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_array((np.ones(where[0].size), where), shape=(slots, slots))


def _ahead(last: Whole) -> sparse.csr_array:
    """Return the matrix that adds up the capacity after each slot up to its last slot on time."""
    slots = last.size
    rows, columns = [], []
    for arrival in range(slots):
        ends = np.arange(arrival + 1, last[arrival] + 1) % slots
        rows.append(np.full(ends.size, arrival))
        columns.append(ends)
    where = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_array((np.ones(where[0].size), where), shape=(slots, slots))


def _plan(week: Week, tours: Tours, heads: Floats, price: Floats, served: Floats, bound: float) -> Plan:
    present = tours.cover @ heads
    capacity = np.maximum(0.0, (week.productive * present - week.load) * week.slot_hours)
    return Plan(heads=heads, present=present, capacity=capacity, served=served, cost=float(price @ heads), bound=bound)
