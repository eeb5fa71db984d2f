"""Which tables of one survey may be shown together, so that no combination of them singles out a few people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

_ZERO = 1e-8
_MOST_NODES = 60_000


class Verdict(NamedTuple):
    """For each cell, why it is withheld; None where it may be shown."""

    reasons: tuple[str | None, ...]
    searched: bool


def suppress(cells: Masks, at_line: NDArray[np.bool_], *, tables: Sequence[int], least: int) -> Verdict:
    """
    Decide which cells of all tables of a survey may be shown together.

    Parameters
    ----------
    cells : array, cells x people
        Who belongs to each cell. The first row is everybody; rows may overlap.
    at_line : array
        Who is at or above the line.
    tables : sequence of int
        Table to which each cell belongs; cells of one table do not overlap.
    least : int
        Smallest group that may be told apart. [people]

    Returns
    -------
    Verdict
        Reason by cell: ``too_small``, ``homogeneous``, ``differencing`` or None; ``searched`` is False where the tables
        overlap so much that only a single cell was kept.

    Notes
    -----
    Cells that are too small or all alike fall first. Then, while some weighted sum of the cells shown depends on fewer
    than ``least`` people, or the people left over by a table are all alike, the smallest cell that takes part in it
    falls too. A weighted sum depends only on the people of a set exactly if the rows of the null space that belong to
    the set are linearly dependent, so every small set is tested by linear algebra.
    """
    sizes = cells.sum(axis=1)
    hits = (cells & at_line).sum(axis=1)
    reasons: list[str | None] = [
        "too_small" if n < least else "homogeneous" if k in (0, n) else None for n, k in zip(sizes, hits, strict=True)
    ]
    searched = True
    labels = np.array(tables)
    while any(reason is None for reason in reasons):
        shown = [i for i, reason in enumerate(reasons) if reason is None]
        guilty, complete = _guilty(cells[shown], at_line, labels[shown], least)
        if not complete:
            keep = shown[0]
            reasons = [
                reason if reason is not None or i == keep else "differencing" for i, reason in enumerate(reasons)
            ]
            searched = False
            continue
        if not guilty:
            break
        candidates = [shown[i] for i in guilty]
        worst = min(candidates, key=lambda i: (i == 0, sizes[i], -i))
        reasons[worst] = "differencing"
    return Verdict(tuple(reasons), searched)


def _guilty(cells: Masks, at_line: NDArray[np.bool_], tables: NDArray[np.int64], least: int) -> tuple[list[int], bool]:
    """Return the cells that take part in singling somebody out, and whether every small set was tested."""
    for i, j in _differences(cells, tables):
        rest = cells[i] & ~cells[j].any(axis=0)
        n, k = int(rest.sum()), int((rest & at_line).sum())
        if 0 < n < least or (n and k in (0, n)):
            return [i, *(int(row) for row in j)], True
    atoms, sizes = _atoms(cells)
    small = [a for a in range(len(sizes)) if sizes[a] < least]
    found, complete = _dependent_set(atoms, sizes, small, least)
    if found is None:
        return [], complete
    return _rows_behind(atoms, found), True


def _differences(cells: Masks, tables: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield each cell with each cell inside it, and with all cells of one table inside it: the rest can be computed."""
    for i in range(len(cells)):
        inside = np.flatnonzero(~(cells & ~cells[i]).any(axis=1))
        inside = inside[inside != i]
        yield from ((i, np.array([j])) for j in inside)
        for table in np.unique(tables[inside]):
            group = inside[tables[inside] == table]
            if len(group) > 1:
                yield i, group


def _atoms(cells: Masks) -> tuple[Floats, NDArray[np.int64]]:
    """Return cells x atoms, and people by atom: people who share all their cells cannot be told apart."""
    columns, counts = np.unique(cells[:, cells.any(axis=0)], axis=1, return_counts=True)
    return columns.astype(float), counts


def _null_rows(atoms: Floats) -> Floats:
    """Return a basis of the null space of ``atoms``, one row an atom."""
    _, values, rows = np.linalg.svd(atoms)
    rank = int((values > _ZERO * max(1.0, values.max(initial=0.0))).sum())
    return np.asarray(rows[rank:].T, dtype=float)


def _dependent_set(
    atoms: Floats, sizes: NDArray[np.int64], small: Sequence[int], least: int
) -> tuple[list[int] | None, bool]:
    """Return a set of atoms with fewer than ``least`` people whose null-space rows are dependent, if there is one."""
    rows = _null_rows(atoms)
    nodes = 0
    stack: list[tuple[list[int], Floats, int, int]] = [([], np.empty((0, rows.shape[1])), 0, 0)]
    while stack:
        chosen, basis, start, people = stack.pop()
        for at in range(start, len(small)):
            atom = small[at]
            if people + sizes[atom] >= least:
                continue
            nodes += 1
            if nodes > _MOST_NODES:
                return None, False
            row = rows[atom]
            left = row - basis.T @ (basis @ row) if len(basis) else row
            length = float(np.linalg.norm(left))
            if length < _ZERO:
                return [*chosen, atom], True
            if people + sizes[atom] + 1 < least:
                stack.append(([*chosen, atom], np.vstack([basis, left / length]), at + 1, people + int(sizes[atom])))
    return None, True


def _rows_behind(atoms: Floats, support: Sequence[int]) -> list[int]:
    """Return the cells whose weighted sum depends on the atoms of ``support`` only."""
    outside = np.delete(atoms, list(support), axis=1)
    _, values, columns = np.linalg.svd(outside.T)
    rank = int((values > _ZERO * max(1.0, values.max(initial=0.0))).sum())
    for weights in columns[rank:]:
        if np.abs(weights @ atoms).max() > _ZERO:
            return [int(i) for i in np.flatnonzero(np.abs(weights) > 1e-6)]
    return list(range(len(atoms)))
