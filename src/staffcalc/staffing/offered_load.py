r"""
Offered load of an interval when the arrival rate moves: four methods, groups kept apart, gaps respected.

The load that matters is not the work that arrives but the work in progress. With exponential handle times it follows
:math:`m' = \lambda h - m` in units of the handle time, which has an exact solution on intervals of constant rate.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
METHODS = ("sipp", "lagged", "mol", "mol_max")
_FORGOTTEN = 1e-18


def offered_load(
    rate: Floats, aht: Floats, length: Floats, gap: Floats, first: npt.NDArray[np.bool_], method: str
) -> Floats:
    """
    Return the load of every interval. [erlangs]

    Parameters
    ----------
    rate : array
        Messages per minute, in order of time inside each group. [per minute]
    aht, length, gap : array
        Handle time, length of the interval, and closed time before the next one of the group. [minutes]
    first : array of bool
        Where a group begins. Before it, the rate is taken to have been that of its first interval.
    method : str
        One of :data:`METHODS`.
    """
    arriving = rate * aht
    if method == "sipp" or rate.size == 0:
        return arriving
    if method == "lagged":
        return _lagged(rate, aht, length, gap, first)
    ends = np.exp(-length / aht)
    start = _progress(arriving, aht, ends, gap, first)
    if method == "mol_max":  # between two interval borders the load moves one way only
        return np.maximum(start, arriving + (start - arriving) * ends)
    return arriving + (start - arriving) * -np.expm1(-length / aht) * aht / length


def _progress(arriving: Floats, aht: Floats, ends: Floats, gap: Floats, first: npt.NDArray[np.bool_]) -> Floats:
    """Return the work in progress at the start of every interval: a linear recursion, solved by doubling."""
    keep, add = np.zeros_like(arriving), arriving.copy()
    after = np.flatnonzero(~first)
    before = after - 1
    rest = np.exp(-gap[before] / aht[before])
    keep[after] = ends[before] * rest
    add[after] = arriving[before] * (1.0 - ends[before]) * rest
    reach = 1
    while reach < add.size and (keep[reach:] > _FORGOTTEN).any():
        add[reach:] = add[reach:] + keep[reach:] * add[:-reach]
        keep[reach:] = keep[reach:] * keep[:-reach]
        reach *= 2
    return add


def _lagged(rate: Floats, aht: Floats, length: Floats, gap: Floats, first: npt.NDArray[np.bool_]) -> Floats:
    """Return handle time times the mean rate one handle time earlier."""
    lead = float(aht.max(initial=0.0)) + float(length.max(initial=0.0))
    # one time axis for all groups; before each group its first rate runs back for long enough
    span = length + gap + np.where(first, lead, 0.0)
    start = np.cumsum(span) - length - gap
    count = np.cumsum(rate * length + np.where(first, rate * lead, 0.0))
    begin = np.where(first, count - rate * length, 0.0)
    knots = np.column_stack([start - lead, start, start + length]).ravel()
    total = np.column_stack([begin - rate * lead, begin, count]).ravel()
    use = np.column_stack([first, first, np.ones_like(first)]).ravel()
    closed = (gap > 0.0) & ~np.append(first[1:], True)
    x, y = knots[use], total[use]
    if closed.any():  # nothing arrives in a gap
        x, y = np.append(x, (start + length + gap)[closed]), np.append(y, count[closed])
        order = np.lexsort((y, x))
        x, y = x[order], y[order]
    here = np.interp(start - aht, x, y)
    there = np.interp(start + length - aht, x, y)
    load: Floats = (there - here) / length * aht
    return load
