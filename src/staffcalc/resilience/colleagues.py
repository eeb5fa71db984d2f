"""Rows that say: a set of people who are starved together is no larger than it is told to be."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from staffcalc.resilience.solver import Floats

ROWS_AT_MOST = 100
"""Rows added at a time, the most broken first."""


def rows_broken(
    starved: Floats, there: Floats, cells: Sequence[Sequence[int]], held_by: Sequence[Sequence[int]], most: int
) -> tuple[sparse.csr_array, sparse.csr_array]:
    r"""
    Return rows, sums of cells and of people that are at most 0, that a fractional solution breaks.

    Parameters
    ----------
    starved : array
        How far each cell is starved. [share]
    there : array
        How far each person is a holder of a starved cell. [share]
    cells, held_by : sequence of sequence of int
        Holders of each cell and cells of each person.
    most : int
        People that hold starved cells, at most.

    Notes
    -----
    Walk from a person :math:`i` along cells to a colleague :math:`j`. If :math:`i` is there, so is :math:`j` unless a
    step fails, and the step from person :math:`u` through cell :math:`c` fails only where :math:`u` is there and
    :math:`c` is not starved: to the extent :math:`z_u - a_c`. So :math:`z_i - \sum (z_u - a_c)` over the steps never
    exceeds "i and j are there", and over all :math:`j` these add up to at most :math:`(m - 1) z_i`. The shortest walks
    give the row that is broken most.
    """
    broken = []
    for person in np.flatnonzero(there > 1e-6).tolist():
        reached = _walks(person, starved, there, cells, held_by)
        excess = math.fsum(there[person] - length for length, _, _ in reached.values()) - most * there[person]
        if excess > 1e-3 * there[person]:
            broken.append((-excess, person, reached))
    broken.sort(key=lambda item: item[:2])
    rows = [_row(person, reached, most) for _, person, reached in broken[:ROWS_AT_MOST]]
    return _matrix([row for row, _ in rows], len(cells)), _matrix([row for _, row in rows], len(held_by))


Walks = dict[int, tuple[float, int, int]]
"""Length of the shortest walk to each colleague, nearest first, and the person and the cell of its last step."""


def _walks(
    start: int, starved: Floats, there: Floats, cells: Sequence[Sequence[int]], held_by: Sequence[Sequence[int]]
) -> Walks:
    reached: Walks = {}
    known = {start: 0.0}
    passed: set[int] = set()
    queue = [(0.0, start, start, -1)]
    while queue:
        length, person, before, by = heapq.heappop(queue)
        if person in reached:
            continue
        reached[person] = (length, before, by)
        for cell in held_by[person]:
            far = length + max(0.0, float(there[person] - starved[cell]))
            if cell in passed or far >= there[start] - 1e-9:
                continue
            for other in cells[cell]:
                if far < known.get(other, math.inf):
                    known[other] = far
                    heapq.heappush(queue, (far, other, person, cell))
    return reached


def _row(start: int, reached: Walks, most: int) -> tuple[dict[int, float], dict[int, float]]:
    """Return the coefficients of cells and of people of one row."""
    of_cells: dict[int, float] = {}
    of_people = {start: float(len(reached) - most)}
    behind = dict.fromkeys(reached, 1)
    for person in reversed(list(reached)):
        if person != start:
            _, before, by = reached[person]
            behind[before] += behind[person]
            of_people[before] = of_people.get(before, 0.0) - behind[person]
            of_cells[by] = of_cells.get(by, 0.0) + behind[person]
    return of_cells, of_people


def _matrix(rows: Sequence[dict[int, float]], width: int) -> sparse.csr_array:
    def entries() -> Iterator[tuple[int, int, float]]:
        for number, row in enumerate(rows):
            for column, value in row.items():
                yield number, column, value

    listed = list(entries())
    places = ([number for number, _, _ in listed], [column for _, column, _ in listed])
    return sparse.csr_array(([value for _, _, value in listed], places), shape=(len(rows), width), dtype=np.float64)
