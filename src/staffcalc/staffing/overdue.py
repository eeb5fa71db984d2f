"""What a given team gets done: work past its target, and the share on time of a week by capacity and backlog."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from staffcalc.reference.lookup import figure
from staffcalc.staffing.certify import Trial, make_trial
from staffcalc.staffing.classes import DUTIES, DeferredClass, Load
from staffcalc.staffing.simulation import Stream, finished_work, offered_capacity

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def part_of(load: Load, *, channels: Floats, duties: float) -> Load:
    """
    Return the part of a load that some of the people carry.

    Parameters
    ----------
    load : Load
        The work of the desk.
    channels : array
        Part of the messages of each channel, in the desk's order. [share]
    duties : float
        Part of the other duties. [share]
    """
    facts = load.channels
    work = facts.replies * facts.work_hours[1]

    def hourly(values: Floats) -> Floats:
        return np.repeat(values.sum(axis=1), load.per_hour) / load.per_hour

    def deferred(part: DeferredClass) -> DeferredClass:
        own = part.stream
        if part.name == DUTIES:
            return dataclasses.replace(part, stream=dataclasses.replace(own, messages=own.messages * duties))
        places = part.channels
        mine = channels[places]
        replies, hours = hourly(facts.replies[:, places] * mine), hourly(work[:, places] * mine)
        squares = facts.work_hours[1, places] ** 2 * (1 + facts.aht_cv[places] ** 2)
        second = hourly(facts.replies[:, places] * squares * mine)
        spread = np.divide(second * replies, hours**2, out=np.ones_like(hours), where=hours > 0) - 1
        stream = Stream(
            messages=replies,
            handle_hours=np.divide(hours, replies, out=np.zeros_like(hours), where=replies > 0),
            handle_cv=np.sqrt(np.maximum(spread, 0)),
            last=own.last,
        )
        return dataclasses.replace(part, stream=stream)

    live = []
    for part in load.realtime:
        weight = work[:, part.channels].sum(axis=0)
        share = float((weight * channels[part.channels]).sum() / weight.sum()) if weight.sum() > 0 else 0.0
        live.append(dataclasses.replace(part, messages=part.messages * share))
    return dataclasses.replace(load, deferred=tuple(deferred(part) for part in load.deferred), realtime=tuple(live))


def run_of(
    load: Load,
    capacity: Floats,
    *,
    weeks: int,
    replications: int,
    sick_share: float,
    seed: int | np.random.Generator,
) -> Trial:
    """
    Draw some weeks of a desk that starts with nothing waiting, as :func:`staffcalc.simulate` draws them.

    Parameters
    ----------
    load : Load
        The work, in slots of its own grid.
    capacity : array
        What the people who are there can do in each slot; it sets how many of them can fall ill. [hours per slot]
    weeks, replications : int
        Length and number of the runs. [weeks], [runs]
    sick_share : float
        Share of shifts that fall out without notice. [share]
    seed : int or Generator
        Where the random numbers come from.
    """
    people = float(capacity.sum()) / (7 * figure("contract_hours_per_week").value / figure("days_per_week").value)
    return make_trial(
        load,
        load,
        capacity_per_week=float(capacity.sum()),
        sick_share=sick_share,
        people_per_day=people,
        seed=seed,
        replications=replications,
        weeks=weeks,
        warm_up=0,
    )


def overdue_work(trial: Trial, capacity: Floats) -> Floats:
    """
    Return the work past its target at the end of each slot, (replications, slots of the counted weeks). [hours]

    Parameters
    ----------
    trial : Trial
        The draws.
    capacity : array
        Work hours that can be done in each slot. [hours per slot]

    Notes
    -----
    The shortest target first, first in first out inside it, as :func:`staffcalc.staffing.simulation.serve` has it. Of
    each class, what arrived with a last slot on time that has passed, less what of the class is done.
    """
    draws = trial.draws
    length = draws.work.shape[2]
    fine = np.repeat(capacity / trial.factor, trial.factor)
    budget = np.cumsum(offered_capacity(fine, trial.carried, trial.daily_factor, length), axis=1)
    before = done_before = np.zeros((draws.work.shape[1], length))
    late = np.zeros_like(before)
    for k, stream in enumerate(trial.streams):
        arrived = draws.arrived[k]
        done = finished_work(arrived, budget)
        own = np.concatenate([np.zeros((arrived.shape[0], 1)), arrived - before], axis=1)
        late += np.maximum(own[:, _due(stream, length)] - (done - done_before), 0.0)
        before, done_before = arrived, done
    return late[:, draws.counted]


def _due(stream: Stream, length: int) -> NDArray[np.int64]:
    """Return how many slots of arrivals are past their last slot on time at the end of each slot."""
    slots = stream.last.size
    last = (np.arange(length // slots)[:, None] * slots + stream.last[None, :]).ravel()
    return np.searchsorted(np.maximum.accumulate(last), np.arange(length), side="right")


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class WeekResponse:
    """
    Share on time of one week's messages, by the capacity of the week and the messages that wait at its start.

    Parameters
    ----------
    targets : tuple of DeferredClass
        Classes of messages with a target of hours, shortest first.
    message_share : float
        Work of messages over all work of the week. [share]
    capacity : array
        Capacity over the work of messages. [ratio]
    waiting : array
        Messages waiting at the start, over the work of messages in a week. [weeks]
    on_time : array (classes, capacities, waiting)
        Mean share on time over the draws. [share]
    """

    targets: tuple[DeferredClass, ...]
    message_share: float
    capacity: Floats
    waiting: Floats
    on_time: Floats

    def levels(self, capacity: Floats, waiting: Floats) -> Floats:
        """Return the share on time of each class, (classes, *shape), by straight lines between what was traced."""
        i, a = _place(self.capacity, np.asarray(capacity, dtype=float))
        j, b = _place(self.waiting, np.asarray(waiting, dtype=float))
        near = (1 - b) * self.on_time[:, i, j] + b * self.on_time[:, i, j + 1]
        far = (1 - b) * self.on_time[:, i + 1, j] + b * self.on_time[:, i + 1, j + 1]
        return np.asarray((1 - a) * near + a * far)

    def missed(self, capacity: Floats, waiting: Floats) -> Bools:
        """Return whether any target is missed in a week."""
        goals = np.array([part.share for part in self.targets])
        levels = self.levels(capacity, waiting)
        return np.asarray((levels < goals.reshape(-1, *[1] * (levels.ndim - 1)) - _TIE).any(axis=0))


_TIE = 1e-9


def _place(grid: Floats, values: Floats) -> tuple[NDArray[np.int64], Floats]:
    inside = np.clip(values, grid[0], grid[-1])
    left = np.clip(np.searchsorted(grid, inside, side="right") - 1, 0, grid.size - 2)
    return left, (inside - grid[left]) / (grid[left + 1] - grid[left])


CAPACITIES = np.array([0.0, 0.5, 0.8, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 6.0])
"""Capacities over the work of messages at which a week is traced."""
WAITING = np.array([0.0, 1 / 14, 1 / 7, 0.5, 1.0])
"""Backlogs at the start of the week at which it is traced. [weeks of messages]"""


def trace_week(
    load: Load, pattern: Floats, *, replications: int, sick_share: float, seed: int | np.random.Generator
) -> WeekResponse | None:
    """
    Trace how one week's share on time follows from its capacity and from the messages waiting at its start.

    Parameters
    ----------
    load : Load
        The work of the desk.
    pattern : array
        Where in the week the team's capacity lies, in the slots of the load; its size counts only for how many people
        can fall ill. [hours per slot]
    replications : int
        Weeks drawn; the same for every capacity and backlog. [runs]
    sick_share : float
        Share of shifts that fall out without notice. [share]
    seed : int or Generator
        Where the random numbers come from.

    Returns
    -------
    WeekResponse or None
        None without messages that have a target of hours.

    Notes
    -----
    Messages go before other duties, so the duties do not slow them; targets of minutes are not part of it, but what
    they take of the capacity is. A backlog lies in the class with the longest target, in front of what arrives.
    """
    parts = tuple(part for part in load.deferred if part.name != DUTIES)
    live = sum(float(part.load.sum()) / load.per_hour for part in load.realtime)
    messages = live + sum(float(part.stream.work.sum()) for part in parts)
    if not any(part.stream.work.sum() > 0 for part in parts) or pattern.sum() <= 0:
        return None
    shape = pattern / pattern.sum() * messages
    trial = run_of(
        dataclasses.replace(load, deferred=parts),
        pattern,
        weeks=1,
        replications=replications,
        sick_share=sick_share,
        seed=seed,
    )
    on_time = np.array(
        [
            [trial.serve(shape * ratio, start_backlog=weeks * messages).on_time.mean(axis=1) for weeks in WAITING]
            for ratio in CAPACITIES
        ]
    )
    return WeekResponse(
        targets=parts,
        message_share=messages / load.hours_per_week,
        capacity=CAPACITIES,
        waiting=WAITING,
        on_time=np.moveaxis(on_time, 2, 0),
    )
