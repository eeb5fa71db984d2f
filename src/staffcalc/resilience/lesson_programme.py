"""The integer programme of lessons: who could learn what, what every block lacks, and what each person can take on."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Collection, Hashable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from staffcalc.resilience.solver import Solved, solve_rows

Skill = Hashable
"""What can be learned; one lesson helps in every hour block in which the learner works."""

Block = tuple[Skill, frozenset[str]]
"""A skill in some hours, told by who could learn it and is at work then."""

Row = tuple[list[int], list[float]]


class Room:
    """What each person can take on: hours, and a number of lessons."""

    def __init__(
        self,
        pairs: Sequence[tuple[Skill, str]],
        costs: Mapping[tuple[Skill, str], float],
        hours_at_most: Mapping[str, float],
        lessons_at_most: Mapping[str, float],
    ) -> None:
        lengths: dict[str, set[float]] = {}
        for pair in pairs:
            lengths.setdefault(pair[1], set()).add(float(costs[pair]))
        self.count = {person: math.floor(lessons_at_most.get(person, len(pairs)) + 1e-9) for person in lengths}
        self.hours: dict[str, float] = {}
        for person, own in lengths.items():
            if person in hours_at_most and len(own) == 1 and min(own) > 0:
                # Lessons of one length are counted: whole lessons, and a tighter programme than their hours.
                self.count[person] = min(self.count[person], math.floor(hours_at_most[person] / min(own) + 1e-9))
            elif person in hours_at_most:
                self.hours[person] = float(hours_at_most[person])


class LessonProgramme:
    """Who could learn what, what every block lacks, and what each person, or all who are alike, can take on."""

    def __init__(
        self,
        pairs: Sequence[tuple[Skill, str]],
        costs: Mapping[tuple[Skill, str], float],
        blocks: Mapping[Block, tuple[int, int]],
        room: Room,
        alike: Mapping[str, Hashable],
    ) -> None:
        self.pairs, self.costs, self.blocks, self.room = pairs, costs, blocks, room
        within: dict[tuple[Skill, str], list[int]] = {pair: [] for pair in pairs}
        for number, (skill, learners) in enumerate(blocks):
            for person in learners:
                within[skill, person].append(number)
        units: dict[Hashable, list[str]] = {}
        for skill, person in pairs:
            pattern = tuple(within[skill, person])
            key = (skill, alike.get(person, ("one", person)), pattern, costs[skill, person])
            units.setdefault(key, []).append(person)
        self.units: list[tuple[Skill, Hashable, list[str]]] = [(key[0], key[1], who) for key, who in units.items()]  # type: ignore[index]
        self.hours = np.array([float(costs[skill, who[0]]) for skill, _, who in self.units])
        self.sizes = np.array([float(len(who)) for _, _, who in self.units])
        self.own: list[list[int]] = [[] for _ in blocks]
        for place, (skill, _, who) in enumerate(self.units):
            for number in within[skill, who[0]]:
                self.own[number].append(place)
        self.missing = [missing for missing, _ in blocks.values()]
        self.weights = [weight for _, weight in blocks.values()]
        self.limits, self.most = self._limits()

    def _limits(self) -> tuple[list[Row], list[float]]:
        """Return the rows of what all who are alike can take on; a limit that nothing can reach is left out."""
        members: dict[Hashable, set[str]] = {}
        places: dict[Hashable, list[int]] = {}
        for place, (_, group, who) in enumerate(self.units):
            members.setdefault(group, set()).update(who)
            places.setdefault(group, []).append(place)
        rows: list[Row] = []
        most: list[float] = []
        for group, own in places.items():
            count = sum(self.room.count[person] for person in members[group])
            if math.fsum(self.sizes[own]) > count:
                rows.append((own, [1.0] * len(own)))
                most.append(float(count))
            if members[group] <= set(self.room.hours):
                hours = math.fsum(self.room.hours[person] for person in members[group])
                if math.fsum(self.sizes[own] * self.hours[own]) > hours:
                    rows.append((own, [float(cost) for cost in self.hours[own]]))
                    most.append(hours)
        return rows, most

    def solve(self, way: str, ends: float, *, hopeless: bool) -> Solved:
        """
        Return the best lessons: skill by skill as if nobody had limits, or all at once under the limits of everybody.

        Skills meet only in the limits of people. Where the plan without limits keeps them, it is the best one.
        """
        if way == "skill by skill":
            return self._skill_by_skill(ends)
        solved = None if hopeless else self._cheapest(range(len(self.own)), _half(ends))
        return self.as_much_as_possible(ends) if solved is None or solved.values is None else solved

    def _skill_by_skill(self, ends: float) -> Solved:
        of_skill: dict[Skill, list[int]] = {}
        for number, (skill, _) in enumerate(self.blocks):
            of_skill.setdefault(skill, []).append(number)
        values, exact, bound = np.zeros(len(self.units)), True, 0.0
        for numbers in of_skill.values():
            if time.monotonic() > ends:
                return Solved(values=None, exact=False, bound=bound, infeasible=False)
            part = self._cheapest(numbers, _half(ends), limits=False)
            if part.values is None:
                return Solved(values=None, exact=False, bound=bound, infeasible=part.infeasible)
            values, exact, bound = values + part.values, exact and part.exact, bound + part.bound
        return Solved(values=values, exact=exact, bound=bound, infeasible=False)

    def _cheapest(self, numbers: Sequence[int], time_limit: float | None, *, limits: bool = True) -> Solved:
        """Return the lessons of least hours that close the blocks named, or that there are none."""
        used = range(len(self.units)) if limits else sorted({place for number in numbers for place in self.own[number]})
        column = {place: number for number, place in enumerate(used)}
        rows: list[Row] = [
            ([column[place] for place in self.own[number]], [-1.0] * len(self.own[number])) for number in numbers
        ]
        upper = [-float(self.missing[number]) for number in numbers]
        if limits:
            rows, upper = [*rows, *self.limits], [*upper, *self.most]
        own = list(used)
        whole = np.ones(len(own), dtype=np.int64)
        solved = solve_rows(
            self.hours[own], rows, np.array(upper), whole=whole, time_limit=time_limit, most=self.sizes[own]
        )
        if solved.values is None:
            return solved
        values = np.zeros(len(self.units))
        values[own] = solved.values
        return dataclasses.replace(solved, values=values)

    def as_much_as_possible(self, ends: float) -> Solved:
        """Return the plan with fewest holder-hours missing, then fewest hours, where not all can be had."""
        units, several = len(self.units), len(self.own)
        rows: list[Row] = [
            ([*own, units + place], [-1.0] * len(own) + [-float(count)])
            for place, (own, count) in enumerate(zip(self.own, self.missing, strict=True))
        ]
        missing = np.array([float(count * weight) for count, weight in zip(self.missing, self.weights, strict=True)])
        upper = np.array([*(-float(count) for count in self.missing), *self.most])
        whole = np.r_[np.ones(units, dtype=np.int64), np.zeros(several, dtype=np.int64)]
        rows += self.limits
        most = np.r_[self.sizes, np.ones(several)]
        first = solve_rows(np.r_[np.zeros(units), missing], rows, upper, whole=whole, time_limit=_half(ends), most=most)
        if first.values is None:
            return first
        least = sum(
            weight * max(0, count - round(math.fsum(first.values[own])))
            for own, count, weight in zip(self.own, self.missing, self.weights, strict=True)
        )
        rows.append((list(range(units, units + several)), list(missing)))
        second = solve_rows(
            np.r_[self.hours, np.zeros(several)],
            rows,
            np.r_[upper, least + 0.5],
            whole=whole,
            time_limit=_half(ends, 1),
            most=most,
        )
        if second.values is None:
            return dataclasses.replace(first, exact=False, bound=0.0)
        proven = first.exact and second.exact
        return dataclasses.replace(second, exact=proven, bound=second.bound if first.exact else 0.0)

    def told_apart(self, values: npt.NDArray[np.float64] | None) -> set[tuple[Skill, str]] | None:
        """Return who of those who are alike learns what; None where nothing was found, or nobody has room."""
        if values is None:
            return None
        hours, count = dict(self.room.hours), dict(self.room.count)
        taken: set[tuple[Skill, str]] = set()
        order = sorted(range(len(self.units)), key=lambda place: (-self.hours[place], self.sizes[place], place))
        for place in order:
            skill, _, who = self.units[place]
            cost = float(self.hours[place])
            able = sorted(who, key=lambda one: (-count[one], -hours.get(one, math.inf), one))
            able = [one for one in able if count[one] > 0 and hours.get(one, math.inf) >= cost - 1e-9]
            needed = round(values[place])
            if len(able) < needed:
                return None
            for person in able[:needed]:
                taken.add((skill, person))
                count[person] -= 1
                if person in hours:
                    hours[person] -= cost
        return taken

    def one_by_one(self) -> set[tuple[Skill, str]]:
        """Return a plan found by taking again and again a lesson that closes most: quick, not the best."""
        hours, count = dict(self.room.hours), dict(self.room.count)
        open_ = list(self.missing)
        blocks_of: dict[tuple[Skill, str], list[int]] = {}
        for number, (skill, who) in enumerate(self.blocks):
            for person in who:
                blocks_of.setdefault((skill, person), []).append(number)
        taken: set[tuple[Skill, str]] = set()
        scarce = sorted(enumerate(self.blocks), key=lambda one: (len(one[1][1]) - self.missing[one[0]], one[0]))
        for number, (skill, who) in scarce:
            if open_[number] <= 0:
                continue

            def rank(person: str, skill: Skill = skill) -> tuple[float, float, str]:
                closes = sum(self.weights[one] for one in blocks_of[skill, person] if open_[one] > 0)
                return -closes / max(1e-9, float(self.costs[skill, person])), -count[person], person

            for person in sorted((one for one in who if (skill, one) not in taken), key=rank):
                cost = float(self.costs[skill, person])
                if open_[number] <= 0:
                    break
                if count[person] > 0 and hours.get(person, math.inf) >= cost - 1e-9:
                    taken.add((skill, person))
                    count[person] -= 1
                    if person in hours:
                        hours[person] -= cost
                    for one in blocks_of[skill, person]:
                        open_[one] -= 1
        return taken

    def worth(self, taken: Collection[tuple[Skill, str]]) -> tuple[float, float]:
        """Return the holder-hours that a plan leaves missing, and its hours: less is better."""
        missing = sum(
            weight * max(0, count - sum((skill, person) in taken for person in who))
            for ((skill, who), (count, weight)) in self.blocks.items()
        )
        return float(missing), math.fsum(float(self.costs[pair]) for pair in taken)


def _half(ends: float, parts: int = 2) -> float | None:
    """Return a part of the seconds that are left."""
    return None if math.isinf(ends) else max(0.1, (ends - time.monotonic()) / parts)
