"""Overdue work of the present team, from the simulation of the staffing room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from staffcalc.burnout.attendance import Attendance
from staffcalc.burnout.sharing import Sharing
from staffcalc.demand.duties import Item
from staffcalc.demand.estimate import Estimate
from staffcalc.demand.workload import Workload
from staffcalc.inputs.people import DUTIES as NINE
from staffcalc.reference.lookup import figure
from staffcalc.staffing.classes import DUTIES, Load
from staffcalc.staffing.contract import contract_of
from staffcalc.staffing.gather import gather
from staffcalc.staffing.overdue import WeekResponse, overdue_work, part_of, run_of, trace_week

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.desk import Desk

Floats = NDArray[np.float64]

_MOST_RUNS, _FEWEST_RUNS = 200, 2
"""Runs of all pools together, and of each at least: a desk of many small teams must not take minutes."""


def overdue_weeks(
    desk: Desk,
    volume: Volume | None,
    need: Any,
    *,
    hours_by_duty: Mapping[str, float],
    sharing: Sharing,
    attendance: Attendance,
    seed: int | np.random.Generator = 0,
) -> Floats | None:
    """
    Return the overdue work of each person's pool over a week of the pool's capacity; None without messages.

    Parameters
    ----------
    desk, volume, need
        As in :func:`staffcalc.assess_burnout`.
    hours_by_duty : mapping
        Work of each duty. [hours per week]
    sharing : Sharing
        Who gets which work; people who share work are one pool.
    attendance : Attendance
        When the present team is there.
    seed : int or Generator
        Seed of the draws; not used up.

    Returns
    -------
    array (people,) or None
        Mean over the simulated weeks. [weeks of capacity]

    Notes
    -----
    The year ahead, hour by hour, from an empty desk: messages with random days and weeks, random sickness, the
    shortest target first, the other duties last and due within a week. Capacity is what the people of the pool do in
    the hours in which they are there (where those are not given, the hours that the desk covers), without overtime and
    without a margin for busy days. A team that cannot keep up
    falls further behind all year; what lies beyond the backlog that :func:`staffcalc.project_team` gives up counts as
    given up here too.
    """
    load = load_of(desk, volume, need, hours_by_duty, queued=True)
    if load is None:
        return None
    contract, _ = contract_of(desk)
    given_up = figure("burnout_backlog_cap_weeks").value
    whole = _task_hours(sharing, load)
    found = np.zeros(len(attendance.capacity))
    rngs = _spawned(seed, len(found))
    pools = sharing.pools()
    runs = max(_FEWEST_RUNS, min(round(figure("burnout_backlog_runs").value), _MOST_RUNS // max(1, len(pools))))
    for pool in pools:
        mine = part_of(load, **_shares(sharing, load, pool, whole))
        capacity = attendance.productive(pool, load.window)
        trial = run_of(
            mine,
            capacity,
            weeks=round(figure("burnout_backlog_weeks").value),
            replications=runs,
            sick_share=contract.sick_share,
            seed=rngs[pool[0]],
        )
        late = np.minimum(overdue_work(trial, capacity), given_up * mine.hours_per_week)
        found[pool] = float(late.mean()) / float(capacity.sum())
    return found


def week_response(
    desk: Desk,
    volume: Volume | None,
    need: Any,
    *,
    hours_by_duty: Mapping[str, float],
    attendance: Attendance,
    seed: int | np.random.Generator = 0,
) -> WeekResponse | None:
    """Return how a week's share on time follows from its capacity and backlog, in the hours of the present team."""
    load = load_of(desk, volume, need, hours_by_duty)
    if load is None:
        return None
    contract, _ = contract_of(desk)
    pattern = attendance.productive(list(range(len(attendance.capacity))), load.window)
    return trace_week(
        load,
        pattern,
        replications=round(figure("burnout_backlog_runs").value),
        sick_share=contract.sick_share,
        seed=_spawned(seed, 1)[0],
    )


def load_of(
    desk: Desk, volume: Volume | None, need: Any, hours_by_duty: Mapping[str, float], *, queued: bool = False
) -> Load | None:
    """
    Return the work of the desk by the hour, as the staffing room has it; None without messages or channels.

    Notes
    -----
    ``queued`` lets messages with a target of minutes wait like all others, unless their senders are known to give up:
    what nobody answers in time is still to be done.
    """
    if volume is None or not desk.channels or volume.profile.sum() <= 0:
        return None
    certified = getattr(need, "certified", None)
    live = None if certified is None else tuple(part.name for part in certified.prepared.load.realtime)
    items = tuple(Item(duty, duty, Estimate(hours, hours, hours)) for duty, hours in hours_by_duty.items())
    work = Workload(items=items, sources_by_duty=_no_sources(hours_by_duty), load_erlangs=np.zeros(168))
    load = gather(desk, volume, work, realtime=live, per_hour=1)
    if not (queued and load.realtime):
        return load
    leaving = tuple(part.name for part in load.realtime if np.isfinite(part.patience_hours))
    return gather(desk, volume, work, realtime=leaving, per_hour=1)


def _no_sources(hours_by_duty: Mapping[str, float]) -> dict[str, tuple[str, ...]]:
    return {**dict.fromkeys(NINE, ()), **dict.fromkeys(hours_by_duty, ())}


def _task_hours(sharing: Sharing, load: Load) -> tuple[Floats, float]:
    """Return the hours of the messages of each channel, and those of all other duties, as the load has them."""
    channels = np.zeros(len(load.channels.ids))
    for task in sharing.tasks:
        if task.channel is not None:
            channels[load.channels.ids.index(task.channel)] += task.hours
    return channels, sum(float(part.stream.work.sum()) for part in load.deferred if part.name == DUTIES)


def _shares(sharing: Sharing, load: Load, pool: list[int], whole: tuple[Floats, float]) -> dict[str, Any]:
    """Return the part of each channel and of the other duties that a pool carries."""
    messages, duties = whole
    mine, other = np.zeros_like(messages), 0.0
    for task, given in zip(sharing.tasks, sharing.given, strict=True):
        hours = float(given[pool].sum())
        if task.channel is not None:
            mine[load.channels.ids.index(task.channel)] += hours
        else:
            other += hours
    channels = np.divide(mine, messages, out=np.zeros_like(mine), where=messages > 0)
    return {"channels": channels, "duties": other / duties if duties > 0 else 0.0}


def _spawned(seed: int | np.random.Generator, count: int) -> list[np.random.Generator]:
    """Return generators of their own, without using up the one given."""
    return (seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)).spawn(count)
