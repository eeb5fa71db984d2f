"""From a plan to a promise: the smallest capacity whose simulated share on time holds with confidence."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from staffcalc._checks import generator, whole
from staffcalc.reference.lookup import figure
from staffcalc.staffing.buckets import serve_earliest_due
from staffcalc.staffing.classes import DeferredClass, Load
from staffcalc.staffing.deadline import safety_ratio, work_variance
from staffcalc.staffing.simulation import Draws, Measured, Stream, draw, interval, serve, warm_up_weeks

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

BY_DUE = ("edf", "triage")
"""Policies that are simulated bucket by bucket, slot after slot: fewer runs and weeks, slots of a quarter at least."""

BY_DUE_WEEKS = 30
"""Weeks of a run under these policies."""

MOST_SLOTS = 4_000_000
"""Slots that one set of draws may hold in all; finer grids run fewer weeks."""


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Trial:
    """Draws of one desk, ready to be served with any capacity."""

    streams: tuple[Stream, ...]
    goals: Floats
    draws: Draws
    daily_factor: Floats | None
    carried: Floats
    """Real-time work in each slot of the simulation. [hours per slot]"""
    factor: int
    """Slots of the simulation in one slot of the plan."""
    policy: str = "priority"
    """Who goes first, one of :data:`staffcalc.staffing.messages.POLICIES`."""

    def serve(
        self, capacity: Floats, *, start_backlog: float = 0.0, keep_all: bool = False, policy: str | None = None
    ) -> Measured:
        """Return what a capacity in slots of the plan achieves, under its own policy or another. [hours per slot]"""
        fine = np.repeat(capacity / self.factor, self.factor)
        rule = policy or self.policy
        if rule in BY_DUE:
            return serve_earliest_due(
                self.draws,
                self.streams,
                fine,
                shelve_late=rule == "triage",
                daily_factor=self.daily_factor,
                carried=self.carried,
                start_backlog=start_backlog,
            )
        return serve(
            self.draws,
            self.streams,
            fine,
            daily_factor=self.daily_factor,
            carried=self.carried,
            start_backlog=start_backlog,
            keep_all=keep_all,
            first_in_first_out=rule == "fifo",
        )

    def share_over_cap(self, capacity: Floats, last: Whole, place: int) -> float:
        """Return the share of the class at ``place`` that is done after its last slot of the simulation. [share]"""
        wait = last - np.arange(last.size)
        within = np.minimum(wait, self.draws.tail_slots) + np.arange(last.size)
        streams = list(self.streams)
        streams[place] = dataclasses.replace(streams[place], last=within)
        fine = np.repeat(capacity / self.factor, self.factor)
        served = serve(
            self.draws,
            tuple(streams),
            fine,
            daily_factor=self.daily_factor,
            carried=self.carried,
            first_in_first_out=self.policy == "fifo",
        )
        return 1 - float(served.on_time[place].mean())

    def holds(self, capacity: Floats) -> bool:
        """Return whether the lower one-sided 95% bound of every class reaches its goal."""
        return bool((self.margin(capacity) >= 0).all())

    def margin(self, capacity: Floats) -> Floats:
        """Return the lower one-sided 95% bound of each class less its goal. [share]"""
        shares = self.serve(capacity).on_time
        runs = shares.shape[1]
        error = shares.std(axis=1, ddof=1) / math.sqrt(runs)
        return np.asarray(shares.mean(axis=1) - stdtrit(runs - 1, 0.95) * error - self.goals)


def required_capacity(deferred: tuple[DeferredClass, ...], *, day_cv: float, week_cv: float, least: float) -> Floats:
    """
    Return the capacity that the closed form asks for, class by class, shortest target first. [hours per week]

    Notes
    -----
    Under priority to the shortest target, class ``k`` sees only the classes before it. ``C_k = max(C_{k-1}, x_k W_k)``
    with ``W_k`` the work of classes 1 to ``k``, and class ``k`` is given ``C_k - C_{k-1}``.
    """
    capacity = np.zeros(len(deferred))
    before = 0.0
    work = np.zeros_like(deferred[0].stream.work)
    random, second = np.zeros_like(work), np.zeros_like(work)
    for k, part in enumerate(deferred):
        own = part.stream.work
        work = work + own
        if not part.stream.steady:
            random, second = random + own, second + part.stream.second_moment
        variance = work_variance(random, second, day_cv=day_cv, week_cv=week_cv)
        hours = work.sum() * window_share(part)
        ratio = float(safety_ratio(work.sum(), variance, hours, part.goal))
        reached = max(before, max(ratio, 1 + least) * float(work.sum()))
        capacity[k], before = reached - before, reached
    return capacity


def window_share(part: DeferredClass) -> float:
    """Return the part of a week's work that arrives during one target time. [ratio]"""
    slots = part.stream.last.size
    mean = float((part.stream.last - np.arange(slots)).mean()) + (1 if part.business_clock else 0)
    return max(mean, 0.5) / slots


def simulation_grid(load: Load, policy: str = "priority") -> int:
    """Return slots per hour so that a slot is at most a twentieth of the shortest deferred target."""
    shortest = min((part.within_hours for part in load.deferred), default=24.0)
    if policy in BY_DUE:
        return next((grid for grid in (1, 2) if grid * shortest >= 20), 4)
    return next((grid for grid in (1, 2, 4) if grid * shortest >= 20), 12)


def make_trial(
    load: Load,
    fine: Load,
    *,
    capacity_per_week: float,
    sick_share: float,
    people_per_day: float,
    seed: int | np.random.Generator,
    replications: int | None = None,
    weeks: int | None = None,
    warm_up: int | None = None,
    policy: str = "priority",
) -> Trial:
    """
    Draw the volume and the sick days of one desk.

    Parameters
    ----------
    load, fine : Load
        The work in slots of the plan and in slots of the simulation.
    capacity_per_week : float
        Capacity around which the trial will be used; it sets the warm-up. [hours per week]
    sick_share : float
        Share of shifts that fall out without notice. [share]
    people_per_day : float
        People on duty on a mean day. [people]
    seed : int or Generator
        Where the random numbers come from.
    replications, weeks, warm_up : int, optional
        Independent runs, weeks counted in each and weeks left out in front; from the reference tables if not given.
        [runs], [weeks], [weeks]
    policy : str
        Who goes first.
    """
    rng = generator(seed)
    streams = fine.streams
    random = [part for part in streams if not part.steady]
    work = sum(float(part.work.sum()) for part in streams)
    variance = (
        work_variance(
            sum((part.work for part in random), np.zeros(fine.slots)),
            sum((part.second_moment for part in random), np.zeros(fine.slots)),
            day_cv=load.day_cv,
            week_cv=load.week_cv,
        )
        if random
        else 0.0
    )
    known = figure("simulation_replications")
    runs = round(known.value if fine.per_hour <= 4 else known.range[0])
    if policy in BY_DUE:
        runs = min(runs, round(known.range[0]))
    if replications is not None:
        runs = whole("replications", replications, 2, unit="runs")
    if warm_up is None:
        settle = warm_up_weeks(
            variance,
            work,
            capacity_per_week / work if work > 0 else 2.0,
            least=round(figure("simulation_warm_up_least").value),
            most=round(figure("simulation_warm_up_most").value),
        )
        warm_up = min(settle, 12) if fine.per_hour > 4 else settle
    room = MOST_SLOTS // (runs * fine.slots * max(1, len(streams)))
    usual = BY_DUE_WEEKS if policy in BY_DUE else round(figure("simulation_weeks").value)
    span = min(usual, max(16, room - warm_up)) if weeks is None else weeks
    draws = draw(
        streams,
        day_cv=load.day_cv,
        week_cv=load.week_cv,
        hour_cv=load.hour_cv,
        replications=runs,
        weeks=span,
        warm_up=warm_up,
        seed=rng,
    )
    days = draws.work.shape[2] // fine.slots * 7
    heads = max(1, round(people_per_day))
    factor = rng.binomial(heads, 1 - sick_share, size=(runs, days)) / (heads * (1 - sick_share)) if sick_share else None
    return Trial(
        streams=streams,
        goals=np.array([part.goal for part in fine.deferred]),
        draws=draws,
        daily_factor=factor,
        carried=sum((part.load for part in fine.realtime), np.zeros(fine.slots)) / fine.per_hour,
        factor=fine.per_hour // load.per_hour,
        policy=policy,
    )


def smallest_factor(
    trial: Trial,
    capacity: Floats,
    *,
    least: float,
    carried: Floats | None = None,
    most: float = 6.0,
    tolerance: float = 0.002,
    growth: float = 1.08,
) -> float | None:
    """
    Return the smallest factor on a capacity for which the trial holds, by bisection with the same draws.

    Parameters
    ----------
    trial : Trial
        The draws.
    capacity : array
        Capacity in slots of the plan. [hours per slot]
    carried : array, optional
        Real-time work that comes on top in each slot. [hours per slot]
    least, most : float
        Where to stop looking. [ratio]
    tolerance : float
        Relative precision. [ratio]
    growth : float
        Step upwards while the trial does not hold. [ratio]

    Returns
    -------
    float or None
        The factor, or None where not even ``most`` is enough.
    """
    taken = np.zeros_like(capacity) if carried is None else carried
    high = max(1.0, least)
    low = least
    while not trial.holds(capacity * high + taken):
        if high >= most:
            return None
        low, high = high, min(most, high * growth)
    if low == least and trial.holds(capacity * least + taken):
        return least
    while high - low > tolerance * high:
        middle = (low + high) / 2
        if trial.holds(capacity * middle + taken):
            high = middle
        else:
            low = middle
    return high


def share_interval(shares: Floats) -> tuple[float, float, float]:
    """Return mean and 95% limits of the shares of one class over replications. [share]"""
    mean, low, high = interval(shares[None, :])
    return float(mean[0]), float(low[0]), float(high[0])
