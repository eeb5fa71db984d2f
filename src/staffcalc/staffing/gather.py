"""From a desk and a volume to the classes of work that the engines serve: arrays by slot of the local week."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.demand.workload import matched
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import WeekHours
from staffcalc.inputs.fields import Range
from staffcalc.reference.lookup import figure
from staffcalc.staffing.classes import DUTIES, ChannelFacts, DeferredClass, Load, RealtimeClass, goal_of
from staffcalc.staffing.deadline import answerable, last_slots
from staffcalc.staffing.simulation import Stream

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.demand.workload import Workload
    from staffcalc.inputs.desk import Desk
    from staffcalc.inputs.targets import Target

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

RECOVERY_HOURS = (0, 1, 3, 6)
"""Times after an opening in which messages out of reach may be planned to be cleared. [hours]"""


def gather(
    desk: Desk,
    volume: Volume,
    workload: Workload,
    *,
    channels: Mapping[str, str] | None = None,
    between_as_realtime: bool = True,
    realtime: tuple[str, ...] | None = None,
    per_hour: int | None = None,
) -> Load:
    """
    Return the work of a desk as arrays.

    Parameters
    ----------
    desk, volume, workload
        Facts, messages and the hours of the nine duties.
    channels : mapping, optional
        Names in the volume to names in the desk.
    between_as_realtime : bool
        How to treat targets that are neither clearly real-time nor clearly deferred.
    realtime : tuple of str, optional
        Ids of the targets to treat as real-time, whatever the rule says.
    per_hour : int, optional
        Slots in an hour; by the shortest deferred target if not given.
    """
    notes: list[Sentence] = []
    assumptions: list[Assumption] = []
    facts = channel_facts(desk, volume, workload, channels, notes, assumptions)
    window_hours, seats = cover_of(desk, notes, assumptions)
    deferred, at_once = _split(facts, between_as_realtime, realtime)
    grid = per_hour or (4 if any(group.within <= 2 for group, _ in deferred) else 1)
    window = np.array(window_hours.slots(grid))
    floor = np.array(seats.slots(grid)) * desk.calendar.seats
    clock = desk.calendar.open.slots(grid) if desk.calendar.open is not None else tuple(window)
    late: Floats = np.zeros(168 * grid)
    live = []
    for target, places in at_once:
        part, lost = _realtime_class(target, places, facts, window, grid)
        live.append(part)
        late = late + lost
    waiting = [_deferred_class(target, places, facts, window, np.array(clock), grid) for target, places in deferred]
    waiting.sort(key=lambda part: part.within_hours)
    duty = duty_hours(workload)
    rows, within, share = _duty_figures()
    assumptions.extend(rows)
    waiting.append(_duties(duty[1], late, window, grid, within, share))
    return Load(
        per_hour=grid,
        hours=window_hours,
        window=window,
        seats=floor,
        channels=facts,
        deferred=tuple(waiting),
        realtime=tuple(live),
        duty_hours=duty,
        day_cv=volume.day_cv,
        week_cv=volume.week_cv,
        hour_cv=volume.hour_cv,
        level_sd=volume.level_sd,
        notes=tuple(notes),
        assumptions=tuple(assumptions),
    )


def channel_facts(
    desk: Desk,
    volume: Volume,
    workload: Workload,
    channels: Mapping[str, str] | None,
    notes: list[Sentence],
    assumptions: list[Assumption],
) -> ChannelFacts:
    """Return the desk's channels as arrays, with the volume matched to them by name."""
    if not desk.channels:
        raise InputError("desk_without_channels")
    volume = matched(desk, volume, channels, notes)
    ids = tuple(channel.id for channel in desk.channels)
    messages = np.zeros((168, len(ids)))
    for column, name in enumerate(volume.channels):
        messages[:, ids.index(name)] += volume.profile[:, column]
    reply = np.array([_range(channel.needs_reply_share, "share_of_inbound_needing_reply") for channel in desk.channels])
    aht = np.array([_range(channel.aht_minutes, "aht_social_message") for channel in desk.channels]) / 60
    own_cv, own_concurrency = figure("aht_cv").value, figure("concurrency").value
    unset = [channel.id for channel in desk.channels if channel.aht_cv is None]
    if unset:
        assumptions.append(figure("aht_cv").assumption())
    facts = ChannelFacts(
        ids=ids,
        messages=messages,
        reply_share=reply.T,
        aht_hours=aht.T,
        aht_cv=np.array([own_cv if part.aht_cv is None else part.aht_cv for part in desk.channels]),
        concurrency=np.array([part.concurrency or own_concurrency for part in desk.channels]),
        patience_hours=np.array([(part.patience_minutes or np.inf) / 60 for part in desk.channels]),
        targets=tuple(desk.target_of(part) for part in desk.channels),
    )
    plain = float(facts.hours.sum())
    ledger = float(workload.hours_by_duty.get("community", plain))
    factor = ledger / plain if plain > 0 else 1.0
    return dataclasses.replace(facts, aht_hours=facts.aht_hours * factor)


def cover_of(desk: Desk, notes: list[Sentence], assumptions: list[Assumption]) -> tuple[WeekHours, WeekHours]:
    """Return the hours in which people may work, and those in which seats must be filled."""
    nothing = WeekHours(spans=())
    if desk.calendar.cover is not None:
        return desk.calendar.cover, desk.calendar.cover
    if desk.calendar.open is not None:
        return desk.calendar.open, nothing
    known = [person.working_hours for person in desk.team() if person.working_hours is not None]
    if known:
        return _union(known), nothing
    start, length = figure("workday_start"), figure("contract_hours_per_week").value / figure("days_per_week").value
    assumptions.append(start.assumption())
    first, last = round(start.value * 60), round((start.value + length) * 60)
    notes.append(Sentence("cover_assumed", start=start.value, end=start.value + length))
    return WeekHours(spans=tuple((day * 1440 + first, day * 1440 + last) for day in range(5))), nothing


def _union(hours: list[WeekHours]) -> WeekHours:
    spans = sorted(span for part in hours for span in part.spans)
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return WeekHours(spans=tuple(joined))


def _range(value: Range | None, name: str) -> tuple[float, float, float]:
    if value is None:
        return figure(name).range
    low = value.typical if value.low is None else value.low
    return low, value.typical, value.typical if value.high is None else value.high


def _split(
    facts: ChannelFacts, between_as_realtime: bool, named: tuple[str, ...] | None = None
) -> tuple[list[tuple[Target, NDArray[np.int64]]], list[tuple[Target, NDArray[np.int64]]]]:
    """
    Return the targets that the backlog model serves and those that need somebody at once, with their channels.

    A limit between the two that is given in minutes marks a real-time channel: what arrives while it is closed does not
    wait in front. One given in hours may be treated either way.
    """
    ratio, least = figure("backlog_over_handle_time").value, figure("backlog_least_hours").value
    deferred: list[tuple[Target, NDArray[np.int64]]] = []
    realtime: list[tuple[Target, NDArray[np.int64]]] = []
    for target in dict.fromkeys(facts.targets):
        places = np.array([place for place, own in enumerate(facts.targets) if own is target or own == target])
        volume = facts.replies[:, places].sum(axis=0)
        aht = facts.aht_hours[1, places]
        mean = float((volume * aht).sum() / volume.sum()) if volume.sum() > 0 else float(aht.mean())
        if named is not None:
            (realtime if target.id in named else deferred).append((target, places))
        elif target.within >= max(ratio * mean, least):
            deferred.append((target, places))
        elif target.within <= mean or target.within_hours is None or between_as_realtime:
            realtime.append((target, places))
        else:
            deferred.append((target, places))
    return deferred, realtime


def between_targets(facts: ChannelFacts) -> list[str]:
    """Return the targets in hours that are too long for Erlang and too short for the backlog model."""
    both = {target.id for target, _ in _split(facts, True)[1]} & {target.id for target, _ in _split(facts, False)[0]}
    return sorted(both)


def _fine(values: Floats, grid: int) -> Floats:
    return np.repeat(values, grid)


def _deferred_class(
    target: Target, places: NDArray[np.int64], facts: ChannelFacts, window: Floats, clock: Floats, grid: int
) -> DeferredClass:
    replies = _fine(facts.replies[:, places].sum(axis=1), grid) / grid
    work = _fine((facts.replies[:, places] * facts.work_hours[1, places]).sum(axis=1), grid) / grid
    squares = facts.work_hours[1, places] ** 2 * (1 + facts.aht_cv[places] ** 2)
    second = _fine((facts.replies[:, places] * squares).sum(axis=1), grid) / grid
    some = replies > 0
    hours = np.divide(work, replies, out=np.zeros_like(work), where=some)
    spread = np.divide(second * replies, work**2, out=np.ones_like(work), where=work > 0) - 1
    business = target.clock == "business"
    last = last_slots(168 * grid, target.within * grid, clock_open=clock if business else None)
    reach = answerable(window > 0, last)
    total = float(replies.sum())
    planned = _planned_last(replies, last, reach, window, target.share, grid)
    cap_last = None
    if target.hard_cap_hours is not None:
        cap_last = last_slots(168 * grid, target.hard_cap_hours * grid, clock_open=clock if business else None)
        planned = _within_cap(planned, cap_last, window)
    return DeferredClass(
        name=target.id,
        share=target.share,
        within_hours=target.within,
        business_clock=business,
        channels=places,
        stream=Stream(messages=replies, handle_hours=hours, handle_cv=np.sqrt(np.maximum(spread, 0)), last=last),
        planned_last=planned,
        cap_hours=target.hard_cap_hours,
        cap_last=cap_last,
        ceiling=float(replies[reach].sum() / total) if total > 0 else 1.0,
    )


def _planned_last(
    replies: Floats, last: Whole, reach: NDArray[np.bool_], window: Floats, share: float, grid: int
) -> Whole:
    """
    Return the slots by which the plan has messages done.

    Notes
    -----
    Messages that no cover can answer in time wait at the next opening, in front of fresher ones. The plan gives itself
    as long to clear them as the goal allows: the longest recovery whose share on time, in order of arrival, lies
    halfway between goal and ceiling.
    """
    total = float(replies.sum())
    best = _cleared(last, reach, window, 0)
    if reach.all() or total <= 0:
        return best
    ceiling = float(replies[reach].sum()) / total
    wanted = (goal_of(share, ceiling) + ceiling) / 2
    for recovery in range(1, 24 * grid):
        run = _cleared(last, reach, window, recovery)
        if float(replies[run <= last].sum()) / total < wanted:
            break
        best = run
    return best


def _cleared(last: Whole, reach: NDArray[np.bool_], window: Floats, recovery: int) -> Whole:
    """Return the slots by which all is done, in order of arrival, if what is out of reach takes so many slots."""
    opening = _first_covered(window)
    if recovery == 0:
        return np.asarray(np.maximum(last, opening))
    due = np.where(reach, last, opening + recovery)
    return np.asarray(np.maximum.accumulate(np.concatenate([due - last.size, due]))[last.size :], dtype=np.int64)


def _within_cap(planned: Whole, cap: Whole | None, window: Floats) -> Whole:
    return planned if cap is None else np.minimum(planned, np.maximum(cap, _first_covered(window)))


def in_order_of_arrival(load: Load) -> Load:
    """Return the load with all messages planned to be done by the shortest limit that waits with them."""
    messages = [part.planned_last for part in load.deferred if part.name != DUTIES]
    if len(messages) < 2:
        return load
    first = np.minimum.reduce(messages)
    parts = (part if part.name == DUTIES else dataclasses.replace(part, planned_last=first) for part in load.deferred)
    return dataclasses.replace(load, deferred=tuple(parts))


def recoveries(load: Load) -> list[Load]:
    """
    Return the load with other times in which to clear messages that no cover can answer in time; it comes first.

    Notes
    -----
    Cleared at once they ask for a crowd at the opening, cleared slowly they stand in front of fresher ones. Which is
    cheaper depends on the week, so the simulation is asked.
    """
    found = {tuple(part.planned_last.tobytes() for part in load.deferred): load}
    for hours in RECOVERY_HOURS if any(part.ceiling < 1 for part in load.deferred) else ():
        parts = []
        for part in load.deferred:
            planned = part.planned_last
            if part.ceiling < 1:
                reach = answerable(load.window > 0, part.stream.last)
                planned = _cleared(part.stream.last, reach, load.window, round(hours * load.per_hour))
                planned = _within_cap(planned, part.cap_last, load.window)
            parts.append(dataclasses.replace(part, planned_last=planned))
        other = dataclasses.replace(load, deferred=tuple(parts))
        found.setdefault(tuple(part.planned_last.tobytes() for part in parts), other)
    return list(found.values())


def _first_covered(window: Floats) -> Whole:
    slots = window.size
    places = np.flatnonzero(np.tile(window, 2) > 0)
    if places.size == 0:
        raise InputError("no_hours_to_work")
    return np.asarray(places[np.searchsorted(places, np.arange(slots))], dtype=np.int64)


def _realtime_class(
    target: Target, places: NDArray[np.int64], facts: ChannelFacts, window: Floats, grid: int
) -> tuple[RealtimeClass, Floats]:
    replies = _fine(facts.replies[:, places].sum(axis=1), grid)
    volume = facts.replies[:, places].sum(axis=0)
    weights = volume / volume.sum() if volume.sum() > 0 else np.full(places.size, 1 / places.size)
    aht = float((weights * facts.aht_hours[1, places]).sum())
    leaving = float((weights / facts.patience_hours[places]).sum())
    concurrency = float(1 / (weights / facts.concurrency[places]).sum())
    open_part = np.minimum(window, 1.0)
    total = float(replies.sum())
    inside = replies * open_part
    ceiling = 1.0 if target.clock == "business" or total == 0 else float(inside.sum() / total)
    part = RealtimeClass(
        name=target.id,
        share=target.share,
        within_hours=target.within,
        channels=places,
        messages=inside,
        aht_hours=aht,
        agents_per_conversation=1 / concurrency,
        patience_hours=1 / leaving if leaving > 0 else np.inf,
        ceiling=ceiling,
        outside=1 - float(inside.sum() / total) if total > 0 else 0.0,
        abandoned=1 if target.of == "answered" else 0,
    )
    return part, (replies - inside) * aht / concurrency / grid


def duty_hours(workload: Workload) -> tuple[float, float, float]:
    """Return the hours of all duties beside messages and standby: low, typical, high."""
    frame = workload.to_frame()
    rows = frame[~frame["duty"].isin(["community", "on_call"])]
    low, typical, high = (float(rows[column].sum()) for column in ("low", "hours_per_week", "high"))
    return low, typical, high


def _duty_figures() -> tuple[list[Assumption], float, float]:
    within, share = figure("duty_within_hours"), figure("duty_share")
    return [within.assumption(), share.assumption()], within.value, share.value


def _duties(hours: float, late: Floats, window: Floats, grid: int, within: float, share: float) -> DeferredClass:
    """Return the other duties as a steady flow over the working hours, with real-time messages that came too late."""
    flow = window / window.sum() * hours + late
    slots = 168 * grid
    last = last_slots(slots, within * grid)
    stream = Stream(messages=flow, handle_hours=np.ones(slots), handle_cv=np.zeros(slots), last=last, steady=True)
    return DeferredClass(
        name=DUTIES,
        share=share,
        within_hours=within,
        business_clock=False,
        channels=np.zeros(0, dtype=np.int64),
        stream=stream,
        planned_last=np.maximum(last, _first_covered(window)),
        ceiling=1.0,
    )
