"""Which lessons are cheapest: one integer programme over who learns what, by the hours in which they work."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Hashable, Mapping, Sequence

from staffcalc.resilience.lesson_programme import Block, LessonProgramme, Room, Skill
from staffcalc.resilience.proof import AT_MOST, EXACT

HOURS_OF_WEEK = 168


@dataclasses.dataclass(frozen=True)
class Want:
    """
    Holders that a skill lacks in one hour block.

    Parameters
    ----------
    skill : hashable
        What is to be learned.
    missing : int
        Holders to add in this block, 1 or more. [person]
    learners : frozenset of str
        Who could learn it and is at work in this block.
    hours : int
        Hours of the week in the block. [hour/week]
    """

    skill: Skill
    missing: int
    learners: frozenset[str]
    hours: int = HOURS_OF_WEEK


@dataclasses.dataclass(frozen=True)
class Lessons:
    """
    The lessons chosen.

    Parameters
    ----------
    chosen : dict of (skill, person) to float
        Hours of each lesson. [hour]
    left : tuple of int
        Holders still missing, one number for each want. [person]
    status : str
        ``exact`` or ``at_most``.
    bound : float
        Proven lower bound of the hours of all lessons that leave no more missing. [hour]
    """

    chosen: dict[tuple[Skill, str], float]
    left: tuple[int, ...]
    status: str
    bound: float


def cheapest_lessons(
    wants: Sequence[Want],
    costs: Mapping[tuple[Skill, str], float],
    *,
    hours_at_most: Mapping[str, float] | None = None,
    lessons_at_most: Mapping[str, float] | None = None,
    alike: Mapping[str, Hashable] | None = None,
    time_limit: float | None = None,
) -> Lessons:
    r"""
    Choose the lessons of least hours that give every want its missing holders.

    Parameters
    ----------
    wants : sequence of Want
        What is missing, by skill and hour block.
    costs : mapping of (skill, person) to float
        Hours of each possible lesson. [hour]
    hours_at_most : mapping of person to float, optional
        Most hours of lessons of a person; no limit for those left out. [hour]
    lessons_at_most : mapping of person to float, optional
        Most lessons of a person; no limit for those left out. [lesson]
    alike : mapping of person to hashable, optional
        People with equal values work the same hours under the same limits: they are counted together, which is many
        times faster, and told apart afterwards.
    time_limit : float, optional
        Seconds for the search. [s]

    Returns
    -------
    Lessons
        The plan; where limits forbid a whole plan, the one that leaves fewest holder-hours a week missing, and among
        those the cheapest.

    Notes
    -----
    With :math:`t_{is}` 1 where person i learns skill s and :math:`E_b` the learners at work in block b, minimise
    :math:`\sum c_{is} t_{is}` under :math:`\sum_{i \in E_b} t_{is} \ge \mathit{missing}_b` for every want,
    :math:`\sum_s c_{is} t_{is} \le \mathit{hours}_i` and :math:`\sum_s t_{is} \le \mathit{lessons}_i`. Taking the
    cheapest next lesson again and again is not the same: it can pay 11 where 6 suffice.
    """
    ends = math.inf if time_limit is None else time.monotonic() + time_limit
    asked = _blocks(wants)
    pairs = list(dict.fromkeys((skill, person) for skill, who in asked for person in sorted(who)))
    if not pairs:
        return Lessons({}, tuple(want.missing for want in wants), EXACT, 0.0)
    room = Room(pairs, costs, hours_at_most or {}, lessons_at_most or {})
    hopeless = _surely_too_much(asked, costs, hours_at_most or {})
    best: set[tuple[Skill, str]] = set()
    solved = None
    for together, way in ((alike, "skill by skill"), (alike, "all at once"), (None, "all at once")):
        if way == "skill by skill" and hopeless:
            continue
        problem = LessonProgramme(pairs, costs, asked, room, together or {})
        solved = problem.solve(way, ends, hopeless=hopeless)
        found = problem.told_apart(solved.values)
        if found is not None:
            best = found
            break
        solved = dataclasses.replace(solved, exact=False, values=None)
    exact = solved is not None and solved.exact
    if not exact:
        problem = LessonProgramme(pairs, costs, asked, room, {})
        best = min(best, problem.one_by_one(), key=problem.worth)
    chosen = {pair: float(costs[pair]) for pair in pairs if pair in best}
    left = tuple(want.missing - min(want.missing, _taught(want, best)) for want in wants)
    total = math.fsum(chosen.values())
    bound = total if exact or solved is None else min(total, max(0.0, solved.bound))
    return Lessons(chosen, left, EXACT if exact else AT_MOST, bound)


def _blocks(wants: Sequence[Want]) -> dict[Block, tuple[int, int]]:
    """Return holders to add and hours by skill and learners; what nobody can learn is left out."""
    blocks: dict[Block, tuple[int, int]] = {}
    for want in wants:
        reachable = min(want.missing, len(want.learners))
        if reachable > 0:
            most, hours = blocks.get((want.skill, want.learners), (0, 0))
            blocks[want.skill, want.learners] = (max(most, reachable), hours + want.hours)
    return blocks


def _taught(want: Want, taken: set[tuple[Skill, str]]) -> int:
    return sum((want.skill, person) in taken for person in want.learners)


def _surely_too_much(
    asked: Mapping[Block, tuple[int, int]],
    costs: Mapping[tuple[Skill, str], float],
    hours_at_most: Mapping[str, float],
) -> bool:
    """Return whether the hours that blocks without common learners need exceed those of everybody: a quick no."""
    people = {person for _, who in asked for person in who}
    if not people <= set(hours_at_most):
        return False
    least = 0.0
    used: dict[Skill, set[str]] = {}
    for (skill, who), (missing, _) in sorted(asked.items(), key=lambda block: -block[1][0]):
        if not used.setdefault(skill, set()) & who:
            used[skill] |= who
            least += math.fsum(sorted(costs[skill, person] for person in who)[:missing])
    return least > math.fsum(hours_at_most[person] for person in people) + 1e-9
