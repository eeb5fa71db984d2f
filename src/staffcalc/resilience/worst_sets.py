"""Which few losses leave most work undone? One integer programme, split by how many colleagues stay, with proof."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from staffcalc.resilience.colleagues import rows_broken
from staffcalc.resilience.holdings import Holdings
from staffcalc.resilience.solver import Floats, Solved, solve

NARROW = 1.25
"""A range of counts is solved whole once its top is at most this many times its foot."""

NEARLY_CLOSED = 0.01
"""If the relaxation is this near to a set already found, the programme is solved without splitting. [share]"""

RESOLUTION = 1e-5
"""Sets that differ by less than this part of the largest load of a cell count as equally bad; ten times the tolerance
of the solver. [share]"""

WORTH_A_ROUND = 0.1
"""Rows of farther colleagues are added while a round closes this part of what is left of the gap. [share]"""

PAIRS_AT_MOST = 2_000_000
"""Pairs of people and cells above which the rows of :meth:`Programme.stars` are left out."""


def worst_set(
    held: Holdings,
    work: Floats,
    able: Floats,
    losses: Sequence[frozenset[int]],
    count: int,
    *,
    unserved: Callable[[Sequence[int]], float],
    ends: float = math.inf,
) -> tuple[list[int], float | None]:
    r"""
    Return a worst set of ``count`` losses, and an upper bound where it is not proven before the clock passes ``ends``.

    Parameters
    ----------
    held : Holdings
        Cells and their holders.
    work, able : array
        Load of each cell and capacity of each person. [one unit of work]
    losses : sequence of frozenset of int
        People that each loss takes away.
    count : int
        Losses at once.
    unserved : callable
        Load that a set of losses leaves unserved: the truth about every set the programme proposes.
    ends : float
        Reading of ``time.monotonic`` at which the search stops. [s]

    Notes
    -----
    A starved set of cells :math:`A` has the holders :math:`N(A)`, of whom some are lost and :math:`q` stay; the load
    left unserved is the work of :math:`A` less what those :math:`q` can do. The relaxation of that programme likes to
    starve a little of everything, as if everybody were a little lost, which no proof survives where holders are drawn
    evenly. So the counts :math:`q` are split into ranges. Within a range :math:`N(A)` has at most :math:`m` people, and
    whoever is one of them has at most :math:`m - 1` colleagues there (rows :meth:`Programme.stars`), which is what
    closes the gap; :func:`rows_broken` carries the same thought to colleagues of colleagues. Ranges are searched in the
    order of their bounds, and closed without a search once the bound is no better than a set already found.
    """
    programme = Programme(held, work, able, losses, count)
    if not programme.people:
        return [], None
    found = max(programme.guesses(), key=unserved)
    everything = (0, len(programme.people))
    queue: list[tuple[float, int, int]] = []
    above, parts = min(programme.total, unserved([]) + programme.most_capacity), [everything]
    while True:
        for low, high in parts:
            relaxed = programme.search(low, high, relaxed=True, ends=ends)
            if relaxed.values is not None:
                found = max(found, programme.strongest(relaxed.values), key=unserved)
            heapq.heappush(queue, (-min(above, programme.bound(relaxed)), low, high))
        best = unserved(found)
        if not queue or -queue[0][0] <= best + programme.unit:
            return found, None
        negative, low, high = heapq.heappop(queue)
        above = -negative
        if time.monotonic() >= ends:
            return found, above
        near = (low, high) == everything and above - best <= NEARLY_CLOSED * above
        parts = [] if near else programme.parts(low, high)
        if not parts or (low, high) == everything:  # the range where nobody stays is quick and gives a good set
            first = parts[0] if parts else (low, high)
            parts = parts[1:]
            found, left = _settle(programme, *first, found, above, unserved=unserved, ends=ends)
            if left > -math.inf:  # out of time
                heapq.heappush(queue, (-left, *first))
                ends = -math.inf


def _settle(
    programme: Programme,
    low: int,
    high: int,
    found: list[int],
    above: float,
    *,
    unserved: Callable[[Sequence[int]], float],
    ends: float,
) -> tuple[list[int], float]:
    """Search one range whole: return the best set known then, and a bound on the range if time was too short for it."""
    best = unserved(found)
    rows, tighter = programme.tighten(low, high, best, ends)
    above = min(above, tighter)
    if above <= best + programme.unit:
        return found, -math.inf
    solved = programme.search(low, high, rows, relaxed=False, better_than=best, ends=ends)
    if not (solved.exact or solved.infeasible) and time.monotonic() < ends:  # the solver gave up: ask without a mark
        solved = programme.search(low, high, rows, relaxed=False, ends=ends)
    if solved.values is not None:
        found = max(found, programme.strongest(solved.values), key=unserved)
    return found, -math.inf if solved.exact or solved.infeasible else min(above, programme.bound(solved))


class Programme:
    """
    The integer programme of the worst set, for one range of counts at a time.

    Its variables are the cells that are starved, the people of those cells who stay, and the losses.

    Parameters
    ----------
    held, work, able, losses, count
        As for :func:`worst_set`.
    """

    def __init__(
        self, held: Holdings, work: Floats, able: Floats, losses: Sequence[frozenset[int]], count: int
    ) -> None:
        cells: dict[frozenset[int], float] = {}
        for who, amount in zip(held.holders, work, strict=True):
            if amount > 0:
                useful = frozenset(person for person in who if able[person] > 0)
                cells[useful] = cells.get(useful, 0.0) + float(amount)
        self.always = cells.pop(frozenset(), 0.0)
        self.people = sorted(frozenset[int]().union(*cells))
        self.count, self.losses = count, len(losses)
        self.total = math.fsum(cells.values()) + self.always
        self.scale = max(cells.values(), default=1.0)
        self.unit = RESOLUTION * self.scale
        weights = np.array(list(cells.values()))
        rooms = np.minimum(able[self.people], self.total)
        self.cost = np.concatenate([-weights, rooms, np.zeros(len(losses))]) / self.scale
        place = {person: number for number, person in enumerate(self.people)}
        edges = [(cell, place[person]) for cell, who in enumerate(cells) for person in sorted(who)]
        self.who = [[place[person] for person in sorted(who)] for who in cells]
        self.held_by: list[list[int]] = [[] for _ in self.people]
        for cell, person in edges:
            self.held_by[person].append(cell)
        self.holds = _ones(edges, (len(cells), len(self.people)))
        strikes = [
            (place[person], number) for number, loss in enumerate(losses) for person in sorted(loss) if person in place
        ]
        self.strikes = _ones(strikes, (len(self.people), len(losses)))
        self.sizes = self.holds.sum(axis=1)
        self.most_lost = int(np.sort(self.strikes.sum(axis=0))[-count:].sum())
        self.most_capacity = float(np.sort(rooms @ self.strikes)[-count:].sum())
        rows = np.arange(len(edges))
        which, whose = (np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1))
        starved = sparse.csr_array((np.ones(len(edges)), (rows, which)), shape=(len(edges), len(cells)))
        around = sparse.csr_array((np.ones(len(edges)), (rows, whose)), shape=(len(edges), len(self.people)))
        self.covered = sparse.hstack([starved, -around, -(around @ self.strikes)])
        self.star = self._star()
        self.mates = self.star.sum(axis=1)

    def guesses(self) -> list[list[int]]:
        """Return the losses that hold most work alone, and those that hold the largest share of all work."""
        struck = sparse.coo_array(self.holds @ self.strikes)
        cells, losses = struck.coords
        share = struck.data / self.sizes[cells]
        work = -self.cost[cells]
        wanted = (np.bincount(losses, work * parts, self.losses) for parts in (share == 1, share))
        return [self.strongest(np.r_[np.zeros(len(self.cost) - self.losses), values]) for values in wanted]

    def _star(self) -> sparse.csr_array:
        """Return how many colleagues each cell brings to each person; each counts once, in the smallest cell shared."""
        cells, people = self.holds.shape
        if float((self.sizes**2).sum()) > PAIRS_AT_MOST:
            return sparse.csr_array((people, cells))
        met: set[tuple[int, int]] = set()
        colleagues: list[tuple[int, int]] = []
        for cell in np.argsort(self.sizes, kind="stable").tolist():
            for pair in itertools.combinations(self.who[cell], 2):
                if pair not in met:
                    met.add(pair)
                    colleagues += [(person, cell) for person in pair]
        return _ones(colleagues, (people, cells))

    def parts(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return a range of counts in two, or nothing if it is narrow, or nobody has colleagues enough to tell."""
        if high <= max(1, NARROW * low) or not (self.mates > self.most_lost + low - 1).any():
            return []
        middle = math.floor(NARROW * low)
        return [(low, middle), (middle + 1, high)]

    def stars(self, most: int) -> sparse.csr_array:
        """
        Return the rows "whoever is one of ``most`` people has at most ``most - 1`` colleagues among them".

        A colleague counts as far as the smallest cell shared with the person is starved.
        """
        tight = np.flatnonzero(self.mates > most - 1)
        there = sparse.csr_array(
            (np.full(len(tight), float(most - 1)), (np.arange(len(tight)), tight)),
            shape=(len(tight), len(self.people)),
        )
        return sparse.csr_array(sparse.hstack([self.star[tight], -there, -(there @ self.strikes)]))

    def search(
        self,
        low: int,
        high: int,
        rows: Any = None,
        *,
        relaxed: bool,
        better_than: float | None = None,
        ends: float = math.inf,
    ) -> Solved:
        """Return the best set of which ``low`` to ``high`` holders stay, if it beats ``better_than``."""
        cells, people = len(self.sizes), len(self.people)
        counts = np.zeros((3, len(self.cost)))
        counts[0, cells : cells + people] = 1.0
        counts[1, cells : cells + people] = -1.0
        counts[2, cells + people :] = 1.0
        most = self.most_lost + high
        blocks = [self.covered, sparse.csr_array(counts), self.stars(most) if rows is None else rows]
        upper = np.zeros(sum(block.shape[0] for block in blocks))
        upper[self.covered.shape[0] : self.covered.shape[0] + 3] = high, -low, self.count
        if better_than is not None:
            blocks.append(sparse.csr_array(self.cost.reshape(1, -1)))
            upper = np.append(upper, (self.always - better_than - self.unit) / self.scale)
        whole = np.ones(len(self.cost), dtype=np.int64)
        whole[cells : cells + people] = 0
        seconds = None if ends == math.inf else max(0.0, ends - time.monotonic())
        possible = np.ones(len(self.cost))
        possible[:cells][self.sizes > most] = 0.0
        return solve(
            self.cost,
            sparse.csr_array(sparse.vstack(blocks)),
            upper,
            whole=np.zeros_like(whole) if relaxed else whole,
            highest=possible,
            time_limit=seconds,
        )

    def tighten(self, low: int, high: int, best: float, ends: float) -> tuple[Any, float]:
        """Return rows of colleagues for a range, farther ones added as long as that pays, and the bound reached."""
        most, (cells, people) = self.most_lost + high, self.holds.shape
        rows, bound = self.stars(most), math.inf
        while time.monotonic() < ends:
            before, relaxed = bound, self.search(low, high, rows, relaxed=True, ends=ends)
            bound = min(bound, self.bound(relaxed))
            slow = before - bound < WORTH_A_ROUND * (bound - best)
            if bound <= best + self.unit or slow or relaxed.values is None or self.strikes.sum(axis=1).max() > 1:
                break
            starved, kept, lost = np.split(relaxed.values, [cells, cells + people])
            of_cells, of_people = rows_broken(starved, kept + self.strikes @ lost, self.who, self.held_by, most)
            if not of_cells.shape[0]:
                break
            rows = sparse.vstack([rows, sparse.hstack([of_cells, of_people, of_people @ self.strikes])])
        return rows, bound

    def bound(self, solved: Solved) -> float:
        """Return the upper bound that the solver proved. [unit of work]"""
        return -math.inf if solved.infeasible else self.always - solved.bound * self.scale

    def strongest(self, values: Floats) -> list[int]:
        """Return the losses that a solution chooses, the most wanted ones if they are fractions."""
        wanted = values[len(values) - self.losses :]
        order = sorted(np.flatnonzero(wanted > 1e-6).tolist(), key=lambda number: (-wanted[number], number))
        return sorted(order[: self.count])


def _ones(places: Sequence[tuple[int, int]], shape: tuple[int, int]) -> sparse.csr_array:
    rows, columns = [row for row, _ in places], [column for _, column in places]
    return sparse.csr_array((np.ones(len(places)), (rows, columns)), shape=shape)
