"""Which tables of one survey may be shown together, so that no combination of them singles out a few people."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffcalc.burnout.settled import Levels, settled_people

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

_ZERO = 1e-8
_MOST_NODES = 60_000
_PAIR = 3  # everybody and two tables: there, answers that are whole people tell no more than sums


class Verdict(NamedTuple):
    """For each cell, why it is withheld; None where it may be shown."""

    reasons: tuple[str | None, ...]
    searched: bool


def suppress(
    cells: Masks,
    at_line: NDArray[np.bool_],
    *,
    tables: Sequence[int],
    least: int,
    levels: Levels | None = None,
    moved: Callable[[frozenset[int]], Sequence[int]] | None = None,
    closed: NDArray[np.bool_] | None = None,
) -> Verdict:
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
    levels : Levels, optional
        Scores behind ``at_line``, where their means are shown too.
    moved : callable, optional
        Told the cells shown, returns those behind a change of few people since an earlier survey.
    closed : array, optional
        Cells that are withheld whatever is found here.

    Returns
    -------
    Verdict
        Reason by cell: ``too_small``, ``homogeneous``, ``another_scale``, ``differencing``, ``settled`` or None;
        ``searched`` is False where the tables overlap so much that only a single cell was kept.

    Notes
    -----
    Cells that are too small or all alike fall first. Then, while some weighted sum of the cells shown depends on fewer
    than ``least`` people, or the people left over by a table are all alike, the smallest cell that takes part in it
    falls too. Every small set of people is tested by linear algebra, see :func:`_singled_out`. The same holds for
    cells behind a change of few people since an earlier survey. At last, cells fall while the
    shares and means shown leave somebody only one possible side of the line, see :func:`_settled`. Where they settle
    nobody, a weighted sum is all that a reader can compute, so that both searches together leave nothing open but
    whole numbers: three or more overlapping tables are therefore asked with answers that must be whole people, too.
    """
    sizes = cells.sum(axis=1)
    hits = (cells & at_line).sum(axis=1)
    shut = np.zeros(len(cells), dtype=bool) if closed is None else closed
    reasons = [_own_reason(int(n), int(k), least, shut=bool(s)) for n, k, s in zip(sizes, hits, shut, strict=True)]
    family = _Family.of(cells, sizes, hits, np.array(tables))
    searched, budget = True, _MOST_NODES
    while any(reason is None for reason in reasons):
        shown = np.flatnonzero([reason is None for reason in reasons])
        guilty = family.leftovers(shown, least)
        if not guilty and moved is not None:
            guilty = list(moved(frozenset(shown.tolist())))
        if not guilty:
            guilty, spent = _combined(cells[shown], least, budget)
            guilty, budget = [int(shown[i]) for i in guilty], budget - spent
            if budget < 0:
                others = set(shown[1:].tolist())
                reasons = ["differencing" if i in others else reason for i, reason in enumerate(reasons)]
                searched = False
                break
        if guilty:
            reasons[min(guilty, key=lambda i: (i == 0, sizes[i], -i))] = "differencing"
            continue
        whole = len(set(family.tables[shown])) > _PAIR
        settling = _settling(cells, at_line, shown, levels=levels, whole=whole)
        if not settling:
            break
        for i in settling:
            reasons[i] = "settled"
    return Verdict(tuple(reasons), searched)


def _own_reason(n: int, k: int, least: int, *, shut: bool) -> str | None:
    """Return why a cell must not be shown whatever else is."""
    if n < least:
        return "too_small"
    if k in (0, n):
        return "homogeneous"
    return "another_scale" if shut else None


def _settling(
    cells: Masks, at_line: NDArray[np.bool_], shown: NDArray[np.intp], *, levels: Levels | None, whole: bool
) -> list[int]:
    """Return the smallest cell of everybody whose answer follows from what is shown."""
    found = settled_people(cells[shown], at_line, levels=levels, whole=whole)
    chosen: list[int] = []
    while found.any():
        around = [int(i) for i in shown if i != 0 and (cells[i] & found).any()]
        if not around:  # they are what the tables leave over
            return chosen or [int(min(shown[1:], key=lambda i: cells[i].sum(), default=shown[0]))]
        chosen.append(min(around, key=lambda i: (int(cells[i].sum()), -i)))
        found = found & ~cells[chosen[-1]]
    return chosen


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


def _combined(cells: Masks, least: int, budget: int) -> tuple[list[int], int]:
    """Return the cells whose weighted sum depends on few people, and how many sets of people were tested."""
    atoms, sizes = _atoms(cells)
    small = [a for a in range(len(sizes)) if sizes[a] < least]
    found, spent = _singled_out(atoms, sizes, small, least, budget)
    return ([] if found is None else _rows_behind(atoms, found)), spent


def _atoms(cells: Masks) -> tuple[Floats, NDArray[np.int64]]:
    """Return cells x atoms, and people by atom: people who share all their cells cannot be told apart."""
    columns, counts = np.unique(cells[:, cells.any(axis=0)], axis=1, return_counts=True)
    return columns.astype(float), counts


def _projection(atoms: Floats) -> Floats:
    """Return the projection onto the weighted sums of the cells, atoms x atoms."""
    _, values, rows = np.linalg.svd(atoms, full_matrices=False)
    kept = rows[values > _ZERO * max(1.0, values.max(initial=0.0))]
    return np.asarray(kept.T @ kept, dtype=float)


def _singled_out(
    atoms: Floats, sizes: NDArray[np.int64], small: Sequence[int], least: int, budget: int
) -> tuple[list[int] | None, int]:
    """
    Return atoms of fewer than ``least`` people on which some weighted sum depends alone, and how many sets were tested.

    With ``P`` the projection onto the weighted sums, a sum depends on a set ``S`` alone exactly if ``P[S, S]`` has the
    eigenvalue 1. By the circles of Gershgorin, the other entries of one row of ``P[S, S]`` then make up for what its
    diagonal lacks of 1, which leaves few sets to test.
    """
    projection = _projection(atoms)[np.ix_(small, small)]
    weight = np.abs(projection)
    people = sizes[list(small)]
    tested = 0
    for first in range(len(small)):
        lacking = 1 - projection[first, first] - _ZERO
        order = [int(j) for j in np.argsort(-weight[first]) if j != first]
        gain = weight[first, order]
        near = int((gain > _ZERO).sum())
        stack: list[tuple[list[int], int, float, int]] = [([first], 0, 0.0, int(people[first]))]
        while stack:
            chosen, start, sum_, total = stack.pop()
            tested += 1
            if tested > budget:
                return None, tested
            if sum_ >= lacking and np.linalg.eigvalsh(projection[np.ix_(chosen, chosen)])[-1] > 1 - _ZERO:
                return [small[j] for j in chosen], tested
            room = least - 1 - total
            for at in range(start, len(order)):
                if sum_ + gain[at : at + room].sum() < lacking:
                    break
                reached = at < near or weight[order[at], chosen].max() > _ZERO
                if people[order[at]] <= room and (reached or room > 1):
                    stack.append(([*chosen, order[at]], at + 1, sum_ + gain[at], total + int(people[order[at]])))
    return None, tested


def _rows_behind(atoms: Floats, support: Sequence[int]) -> list[int]:
    """Return the cells whose weighted sum depends on the atoms of ``support`` only."""
    outside = np.delete(atoms, list(support), axis=1)
    _, values, columns = np.linalg.svd(outside.T)
    rank = int((values > _ZERO * max(1.0, values.max(initial=0.0))).sum())
    for weights in columns[rank:]:
        if np.abs(weights @ atoms).max() > _ZERO:
            return [int(i) for i in np.flatnonzero(np.abs(weights) > 1e-6)]
    return list(range(len(atoms)))
