"""A desk message by message: arrivals with day and week factors, whole people on the plan's tours, reply times."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from staffcalc.reference.lookup import figure
from staffcalc.staffing.classes import DUTIES, DeferredClass, Load, RealtimeClass
from staffcalc.staffing.contract import Contract
from staffcalc.staffing.messages import Crew, Messages, Outcome, serve_messages

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class MessageRun:
    """One run of a desk: the classes in order of priority, what became of each message, and the hours that count."""

    classes: tuple[RealtimeClass | DeferredClass, ...]
    outcome: Outcome
    first_hour: float
    last_hour: float

    def on_time(self, number: int) -> float:
        """
        Return the share of the messages of a class answered in time, of all that arrived in the counted weeks. [share]

        Notes
        -----
        A real-time answer counts from its start, an answer with hours to spare from its end, when the reply is sent.
        Real-time messages of uncovered hours are not drawn: the ceiling counts them as missed.
        """
        mine = self._counted(number)
        if not mine.any():
            return 1.0
        part = self.classes[number]
        due = self.outcome.messages.due + 1e-9
        if not isinstance(part, RealtimeClass):
            return float((self.outcome.finish[mine] <= due[mine]).mean())
        if part.abandoned:
            mine &= ~self.outcome.abandoned
        return float((self.outcome.start[mine] <= due[mine]).mean()) * part.ceiling if mine.any() else 0.0

    def reply_hours(self, number: int) -> Floats:
        """Return the time from arrival to the reply of the answered messages of a class. [hours]"""
        mine = self._counted(number) & ~np.isnan(self.outcome.finish)
        return np.asarray((self.outcome.finish - self.outcome.messages.arrive)[mine])

    def abandoned(self, number: int) -> float:
        """Return the share of the messages of a class whose senders gave up. [share]"""
        mine = self._counted(number)
        return float(self.outcome.abandoned[mine].mean()) if mine.any() else 0.0

    def backlog(self, weeks: int) -> Floats:
        """Return the work of all messages that wait at the end of each week. [hours]"""
        ends = np.arange(1, weeks + 1) * 168.0
        arrive, handle = self.outcome.messages.arrive, self.outcome.messages.handle
        leave = np.where(np.isnan(self.outcome.start), np.inf, self.outcome.start)
        leave = np.where(self.outcome.abandoned, arrive + self.outcome.messages.patience, leave)
        order, gone = np.argsort(arrive), np.argsort(leave)
        came = np.concatenate([[0.0], np.cumsum(handle[order])])[np.searchsorted(arrive[order], ends)]
        went = np.concatenate([[0.0], np.cumsum(handle[gone])])[np.searchsorted(leave[gone], ends)]
        return np.asarray(came - went)

    def _counted(self, number: int) -> NDArray[np.bool_]:
        arrive = self.outcome.messages.arrive
        inside = (arrive >= self.first_hour) & (arrive < self.last_hour)
        return np.asarray(inside & (self.outcome.messages.kind == number))


def run_desk(
    load: Load,
    contract: Contract,
    people: Floats,
    *,
    weeks: int,
    warm_up: int,
    pace: float = 1.0,
    policy: str = "priority",
    start_backlog: float = 0.0,
    clock_open: Floats | None = None,
    rng: np.random.Generator,
) -> MessageRun:
    """
    Simulate one run of a desk.

    Parameters
    ----------
    load, contract
        The work and what an hour present is worth.
    people : array (slots,)
        Whole people present in each slot of the week. [people]
    weeks, warm_up : int
        Weeks counted, and weeks left out in front. [weeks]
    pace : float
        Speed at which everybody works; 1 is normal. [ratio]
    policy : str
        One of :data:`staffcalc.staffing.messages.POLICIES`; the other duties wait behind messages under all of them.
    start_backlog : float
        Work waiting at the start, of the last message class. [hours]
    clock_open : array (slots,), optional
        Open part of each slot for targets in opening hours. [share]
    rng : Generator
        Where the random numbers come from.
    """
    classes: tuple[RealtimeClass | DeferredClass, ...] = (*load.realtime, *load.deferred)
    total = warm_up + weeks + _tail_weeks(load)
    day = _gamma(rng, load.day_cv, total * 7) * np.repeat(_gamma(rng, load.week_cv, total), 7)
    swing = np.repeat(np.repeat(day, 24) * _gamma(rng, load.hour_cv, total * 168), load.per_hour)
    live_slow = 1 / contract.at_work / pace
    wait_slow = 1 / contract.productive / pace
    parts, per_agent = [], []
    oldest = max((n for n, part in enumerate(classes) if part.name != DUTIES), default=0)
    for number, part in enumerate(classes):
        if isinstance(part, RealtimeClass):
            rate, hours, cv = part.messages / load.per_hour, np.full(load.slots, part.aht_hours), 1.0
            made = _draw(rng, rate, hours * live_slow, np.full(load.slots, cv), swing, load.per_hour)
            due = made[0] + part.within_hours
            patience = _patience(rng, part.patience_hours, made[0].size)
            per_agent.append(1 / part.agents_per_conversation)
        elif part.name == DUTIES:
            made = _tasks(float(part.stream.work.sum()), part.stream.work, total, wait_slow, load.per_hour)
            due, patience = made[0] + part.within_hours, np.full(made[0].size, np.inf)
            per_agent.append(1.0)
        else:
            stream = part.stream
            made = _draw(rng, stream.messages, stream.handle_hours * wait_slow, stream.handle_cv, swing, load.per_hour)
            due = _due(made[0], part, load.per_hour, clock_open)
            patience = np.full(made[0].size, np.inf)
            per_agent.append(1.0)
        arrive, handle = made
        if start_backlog > 0 and number == oldest and handle.size:
            mean = float(handle.mean())
            old = round(start_backlog * wait_slow / mean) if mean > 0 else 0
            arrive = np.concatenate([np.zeros(old), arrive])
            handle = np.concatenate([np.full(old, mean), handle])
            due = np.concatenate([np.zeros(old), due])
            patience = np.concatenate([np.full(old, np.inf), patience])
        kind = np.full(arrive.size, number, dtype=np.int64)
        parts.append(Messages(arrive=arrive, kind=kind, handle=handle, patience=patience, due=due))
    live = range(len(load.realtime))
    # work that can wait is put aside for somebody who wants an answer now
    outcome = serve_messages(
        Messages.merge(parts),
        [_crew(people, total, load.per_hour)],
        policy=policy,
        per_agent=per_agent,
        parkable=[n for n in range(len(classes)) if n not in live] if load.realtime else [],
        urgent=list(live),
        behind=[n for n, part in enumerate(classes) if part.name == DUTIES],
        seed=rng,
    )
    return MessageRun(classes=classes, outcome=outcome, first_hour=warm_up * 168.0, last_hour=(warm_up + weeks) * 168.0)


def _tail_weeks(load: Load) -> int:
    slots = np.arange(load.slots)
    longest = max((int((part.stream.last - slots).max()) for part in load.deferred), default=0)
    return math.ceil(longest / load.slots) + 1


def _gamma(rng: np.random.Generator, cv: float, size: int) -> Floats:
    return rng.gamma(1 / cv**2, cv**2, size) if cv > 0 else np.ones(size)


def _draw(
    rng: np.random.Generator, rate: Floats, hours: Floats, cv: Floats, swing: Floats, per_hour: int
) -> tuple[Floats, Floats]:
    """Return arrival and handle times: Poisson in each slot, spread evenly inside it, gamma handle times. [hours]"""
    mean = np.tile(rate, swing.size // rate.size) * swing
    counts = rng.poisson(mean)
    slot = np.repeat(np.arange(mean.size), counts)
    arrive = np.sort((slot + rng.random(slot.size)) / per_hour)
    place = np.minimum((arrive * per_hour).astype(int), mean.size - 1) % rate.size
    spread = np.maximum(cv[place], 1e-9)
    handle = rng.standard_gamma(1 / spread**2) * spread**2 * hours[place] if arrive.size else np.zeros(0)
    handle = np.where(cv[place] > 1e-6, handle, hours[place])
    return arrive, np.asarray(handle)


def _tasks(total: float, flow: Floats, weeks: int, slow: float, per_hour: int) -> tuple[Floats, Floats]:
    """Return the other duties as tasks of one length, at even steps of the flow. [hours]"""
    size = figure("duty_task_minutes").value / 60
    count = round(total / size)
    if count <= 0:
        return np.zeros(0), np.zeros(0)
    run = np.concatenate([[0.0], np.cumsum(flow)]) / total
    moments = np.interp((np.arange(count) + 0.5) / count, run, np.arange(flow.size + 1) / per_hour)
    arrive = (np.arange(weeks)[:, None] * 168.0 + moments[None, :]).ravel()
    return arrive, np.full(arrive.size, total / count * slow)


def _patience(rng: np.random.Generator, mean: float, size: int) -> Floats:
    return rng.exponential(mean, size) if math.isfinite(mean) else np.full(size, np.inf)


def _due(arrive: Floats, part: DeferredClass, per_hour: int, clock_open: Floats | None) -> Floats:
    if not part.business_clock or clock_open is None:
        return arrive + part.within_hours
    weeks = math.ceil(float(arrive.max(initial=0.0)) / 168) + math.ceil(part.within_hours / clock_open.sum()) + 2
    run = np.concatenate([[0.0], np.cumsum(np.tile(clock_open / per_hour, weeks))])
    edges = np.arange(run.size) / per_hour
    wanted = np.interp(arrive, edges, run) + part.within_hours
    place = np.clip(np.searchsorted(run, wanted - 1e-9, side="left"), 1, run.size - 1)
    step = run[place] - run[place - 1]
    part_of_slot = np.divide(wanted - run[place - 1], step, out=np.ones_like(wanted), where=step > 1e-12)
    return np.asarray(edges[place - 1] + np.clip(part_of_slot, 0, 1) / per_hour)


def _crew(people: Floats, weeks: int, per_hour: int) -> Crew:
    heads = np.tile(np.round(people), weeks)
    changed = np.flatnonzero(np.concatenate([[True], np.diff(heads) != 0]))
    return Crew(times=changed / per_hour, heads=heads[changed])
