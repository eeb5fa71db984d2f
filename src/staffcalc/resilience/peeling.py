"""Quick bounds on the truck factor: the usual greedy rule, peeling off the cheapest cell, and shares from below."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Sequence

Unit = frozenset[tuple[frozenset[int], int]]
"""What is counted: a set of cells (holders, losses that uncover it), failed when any of them fails."""


def greedy_losses(cells: Sequence[frozenset[int]], needed: int) -> list[int]:
    """
    Remove the person on most covered cells until enough cells have no holder left (Avelino and others).

    Parameters
    ----------
    cells : sequence of frozenset of int
        Holders of each cell, one required.
    needed : int
        Cells that must be uncovered.

    Returns
    -------
    list of int
        People removed, in order: an upper bound on the truck factor, on the unsafe side.

    References
    ----------
    .. [1] source key ``avelino2016`` in ``reference/sources.csv``.

    Examples
    --------
    >>> cells = [frozenset([0])] * 3 + [frozenset([1])] * 3 + [frozenset([2, 3, 4])] * 4
    >>> len(greedy_losses(cells, needed=6))
    4
    """
    left = [set(people) for people in cells]
    removed: list[int] = []
    while sum(not people for people in left) < needed:
        counts: dict[int, int] = {}
        for people in left:
            for person in people:
                counts[person] = counts.get(person, 0) + 1
        if not counts:
            break
        person = min(counts, key=lambda candidate: (-counts[candidate], candidate))
        removed.append(person)
        for people in left:
            people.discard(person)
    return removed


def few_losses(losses: Sequence[frozenset[int]], units: Sequence[tuple[Unit, float]], needed: float) -> list[int]:
    """
    Return a small, not always smallest, set of losses that fails units of weight ``needed``.

    The cell that is cheapest to finish off is peeled away, again and again; then losses that are not needed are taken
    back. In trials it exceeded the optimum by at most a sixth.
    """
    by_person: dict[int, int] = {}
    for number, loss in enumerate(losses):
        for person in sorted(loss):
            if person not in by_person or len(losses[by_person[person]]) < len(loss):
                by_person[person] = number
    cells = sorted({cell for unit, _ in units for cell in unit}, key=lambda cell: (cell[1], sorted(cell[0])))
    held: dict[int, list[int]] = {}
    for number, (people, _) in enumerate(cells):
        for person in people:
            held.setdefault(person, []).append(number)
    left = [deficit for _, deficit in cells]
    uses = _uses(cells, units)
    open_units = {place: weight for place, (_, weight) in enumerate(units)}
    lost: set[int] = set()
    chosen: list[int] = []
    reached = 0.0
    worth = [sum(open_units[place] for place in places) for places in uses]
    alive = set(range(len(cells)))
    queue = [(left[cell], -worth[cell], cell) for cell in alive]
    heapq.heapify(queue)
    while reached < needed and queue:
        deficit, _, number = heapq.heappop(queue)
        if number not in alive or deficit != left[number]:
            continue
        people, touched = cells[number][0], {number}
        for person in sorted(people - lost, key=lambda one: (-len(held[one]), one)):
            if left[number] <= 0:
                break
            if person in lost:
                continue
            strongest = by_person[person]
            chosen.append(strongest)
            for other in losses[strongest] - lost:
                lost.add(other)
                for cell in held.get(other, ()):
                    left[cell] -= 1
                    touched.add(cell)
        for cell in sorted(touched & alive):
            if left[cell] > 0:
                heapq.heappush(queue, (left[cell], -worth[cell], cell))
                continue
            alive.discard(cell)
            for place in uses[cell]:
                reached += open_units.pop(place, 0.0)
    return _thinned(chosen, losses, units, needed)


def losses_at_least(losses: Sequence[frozenset[int]], units: Sequence[tuple[Unit, float]], needed: float) -> int:
    """
    Return a proven lower bound on the losses that fail units of weight ``needed``.

    A unit that fails has lost enough holders of one of its cells. If each of them is credited with an equal part of
    the weight, a choice is credited with at least the weight that it fails, so the largest credits must reach it.
    """
    credit: dict[int, float] = {}
    for unit, weight in units:
        part: dict[int, float] = {}
        for people, deficit in unit:
            for person in people:
                part[person] = max(part.get(person, 0.0), weight / deficit)
        for person, share in part.items():
            credit[person] = credit.get(person, 0.0) + share
    reached, count = 0.0, 0
    for worth in sorted((math.fsum(credit.get(person, 0.0) for person in loss) for loss in losses), reverse=True):
        if reached >= needed - 1e-9 * max(1.0, abs(needed)):
            break
        reached += worth
        count += 1
    return count


def _uses(cells: Sequence[tuple[frozenset[int], int]], units: Sequence[tuple[Unit, float]]) -> list[list[int]]:
    places: dict[tuple[frozenset[int], int], list[int]] = {}
    for place, (unit, _) in enumerate(units):
        for cell in unit:
            places.setdefault(cell, []).append(place)
    return [places[cell] for cell in cells]


def _thinned(
    chosen: list[int], losses: Sequence[frozenset[int]], units: Sequence[tuple[Unit, float]], needed: float
) -> list[int]:
    """Return the choice without the losses that are not needed, tried in the order in which they came."""
    strikes: Counter[int] = Counter(person for number in chosen for person in losses[number])
    cells = list({cell for unit, _ in units for cell in unit})
    number_of = {cell: number for number, cell in enumerate(cells)}
    held: dict[int, list[int]] = {}
    for number, (people, _) in enumerate(cells):
        for person in people:
            held.setdefault(person, []).append(number)
    spare = [sum(strikes[person] > 0 for person in people) - deficit for people, deficit in cells]
    places = _uses(cells, units)
    failing = [sum(spare[number_of[cell]] >= 0 for cell in unit) for unit, _ in units]
    reached = sum(weight for (_, weight), cause in zip(units, failing, strict=True) if cause)
    kept = list(chosen)
    for number in chosen:
        back = [person for person in losses[number] if strikes[person] == 1]
        less = Counter(cell for person in back for cell in held.get(person, ()))
        saved = Counter(place for cell, gone in less.items() if 0 <= spare[cell] < gone for place in places[cell])
        lost = sum(units[place][1] for place, causes in saved.items() if causes == failing[place])
        if reached - lost < needed:
            continue
        kept.remove(number)
        reached -= lost
        strikes.subtract(losses[number])
        for cell, gone in less.items():
            spare[cell] -= gone
        for place, causes in saved.items():
            failing[place] -= causes
    return sorted(kept)
