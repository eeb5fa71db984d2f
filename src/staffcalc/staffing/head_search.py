"""Few whole people on whole tours: greedy, then exchanges, until nothing is short. The same answer on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffcalc.staffing.programme import Week
from staffcalc.staffing.simulation import finished_work
from staffcalc.staffing.tours import Tours

Floats = NDArray[np.float64]

LOOKS = 400
"""Times that all tours may be tried for one person."""

SEAT_WEIGHT = 10.0
"""How much worse an empty seat is than an hour of work that comes late."""

ENOUGH = 1e-7
"""Shortage that counts as none. [hours]"""

NEAR, KICKS = 0.05, 30
"""Shortage over the work of the week up to which other beginnings are tried, and how many."""


def search_heads(week: Week, tours: Tours, *, least: int, most: int) -> Floats | None:
    """
    Return heads on tours with the fewest people found, or None where ``most`` of them are not enough.

    Parameters
    ----------
    week : Week
        What the people must do.
    tours : Tours
        The patterns to choose from.
    least, most : int
        People to begin and to end with. [people]

    Notes
    -----
    Each person more goes where the shortage falls most; then one after the other is moved to the tour that lowers it
    most, until no move helps; near the goal, two of them are put elsewhere and it begins again. A shortage is work
    that comes late when the shortest limit goes first, and seats that stay empty. No proof that fewer cannot do; on
    weeks that a mixed-integer programme solves it finds as few, in a fraction of the time and without a clock.
    """
    if tours.cover.size == 0:
        return None
    search = _Search(week, tours)
    near = NEAR * float(week.work.sum())
    rng = np.random.default_rng(0)  # the same moves every time
    while len(search.heads) < most and search.looks < LOOKS:
        search.add()
        if len(search.heads) < least:
            continue
        search.exchange()
        for _ in range(KICKS if ENOUGH < search.value <= near else 0):
            heads, value = list(search.heads), search.value
            search.kick(rng)
            search.exchange()
            if search.value <= ENOUGH:
                break
            if search.value > value:
                search.put(heads, value)
        if search.value <= ENOUGH:
            return np.bincount(search.heads, minlength=search.options.shape[0]).astype(float)
    return None


class _Search:
    """People on tours, and the moves that may lower what is short."""

    def __init__(self, week: Week, tours: Tours) -> None:
        self.short = _Shortage(week)
        self.options = np.ascontiguousarray(tours.cover.T)
        self.looks = 0
        self.put([], np.inf)

    def put(self, heads: list[int], value: float) -> None:
        """Take these heads instead."""
        self.heads, self.value = heads, value
        self.present = self.options[heads].sum(axis=0)

    def _best(self, without: Floats) -> int:
        found = self.short.of(without + self.options)
        self.looks += 1
        best = int(found.argmin())
        self.found = float(found[best])
        return best

    def add(self) -> None:
        """Add one person where the shortage falls most."""
        best = self._best(self.present)
        self.put([*self.heads, best], self.found)

    def exchange(self) -> None:
        """Move one person after the other to the tour that lowers the shortage most, until no move helps."""
        place = failed = 0
        while self.value > ENOUGH and failed < len(self.heads) and self.looks < LOOKS:
            best = self._best(self.present - self.options[self.heads[place]])
            failed += 1
            if self.found < self.value - 1e-9:
                self.put([*self.heads[:place], best, *self.heads[place + 1 :]], self.found)
                failed = 0
            place = (place + 1) % len(self.heads)

    def kick(self, rng: np.random.Generator) -> None:
        """Put two people anywhere, to leave a place from which no single move helps."""
        heads = list(self.heads)
        for place in rng.integers(len(heads), size=2):
            heads[place] = int(rng.integers(self.options.shape[0]))
        self.put(heads, float(self.short.of(self.options[heads].sum(axis=0)[None, :])[0]))


class _Shortage:
    """What is short in a week with given people, for many candidates at once."""

    def __init__(self, week: Week) -> None:
        slots = week.seats.size
        order = np.argsort((week.last - np.arange(slots)).mean(axis=1), kind="stable")
        self.week, self.slots = week, slots
        self.own = week.work[order]
        # three weeks: the first fills the queue, the second counts, the third finishes it
        self.arrived = np.cumsum(np.cumsum(np.tile(self.own, (1, 3)), axis=1), axis=0)
        self.last = np.minimum(week.last[order] + slots, 3 * slots - 1)
        self.floor = np.maximum(week.seats, week.load / week.productive)
        self.least = (1 + week.margin) * float(week.work.sum())

    def of(self, present: Floats) -> Floats:
        """Return the shortage of each candidate, (candidates, slots) people present. [hours]"""
        week, slots = self.week, self.slots
        capacity = (week.productive * present - week.load) * week.slot_hours
        empty = np.maximum(self.floor - present, 0.0).sum(axis=1) * week.slot_hours
        short = SEAT_WEIGHT * (empty + np.maximum(self.least - capacity.sum(axis=1), 0.0))
        budget = np.cumsum(np.tile(np.maximum(capacity, 0.0), (1, 3)), axis=1)
        arrived_before, finished_before = np.zeros(3 * slots), np.zeros_like(budget)
        for own, arrived, last in zip(self.own, self.arrived, self.last, strict=True):
            finished = finished_work(arrived, budget)
            mine = (arrived - arrived_before)[slots : 2 * slots]
            short = short + np.clip(mine - (finished - finished_before)[:, last], 0.0, own).sum(axis=1)
            arrived_before, finished_before = arrived, finished
        return np.asarray(short)
