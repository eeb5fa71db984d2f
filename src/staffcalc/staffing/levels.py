"""What a plan gives for each response target, and what no plan can give with these hours."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from staffcalc._words import Sentence
from staffcalc.staffing.certify import Trial, share_interval
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
        Share reached and its 95% interval over replications. [share]
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


def duration(hours: float) -> Sentence:
    """Return a time as a reader says it: seconds below a minute, minutes below an hour, else hours."""
    if hours * 60 < 1:
        return Sentence("time_seconds", count=hours * 3600)
    return Sentence("time_minutes", count=hours * 60) if hours < 1 else Sentence("time_hours", count=hours)


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
        if isinstance(part, RealtimeClass) and part.ceiling >= 0.9995 and part.outside > 0.005:
            values = {"target": part.name, "time": duration(part.within_hours), "outside": part.outside}
            notes.append(Sentence("outside_opening_hours", **values))
        if part.ceiling >= 0.9995:
            continue
        values = {
            "target": part.name,
            "time": duration(part.within_hours),
            "ceiling": part.ceiling,
            "share": part.share,
        }
        planned = part.goal if isinstance(part, DeferredClass) else part.goal * part.ceiling
        if planned < part.share <= part.ceiling:
            notes.append(Sentence("ceiling_close", goal=planned, **values))
        elif part.ceiling >= part.share:
            notes.append(Sentence("ceiling_below_all", **values))
        else:
            notes.append(Sentence("hours_not_covered", **values, spans=uncovered_spans(part, load)))
            more, reached = hours_that_help(part, load)
            if more:
                notes.append(
                    Sentence("hours_that_help", hours=more, ceiling=reached, share=part.share, target=part.name)
                )
    return notes


def cap_notes(load: Load, trial: Trial, capacity: Floats) -> list[Sentence]:
    """Return a note for each hard cap that these hours cannot keep for all messages, or that some messages break."""
    notes = []
    for place, part in enumerate(load.deferred):
        if part.cap_last is None or part.cap_hours is None:
            continue
        values = {"target": part.name, "time": duration(part.cap_hours)}
        messages = part.stream.messages
        lost = ~answerable(load.window > 0, part.cap_last) & (messages > 0)
        if lost.any():
            share = float(messages[lost].sum() / messages.sum())
            notes.append(Sentence("cap_out_of_reach", share=share, spans=spans_of(lost, load.per_hour), **values))
            continue
        fine = np.repeat(part.cap_last * trial.factor, trial.factor) + np.tile(np.arange(trial.factor), load.slots)
        over = trial.share_over_cap(capacity, fine, place)
        if over > 0.0005:
            notes.append(Sentence("cap_broken", share=over, **values))
    return notes


def triage_notes(load: Load, levels: tuple[TargetLevel, ...], in_order: Floats) -> list[Sentence]:
    """Return for each target what the same people keep in order of arrival, where shelving late messages hides it."""
    notes = [Sentence("triage_shelves")]
    fair = {part.target: part.service_level for part in measured_levels(load, in_order)}
    for part in levels:
        if part.engine == "deadline" and fair[part.target] < part.service_level - 0.005:
            values = {"target": part.target, "level": part.service_level, "fair": fair[part.target]}
            notes.append(Sentence("triage_trap", **values))
    return notes


def uncovered_spans(part: DeferredClass | RealtimeClass, load: Load) -> list[Sentence]:
    """Return the stretches of the week in which messages arrive that nobody can answer in time."""
    covered = load.window > 0
    lost = ~(answerable(covered, part.stream.last) if isinstance(part, DeferredClass) else covered)
    return spans_of(lost, load.per_hour)


def tightest(levels: tuple[TargetLevel, ...]) -> TargetLevel:
    """Return the target that is closest to being missed."""
    return min(levels, key=lambda part: part.service_level - part.share)


def hours_that_help(part: DeferredClass | RealtimeClass, load: Load, most: int = 10) -> tuple[list[Sentence], float]:
    """
    Return hours in which one person more would lift the ceiling to the target, and the ceiling with them.

    Notes
    -----
    Greedy: each step takes the hour that rescues most messages. Ten hours at most; empty for real-time targets, where
    every uncovered hour loses its own messages.
    """
    if not isinstance(part, DeferredClass):
        return [], part.ceiling
    slots, per_hour = load.slots, load.per_hour
    arrivals = part.stream.messages
    total = float(arrivals.sum())
    lost = ~answerable(load.window > 0, part.stream.last)
    hours: list[int] = []
    wait = part.stream.last - np.arange(slots)
    while total > 0 and float(arrivals[~lost].sum()) < part.share * total and len(hours) < most:
        rescued = np.zeros(168)
        for slot in np.flatnonzero(lost):
            reach = np.unique((slot + np.arange(min(int(wait[slot]), slots - 1) + 1)) % slots // per_hour)
            rescued[reach] += arrivals[slot]
        best = int(rescued.argmax())
        hours.append(best)
        covered = load.window > 0
        for hour in hours:
            covered[hour * per_hour : (hour + 1) * per_hour] = True
        lost = ~answerable(covered, part.stream.last)
    chosen = np.zeros(168, dtype=bool)
    chosen[hours] = True
    return spans_of(chosen, 1) if hours else [], float(arrivals[~lost].sum()) / total if total > 0 else 1.0
