"""
The backlog simulation: chance in volume and handle times against a weekly capacity, all replications at once.

One first-in-first-out class is a cumulative sum and its running minimum (the reflection of the net input), so a year
takes a fraction of a second. Several classes with the shortest target first are the same reflection, class after
class; only "earliest due first" needs buckets (:mod:`staffcalc.staffing.buckets`).
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from staffcalc._checks import generator

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Stream:
    """
    Messages of one class in a cyclic week.

    Parameters
    ----------
    messages : array (slots,)
        Messages that need a reply in each slot. [messages per slot]
    handle_hours : array (slots,)
        Mean handle time of one reply. [hours]
    handle_cv : array (slots,)
        Coefficient of variation of the handle time. [ratio]
    last : array (slots,)
        Last slot on time, counted from slot 0 of the arrival week. [slot]
    steady : bool
        Planned work that arrives as a flow, without chance.
    """

    messages: Floats
    handle_hours: Floats
    handle_cv: Floats
    last: Whole
    steady: bool = False

    @property
    def work(self) -> Floats:
        """Mean work in each slot. [hours per slot]"""
        return self.messages * self.handle_hours

    @property
    def second_moment(self) -> Floats:
        """Messages times the mean square of the handle time. [hours squared per slot]"""
        return np.asarray(self.messages * self.handle_hours**2 * (1 + self.handle_cv**2))


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Draws:
    """Work drawn for every class, replication and slot: (classes, replications, slots of the whole run). [hours]"""

    work: NDArray[np.float32]
    arrived: Floats
    """Work arrived up to the end of each slot, of each class and all before it. [hours]"""
    slots_per_week: int
    warm_up_weeks: int
    tail_slots: int

    @property
    def counted(self) -> slice:
        """Slots whose arrivals are counted."""
        return slice(self.warm_up_weeks * self.slots_per_week, self.work.shape[2] - self.tail_slots)


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Measured:
    """Shares on time by class and replication, and the backlog at the end of each slot."""

    on_time: Floats
    """Share on time, (classes, replications). [share]"""
    backlog: NDArray[np.float32] | None = None
    """Work waiting, (replications, slots). [hours]"""
    delays: Floats | None = None
    """Work answered after that many slots, (classes, slots); the last place holds all longer ones. [hours]"""

    def interval(self, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Return mean, lower and upper limit for each class."""
        return interval(self.on_time, confidence)


def interval(values: Floats, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """
    Return mean and two-sided limits over independent replications (Student's t), limits kept inside 0 to 1.

    Messages of one run are late in clusters, so only replications count as independent observations.
    """
    count = values.shape[-1]
    mean = values.mean(axis=-1)
    if count < 2:
        return mean, np.zeros_like(mean), np.ones_like(mean)
    half = stdtrit(count - 1, 0.5 + confidence / 2) * values.std(axis=-1, ddof=1) / math.sqrt(count)
    return mean, np.clip(mean - half, 0, 1), np.clip(mean + half, 0, 1)


def warm_up_weeks(variance: float, work: float, ratio: float, *, least: int = 8, most: int = 26) -> int:
    """
    Return the weeks to leave out: three relaxation times ``v / ((x - 1) W)^2``, within ``least`` and ``most``.

    Near ``ratio`` = 1 the backlog needs longer than ``most`` weeks to settle; then a figure for the next 52 weeks from
    the real backlog says more than a steady state.
    """
    if ratio <= 1 or work <= 0:
        return most
    return int(min(most, max(least, math.ceil(3 * variance / ((ratio - 1) * work) ** 2))))


def draw(
    streams: tuple[Stream, ...],
    *,
    day_cv: float,
    week_cv: float,
    replications: int,
    weeks: int,
    warm_up: int,
    seed: int | np.random.Generator,
    hour_cv: float = 0.0,
) -> Draws:
    """
    Draw the work of every slot: Poisson messages whose rate shares a gamma day and week factor, gamma handle times.

    Parameters
    ----------
    streams : tuple of Stream
        The classes; all share the day and week factors.
    day_cv, week_cv, hour_cv : float
        Coefficient of variation of the factors of a day, a week and a single hour. [ratio]
    replications, weeks, warm_up : int
        Independent runs, weeks counted and weeks left out in front. [runs], [weeks], [weeks]
    seed : int or Generator
        Where the random numbers come from.
    """
    rng = generator(seed)
    slots = streams[0].messages.size
    tail = max(int((stream.last - np.arange(slots)).max()) for stream in streams)
    tail_weeks = math.ceil(tail / slots)
    total_weeks = warm_up + weeks + tail_weeks
    day_factor = _gamma_factor(rng, (replications, total_weeks, 7), day_cv)
    factor = day_factor * _gamma_factor(rng, (replications, total_weeks, 1), week_cv)
    hours = _gamma_factor(rng, (replications, total_weeks, 7, 24), hour_cv) if hour_cv > 0 else None
    work = np.empty((len(streams), replications, total_weeks * slots), dtype=np.float32)
    per_day = slots // 7
    for k, stream in enumerate(streams):
        if stream.steady:
            work[k] = np.tile(stream.work, total_weeks)
            continue
        mean = stream.messages.reshape(7, per_day)
        rate = factor[..., None] * mean
        if hours is not None:
            rate *= np.repeat(hours, per_day // 24, axis=3)
        counts = rng.poisson(rate).reshape(replications, total_weeks, slots)
        work[k] = _handle_times(rng, counts, stream).reshape(replications, -1)
    return Draws(
        work=work, arrived=_arrived(work), slots_per_week=slots, warm_up_weeks=warm_up, tail_slots=tail_weeks * slots
    )


def _arrived(work: NDArray[np.float32]) -> Floats:
    total = np.cumsum(work, axis=2, dtype=float)
    np.cumsum(total, axis=0, out=total)
    return total


def _gamma_factor(rng: np.random.Generator, shape: tuple[int, ...], cv: float) -> Floats:
    if cv <= 0:
        return np.ones(shape)
    return rng.gamma(1 / cv**2, cv**2, size=shape)


def _handle_times(rng: np.random.Generator, counts: NDArray[np.int64], stream: Stream) -> Floats:
    square = np.broadcast_to(stream.handle_cv**2, counts.shape)
    hours = np.broadcast_to(stream.handle_hours, counts.shape)
    total = counts * hours
    random = (counts > 0) & (square > 0) & (hours > 0)
    total[random] = rng.standard_gamma(counts[random] / square[random]) * (square[random] * hours[random])
    return np.asarray(total)


def serve(
    draws: Draws,
    streams: tuple[Stream, ...],
    capacity: Floats,
    *,
    first_in_first_out: bool = False,
    daily_factor: Floats | None = None,
    carried: Floats | None = None,
    start_backlog: float = 0.0,
    keep_all: bool = False,
) -> Measured:
    """
    Work through the draws with a weekly capacity and return who was on time.

    Parameters
    ----------
    draws : Draws
        From :func:`draw`; the same draws for every capacity make comparisons sharp (common random numbers).
    streams : tuple of Stream
        The classes, shortest target first: the first class is always served first.
    capacity : array (slots,)
        Work hours that can be done in each slot. [hours per slot]
    first_in_first_out : bool
        Serve messages of all classes in order of arrival instead; steady work waits behind them either way.
    daily_factor : array (replications, days), optional
        Part of the capacity that is there on each day, 1 on average: people are ill by chance. [ratio]
    carried : array (slots,), optional
        Work that takes precedence in each slot: the real-time load. [hours per slot]
    start_backlog : float
        Work waiting at the start, older than everything that is counted. [hours]
    keep_all : bool
        Also return the backlog of every slot and the delays of all work.

    Notes
    -----
    With net input ``X = A - C`` the backlog is ``X - min(0, running minimum of X)`` (Lindley's recursion solved in one
    go), so the work done is ``C + min(0, running minimum of X)``, and the part of slot ``u`` that is late is what of
    ``A(u)`` is still undone after its last slot on time. Shares are shares of work; they equal shares of messages when
    handle times do not depend on lateness.
    """
    classes, replications, length = draws.work.shape
    taken = np.zeros_like(capacity) if carried is None else carried
    level = np.cumsum(np.tile(np.maximum(0.0, capacity - taken), length // capacity.size))
    on_time = np.empty((classes, replications))
    backlog = np.empty((replications, length), dtype=np.float32) if keep_all else None
    longest = min(4 * draws.slots_per_week, length)
    delays = np.zeros((classes, longest + 1))
    lasts = [last_of_run(stream, draws) for stream in streams]
    oldest = max((k for k, stream in enumerate(streams) if not stream.steady), default=classes - 1)
    counted = draws.counted
    together = oldest + 1 if first_in_first_out else 0
    for r in range(replications):
        budget = level if daily_factor is None else np.cumsum(_offered(capacity, taken, daily_factor[r]))
        arrived_before = finished_before = np.zeros(1)
        if together:
            arrived = draws.arrived[oldest, r] + start_backlog
            finished = finished_work(arrived, budget)
            total = draws.work[:together, r, counted].sum(axis=0, dtype=float)
            for k in range(together):
                own = draws.work[k, r, counted]
                late = late_work(arrived[counted], finished, lasts[k], total)
                part = np.divide(late, total, out=np.zeros_like(total), where=total > 0)
                on_time[k, r] = share_on_time(own, own * part)
                if keep_all:
                    delays[k] += _delays(own, arrived[counted] - total / 2, finished, counted, longest)
            arrived_before, finished_before = arrived, finished
        for k in range(together, classes):
            arrived = draws.arrived[k, r] + (start_backlog if k >= oldest else 0.0)
            finished = finished_work(arrived, budget)
            own = draws.work[k, r, counted]
            mine, done = arrived - arrived_before, finished - finished_before
            on_time[k, r] = share_on_time(own, late_work(mine[counted], done, lasts[k], own))
            if keep_all:
                delays[k] += _delays(own, mine[counted] - own / 2, done, counted, longest)
            arrived_before, finished_before = arrived, finished
        if backlog is not None:
            backlog[r] = arrived - finished
    return Measured(on_time=on_time, backlog=backlog, delays=delays if keep_all else None)


def offered_capacity(capacity: Floats, carried: Floats | None, daily_factor: Floats | None, length: int) -> Floats:
    """Return what can be done in each slot of a run, (replications or 1, slots). [hours per slot]"""
    taken = np.zeros_like(capacity) if carried is None else carried
    if daily_factor is None:
        return np.tile(np.maximum(0.0, capacity - taken), length // capacity.size)[None, :]
    return np.stack([_offered(capacity, taken, factor) for factor in daily_factor])


def _offered(capacity: Floats, taken: Floats, factor: Floats) -> Floats:
    """Return what is left of the capacity of each slot when a part of the people is there. [hours per slot]"""
    days = capacity.reshape(7, -1)
    full = np.tile(days, (factor.size // 7, 1)) * factor[:, None]
    return np.asarray(np.maximum(0.0, full - np.tile(taken.reshape(7, -1), (factor.size // 7, 1))).ravel())


def finished_work(arrived: Floats, budget: Floats) -> Floats:
    """Return the work done up to the end of each slot (last axis): the budget less what was idle. [hours]"""
    net = arrived - budget
    np.minimum.accumulate(net, axis=-1, out=net)
    np.minimum(net, 0.0, out=net)
    net += budget
    return net


def carry_over(waiting: Floats, *, work: Floats | float, capacity: Floats, most: float = math.inf) -> Floats:
    """
    Return the work that waits at the end of a slot of any length, where capacity follows from what happened before.

    Parameters
    ----------
    waiting : array
        Work waiting at the start. [hours]
    work, capacity : array
        Work that arrives and that can be done in the slot. [hours]
    most : float
        Backlog beyond which work is given up. [hours]

    Notes
    -----
    One step of Lindley's recursion, ``B' = max(0, B + A - C)``; :func:`finished_work` takes all steps at once where the
    capacity is known beforehand.

    Examples
    --------
    >>> carry_over(np.array([0.0, 5.0]), work=40.0, capacity=np.array([38.0, 50.0]))
    array([2., 0.])
    """
    return np.asarray(np.clip(waiting + work - capacity, 0.0, most))


def last_of_run(stream: Stream, draws: Draws) -> Whole | slice:
    """Return the last slot on time of every counted slot: a slice where the target is the same for all of them."""
    slots = draws.slots_per_week
    counted = draws.counted
    wait = stream.last - np.arange(slots)
    if (wait == wait[0]).all():
        return slice(counted.start + int(wait[0]), counted.stop + int(wait[0]))
    weeks = (counted.stop - counted.start) // slots
    starts = np.arange(weeks)[:, None] * slots + counted.start
    return np.asarray((starts + stream.last[None, :]).ravel())


def late_work(arrived: Floats, finished: Floats, last: Whole | slice, most: NDArray[Any]) -> Floats:
    """Return the part of each counted slot's work, ``most`` of it, that is undone after its last slot on time."""
    late: Floats = arrived - finished[last]
    np.maximum(late, 0.0, out=late)
    np.minimum(late, most, out=late)
    return late


def _delays(own: NDArray[np.float32], middle: Floats, finished: Floats, counted: slice, longest: int) -> Floats:
    """Return the work of the counted slots by the number of slots until the middle of it is done."""
    done = np.searchsorted(np.maximum.accumulate(finished), middle - 1e-9)
    waited = np.clip(done - np.arange(counted.start, counted.stop), 0, longest)
    return np.asarray(np.bincount(waited, weights=own, minlength=longest + 1), dtype=float)


def share_on_time(work: NDArray[Any], late: Floats) -> float:
    """Return the share of the work that is not late; 1 without work."""
    total = float(work.sum(dtype=float))
    return 1.0 if total <= 0 else max(0.0, 1.0 - float(late.sum()) / total)
