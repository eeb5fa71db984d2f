"""FTE by channel: the blended total shared out, and what separate plans would have cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc.staffing.classes import DUTIES, DeferredClass, Load, RealtimeClass
from staffcalc.staffing.contract import Contract
from staffcalc.staffing.deadline import safety_ratio
from staffcalc.staffing.plan import realtime_agents
from staffcalc.staffing.programme import Plan, Week

Floats = NDArray[np.float64]


def fte_by_channel(
    load: Load, contract: Contract, week: Week, plan: Plan, *, fte: float, certified: float = 1.0
) -> pd.DataFrame:
    """
    Share the FTE of one plan out over channels, other duties and cover.

    Parameters
    ----------
    load, contract
        The desk.
    week, plan
        The week that was planned, and its plan.
    fte : float
        FTE of the plan; the shares add up to it. [FTE]
    certified : float
        Certified capacity over that of the closed form, applied to the separate plans too. [ratio]

    Returns
    -------
    DataFrame
        name, hours_per_week, fte, fte_alone: one row a channel, one for other duties, one for presence that no work
        fills. ``fte_alone`` is what a plan of its own would take, in closed form.

    Notes
    -----
    In each slot the people present are shared out by the work that they do in it; presence without work belongs to the
    real-time channels where their seats are what keeps people there, else to cover. Nothing is solved again, and the
    shares add up.
    """
    done = np.vstack([plan.served, *[part.load[None, :] * week.slot_hours for part in load.realtime]])
    possible = week.productive * plan.present * week.slot_hours
    needed = done.sum(axis=0)
    part_used = np.divide(needed, possible, out=np.zeros_like(possible), where=possible > 1e-12)
    part_used = np.minimum(part_used, 1.0)
    mix = np.divide(done, needed, out=np.zeros_like(done), where=needed > 1e-12)
    present = plan.present * week.slot_hours
    hours = (mix * (part_used * present)[None, :]).sum(axis=1)
    idle = (1 - part_used) * present
    classes = len(load.deferred)
    rows = dict.fromkeys((*load.channels.ids, DUTIES, "cover"), 0.0)
    if load.realtime:
        agents = realtime_agents(load) / contract.at_work
        held = agents >= plan.present - 1e-6
        live = np.stack([part.load for part in load.realtime])
        share = np.divide(live, live.sum(axis=0), out=np.zeros_like(live), where=live.sum(axis=0) > 0)
        hours[classes:] += (share * (idle * held)[None, :]).sum(axis=1)
        idle = idle * ~held
    rows["cover"] = float(idle.sum())
    work = load.channels.hours
    everything: list[DeferredClass | RealtimeClass] = [*load.deferred, *load.realtime]
    for number, part in enumerate(everything):
        if part.name == DUTIES:
            rows[DUTIES] += float(hours[number])
            continue
        weights = work[part.channels]
        weights = weights / weights.sum() if weights.sum() > 0 else np.full(weights.size, 1 / max(weights.size, 1))
        for place, weight in zip(part.channels, weights, strict=True):
            rows[load.channels.ids[place]] += float(hours[number] * weight)
    total = sum(rows.values())
    alone = separate_fte(load, contract, certified=certified)
    return pd.DataFrame(
        {
            "name": list(rows),
            "hours_per_week": [*work, load.duty_hours[1], 0.0],
            "fte": [fte * value / total if total > 0 else 0.0 for value in rows.values()],
            "fte_alone": [*alone, load.duty_hours[1] / contract.productive / contract.present_hours_per_week, np.nan],
        }
    )


def separate_fte(load: Load, contract: Contract, *, certified: float = 1.0) -> Floats:
    """
    Return the FTE of a plan of its own for each channel: closed-form safety, or its own seats for real-time channels.

    Notes
    -----
    No minimum seats, no whole people: both would make separate plans dearer still.
    """
    facts = load.channels
    replies = facts.replies.sum(axis=0)
    work = facts.hours
    second = replies * facts.work_hours[1] ** 2 * (1 + facts.aht_cv**2)
    days = facts.replies.reshape(7, 24, -1).sum(axis=1)
    spread = np.divide((days**2).sum(axis=0), replies**2, out=np.zeros_like(replies), where=replies > 0)
    variance = second + (load.day_cv**2 * (1 + load.week_cv**2) * spread + load.week_cv**2) * work**2
    hours = np.zeros_like(work)
    for part in load.deferred:
        if part.name == DUTIES:
            continue
        wait = float((part.stream.last - np.arange(part.stream.last.size)).mean()) / part.stream.last.size
        places = part.channels
        ratio = safety_ratio(work[places], variance[places], work[places] * max(wait, 1e-6), part.goal)
        hours[places] = work[places] * ratio * certified / contract.productive
    for live in load.realtime:
        for place in live.channels:
            hours[place] = _own_seats(load, int(place)) / contract.at_work
    return np.asarray(hours / contract.present_hours_per_week)


def _own_seats(load: Load, place: int) -> float:
    """Return the hours of seats that one real-time channel takes by itself. [hours per week]"""
    import dataclasses

    facts = load.channels
    mine = []
    for part in load.realtime:
        if place not in part.channels:
            continue
        total = load.channels.replies[:, part.channels].sum()
        own = facts.replies[:, place].sum()
        share = own / total if total > 0 else 0.0
        mine.append(
            dataclasses.replace(
                part,
                channels=np.array([place]),
                messages=part.messages * share,
                aht_hours=float(facts.aht_hours[1, place]),
                agents_per_conversation=float(1 / facts.concurrency[place]),
                patience_hours=float(facts.patience_hours[place]),
            )
        )
    alone = dataclasses.replace(load, realtime=tuple(mine))
    return float(realtime_agents(alone).sum()) / load.per_hour
