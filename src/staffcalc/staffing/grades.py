"""Groups of people in one programme: who may do what, how fast, and who reviews whose work."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from staffcalc.staffing.programme import Week, allowed_backlog
from staffcalc.staffing.tours import Tours

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Group:
    """
    People of one grade or skill.

    Parameters
    ----------
    name : str
        Name of the group.
    tours : Tours
        Patterns they can be put on.
    classes : tuple of int
        Classes of work that they do.
    proficiency : float
        Work done in an hour, compared with the handle time; 1 is standard. [ratio]
    review_share : float
        Hours of review by ``reviewer`` for each hour of work that they do. [share]
    reviewer : str, optional
        Group that reviews.
    cost : float
        Cost of an hour present; 1 counts hours. [money per hour]
    most_heads : float
        People available. [people]
    """

    name: str
    tours: Tours
    classes: tuple[int, ...]
    proficiency: float = 1.0
    review_share: float = 0.0
    reviewer: str | None = None
    cost: float = 1.0
    most_heads: float = np.inf


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class GroupPlan:
    """Hours present and heads on tours by group, and the work each group does, (classes, slots)."""

    hours: dict[str, float]
    heads: dict[str, Floats]
    served: dict[str, Floats]
    cost: float


def solve_groups(
    week: Week, groups: Sequence[Group], *, whole_heads: bool = False, gap: float = 0.005, seconds: float = 30.0
) -> GroupPlan | None:
    """
    Return the cheapest plan over several groups of people, or None where no number of them meets the week.

    Parameters
    ----------
    week : Week
        The work, seats (anybody may sit there) and real-time load (which anybody carries).
    groups : sequence of Group
        Who may do what.
    whole_heads : bool
        Ask for whole heads.
    gap, seconds : float
        Where the integer search may stop: relative gap [share], time [s].

    Notes
    -----
    Work of class ``k`` done by group ``g`` takes ``1 / proficiency`` hours of it and ``review_share`` hours of its
    reviewer in the same slot. All rows are linear, so the answer is exact. Skills are variables, never rounded shares.
    """
    classes, slots = week.work.shape
    eye = sparse.eye_array(slots, format="csr")
    before = sparse.csr_array(
        (np.ones(slots), (np.arange(slots), (np.arange(slots) - 1) % slots)), shape=(slots, slots)
    )
    pairs = [(g, k) for g, group in enumerate(groups) for k in group.classes]
    names = [group.name for group in groups]
    total = [group.tours.cover.shape[1] for group in groups]

    def blank(columns: int) -> sparse.csr_array:
        return sparse.csr_array((slots, columns))

    rows: list[optimize.LinearConstraint] = []
    for k in range(classes):
        parts = [eye if pair[1] == k else blank(slots) for pair in pairs]
        waits = [eye - before if other == k else blank(slots) for other in range(classes)]
        matrix = sparse.hstack([*parts, *waits, *[blank(count) for count in total]], format="csr")
        rows.append(optimize.LinearConstraint(matrix, week.work[k], week.work[k]))
    spare = []
    for g, group in enumerate(groups):
        parts = []
        for other, _ in pairs:
            time = 0.0
            if other == g:
                time += 1 / group.proficiency
            if groups[other].reviewer == group.name:
                time += groups[other].review_share
            parts.append(time * eye)
        tours = [
            sparse.csr_array(-week.productive * week.slot_hours * group.tours.cover) if other == g else blank(count)
            for other, count in enumerate(total)
        ]
        spare.append(sparse.hstack([*parts, *[blank(slots)] * classes, *tours], format="csr"))
        rows.append(optimize.LinearConstraint(spare[-1], -np.inf, 0.0))
    if week.load.any():
        rows.append(optimize.LinearConstraint(sum(spare[1:], spare[0]), -np.inf, -week.load * week.slot_hours))
    if week.seats.any():
        covers = [sparse.csr_array(group.tours.cover) for group in groups]
        empty = blank(slots * (len(pairs) + classes))
        rows.append(optimize.LinearConstraint(sparse.hstack([empty, *covers], format="csr"), week.seats, np.inf))
    served, waiting = slots * len(pairs), slots * classes
    upper = np.concatenate(
        [
            np.full(served, np.inf),
            *[allowed_backlog(week.work[k], week.last[k]) for k in range(classes)],
            *[np.full(count, group.most_heads) for group, count in zip(groups, total, strict=True)],
        ]
    )
    price = np.concatenate([group.tours.hours * group.cost for group in groups])
    people = [sum(total[:g]) + served + waiting for g in range(len(groups))]
    for g, group in enumerate(groups):
        if np.isfinite(group.most_heads):
            row = np.zeros(served + waiting + sum(total))
            row[people[g] : people[g] + total[g]] = 1.0
            rows.append(optimize.LinearConstraint(row[None, :], 0.0, group.most_heads))
    answer = optimize.milp(
        np.concatenate([np.zeros(served + waiting), price]),
        constraints=rows,
        bounds=optimize.Bounds(0, upper),
        integrality=np.concatenate([np.zeros(served + waiting), np.full(sum(total), float(whole_heads))]),
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    if answer.x is None:
        return None
    found = np.asarray(answer.x)
    heads = {name: found[start : start + count] for name, start, count in zip(names, people, total, strict=True)}
    done = {name: np.zeros((classes, slots)) for name in names}
    for place, (g, k) in enumerate(pairs):
        done[names[g]][k] = found[place * slots : (place + 1) * slots]
    hours = {group.name: float(group.tours.hours @ heads[group.name]) for group in groups}
    return GroupPlan(hours=hours, heads=heads, served=done, cost=float(answer.fun))
