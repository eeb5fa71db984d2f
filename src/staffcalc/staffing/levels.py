"""What a plan gives for each response target, and what no plan can give with these hours."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from staffcalc._words import Sentence
from staffcalc.staffing.certify import share_interval
from staffcalc.staffing.classes import DUTIES, DeferredClass, Load, RealtimeClass
from staffcalc.staffing.deadline import answerable
from staffcalc.staffing.plan import realtime_agents, realtime_level, spans_of

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True)
class TargetLevel:
    """
    What the plan gives for one response target.

    Parameters
    ----------
    target : str
        Id of the target; ``other_duties`` for everything beside messages.
    engine : str
        ``deadline`` (backlog model) or ``realtime`` (Erlang).
    share : float
        Share asked for. [share]
    within_hours : float
        Time limit. [hours]
    ceiling : float
        Largest share that any number of people can reach with these hours. [share]
    service_level, ci_low, ci_high : float
        Share reached and its 95 % interval over replications. [share]
    """

    target: str
    engine: str
    share: float
    within_hours: float
    ceiling: float
    service_level: float
    ci_low: float
    ci_high: float

    @classmethod
    def of(cls, part: DeferredClass | RealtimeClass, engine: str, found: tuple[float, float, float]) -> TargetLevel:
        """Return the row of one class with the share reached and its limits."""
        return cls(
            target=part.name,
            engine=engine,
            share=part.share,
            within_hours=part.within_hours,
            ceiling=part.ceiling,
            service_level=found[0],
            ci_low=found[1],
            ci_high=found[2],
        )


def measured_levels(load: Load, on_time: Floats, *, agents: Floats | None = None) -> tuple[TargetLevel, ...]:
    """Return the share reached for each response target, with the ``agents`` at work or as many as required."""
    rows = []
    for live in load.realtime:
        level = realtime_level(live, realtime_agents(load) if agents is None else agents, load)
        rows.append(TargetLevel.of(live, "realtime", (level, level, level)))
    for k, part in enumerate(load.deferred):
        if part.name != DUTIES:
            rows.append(TargetLevel.of(part, "deadline", share_interval(on_time[k])))
    return tuple(rows)


def ceiling_notes(load: Load) -> list[Sentence]:
    """Return a note for each target that cover hours keep from all of its messages."""
    notes = []
    for part in load.message_classes:
        if part.ceiling >= 0.9995:
            continue
        values = {"target": part.name, "hours": part.within_hours, "ceiling": part.ceiling, "share": part.share}
        if part.ceiling >= part.share:
            notes.append(Sentence("ceiling_below_all", **values))
        else:
            notes.append(Sentence("hours_not_covered", **values, spans=uncovered_spans(part, load)))
    return notes


def uncovered_spans(part: DeferredClass | RealtimeClass, load: Load) -> list[Sentence]:
    """Return the stretches of the week in which messages arrive that nobody can answer in time."""
    covered = load.window > 0
    lost = ~(answerable(covered, part.stream.last) if isinstance(part, DeferredClass) else covered)
    return spans_of(lost, load.per_hour)


def tightest(levels: tuple[TargetLevel, ...]) -> TargetLevel:
    """Return the target that is closest to being missed."""
    return min(levels, key=lambda part: part.service_level - part.share)
