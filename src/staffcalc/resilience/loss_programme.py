"""The integer programme of the fewest losses: its rows, its solution, and the check of it in exact sums."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from staffcalc.errors import InfeasibleError
from staffcalc.resilience.peeling import Unit, few_losses, losses_at_least
from staffcalc.resilience.solver import patience, solve_rows


def solve_losses(
    losses: Sequence[tuple[int, frozenset[int]]],
    units: Sequence[tuple[Unit, float]],
    needed: float,
    time_limit: float | None,
) -> tuple[list[int], int]:
    """Return the numbers of the losses chosen and a proven lower bound on their count."""
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
