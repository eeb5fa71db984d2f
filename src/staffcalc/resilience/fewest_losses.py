"""How few losses does it take? Smallest loss, minimal cut sets and the truck factor, proven by a solver."""

from __future__ import annotations

import itertools
import math
import time
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from staffcalc import _checks
from staffcalc.errors import InfeasibleError, InputError
from staffcalc.resilience.holdings import Cell, Groups, Holdings, Person, amounts, read_holdings
from staffcalc.resilience.proof import ProvenCount
from staffcalc.resilience.solver import PROOF_SECONDS, patience, solve_rows

CUT_SETS_AT_MOST = 1_000_000
"""More cut sets than this are refused before they are listed."""

LARGEST_EXACT = 2**53
"""Whole numbers below this are exact as floats."""

Unit = frozenset[tuple[frozenset[int], int]]
"""What is counted: a set of cells (holders, losses that uncover it), failed when any of them fails."""


def smallest_loss(
    holders: Mapping[Any, Iterable[Any]],
    required: int | Mapping[Any, int] = 1,
    *,
    groups: Groups | None = None,
    time_limit: float | None = PROOF_SECONDS,
) -> ProvenCount:
    r"""
    Fewest people whose loss leaves at least one cell uncovered.

    Parameters
    ----------
    holders : mapping of cell to collection of people
        Who can cover each cell.
    required : int or mapping of cell to int
        People each cell needs. [person]
    groups : mapping of name to collection of people, optional
        People lost in one stroke (a site, a vendor, a shared phone); losing a group counts as one loss.
    time_limit : float, optional
        Seconds after which the search stops, the reference figure ``proof_seconds`` if left out; ``None``: no limit.
        Only groups need a search. [s]

    Returns
    -------
    ProvenCount
        An ``int`` with the attributes ``people``, ``groups``, ``cells``, ``status``, ``bound`` and ``gap``; 0 if a cell
        is short already. [loss]

    Raises
    ------
    InputError
        If there is no cell, or a number is not whole.

    Notes
    -----
    Without groups it is :math:`\max(0, \min_c (n_c - r_c + 1))` with :math:`n_c` holders of which :math:`r_c` are
    required. Do **not** read it as a probability: it says how few losses suffice, not how likely they are.

    Examples
    --------
    >>> loss = smallest_loss({"instagram": {"p1", "p2"}, "x": {"p2"}})
    >>> loss, set(loss.people), set(loss.cells)
    (1, {'p2'}, {'x'})
    """
    patience(time_limit)
    held = read_holdings(holders, required, groups=groups)
    cell = min(range(len(held.cells)), key=held.deficit)
    if held.groups and held.deficit(cell) > 1:
        units = [frozenset([(held.holders[number], held.deficit(number))]) for number in range(len(held.cells))]
        return fewest_losses(held, units, [1.0] * len(units), 1.0, time_limit=time_limit)
    gone = frozenset(sorted(held.holders[cell])[: held.deficit(cell)])
    return ProvenCount(
        held.deficit(cell), people=frozenset(held.people[i] for i in gone), cells=frozenset(uncovered(held, gone))
    )


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


def truck_factor(
    holders: Mapping[Any, Iterable[Any]],
    *,
    share: float = 0.5,
    required: int | Mapping[Any, int] = 1,
    weights: float | Mapping[Any, float] | None = None,
    channels: Mapping[Any, Hashable] | None = None,
    groups: Groups | None = None,
    time_limit: float | None = PROOF_SECONDS,
) -> ProvenCount:
    r"""
    Fewest people whose loss leaves more than a share of the cells uncovered.

    Parameters
    ----------
    holders : mapping of cell to collection of people
        Who can cover each cell.
    share : float
        More than this share must be lost, 0 or more and below 1. [share]
    required : int or mapping of cell to int
        People each cell needs. [person]
    weights : float or mapping, optional
        Weight of each cell, or of each channel if ``channels`` is given; 1 if left out. [weight]
    channels : mapping of cell to channel, optional
        Count channels instead of cells; a channel fails when any of its cells fails.
    groups : mapping of name to collection of people, optional
        People lost in one stroke; losing a group counts as one loss.
    time_limit : float, optional
        Seconds after which the search stops, the reference figure ``proof_seconds`` if left out. ``None``: no limit, so
        the answer is exact however long it takes. [s]

    Returns
    -------
    ProvenCount
        An ``int`` with the attributes ``people`` and ``groups`` (one smallest set of losses), ``cells`` (what it
        uncovers), ``status``, ``bound`` and ``gap``. [loss]

    Raises
    ------
    InputError
        If there is no cell, a weight is negative, or a cell has no channel.
    InfeasibleError
        If the time limit left neither a set nor a proof.

    Notes
    -----
    With :math:`x_i` for "person i is lost" and :math:`y_c` for "cell c is uncovered":

    .. math:: \min \sum_i x_i, \quad y_c \le x_i \; (i \in S_c), \quad \sum_c w_c y_c > f \sum_c w_c,

    and :math:`(n_c - r_c + 1) y_c \le \sum_{i \in S_c} x_i` where more than one holder is required. The usual
    heuristic removes the person on most cells first; its answer is never below the truth: it errs to the unsafe side.
    When a time limit strikes, ``status`` is ``at_most`` and ``bound`` the proven lower bound.

    References
    ----------
    .. [1] source key ``avelino2016`` in ``reference/sources.csv``.

    Examples
    --------
    Three cells hang on A, three on B, four are shared by C, D and E. The heuristic needs four people:

    >>> cells = {n: {"A"} for n in (1, 2, 3)} | {n: {"B"} for n in (4, 5, 6)}
    >>> cells |= {n: {"C", "D", "E"} for n in (7, 8, 9, 10)}
    >>> exact = truck_factor(cells, share=0.5)
    >>> exact, sorted(exact.people), exact.status
    (2, ['A', 'B'], 'exact')
    """
    share = _checks.share("share", share, below_one=True)
    patience(time_limit)
    held = read_holdings(holders, required, groups=groups)
    names, units = _units(held, channels)
    worth = in_whole_units(amounts("weights", names, 1.0 if weights is None else weights))
    return fewest_losses(held, units, worth, threshold(worth, share), time_limit=time_limit)


def threshold(weights: Sequence[float], share: float) -> float:
    """
    Return the least weight that is more than a share of the whole.

    Examples
    --------
    >>> threshold([1.0] * 10, 0.5), threshold([1.0] * 100, 0.29), threshold([1.0] * 3, 1 / 3)
    (6.0, 30.0, 2.0)
    """
    total = math.fsum(weights)
    if total == 0:
        raise InputError("no_weight")
    if all(float(weight).is_integer() for weight in weights):
        part = Fraction(str(share)) * int(total)
        near = round(part)  # 1/3 of 3 is 1, though 0.3333333333333333 of it is a hair less
        return min(float((near if abs(part - near) <= 1e-14 * total else math.floor(part)) + 1), total)
    least = min(weight for weight in weights if weight > 0)
    return min(max(share * total + 1e-9 * total, least), total)


def in_whole_units(weights: Sequence[float]) -> list[float]:
    """
    Return decimal weights as whole multiples of their common unit, so that sums of them are exact.

    Examples
    --------
    >>> in_whole_units([0.3, 1.5]), in_whole_units([2.0, 4.0])
    ([3.0, 15.0], [2.0, 4.0])
    """
    parts = [Fraction(repr(float(weight))) for weight in weights]
    unit = math.lcm(*(part.denominator for part in parts))
    return [float(part * unit) for part in parts] if sum(parts) * unit < LARGEST_EXACT else list(weights)


def fewest_losses(
    held: Holdings, units: Sequence[Unit], weights: Sequence[float], needed: float, *, time_limit: float | None
) -> ProvenCount:
    """Return the fewest losses that fail units of weight ``needed`` in all; see :func:`truck_factor`."""
    failed = math.fsum(
        weight for unit, weight in zip(units, weights, strict=True) if any(deficit == 0 for _, deficit in unit)
    )
    if failed >= needed:
        return ProvenCount(0, cells=frozenset(uncovered(held, ())))
    standing: dict[Unit, float] = {}
    for unit, weight in zip(units, weights, strict=True):
        if weight > 0 and all(deficit > 0 for _, deficit in unit):
            weakest = without_dominated(unit)
            standing[weakest] = standing.get(weakest, 0.0) + weight
    counted = list(standing.items())
    losses = _strongest(held, {person for unit in standing for cell, _ in unit for person in cell})
    found, bound = _solve(losses, counted, needed - failed, time_limit)
    every = held.losses()  # a group may strike cells that were not counted too
    gone = frozenset(person for number in found for person in every[losses[number][0]])
    single = frozenset(held.people[losses[number][0]] for number in found if losses[number][0] < len(held.people))
    whole = frozenset(
        held.groups[losses[number][0] - len(held.people)] for number in found if losses[number][0] >= len(held.people)
    )
    return ProvenCount(len(found), people=single, groups=whole, cells=frozenset(uncovered(held, gone)), bound=bound)


def uncovered(held: Holdings, gone: Collection[int]) -> Iterator[Cell]:
    """Yield the cells that are short once the people of ``gone`` are lost."""
    lost = frozenset(gone)
    for number, cell in enumerate(held.cells):
        if len(held.holders[number] - lost) < held.required[number]:
            yield cell


def without_dominated(unit: Unit) -> Unit:
    """Return a unit without the cells that can only fail when another cell of the unit has failed before."""
    kept: list[tuple[frozenset[int], int]] = []
    for people, deficit in sorted(unit, key=lambda cell: (cell[1], len(cell[0]), sorted(cell[0]))):
        if not any(deficit - len(people - weaker) >= least for weaker, least in kept):
            kept.append((people, deficit))
    return frozenset(kept)


def _units(held: Holdings, channels: Mapping[Any, Hashable] | None) -> tuple[list[Hashable], list[Unit]]:
    single = [(held.holders[number], held.deficit(number)) for number in range(len(held.cells))]
    if channels is None:
        return list(held.cells), [frozenset([cell]) for cell in single]
    members: dict[Hashable, list[tuple[frozenset[int], int]]] = {}
    for name, cell in zip(held.cells, single, strict=True):
        if not hasattr(channels, "keys") or name not in channels:
            raise InputError("value_missing", name="channels", missing=str(name))
        members.setdefault(channels[name], []).append(cell)
    return list(members), [frozenset(cells) for cells in members.values()]


def _strongest(held: Holdings, in_play: Collection[int]) -> list[tuple[int, frozenset[int]]]:
    """Return the losses worth considering, largest first: one inside another is never better."""
    in_play = frozenset(in_play)
    sizes = sorted(
        ((number, loss & in_play) for number, loss in enumerate(held.losses())),
        key=lambda item: (-len(item[1]), item[0]),
    )
    kept: list[tuple[int, frozenset[int]]] = []
    groups: list[frozenset[int]] = []
    covered: set[int] = set()
    for number, loss in sizes:
        if not loss or (len(loss) == 1 and loss <= covered) or any(loss <= group for group in groups):
            continue
        kept.append((number, loss))
        covered |= loss
        if len(loss) > 1:
            groups.append(loss)
    return kept


def _solve(
    losses: Sequence[tuple[int, frozenset[int]]],
    units: Sequence[tuple[Unit, float]],
    needed: float,
    time_limit: float | None,
) -> tuple[list[int], int]:
    """Return the numbers of the losses chosen and a proven lower bound on their count."""
    from staffcalc.resilience.peeling import few_losses, losses_at_least

    quick = few_losses([loss for _, loss in losses], units, needed)
    twins = _twins(losses, units)
    rows, size, chosen_whole = _rows(losses, units, {other for alike in twins for other in alike[1:]})
    scale = max(weight for _, weight in units)
    upper = [0.0] * (len(rows) - 1) + [-needed / scale]
    cost = np.zeros(size)
    for alike in twins:
        cost[alike[0]] = len(alike)
    whole = np.zeros(size, dtype=np.int64)
    whole[chosen_whole] = 1
    ends = time.monotonic() + patience(time_limit)
    while True:
        left = None if time_limit is None else max(0.0, ends - time.monotonic())
        solved = solve_rows(cost, rows, np.array(upper), whole=whole, time_limit=left)
        if solved.infeasible:  # only by rounding: losing everybody fails every unit
            raise InfeasibleError("no_loss_suffices")
        chosen = quick
        if solved.values is None:
            break
        taken = {alike[0] for alike in twins if solved.values[alike[0]] > 0.5}
        found = [number for alike in twins if alike[0] in taken for number in alike]
        if _suffices(losses, units, found, needed):
            if solved.exact:
                return found, len(found)
            chosen = min(quick, found, key=len)
            break
        if not solved.exact:
            break
        outside = _outside(losses, units, twins, taken, needed)
        rows.append((outside, [-1.0] * len(outside)))
        upper.append(-1.0)
    bound = math.ceil(solved.bound - 1e-6) if math.isfinite(solved.bound) else 1
    bound = max(1, bound, losses_at_least([loss for _, loss in losses], units, needed))
    return chosen, min(bound, len(chosen))


def _suffices(
    losses: Sequence[tuple[int, frozenset[int]]],
    units: Sequence[tuple[Unit, float]],
    found: Collection[int],
    needed: float,
) -> bool:
    """Return whether losses fail enough weight in exact sums; the solver is content with a millionth less."""
    gone = frozenset(person for number in found for person in losses[number][1])
    fallen = (weight for unit, weight in units if any(len(people & gone) >= deficit for people, deficit in unit))
    return math.fsum(fallen) >= needed


def _outside(
    losses: Sequence[tuple[int, frozenset[int]]],
    units: Sequence[tuple[Unit, float]],
    twins: Sequence[Sequence[int]],
    taken: Collection[int],
    needed: float,
) -> list[int]:
    """
    Return losses of which at least one must be chosen, since those ``taken`` do not suffice.

    Whatever does not suffice is made as large as possible first, so that one round rules out many choices.
    """
    kept = [number for alike in twins if alike[0] in taken for number in alike]
    outside = []
    for alike in twins:
        if alike[0] in taken:
            continue
        if _suffices(losses, units, [*kept, *alike], needed):
            outside.append(alike[0])
        else:
            kept += alike
    return outside


def _twins(losses: Sequence[tuple[int, frozenset[int]]], units: Sequence[tuple[Unit, float]]) -> list[list[int]]:
    """
    Return losses that are best chosen together or not at all, the others alone.

    People who hold the same cells, all of which fall only with their last holder, are worth nothing one by one.
    """
    cells = list({cell for unit, _ in units for cell in unit})
    held: dict[int, list[int]] = {}
    for number, (people, _) in enumerate(cells):
        for person in people:
            held.setdefault(person, []).append(number)
    struck = Counter(person for _, loss in losses for person in loss)
    alike: dict[tuple[int, ...], list[int]] = {}
    for number, (_, loss) in enumerate(losses):
        key: tuple[int, ...] = (-1 - number,)
        if len(loss) == 1:
            (person,) = loss
            whole = all(cells[cell][1] == len(cells[cell][0]) for cell in held[person])
            key = tuple(held[person]) if whole and struck[person] == 1 else key
        alike.setdefault(key, []).append(number)
    return list(alike.values())


def _rows(
    losses: Sequence[tuple[int, frozenset[int]]], units: Sequence[tuple[Unit, float]], spared: set[int]
) -> tuple[list[tuple[list[int], list[float]]], int, list[int]]:
    """
    Return the rows of the programme (the threshold last), its number of variables, and those that must be whole.

    Once the losses are whole, a cell that needs one holder is uncovered exactly as far as its last holder is lost, so
    only cells that need several holders have to be told to be whole; fewer whole variables are several times faster.
    """
    cells = sorted({cell for unit, _ in units for cell in unit}, key=lambda cell: (cell[1], sorted(cell[0])))
    strikes: dict[int, list[int]] = {}
    for number, (_, loss) in enumerate(losses):
        for person in sorted(loss):
            strikes.setdefault(person, []).append(number)
    counted_once = {person for people, deficit in cells if deficit < len(people) for person in people}
    shared = sorted(person for person in counted_once if len(strikes[person]) > 1)
    gone = {person: len(losses) + place for place, person in enumerate(shared)}
    column_of = {cell: len(losses) + len(shared) + place for place, cell in enumerate(cells)}
    first_unit = len(losses) + len(shared) + len(cells)
    several = [place for place, (unit, _) in enumerate(units) if len(unit) > 1]
    unit_at = {place: first_unit + offset for offset, place in enumerate(several)}
    rows = [([column, *strikes[person]], [1.0] + [-1.0] * len(strikes[person])) for person, column in gone.items()]
    for (people, deficit), column in column_of.items():
        if deficit == len(people):
            last = [strikes[person] for person in sorted(people) if not spared.issuperset(strikes[person])]
            rows += [([column, *by], [1.0] + [-1.0] * len(by)) for by in last]
        else:
            away = [gone.get(person, strikes[person][0]) for person in sorted(people)]
            rows.append(([column, *away], [float(deficit)] + [-1.0] * len(away)))
    for place, column in unit_at.items():
        parts = sorted(column_of[cell] for cell in units[place][0])
        rows.append(([column, *parts], [1.0] + [-1.0] * len(parts)))
    scale = max(weight for _, weight in units)
    counted = [unit_at.get(place, column_of[next(iter(unit))]) for place, (unit, _) in enumerate(units)]
    rows.append((counted, [-weight / scale for _, weight in units]))
    whole = [*range(len(losses)), *(column for (who, least), column in column_of.items() if least < len(who))]
    return rows, first_unit + len(several), whole
