"""What happens to the work when a person, a pair, a group or the worst few are away."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from staffcalc import _checks
from staffcalc._checks import generator
from staffcalc._words import Sentence
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure
from staffcalc.resilience.cells import DeskCell, list_cells
from staffcalc.resilience.common_causes import CAUSES, common_causes
from staffcalc.resilience.harm import birnbaum, expected_uncovered, harm_shares
from staffcalc.resilience.holdings import Holdings, read_holdings
from staffcalc.resilience.loss_ranking import HOPELESS, LossRanking
from staffcalc.resilience.proof import EXACT
from staffcalc.resilience.work_cells import WorkCells, work_cells
from staffcalc.resilience.worst_losses import Redistribution, capacities, loads, peak_utilisation, worst_loss
from staffcalc.staffing.presence import presence_probability

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.staffing.need import StaffingNeed

PAIRS_AT_MOST = 5_000
"""Pairs that are all tried; beyond it only the worst set of each size is searched."""

WEEKS_A_YEAR = 365.25 / 7


def rank_losses(
    desk: Desk,
    volume: Volume | None = None,
    *,
    people: int = 1,
    need: StaffingNeed | None = None,
    time_limit: float | None = None,
    seed: int | np.random.Generator = 0,
) -> LossRanking:
    """
    Rank what happens when each person, each pair, each group or the worst few are away.

    Parameters
    ----------
    desk : Desk
        The team, its channels, duties and groups.
    volume : Volume, optional
        Messages; without it answering counts no hours.
    people : int
        Largest number of people away at once. [person]
    need : StaffingNeed, optional
        With it the service level after each loss but those of pairs is simulated. [share]
    time_limit : float, optional
        Seconds for each exact search of a worst set; the reference figure ``solver_seconds`` if left out. [s]
    seed : int or Generator
        For averages over sets too many to count, and for the simulation.

    Returns
    -------
    LossRanking
        Work left undone after redistribution, days until answers are late, harm shares, importance and the loss curve.

    Raises
    ------
    InputError
        If nobody is on the team, or ``people`` is not a whole number of 1 or more.

    Notes
    -----
    The rest of the team takes over whatever it can: the work left undone is the total less a maximum flow from work to
    people. The worst k come from one integer programme, exact unless a note says otherwise. Days until late drop every
    other duty first: with a share u of the starved messages unanswered and first come first served, the first answer
    misses a target of T after T/u.
    Means over a year: do **not** use it for a single bad day, see :func:`staffcalc.survive`.

    Examples
    --------
    >>> import staffcalc as sc
    >>> ranking = rank_losses(sc.read_desk("data/sample_desk.yaml"))
    >>> ranking.to_frame().loc[0, "who"]
    'p1'
    """
    _checks.given("desk", desk, Desk, maker="read_desk")
    most = _checks.whole("people", people, 1, unit="person")
    team = [person.id for person in desk.team()]
    if not team:
        raise InputError("nobody_to_lose")
    seconds = figure("solver_seconds").value if time_limit is None else time_limit
    work = work_cells(desk, volume)
    held = read_holdings(work.holders) if work.holders else None
    if held is None or math.fsum(work.load.values()) == 0:
        return _nothing(desk, work)
    network = Redistribution(held, loads(held, work.load), capacities(held, work.capacity))
    asked = {cell: work.load[cell] if cell in work.within_hours else 0.0 for cell in work.load}
    messages = Redistribution(held, loads(held, asked), network.able)
    names = [str(person) for person in held.people]
    place_of = {name: place for place, name in enumerate(names)}
    rows = [_row("one_person", [one], [one], place_of, held, network, messages, work) for one in names]
    number = len(names)
    every_pair = most >= 2 and math.comb(number, 2) <= PAIRS_AT_MOST
    if every_pair:
        rows += [
            _row("pair", pair, pair, place_of, held, network, messages, work)
            for pair in itertools.combinations(names, 2)
        ]
    for cause in common_causes(desk, names):
        rows.append(_row(cause.kind, [cause.name], sorted(cause.members), place_of, held, network, messages, work))
    notes = list(work.notes)
    curve = [_curve_row(0, held, network, work, seconds, seed)[0]]
    for count in range(1, min(most, number) + 1):
        point, worst = _curve_row(count, held, network, work, seconds, seed)
        curve.append(point)
        if count > 2 or (count == 2 and not every_pair):
            rows.append(_row("worst", worst, worst, place_of, held, network, messages, work))
        if point["bound"] > point["worst"] + 1e-9:
            notes.append(Sentence("worst_not_proven", count=count, low=point["worst"], high=point["bound"]))
    if curve[0]["worst"] > 0:
        notes.append(Sentence("undone_with_everybody", hours=curve[0]["worst"]))
    shares = harm_shares(work.holders, work.load)
    importance = birnbaum(work.holders, absence=work.absence, weights=work.load)
    frame = pd.DataFrame(rows)
    total = math.fsum(work.load.values())
    frame.insert(4, "added_hours", (frame["unserved_hours"] - curve[0]["worst"]).clip(lower=0.0))
    frame["harm_share"] = [math.fsum(shares.get(one, 0.0) for one in gone) / total for gone in frame["gone"]]
    frame["importance"] = [math.fsum(importance.get(one, 0.0) for one in gone) for gone in frame["gone"]]
    service = None
    if need is not None and volume is not None:
        from staffcalc.staffing.need import StaffingNeed

        _checks.given("need", need, StaffingNeed, maker="staff")
        service = _ServiceLeft(desk, volume, need, work, seed)
        frame["service_level"] = [
            math.nan if loss == "pair" else service.without(gone)
            for gone, loss in zip(frame["gone"], frame["loss"], strict=True)
        ]
    order = {"one_person": 0, "pair": 1, **dict.fromkeys(CAUSES, 2), "worst": 3}
    frame["order"] = frame["loss"].map(order)
    frame = frame.sort_values(
        ["order", "unserved_hours", "harm_share", "who"], ascending=[True, False, False, True], kind="stable"
    )
    together = figure("absence_dependence")
    cells = list_cells(desk)
    return LossRanking(
        table=frame.drop(columns=["order", "gone"]).reset_index(drop=True),
        curve=pd.DataFrame(curve).astype({"people": int}),
        work_hours=math.fsum(work.load.values()),
        present_unserved=curve[0]["worst"],
        expected_hours=expected_uncovered(work.holders, absence=work.absence, weights=work.load) * WEEKS_A_YEAR,
        expected_hours_together=_together(work, together.value) * WEEKS_A_YEAR,
        expected_cells=_expected_cells(cells, work.absence, 0.0),
        expected_cells_together=_expected_cells(cells, work.absence, together.value),
        cells=len(cells),
        service_level_present=math.nan if service is None else service.present,
        service_level_start=math.nan if service is None else service.start,
        service_fte=math.nan if service is None else service.fte,
        notes=tuple(notes),
        assumptions=(*work.assumptions, together.assumption()),
        sources=("staffcalc_derived",),
        desk=desk,
    )


def _row(
    loss: str,
    names: Sequence[str],
    gone: Sequence[str],
    place_of: Mapping[str, int],
    held: Holdings,
    network: Redistribution,
    messages: Redistribution,
    work: WorkCells,
) -> dict[str, object]:
    places = [place_of[person] for person in gone if person in place_of]
    undone = network.unserved(places)
    unanswered = messages.unserved(places) if undone > 0 else undone
    busy = peak_utilisation(held, network.work, network.able, gone=gone) if len(held.people) <= 400 else math.nan
    return {
        "loss": loss,
        "who": ", ".join(names),
        "people": len(places),
        "unserved_hours": float(undone),
        "unserved_share": float(undone) / math.fsum(work.load.values()),
        "starved": len(undone.cells),
        "peak_utilisation": busy,
        "days_until_late": min(
            late_channels(work, sorted(map(str, unanswered.cells)), float(unanswered), set(gone)).values(),
            default=math.inf,
        ),
        "gone": tuple(gone),
    }


def late_channels(work: WorkCells, starved: Sequence[str], undone: float, gone: set[str]) -> dict[str, float]:
    """
    Return the days until the first answer of each channel misses its target; without those that never do. [day]

    Parameters
    ----------
    work : WorkCells
        Work, holders and targets.
    starved : sequence of str
        Channels that compete for too little capacity, with every other duty dropped.
    undone : float
        Their work that is left undone. [hour/week]
    gone : set of str
        Who is away.

    Notes
    -----
    Work that arrives at time s is done after the work before it, so it waits s (load / served - 1); the first wait
    above T is noticed at T load / undone, and at T where nobody is left.
    """
    channels = [cell for cell in starved if work.load[cell] > 0]
    if not channels or undone <= 0:
        return {}
    alone = {cell for cell in channels if not any(work.capacity.get(one, 0) for one in work.holders[cell] - gone)}
    late = {cell: work.within_hours[cell] / 24 for cell in channels if cell in alone}
    shared = [cell for cell in channels if cell not in alone]
    left = undone - math.fsum(work.load[cell] for cell in alone)
    if shared and left > 1e-9:
        load = math.fsum(work.load[cell] for cell in shared)
        late |= {cell: work.within_hours[cell] / 24 * max(1.0, load / left) for cell in shared}
    return late


def _curve_row(
    count: int,
    held: Holdings,
    network: Redistribution,
    work: WorkCells,
    seconds: float,
    seed: int | np.random.Generator,
) -> tuple[dict[str, float], list[str]]:
    """Return one point of the loss curve, and the worst set; up to one person every loss is simply tried."""
    if count <= 1:
        tried = [float(network.unserved(one)) for one in itertools.combinations(range(len(held.people)), count)]
        place = max(range(len(tried)), key=lambda number: tried[number])
        point = {
            "people": count,
            "worst": tried[place],
            "average": math.fsum(tried) / len(tried),
            "bound": tried[place],
        }
        return point, [str(held.people[place])] if count else []
    found = worst_loss(work.holders, load=work.load, capacity=work.capacity, people=count, time_limit=seconds)
    sets = list(_sets(len(held.people), count, seed))
    point = {
        "people": count,
        "worst": float(found),
        "average": math.fsum(float(network.unserved(one)) for one in sets) / len(sets),
        "bound": found.bound if found.status != EXACT else float(found),
    }
    return point, sorted(str(person) for person in found.people)


def _sets(number: int, count: int, seed: int | np.random.Generator, most: int = 300) -> Iterator[tuple[int, ...]]:
    """Yield every set of people of a size, or a sample where there are many."""
    if math.comb(number, count) <= most:
        yield from itertools.combinations(range(number), count)
        return
    rng = generator(seed)
    for _ in range(most):
        yield tuple(int(one) for one in rng.choice(number, size=count, replace=False))


def _together(work: WorkCells, dependence: float) -> float:
    """Return the expected hours a week whose holders are all away, with absences that come together."""
    return math.fsum(
        work.load[cell]
        * (1 - presence_probability(len(who), needed=1, absence=work.absence, dependence=dependence) if who else 1.0)
        for cell, who in work.holders.items()
    )


def _expected_cells(cells: Sequence[DeskCell], absence: float, dependence: float) -> float:
    """Return how many cells have too few people at a random moment; a cell of some hours counts for those hours."""
    alike = Counter((len(cell.holders), cell.required, len(cell.hours) or 168) for cell in cells)
    return math.fsum(
        count * hours / 168 * (1 - presence_probability(held, needed=needed, absence=absence, dependence=dependence))
        for (held, needed, hours), count in alike.items()
    )


class _ServiceLeft:
    """
    The simulated service level with the contracts that are left; equal contracts are simulated once.

    Losses are taken from the present team; where that is too small for its work whoever is there, so that it answers
    next to nothing in time in the long run, from a team of the size that the work needs.
    """

    def __init__(
        self, desk: Desk, volume: Volume, need: StaffingNeed, work: WorkCells, seed: int | np.random.Generator
    ) -> None:
        self.desk, self.volume, self.need, self.work = desk, volume, need, work
        self.seed = int(seed.integers(2**31)) if isinstance(seed, np.random.Generator) else seed
        self.total = math.fsum(work.capacity.values())
        self.found: dict[float, float] = {}
        self.fte = need.present_fte
        self.present = self.without(())
        if self.present < HOPELESS and need.fte > self.fte:
            self.fte = need.fte
        self.start = self.without(())

    def without(self, gone: Sequence[str]) -> float:
        """Return the share answered in time once ``gone`` are lost. [share]"""
        from staffcalc.staffing.service import simulate

        lost = math.fsum(self.work.capacity.get(one, 0.0) for one in gone)
        left = round(self.fte - (self.need.present_fte * lost / self.total if self.total else 0.0), 6)
        if left <= 0:
            return 0.0
        if left not in self.found:
            answer = simulate(self.desk, self.volume, self.need, fte=left, seed=self.seed)
            self.found[left] = answer.service_level
        return self.found[left]


def _nothing(desk: Desk, work: WorkCells) -> LossRanking:
    columns = [
        "loss",
        "who",
        "people",
        "unserved_hours",
        "added_hours",
        "unserved_share",
        "starved",
        "peak_utilisation",
    ]
    columns += ["days_until_late", "harm_share", "importance"]
    return LossRanking(
        table=pd.DataFrame(columns=columns),
        curve=pd.DataFrame(columns=["people", "worst", "average", "bound"]),
        work_hours=0.0,
        present_unserved=0.0,
        expected_hours=0.0,
        expected_hours_together=0.0,
        notes=work.notes,
        assumptions=work.assumptions,
        desk=desk,
    )
