"""Minimal cut sets: the people, pairs and so on whose loss uncovers something."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any

from staffcalc import _checks
from staffcalc.errors import InputError
from staffcalc.resilience.holdings import Person, read_holdings

CUT_SETS_AT_MOST = 1_000_000
"""More cut sets than this are refused before they are listed."""


def minimal_cut_sets(
    holders: Mapping[Any, Iterable[Any]],
    required: int | Mapping[Any, int] = 1,
    *,
    order: int = 2,
) -> list[frozenset[Person]]:
    """
    Sets of at most ``order`` people whose loss uncovers a cell, and none of whose parts does.

    Parameters
    ----------
    holders : mapping of cell to collection of people
        Who can cover each cell.
    required : int or mapping of cell to int
        People each cell needs. [person]
    order : int
        Largest set listed: 1 gives the single points of failure, 2 the pairs too. [person]

    Returns
    -------
    list of frozenset
        Minimal cut sets, small ones first. Cells short already need no loss and give none.

    Raises
    ------
    InputError
        If more than a million sets would have to be listed.

    Notes
    -----
    The cut sets of one cell with ``n`` holders of which ``r`` are required are all sets of ``n - r + 1`` of them; those
    that contain a smaller cut set of another cell are dropped.

    Examples
    --------
    >>> cuts = minimal_cut_sets({"instagram": {"p1", "p2"}, "x": {"p2"}, "youtube": {"p1", "p3"}})
    >>> [sorted(cut) for cut in cuts]
    [['p2'], ['p1', 'p3']]
    """
    order = _checks.whole("order", order, 1, unit="person")
    held = read_holdings(holders, required)
    families = {(held.holders[c], held.deficit(c)) for c in range(len(held.cells)) if 1 <= held.deficit(c) <= order}
    total = sum(math.comb(len(people), size) for people, size in families)
    if total > CUT_SETS_AT_MOST:
        raise InputError("too_many_cut_sets", sets=total, order=order, most=CUT_SETS_AT_MOST)
    found: set[frozenset[int]] = set()
    for size in range(1, order + 1):
        fresh = {
            frozenset(part)
            for people, deficit in families
            if deficit == size
            for part in itertools.combinations(sorted(people), size)
        }
        found |= {
            cut
            for cut in fresh
            if not any(frozenset(part) in found for k in range(1, size) for part in itertools.combinations(cut, k))
        }
    listed = sorted(found, key=lambda cut: (len(cut), sorted(cut)))
    return [frozenset(held.people[person] for person in cut) for cut in listed]
