"""Earliest due first over several classes: work in buckets by the time that is left, all replications at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffcalc.staffing.simulation import Draws, Measured, Stream, offered_capacity

Floats = NDArray[np.float64]


def serve_earliest_due(
    draws: Draws,
    streams: tuple[Stream, ...],
    capacity: Floats,
    *,
    daily_factor: Floats | None = None,
    carried: Floats | None = None,
    start_backlog: float = 0.0,
) -> Measured:
    """
    Work through the draws, earliest due first, classes with the same due time in proportion.

    Parameters
    ----------
    draws, streams, capacity, daily_factor, carried, start_backlog
        As in :func:`staffcalc.staffing.simulation.serve`.

    Notes
    -----
    Bucket 0 holds what is overdue, bucket ``j`` what is due at the end of the slot after next ``j - 1``. In overload
    all classes fail together: that is the price of this rule, and why the shortest target first is the default.
    """
    classes, runs, length = draws.work.shape
    slots = draws.slots_per_week
    left = np.stack([stream.last - np.arange(slots) + 1 for stream in streams])
    deepest = int(left.max())
    waiting = np.zeros((runs, deepest + 2, classes))
    waiting[:, 0, -1] = start_backlog
    late = np.zeros((classes, runs))
    counted = draws.counted
    windows = [
        (counted.start + int(left[k][0]) - 1, counted.stop + int(left[k][0]) - 1) for k in range(classes)
    ]  # due slots of the first counted arrival and of the first one after the last
    offered = offered_capacity(capacity, carried, daily_factor, length)
    for slot in range(length):
        place = slot % slots
        for k in range(classes):
            waiting[:, left[k, place], k] += draws.work[k, :, slot]
        due = waiting.sum(axis=2)
        run = np.cumsum(due, axis=1)
        done = np.clip(offered[:, slot, None] - (run - due), 0.0, due)
        keep = 1.0 - np.divide(done, due, out=np.ones_like(due), where=due > 0)
        waiting *= keep[:, :, None]
        for k in range(classes):
            if windows[k][0] <= slot < windows[k][1]:
                late[k] += waiting[:, 1, k]
        waiting[:, 0] += waiting[:, 1]
        waiting[:, 1:-1] = waiting[:, 2:]
        waiting[:, -1] = 0.0
    total = draws.work[:, :, counted].sum(axis=2, dtype=float)
    share = 1.0 - np.divide(late, total, out=np.zeros_like(late), where=total > 0)
    return Measured(on_time=share)
