"""Measurements on the duties of one person: hours in windows, rests, nights. Pure functions on real instants."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from staffcalc.coverage.duty_pieces import Duties
from staffcalc.coverage.duty_rows import DAY, HOUR, Floats, Ints, local_days, local_instants

WEEK = 7 * DAY


class Blocks(NamedTuple):
    """Stretches of duty without a rest: touching pieces joined. [seconds since 1970, UTC]"""

    start: Ints
    end: Ints
    worked: Floats
    pauses: Floats


class Measured(NamedTuple):
    """One measurement: where it starts, and how much. [seconds since 1970, UTC; hour]"""

    start: int
    value: float


def blocks(duties: Duties, *, join: float = 0.0) -> Blocks:
    """Return duty with gaps up to ``join`` seconds closed; worked in seconds, pauses in minutes."""
    if not len(duties.start):
        empty = np.zeros(0, dtype=np.int64)
        return Blocks(empty, empty, np.zeros(0), np.zeros(0))
    first = np.concatenate([[0], np.flatnonzero(duties.start[1:] - duties.end[:-1] > join) + 1])
    last = np.append(first[1:], len(duties.start)) - 1
    start, end = duties.start[first], duties.end[last]
    length = duties.end - duties.start
    worked = np.add.reduceat(length * duties.weight, first)
    inside = np.add.reduceat(length, first)
    pauses = np.add.reduceat(duties.rest_minutes, first) + (end - start - inside) / 60
    return Blocks(start, end, worked, pauses)


def most_hours(duties: Duties, *, days: float) -> Measured:
    """
    Return the most counted hours in any window of ``days``, with leave cut out of the time axis. [hour]

    The largest value is reached by a window that starts with a piece of duty or ends with one.
    """
    if not len(duties.start):
        return Measured(0, 0.0)
    start, end = _without_leave(duties, duties.start), _without_leave(duties, duties.end)
    edges = np.column_stack([start, end]).ravel().astype(float)
    total = np.repeat(np.concatenate([[0.0], np.cumsum((duties.end - duties.start) * duties.weight)]), 2)[1:-1]
    length = days * DAY
    froms = np.concatenate([start, end - length]).astype(float)
    hours = np.interp(froms + length, edges, total) - np.interp(froms, edges, total)
    best = int(np.argmax(hours))
    return Measured(int(_with_leave(duties, froms[best])), float(hours[best]) / HOUR)


def total_hours(duties: Duties, first: float = -math.inf, last: float = math.inf) -> float:
    """Return the counted hours of the duties that start between two instants. [hour]"""
    inside = (duties.start >= first) & (duties.start < last)
    return float(((duties.end - duties.start) * duties.weight)[inside].sum()) / HOUR


def leave_days(duties: Duties, first: int, last: int) -> float:
    """Return the days of leave between two instants. [day]"""
    return sum(max(0, min(end, last) - max(start, first)) for start, end in duties.leave) / DAY


def daily_rests(found: Blocks, *, limit: float) -> list[Measured]:
    """
    Return the longest rest in the 24 hours from each duty that follows a rest of ``limit`` hours. [hour]

    Where a day fails, the next 24 hours start with the first duty at or after its end.
    """
    start, end = found.start, found.end
    count = len(start)
    if not count:
        return []
    need = limit * HOUR
    simple = np.minimum(np.append(start[1:], start[-1] + 2 * DAY), start + DAY) - end
    rested = np.append(start[1:] - end[:-1] >= need, True)
    following = np.minimum.accumulate(np.where(rested, np.arange(1, count + 1), count)[::-1])[::-1]
    measured = []
    block, moment = 0, int(start[0])
    while block < count:
        usual = moment == start[block] and simple[block] >= need
        rest = int(simple[block]) if usual else _longest_rest(found, block, moment)
        measured.append(Measured(moment, rest / HOUR))
        if rest >= need:
            block = int(following[block])
            moment = int(start[block]) if block < count else moment
        else:
            due = moment + DAY
            block = int(np.searchsorted(end, due, side="right"))
            moment = max(due, int(start[block])) if block < count else moment
    return measured


def _longest_rest(found: Blocks, block: int, moment: int) -> int:
    stop, longest, reached = moment + DAY, 0, moment
    for start, end in zip(found.start[block:], found.end[block:], strict=True):
        if start >= stop:
            break
        longest = max(longest, int(start) - reached)
        reached = max(reached, int(end))
    return max(longest, stop - reached, 0)


def weekly_rests(found: Blocks, *, zone: str, days: float = 7) -> list[Measured]:
    """Return the longest rest in each fixed period of ``days`` from Monday 00:00 local time. [hour]"""
    if not len(found.start):
        return []
    edges = _mondays(int(found.start[0]), int(found.end[-1]), zone, step=max(1, round(days / 7)))
    gaps_from = np.concatenate([[edges[0]], found.end])
    gaps_to = np.concatenate([found.start, [edges[-1]]])
    measured = []
    for first, last in itertools.pairwise(edges):
        near = slice(
            int(np.searchsorted(gaps_to, first, side="right")), int(np.searchsorted(gaps_from, last, side="left"))
        )
        rests = np.minimum(gaps_to[near], last) - np.maximum(gaps_from[near], first)
        measured.append(Measured(int(first), float(rests.max(initial=0)) / HOUR))
    return measured


def long_stretches(found: Blocks, *, rest: float) -> list[Measured]:
    """Return the time from the first duty after a rest of ``rest`` hours to the start of the next such rest. [hour]"""
    if not len(found.start):
        return []
    breaks = np.flatnonzero(found.start[1:] - found.end[:-1] >= rest * HOUR) + 1
    first = np.concatenate([[0], breaks])
    last = np.append(breaks, len(found.start)) - 1
    return [
        Measured(int(a), (int(b) - int(a)) / HOUR) for a, b in zip(found.start[first], found.end[last], strict=True)
    ]


def night_seconds(start: Ints, end: Ints, *, zone: str, night: tuple[float, float]) -> Floats:
    """Return how many seconds of each stretch lie in the night of the local clock. [second]"""
    if not len(start):
        return np.zeros(0)
    days = local_days(int(start[0]) - DAY, int(end[-1]) + DAY, zone)
    from_hour, to_hour = night
    begins = local_instants(days, from_hour, zone)
    ends = local_instants(days, to_hour if to_hour > from_hour else to_hour + 24, zone)
    edges = np.column_stack([begins, ends]).ravel().astype(float)
    total = np.repeat(np.concatenate([[0.0], np.cumsum(ends - begins)]), 2)[1:-1]
    return np.asarray(np.interp(end, edges, total) - np.interp(start, edges, total))


def weeks_of(moments: Ints, zone: str) -> tuple[Ints, Ints]:
    """Return the number of the Monday week of each instant and the instants at which the weeks begin."""
    if not len(moments):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    mondays = _mondays(int(moments.min()), int(moments.max()) + 1, zone)
    return np.searchsorted(mondays, moments, side="right") - 1, mondays


def hours_by_week(duties: Duties) -> tuple[Floats, Ints]:
    """Return the counted hours of each Monday week and the instants at which the weeks begin. [hour]"""
    if not len(duties.start):
        return np.zeros(0), np.zeros(0, dtype=np.int64)
    mondays = _mondays(int(duties.start[0]), int(duties.end[-1]), duties.zone)
    edges = np.column_stack([duties.start, duties.end]).ravel().astype(float)
    total = np.repeat(np.concatenate([[0.0], np.cumsum((duties.end - duties.start) * duties.weight)]), 2)[1:-1]
    return np.diff(np.interp(mondays, edges, total)) / HOUR, mondays[:-1]


def _mondays(first: int, last: int, zone: str, *, step: int = 1) -> Ints:
    days = local_days(first, last, zone)
    monday = days[0] - dt.timedelta(days=days[0].weekday())
    count = ((days[-1] - monday).days // 7 // step + 1) * step
    edges = local_instants((monday + dt.timedelta(days=7 * number) for number in range(0, count + 1, step)), 0, zone)
    return edges


def _without_leave(duties: Duties, moments: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    shift = np.zeros(len(moments), dtype=np.int64)
    for start, end in duties.leave:
        shift += np.clip(moments - start, 0, end - start)
    return moments - shift


def _with_leave(duties: Duties, moment: float) -> float:
    for start, end in sorted(duties.leave):
        if moment >= start:
            moment += end - start
    return moment
