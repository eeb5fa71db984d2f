"""The test desk of the staffing reference: profiles, classes, cover shapes and tours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffcalc.staffing.deadline import last_slots
from staffcalc.staffing.simulation import Stream

DESK_CLASSES = ((3000, 4, 24), (900, 7, 8), (60, 20, 1))
"""Messages a week, handle time in minutes, target in hours."""


def desk_profile(per_hour: int = 1, kind: str = "social") -> NDArray[np.float64]:
    """Share of the week's messages in each slot."""
    hour = (np.arange(168 * per_hour) + 0.5) / per_hour % 24

    def bell(peak: float, width: float) -> NDArray[np.float64]:
        return np.exp(-(((hour - peak) / width) ** 2) / 2)

    if kind == "social":
        shape = 0.35 + 0.9 * bell(20, 3) + 0.6 * bell(12.5, 3)
        days = (1.05, 1, 1, 1, 1.05, 0.95, 0.95)
    else:
        shape = 0.10 + 1.0 * bell(11, 2.5) + 0.8 * bell(15, 2)
        days = (1.2, 1, 1, 1, 0.95, 0.3, 0.3)
    shape = shape * np.repeat(days, 24 * per_hour)
    return shape / shape.sum()


def hours_open(days: range, start: int, end: int, per_hour: int = 1) -> NDArray[np.float64]:
    week = np.zeros((7, 24 * per_hour))
    week[list(days), start * per_hour : end * per_hour] = 1
    return week.ravel()


COVER = {
    "24/7": np.ones(168),
    "7-22 daily": hours_open(range(7), 7, 22),
    "Mon-Fri 9-17": hours_open(range(5), 9, 17),
}


def stream(volume: float, minutes: float, within_hours: float, *, per_hour: int = 1, cv: float = 1.0) -> Stream:
    slots = 168 * per_hour
    return Stream(
        messages=desk_profile(per_hour) * volume,
        handle_hours=np.full(slots, minutes / 60),
        handle_cv=np.full(slots, cv),
        last=last_slots(slots, within_hours * per_hour),
    )
