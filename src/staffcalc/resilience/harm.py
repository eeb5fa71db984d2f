"""Whose loss hurts most, on average: Shapley shares, Birnbaum importance and expected uncovered cells."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from staffcalc import _checks
from staffcalc._checks import generator
from staffcalc.errors import InputError
from staffcalc.resilience.holdings import Cell, Groups, Holdings, Person, amounts, look_up, read_holdings

Numbers = float | Mapping[Any, float]
SHARED_LOSSES_AT_MOST = 16
"""Groups that touch one cell: their states are enumerated, 65,536 at most."""


def harm_shares(
    holders: Mapping[Any, Iterable[Any]],
    weights: Numbers | None = None,
    *,
    required: int | Mapping[Any, int] = 1,
) -> dict[Person, float]:
    r"""
    Share of each person in the harm of all possible losses (Shapley value).

    Parameters
    ----------
    holders : mapping of cell to collection of people
        Who can cover each cell.
    weights : float or mapping of cell to float, optional
        Harm of an uncovered cell; 1 if left out. [weight]
    required : int or mapping of cell to int
        People each cell needs. [person]

    Returns
    -------
    dict of person to float
        Shares that add up to the weight of all cells that stand at the start; largest first. [weight]

    Raises
    ------
    InputError
        If there is no cell, or a weight is negative.

    Notes
    -----
    Every cell is a symmetric threshold game, so its holders share its weight equally, :math:`\sum_c w_c / n_c`,
    whatever number is required. Cells that are short at the start contribute nothing. It averages over all orders of
    leaving: do **not** read it as what breaks tomorrow, which is :func:`worst_loss`.

    Examples
    --------
    >>> harm_shares({"a": {0, 1}, "b": {0, 2}, "c": {1, 2}, "d": {0}})
    {0: 2.0, 1: 1.0, 2: 1.0}
    """
    held = read_holdings(holders, required)
    parts: list[list[float]] = [[] for _ in held.people]
    for number, worth in enumerate(_weights(held, weights)):
        if held.spare(number) >= 0:
            for person in held.holders[number]:
                parts[person].append(worth / len(held.holders[number]))
    return _largest_first(held, [math.fsum(part) for part in parts])


def expected_uncovered(
    holders: Mapping[Any, Iterable[Any]],
    *,
    absence: Numbers,
    required: int | Mapping[Any, int] = 1,
    weights: Numbers | None = None,
    groups: Groups | None = None,
    group_absence: Numbers = 0.0,
) -> float:
    r"""
    Expected weight of the uncovered cells at a random moment.

    Parameters
    ----------
    holders : mapping of cell to collection of people
        Who can cover each cell.
    absence : float or mapping of person to float
        Chance that a person is away, independent of the others. [share]
    required : int or mapping of cell to int
        People each cell needs. [person]
    weights : float or mapping of cell to float, optional
        Weight of each cell, for example its hours a year; 1 if left out. [weight]
    groups : mapping of name to collection of people, optional
        People that can be away together: one flu, one vendor, one site.
    group_absence : float or mapping of name to float
        Chance that a group is away as a whole, on top of each member's own absence. [share]

    Returns
    -------
    float
        Expected uncovered weight. [weight]

    Raises
    ------
    InputError
        If a chance is not between 0 and 1, or more than 16 groups meet in one cell.

    Notes
    -----
    :math:`\sum_c w_c P(\text{fewer than } r_c \text{ of } S_c \text{ present})`, a Poisson-binomial tail for each
    cell; exact however much the cells overlap. Independence is the weak spot: name the groups.

    Examples
    --------
    >>> round(expected_uncovered({"a": {"A"}, "b": {"A", "B"}, "c": {"B", "C"}}, absence=0.2), 6)
    0.28
    """
    chances = uncovered_chances(holders, absence=absence, required=required, groups=groups, group_absence=group_absence)
    held = read_holdings(holders, required)
    return math.fsum(worth * chance for worth, chance in zip(_weights(held, weights), chances.values(), strict=True))


def uncovered_chances(
    holders: Mapping[Any, Iterable[Any]],
    *,
    absence: Numbers,
    required: int | Mapping[Any, int] = 1,
    groups: Groups | None = None,
    group_absence: Numbers = 0.0,
) -> dict[Cell, float]:
    """Return the chance that each cell is uncovered; arguments as in :func:`expected_uncovered`. [share]"""
    held = read_holdings(holders, required, groups=groups)
    away = _chances("absence", held.people, absence)
    together = _chances("group_absence", held.groups, group_absence)
    return {cell: _cell_chance(held, number, away, together) for number, cell in enumerate(held.cells)}


def any_uncovered_chance(
    holders: Mapping[Any, Iterable[Any]],
    *,
    absence: Numbers,
    required: int | Mapping[Any, int] = 1,
    enumerate_at_most: int = 20,
    draws: int = 200_000,
    seed: int | np.random.Generator = 0,
) -> tuple[float, float]:
    r"""
    Return the chance that at least one cell is uncovered, and its standard error. [share]

    Notes
    -----
    Exact (standard error 0) by enumeration up to ``enumerate_at_most`` people, else by simulation. The product
    :math:`1 - \prod_c (1 - P_c)` is only an upper bound, since the cells share people.

    Examples
    --------
    >>> chance, error = any_uncovered_chance({"a": {"A"}, "b": {"A", "B"}, "c": {"B", "C"}}, absence=0.2)
    >>> round(chance, 6), error
    (0.232, 0.0)
    """
    held = read_holdings(holders, required)
    draws = _checks.whole("draws", draws, 1)
    away = _chances("absence", held.people, absence)
    if any(held.spare(number) < 0 for number in range(len(held.cells))):
        return 1.0, 0.0
    if len(held.people) <= enumerate_at_most:
        states = np.arange(2 ** len(held.people))
        present = [(states >> person) & 1 for person in range(len(held.people))]
        weight = np.ones(len(states))
        for person, here in enumerate(present):
            weight *= np.where(here, 1 - away[person], away[person])
        short = np.zeros(len(states), dtype=bool)
        for number, who in enumerate(held.holders):
            there = np.sum([present[person] for person in sorted(who)], axis=0)
            short |= there < held.required[number]
        return float(weight[short].sum()), 0.0
    rng = generator(seed)
    hits, block = 0, max(1, min(draws, 20_000_000 // len(held.people)))
    for start in range(0, draws, block):
        drawn = rng.random((min(block, draws - start), len(held.people))) >= np.array(away)
        short = np.zeros(len(drawn), dtype=bool)
        for number, who in enumerate(held.holders):
            short |= drawn[:, sorted(who)].sum(axis=1) < held.required[number]
        hits += int(short.sum())
    chance = hits / draws
    return chance, math.sqrt(chance * (1 - chance) / draws)


def birnbaum(
    holders: Mapping[Any, Iterable[Any]],
    *,
    absence: Numbers,
    required: int | Mapping[Any, int] = 1,
    weights: Numbers | None = None,
) -> dict[Person, float]:
    r"""
    Rise of the expected uncovered weight when a person goes from present to absent (Birnbaum importance).

    Parameters
    ----------
    holders : mapping of cell to collection of people
        Who can cover each cell.
    absence : float or mapping of person to float
        Chance that a person is away, independent of the others. [share]
    required : int or mapping of cell to int
        People each cell needs. [person]
    weights : float or mapping of cell to float, optional
        Weight of each cell; 1 if left out. [weight]

    Returns
    -------
    dict of person to float
        Importance, largest first: where one more reliable person helps. [weight]

    Notes
    -----
    For person i the sum over the cells held of :math:`w_c P(\text{exactly } r_c - 1 \text{ of the others present})`.

    Examples
    --------
    >>> found = birnbaum({"a": {"A"}, "b": {"A", "B"}, "c": {"B", "C"}}, absence=0.2)
    >>> {person: round(value, 6) for person, value in found.items()}
    {'A': 1.2, 'B': 0.4, 'C': 0.2}
    """
    held = read_holdings(holders, required)
    away = _chances("absence", held.people, absence)
    parts: list[list[float]] = [[] for _ in held.people]
    for number, worth in enumerate(_weights(held, weights)):
        who = sorted(held.holders[number])
        needed = held.required[number]
        if len(who) < needed:
            continue
        before = _presence_tables([away[person] for person in who], needed)
        after = _presence_tables([away[person] for person in reversed(who)], needed)
        for place, person in enumerate(who):
            left, right = before[place], after[len(who) - 1 - place]
            parts[person].append(worth * float(left @ right[::-1]))
    return _largest_first(held, [math.fsum(part) for part in parts])


def _presence_tables(away: Sequence[float], needed: int) -> list[npt.NDArray[np.float64]]:
    """Return, for each first k of the people, the chances that 0, 1 .. needed - 1 of them are present."""
    table = np.zeros(needed)
    table[0] = 1.0
    tables = [table]
    for chance in away:
        fresh = table * chance
        fresh[1:] += table[:-1] * (1 - chance)
        table = fresh
        tables.append(table)
    return tables


def _cell_chance(held: Holdings, number: int, away: Sequence[float], together: Sequence[float]) -> float:
    who, needed = held.holders[number], held.required[number]
    merged: dict[frozenset[int], float] = {}
    for members, chance in zip(held.members, together, strict=True):
        struck = members & who
        if struck and chance > 0:
            merged[struck] = 1 - (1 - merged.get(struck, 0.0)) * (1 - chance)
    if len(merged) > SHARED_LOSSES_AT_MOST:
        raise InputError("too_many_shared_groups", cell=str(held.cells[number]), most=SHARED_LOSSES_AT_MOST)
    parts: list[float] = []
    for state in itertools.product((False, True), repeat=len(merged)):
        weight, gone = 1.0, frozenset[int]()
        for hit, (members, chance) in zip(state, merged.items(), strict=True):
            weight *= chance if hit else 1 - chance
            gone = gone | members if hit else gone
        if weight > 0:
            parts.append(weight * float(_presence_tables([away[p] for p in sorted(who - gone)], needed)[-1].sum()))
    return min(1.0, math.fsum(parts))


def _chances(name: str, keys: Sequence[Hashable], values: Numbers) -> list[float]:
    return [_checks.share(f"{name}[{key!r}]", look_up(name, values, key)) for key in keys]


def _weights(held: Holdings, weights: Numbers | None) -> list[float]:
    if weights is None:
        return [1.0] * len(held.cells)
    return amounts("weights", held.cells, weights)


def _largest_first(held: Holdings, values: Sequence[float]) -> dict[Person, float]:
    order = sorted(range(len(values)), key=lambda person: (-values[person], person))
    return {held.people[person]: values[person] for person in order}
