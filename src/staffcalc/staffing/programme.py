"""
The weekly programme: the fewest hours on tours that finish all work in time (linear, or whole heads).

Variables are the work served in each slot, the backlog at its end (per class) and the heads on each tour. Exact for
first in first out inside a class, equal to earliest due first across classes.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from staffcalc.staffing.tours import Tours

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Week:
    """
    What one cyclic week asks for.

    Parameters
    ----------
    work : array (classes, slots)
        Deferrable work. [hours per slot]
    last : array (classes, slots)
        Last slot on time, from :func:`staffcalc.staffing.deadline.last_slots`. [slot]
    seats : array (slots,)
        Least people present. [people]
    load : array (slots,)
        Real-time load carried by the same people. [erlangs]
    productive : float
        Part of an hour present that goes into work: (1 - in-shift share) times the occupancy cap. [share]
    margin : float
        Capacity over load beyond which the plan counts as stable. [share]
    """

    work: Floats
    last: Whole
    seats: Floats
    load: Floats
    productive: float
    margin: float = 0.0

    @property
    def slot_hours(self) -> float:
        """Length of a slot. [hours]"""
        return 168.0 / self.seats.size


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """Heads on tours, and what they can do in each slot."""

    heads: Floats
    present: Floats
    """People present in each slot. [people]"""
    capacity: Floats
    """Deferrable work that can be done in each slot. [hours per slot]"""
    served: Floats
    """Work done in each slot, (classes, slots). [hours per slot]"""
    cost: float
    bound: float
    """Proven lower limit of the cost, equal to ``cost`` for a linear plan."""


def allowed_backlog(work: Floats, last: Whole) -> Floats:
    """Return for each slot the work that may still wait at its end without being late. [hours]"""
    slots = work.size
    length = last - np.arange(slots)
    whole, rest = np.divmod(length, slots)
    change = np.zeros(2 * slots + 1)
    np.add.at(change, np.arange(slots), work)
    np.add.at(change, np.arange(slots) + rest, -work)
    run = np.cumsum(change)[: 2 * slots]
    return np.asarray(run[:slots] + run[slots:] + float((work * whole).sum()))


def solve(
    week: Week,
    tours: Tours,
    *,
    cost: Floats | None = None,
    whole_heads: bool = False,
    most_heads: float = np.inf,
    gap: float = 0.005,
    seconds: float = 30.0,
) -> Plan | None:
    """
    Return the cheapest plan, or None where no number of heads on these tours meets the week.

    Parameters
    ----------
    week : Week
        The work and the seats.
    tours : Tours
        The patterns to choose from.
    cost : array (tours,), optional
        Cost of one head on each tour; hours present if not given.
    whole_heads : bool
        Ask for whole heads (a mixed-integer programme).
    most_heads : float
        Most heads on one tour. [people]
    gap, seconds : float
        Where the integer search may stop: relative gap [share], time [s].
    """
    classes, slots = week.work.shape
    heads = tours.cover.shape[1]
    price = tours.hours if cost is None else cost
    eye = sparse.eye_array(slots, format="csr")
    before = sparse.csr_array(
        (np.ones(slots), (np.arange(slots), (np.arange(slots) - 1) % slots)), shape=(slots, slots)
    )
    per_class = slots * classes
    served, waiting = (
        sparse.eye_array(per_class, format="csr"),
        sparse.block_diag([eye - before] * classes, format="csr"),
    )
    productive = week.productive * week.slot_hours
    load = week.load * week.slot_hours
    rows = [
        optimize.LinearConstraint(
            sparse.hstack([served, waiting, sparse.csr_array((per_class, heads))], format="csr"),
            week.work.ravel(),
            week.work.ravel(),
        ),
        optimize.LinearConstraint(
            sparse.hstack(
                [
                    sparse.hstack([eye] * classes),
                    sparse.csr_array((slots, per_class)),
                    sparse.csr_array(-productive * tours.cover),
                ],
                format="csr",
            ),
            -np.inf,
            -load,
        ),
        optimize.LinearConstraint(
            sparse.hstack([sparse.csr_array((1, 2 * per_class)), productive * tours.cover.sum(axis=0)[None, :]]),
            (1 + week.margin) * week.work.sum() + load.sum(),
            np.inf,
        ),
    ]
    if week.seats.any():
        rows.append(
            optimize.LinearConstraint(
                sparse.hstack([sparse.csr_array((slots, 2 * per_class)), sparse.csr_array(tours.cover)], format="csr"),
                week.seats,
                np.inf,
            )
        )
    upper = np.concatenate(
        [
            np.full(per_class, np.inf),
            np.concatenate([allowed_backlog(week.work[k], week.last[k]) for k in range(classes)]),
            np.full(heads, most_heads),
        ]
    )
    answer = optimize.milp(
        np.concatenate([np.zeros(2 * per_class), price]),
        constraints=rows,
        bounds=optimize.Bounds(0, upper),
        integrality=np.concatenate([np.zeros(2 * per_class), np.full(heads, float(whole_heads))]),
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    if answer.x is None:
        return None
    number = np.asarray(answer.x[2 * per_class :])
    if whole_heads:
        number = np.round(number)
    present = tours.cover @ number
    bound = answer.mip_dual_bound if whole_heads and answer.mip_dual_bound is not None else answer.fun
    return Plan(
        heads=number,
        present=present,
        capacity=np.maximum(0.0, productive * present - load),
        served=np.maximum(0.0, np.asarray(answer.x[:per_class])).reshape(classes, slots),
        cost=float(price @ number),
        bound=float(bound),
    )
