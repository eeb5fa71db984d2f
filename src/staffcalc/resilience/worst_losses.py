"""How much work is left undone after a loss? Redistribution by maximum flow, and the worst loss in one programme."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from staffcalc import _checks
from staffcalc.resilience.holdings import Groups, Holdings, amounts, read_holdings
from staffcalc.resilience.proof import ProvenAmount
from staffcalc.resilience.solver import PROOF_SECONDS, patience
from staffcalc.resilience.worst_sets import worst_set

LARGEST_INT32 = 2**31 - 1

SINGLES_AT_MOST = 2_000
"""Single losses are tried one by one up to this many."""

SOLVER_PART = 0.7
"""Share of the time limit for the programme; the rest is for the search step by step, where nothing is proven."""

Numbers = float | Mapping[Any, float]


def worst_loss(
    holders: Mapping[Any, Iterable[Any]],
    *,
    load: Numbers,
    capacity: Numbers,
    people: int = 1,
    groups: Groups | None = None,
    time_limit: float | None = PROOF_SECONDS,
) -> ProvenAmount:
    r"""
    Largest load left unserved when the worst ``people`` are lost and the rest share the work as well as possible.

    Parameters
    ----------
    holders : mapping of cell to collection of people
        Who can do the work of each cell. The work of a cell may be split between its holders.
    load : float or mapping of cell to float
        Work of each cell. [any unit of work, for example hours a week]
    capacity : float or mapping of person to float
        Work each person can do. [the unit of load]
    people : int
        People, or groups, that are lost at once. 0 tells whether the present team can do the work. [loss]
    groups : mapping of name to collection of people, optional
        People lost in one stroke; losing a group counts as one loss.
    time_limit : float, optional
        Seconds after which the search stops, the reference figure ``proof_seconds`` if left out. ``None``: no limit, so
        the answer is exact however long it takes. [s]

    Returns
    -------
    ProvenAmount
        A ``float`` with the attributes ``people`` and ``groups`` (a worst set of losses), ``cells`` (those left
        with too little capacity), ``status``, ``bound`` and ``gap``. [the unit of load]

    Raises
    ------
    InputError
        If a load or a capacity is missing, negative or not finite.

    Notes
    -----
    The load left unserved after losing the set :math:`X` is, by the duality of flow and cut,
    :math:`\max_A \sum_{c \in A} w_c - \sum_{i \in N(A) \setminus X} k_i`, so the worst set is a maximum of a maximum
    and one integer programme finds it. Every holder counts as able to do all of a cell's work: do **not** use it where
    a cell needs several people at the same moment.

    ``exact`` means that no set is worse by more than a hundred-thousandth of the largest load of a cell. When the time
    limit strikes, ``status`` is ``at_least`` and ``bound`` the proven upper bound. Expect that where
    capacities differ widely and every cell is shared evenly by many.

    Examples
    --------
    >>> shared = {"a": {0, 1}, "b": {0, 2}, "c": {1, 2}, "d": {0}}
    >>> loss = worst_loss(shared, load={"a": 10, "b": 8, "c": 6, "d": 4}, capacity={0: 12, 1: 10, 2: 10})
    >>> float(loss), set(loss.people), loss.status
    (8.0, {0}, 'exact')
    """
    held = read_holdings(holders, groups=groups)
    count = _checks.whole("people", people, unit="person")
    seconds = patience(time_limit)
    work = loads(held, load)
    able = capacities(held, capacity)
    losses = held.losses()
    if count == 0:
        return unserved_load(held, work, able, gone=())
    begun = time.monotonic()
    network = Redistribution(held, work, able)

    def left(numbers: Iterable[int]) -> float:
        return float(network.unserved(_all(losses, numbers)))

    if count == 1 and len(losses) <= SINGLES_AT_MOST:
        found, bound = network.steepest(losses, 1), None
    else:
        found, bound = worst_set(
            held, work, able, losses, min(count, len(losses)), unserved=left, ends=begun + SOLVER_PART * seconds
        )
        if bound is not None:
            found = max(found, network.steepest(losses, count, ends=begun + seconds), key=left)
    amount = network.unserved(_all(losses, found))
    several = len(held.people)
    return ProvenAmount(
        float(amount),
        people=frozenset(held.people[number] for number in found if number < several),
        groups=frozenset(held.groups[number - several] for number in found if number >= several),
        cells=amount.cells,
        bound=None if bound is None else max(bound, float(amount)),
    )


def loads(held: Holdings, load: Numbers) -> npt.NDArray[np.float64]:
    """Return the load of every cell as an array."""
    return np.array(amounts("load", held.cells, load))


def capacities(held: Holdings, capacity: Numbers) -> npt.NDArray[np.float64]:
    """Return the capacity of every person as an array."""
    return np.array(amounts("capacity", held.people, capacity))


def unserved_load(
    held: Holdings, work: npt.NDArray[np.float64], able: npt.NDArray[np.float64], *, gone: Collection[int]
) -> ProvenAmount:
    """
    Return the load left unserved once the people of ``gone`` are lost, and the cells that are starved.

    Notes
    -----
    One maximum flow from cells through holders to capacities. The flow is found in whole units of a fine scale; the
    amount is then read from the cut in the numbers given, so whole and decimal inputs are exact.
    """
    return Redistribution(held, work, able).unserved(gone)


def _all(losses: Sequence[frozenset[int]], numbers: Iterable[int]) -> frozenset[int]:
    return frozenset(person for number in numbers for person in losses[number])


class Redistribution:
    """One network of cells and people, asked again and again for the load that a loss leaves unserved."""

    def __init__(self, held: Holdings, work: npt.NDArray[np.float64], able: npt.NDArray[np.float64]) -> None:
        self.held, self.work, self.able = held, work, able
        cells, people = len(held.cells), len(held.people)
        self.size = cells + people + 2
        source, sink = cells + people, cells + people + 1
        edges = [(cell, cells + person) for cell, who in enumerate(held.holders) for person in sorted(who)]
        total = math.fsum(work)
        self.scale = 10.0 ** math.floor(math.log10(LARGEST_INT32 / 4 / total)) if total > 0 else 1.0
        units = np.rint(work * self.scale).astype(np.int64)
        room = np.minimum(np.rint(np.minimum(able, total) * self.scale), LARGEST_INT32 // 4).astype(np.int64)
        tails = [source] * cells + [tail for tail, _ in edges] + [cells + person for person in range(people)]
        heads = list(range(cells)) + [head for _, head in edges] + [sink] * people
        limits = np.concatenate([units, units[[tail for tail, _ in edges]] if edges else units[:0], room])
        order = np.lexsort((heads, tails))
        self.indices = np.array(heads, dtype=np.int32)[order]
        counts = np.bincount(np.array(tails, dtype=np.int64), minlength=self.size)
        self.indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self.limits = limits[order].astype(np.int32)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        self.to_sink = place[cells + len(edges) :]
        self.source, self.sink = source, sink
        held_by: list[list[int]] = [[] for _ in range(people)]
        for cell, head in edges:
            held_by[head - cells].append(cell)
        kinds: dict[tuple[float, tuple[int, ...]], int] = {}
        self.kind_of = [kinds.setdefault((float(able[one]), tuple(held_by[one])), len(kinds)) for one in range(people)]
        self.known: dict[tuple[int, ...], ProvenAmount] = {}

    def unserved(self, gone: Collection[int]) -> ProvenAmount:
        """Return the load left unserved once ``gone`` are lost; people with the same cells and capacity are alike."""
        key = tuple(sorted(self.kind_of[person] for person in gone))
        if key not in self.known:
            self.known[key] = self._unserved(gone)
        return self.known[key]

    def _unserved(self, gone: Collection[int]) -> ProvenAmount:
        from scipy.sparse.csgraph import breadth_first_order, maximum_flow

        if not self.work.any():
            return ProvenAmount(0.0)
        limits = self.limits.copy()
        limits[self.to_sink[list(gone)]] = 0
        network = sparse.csr_array((limits, self.indices, self.indptr), shape=(self.size, self.size))
        flow = maximum_flow(network, self.source, self.sink).flow
        residual = sparse.csr_array(network - flow)
        residual.data[residual.data < 0] = 0
        residual.eliminate_zeros()
        reached = breadth_first_order(residual, self.source, return_predecessors=False)
        cells = len(self.held.cells)
        starved = sorted(int(node) for node in reached if node < cells)
        around = {person for cell in starved for person in self.held.holders[cell]} - set(gone)
        amount = math.fsum(self.work[starved]) - math.fsum(self.able[sorted(around)])
        if amount <= 1e-9 * math.fsum(self.work):
            return ProvenAmount(0.0)
        return ProvenAmount(amount, cells=frozenset(self.held.cells[cell] for cell in starved))

    def steepest(self, losses: Sequence[frozenset[int]], count: int, *, ends: float = math.inf) -> list[int]:
        """
        Return losses chosen one by one, each the worst next one; exact for one, a lower bound for more.

        Once the clock has passed ``ends`` no further loss is chosen.
        """
        chosen: list[int] = []
        gone: frozenset[int] = frozenset()
        for _ in range(min(count, len(losses))):
            left = [number for number in range(len(losses)) if number not in chosen]
            if len(left) > SINGLES_AT_MOST:
                left = sorted(left, key=lambda number: -math.fsum(self.able[sorted(losses[number])]))[:SINGLES_AT_MOST]
            worst = [-1.0, -1]
            for number in left:
                if time.monotonic() > ends:
                    return chosen
                worst = max(worst, [float(self.unserved(gone | losses[number])), -number])
            chosen.append(-int(worst[1]))
            gone = gone | losses[chosen[-1]]
        return chosen


def peak_utilisation(
    held: Holdings,
    work: npt.NDArray[np.float64],
    able: npt.NDArray[np.float64],
    *,
    gone: Collection[Hashable] = (),
) -> float:
    """
    Return the smallest possible largest busy share once ``gone`` are lost; above 1 work is left undone. [share]

    Notes
    -----
    "Served" at 99% of everybody's time is not resilience. Linear programme: least t with flow to each person at most t
    times the capacity. Infinite where a cell with load has no holder with capacity left.
    """
    lost = {number for number, person in enumerate(held.people) if person in set(gone)}
    edges = [
        (cell, person)
        for cell, who in enumerate(held.holders)
        for person in sorted(who - lost)
        if work[cell] > 0 and able[person] > 0
    ]
    served = {cell for cell, _ in edges}
    if any(work[cell] > 0 and cell not in served for cell in range(len(held.cells))):
        return math.inf
    if not edges:
        return 0.0
    column = np.arange(len(edges))
    cells_of, people_of = np.array([cell for cell, _ in edges]), np.array([person for _, person in edges])
    equal = sparse.csr_array((np.ones(len(edges)), (cells_of, column)), shape=(len(held.cells), len(edges) + 1))
    below = sparse.csr_array(
        (
            np.r_[np.ones(len(edges)), -able],
            (np.r_[people_of, np.arange(len(able))], np.r_[column, np.full(len(able), len(edges))]),
        ),
        shape=(len(able), len(edges) + 1),
    )
    linprog: Any = optimize.linprog
    answer = linprog(
        np.r_[np.zeros(len(edges)), 1.0],
        A_ub=below,
        b_ub=np.zeros(len(able)),
        A_eq=equal,
        b_eq=work,
        bounds=(0, None),
        method="highs",
    )
    return float(answer.fun)
