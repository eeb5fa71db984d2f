"""Which tables of one survey may be shown together, so that no combination of them singles out a few people."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
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
    family = _Family.of(cells, sizes, hits, np.array(tables))
    searched = True
    while any(reason is None for reason in reasons):
        shown = np.flatnonzero([reason is None for reason in reasons])
        guilty, complete = family.leftovers(shown, least), True
        if not guilty:
            guilty, complete = _combined(cells[shown], least)
            guilty = [int(shown[i]) for i in guilty]
        if not complete:
            keep = shown[0]
            reasons = [
                reason if reason is not None or i == keep else "differencing" for i, reason in enumerate(reasons)
            ]
            searched = False
            continue
        if not guilty:
            break
        worst = min(guilty, key=lambda i: (i == 0, sizes[i], -i))
        reasons[worst] = "differencing"
    return Verdict(tuple(reasons), searched)


@dataclasses.dataclass(frozen=True, eq=False)
class _Family:
    """Which cells lie inside which, with their sizes and hits."""

    inside: NDArray[np.bool_]
    sizes: NDArray[np.int64]
    hits: NDArray[np.int64]
    tables: NDArray[np.int64]

    @classmethod
    def of(cls, cells: Masks, sizes: NDArray[np.int64], hits: NDArray[np.int64], tables: NDArray[np.int64]) -> _Family:
        overlap = cells.astype(np.int64) @ cells.T.astype(np.int64)
        inside = overlap == sizes[None, :]
        np.fill_diagonal(inside, False)
        return cls(inside, sizes, hits, tables)

    def leftovers(self, shown: NDArray[np.intp], least: int) -> list[int]:
        """Return a cell and cells inside it that leave over too few people, or people who are all alike."""
        for i in shown:
            within = shown[self.inside[i, shown]]
            groups = [within[[at]] for at in range(len(within))]
            groups += [within[self.tables[within] == table] for table in np.unique(self.tables[within])]
            for group in groups:
                n = int(self.sizes[i] - self.sizes[group].sum())
                k = int(self.hits[i] - self.hits[group].sum())
                if 0 < n < least or (n > 0 and k in (0, n)):
                    return [int(i), *(int(j) for j in group)]
        return []


def _combined(cells: Masks, least: int) -> tuple[list[int], bool]:
    """Return the cells whose weighted sum depends on few people, and whether every small set was tested."""
    atoms, sizes = _atoms(cells)
    small = [a for a in range(len(sizes)) if sizes[a] < least]
    found, complete = _dependent_set(atoms, sizes, small, least)
    if found is None:
        return [], complete
    return _rows_behind(atoms, found), True


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
