"""Who is left with one possible answer only, once the counts and means of several groups are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

_EPS = 1e-6
_MOVED = 1e-3
_MOST_SETS = 120  # sets of people up to which sums are searched in whole steps


class Levels(NamedTuple):
    """Scores of everybody, the line and the highest score, counted from the lowest one in steps of the scale."""

    scores: Floats
    line: float
    top: float
    whole: bool


def settled_people(
    cells: Masks, at_line: NDArray[np.bool_], *, levels: Levels | None = None, whole: bool = True
) -> Masks:
    """
    Return who can only be on one side of the line, or only at one end of the scale, given what is shown.

    Parameters
    ----------
    cells : array, cells x people
        Who belongs to each group that is shown.
    at_line : array
        Who is at or above the line; the count of each cell is taken as known.
    levels : Levels, optional
        Scores behind it; the sum of each cell is taken as known too.
    whole : bool
        Whether to use that counts are whole people. It adds nothing for one or two tables.

    Returns
    -------
    array
        True for everybody whose answer follows from the groups shown. [people]

    Notes
    -----
    People who share all their cells cannot be told apart, so that the unknowns are the count ``k_a`` and the sum
    ``s_a`` of each such set ``a`` of ``n_a`` people: ``0 <= k_a <= n_a``, ``line k_a <= s_a <= top k_a + below (n_a -
    k_a)`` with ``below`` the highest score under the line, and the totals of all cells. Sets that are not all alike
    are not settled, the survey itself shows it. For the others a programme looks for other answers with the same
    totals that move as many of them as possible, again and again, until none moves: once for the counts, as whole
    people, and once for counts and sums together, as whole people and whole steps where the scale has such steps.
    Rounding of what is shown only helps the asked and is not used.
    """
    inside = cells.any(axis=0)
    columns, where, heads = np.unique(cells[:, inside], axis=1, return_inverse=True, return_counts=True)
    where = where.ravel()
    counts: Floats = np.bincount(where, at_line[inside].astype(float)).astype(np.float64)
    sets: Floats = columns.astype(float)
    people: Floats = heads.astype(float)
    fixed = _fixed(sets, [counts], [people], whole=whole)
    if levels is not None:
        sums: Floats = np.bincount(where, levels.scores[inside]).astype(np.float64)
        steps = levels.whole and len(people) <= _MOST_SETS
        below = levels.line - 1 if levels.whole else levels.line
        one, none = sparse.eye(len(people)), sparse.csr_matrix((len(people), 2 * len(people)))
        rules = [
            optimize.LinearConstraint(sparse.hstack([-levels.line * one, one, none]), -_EPS, np.inf),
            optimize.LinearConstraint(
                sparse.hstack([(below - levels.top) * one, one, none]), -np.inf, below * people + _EPS
            ),
        ]
        most = [people, levels.top * people]
        fixed |= _fixed(sets, [counts, sums], most, rules, whole=steps)
    found = np.zeros(cells.shape[1], dtype=bool)
    found[inside] = fixed[where]
    return found


def _fixed(
    columns: Floats,
    parts: Sequence[Floats],
    ends: Sequence[Floats],
    rules: Sequence[optimize.LinearConstraint] = (),
    *,
    whole: bool,
) -> NDArray[np.bool_]:
    """Return the sets of people whose count or sum is at an end of its range and cannot leave it."""
    size, kinds = columns.shape[1], len(parts)
    known, most = np.concatenate(parts), np.concatenate(ends)
    low, high = known <= _EPS, known >= most - _EPS
    unmoved = low | high
    totals = sparse.kron(sparse.eye(kinds), columns, format="csr")
    empty = sparse.csr_matrix((totals.shape[0], kinds * size))
    away = sparse.diags(np.where(low, 1.0, -1.0))  # how far a count or sum is from the end where it stands
    start = np.where(low, 0.0, -np.where(high, most, np.inf))
    sums: Floats = np.asarray(totals @ known, dtype=float)
    every = [
        optimize.LinearConstraint(sparse.hstack([totals, empty]), sums, sums),
        optimize.LinearConstraint(sparse.hstack([away, -sparse.eye(kinds * size)]), start, np.inf),
        *rules,
    ]
    integer = np.full(2 * kinds * size, int(whole))
    bounds = optimize.Bounds(0, np.concatenate([most, np.ones(kinds * size)]))
    while unmoved.any():
        goal = np.concatenate([np.zeros(kinds * size), -unmoved.astype(float)])
        other = optimize.milp(goal, constraints=every, integrality=integer, bounds=bounds, options={"node_limit": 500})
        moved = unmoved & (other.x[kinds * size :] > _MOVED) if other.x is not None else np.zeros_like(unmoved)
        if not moved.any():
            break
        unmoved &= ~moved
    return np.asarray(unmoved.reshape(kinds, size).any(axis=0))
