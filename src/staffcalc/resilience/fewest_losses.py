"""How few losses does it take? Smallest loss and truck factor, proven by a solver."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from staffcalc import _checks
from staffcalc.errors import InputError
from staffcalc.resilience.holdings import Cell, Groups, Holdings, amounts, read_holdings
from staffcalc.resilience.loss_programme import solve_losses
from staffcalc.resilience.peeling import Unit
from staffcalc.resilience.proof import ProvenCount
from staffcalc.resilience.solver import PROOF_SECONDS, patience

LARGEST_EXACT = 2**53
"""Whole numbers below this are exact as floats."""


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
    found, bound = solve_losses(losses, counted, needed - failed, time_limit)
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
