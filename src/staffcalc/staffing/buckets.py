"""Earliest due first over several classes: work in buckets by the time that is left, all replications at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffcalc.staffing.simulation import (
    Draws,
    Measured,
    Stream,
    finished_work,
    last_of_run,
    late_work,
    offered_capacity,
    share_on_time,
)

Floats = NDArray[np.float64]


def serve_earliest_due(
    draws: Draws,
    streams: tuple[Stream, ...],
    capacity: Floats,
    *,
    shelve_late: bool = False,
    daily_factor: Floats | None = None,
    carried: Floats | None = None,
    start_backlog: float = 0.0,
) -> Measured:
    """
    Work through the draws, earliest due first, classes with the same due time in proportion, steady work behind.

    Parameters
    ----------
    draws, streams, capacity, daily_factor, carried, start_backlog
        As in :func:`staffcalc.staffing.simulation.serve`.
    shelve_late : bool
        Put messages that are late already behind those that can still be in time (triage).

    Notes
    -----
    Bucket 0 holds what is overdue, bucket ``j`` what is due at the end of the slot after next ``j - 1``. In overload
    all classes fail together: that is the price of this rule, and why the shortest target first is the default. With
    triage fresh messages stay in time at the price of those on the shelf, which wait without end.
    """
    classes, runs, length = draws.work.shape
    slots = draws.slots_per_week
    random = [k for k in range(classes) if not streams[k].steady]
    on_time = np.ones((classes, runs))
    offered = np.broadcast_to(offered_capacity(capacity, carried, daily_factor, length), (runs, length)).copy()
    counted = draws.counted
    if random:
        left = np.stack([streams[k].last - np.arange(slots) + 1 for k in random])
        waiting = np.zeros((runs, int(left.max()) + 2, len(random)))
        waiting[:, 0, -1] = start_backlog
        late = np.zeros((len(random), runs))
        windows = [
            (counted.start + int(own[0]) - 1, counted.stop + int(own[0]) - 1) for own in left
        ]  # due slots of the first counted arrival and of the first one after the last
        for slot in range(length):
            place = slot % slots
            for number, k in enumerate(random):
                waiting[:, left[number, place], number] += draws.work[k, :, slot]
            due = waiting.sum(axis=2)
            run = np.cumsum(due, axis=1)
            before = run - due
            if shelve_late:
                before -= due[:, :1]
                before[:, 0] = run[:, -1] - due[:, 0]
            done = np.clip(offered[:, slot, None] - before, 0.0, due)
            keep = 1.0 - np.divide(done, due, out=np.ones_like(due), where=due > 0)
            waiting *= keep[:, :, None]
            offered[:, slot] = np.maximum(0.0, offered[:, slot] - run[:, -1])
            for number, (first, last) in enumerate(windows):
                if first <= slot < last:
                    late[number] += waiting[:, 1, number]
            waiting[:, 0] += waiting[:, 1]
            waiting[:, 1:-1] = waiting[:, 2:]
            waiting[:, -1] = 0.0
        total = draws.work[random][:, :, counted].sum(axis=2, dtype=float)
        on_time[random] = 1.0 - np.divide(late, total, out=np.zeros_like(late), where=total > 0)
    for k in range(classes):
        if not streams[k].steady:
            continue
        for r in range(runs):
            own = draws.work[k, r, counted]
            arrived = np.cumsum(draws.work[k, r], dtype=float)
            finished = finished_work(arrived, np.cumsum(offered[r]))
            late_part = late_work(arrived[counted], finished, last_of_run(streams[k], draws), own)
            on_time[k, r] = share_on_time(own, late_part)
            offered[r] -= np.diff(finished, prepend=0.0)
    return Measured(on_time=on_time)
