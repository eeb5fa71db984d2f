"""Tours: which slots of the week one person on a weekly pattern covers, parts of slots kept as fractions."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from staffcalc.inputs.calendars import WeekHours

Floats = NDArray[np.float64]


FULL_HOURS = tuple(float(hour) for hour in range(24))


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Tours:
    """
    Weekly patterns that people can be put on.

    Parameters
    ----------
    cover : array (slots, tours)
        Part of each slot that a person on the tour is present. [share]
    start_hour : array (tours,)
        Hour of the week at which the first shift of the tour starts. [hours after Monday 00:00]
    days : array (tours,)
        Working days of the tour. [days]
    """

    cover: Floats
    start_hour: Floats
    days: NDArray[np.int64]

    @property
    def hours(self) -> Floats:
        """Hours present on each tour in a week. [hours]"""
        slots = self.cover.shape[0]
        return np.asarray(self.cover.sum(axis=0) * (168.0 / slots))


def make_tours(
    open_share: Floats,
    *,
    shift_hours: float,
    days: int,
    times_of_day: tuple[float, ...] = FULL_HOURS,
    least_part: float = 0.999,
) -> Tours:
    """
    Return all tours with the same start time on consecutive days that fit into the hours to be covered.

    Parameters
    ----------
    open_share : array (slots,)
        Part of each slot in which people may work. [share]
    shift_hours : float
        Length of a shift, cut where the open hours of a day are shorter. [hours]
    days : int
        Consecutive working days; fewer where the open hours do not allow them. [days]
    times_of_day : tuple of float
        Times at which a shift may start, in order. [hours after midnight]
    least_part : float
        Least part of a shift that must lie inside the open hours. [share]

    Notes
    -----
    A shift of 8.5 hours covers half of its last slot: rounding it to whole slots costs several per cent of the people.
    """
    slots = open_share.size
    starts = (np.arange(7)[:, None] * 24.0 + np.array(times_of_day)[None, :]).ravel()
    single = np.stack([np.minimum(_shift(float(start), shift_hours, slots), open_share) for start in starts], axis=1)
    present = single.sum(axis=0) * (168.0 / slots)
    per_day = len(starts) // 7
    usable = _usable(present, open_share, starts, shift_hours, least_part)
    columns: dict[bytes, tuple[Floats, float, int]] = {}
    chains = [[(first + day * per_day) % len(starts) for day in range(days)] for first in range(len(starts))]
    lengths = np.array([int(usable[chain].sum()) for chain in chains])
    longest = lengths.reshape(7, per_day).max(axis=0)
    for first, chain in enumerate(chains):
        if not usable[first] or lengths[first] < longest[first % per_day]:
            continue
        kept = [place for place in chain if usable[place]]
        cover = np.minimum(single[:, kept].sum(axis=1), 1.0)
        columns.setdefault(np.round(cover, 6).tobytes(), (cover, float(starts[first]), len(kept)))
    if not columns:
        return Tours(cover=np.zeros((slots, 0)), start_hour=np.zeros(0), days=np.zeros(0, dtype=np.int64))
    found = list(columns.values())
    return Tours(
        cover=np.stack([column[0] for column in found], axis=1),
        start_hour=np.array([column[1] for column in found]),
        days=np.array([column[2] for column in found], dtype=np.int64),
    )


def start_times(hours: WeekHours, shift_hours: float) -> tuple[float, ...]:
    """Return the full hours, and the times at which shifts must start to open and to close exactly on time."""
    times = {float(hour) for hour in range(24)}
    for start, end in hours.spans:
        times |= {round(start / 60 % 24, 4), round((end / 60 - shift_hours) % 24, 4)}
    return tuple(sorted(times))


def _shift(start: float, length: float, slots: int) -> Floats:
    """Part of each slot covered by one shift, around the week."""
    width = 168.0 / slots
    edges = np.arange(slots) * width
    covered = np.zeros(slots)
    for week in (-168.0, 0.0, 168.0):
        overlap = np.minimum(edges + width, start + length + week) - np.maximum(edges, start + week)
        covered += np.clip(overlap, 0.0, None) / width
    return np.minimum(covered, 1.0)


def _usable(
    present: Floats, open_share: Floats, starts: Floats, shift_hours: float, least_part: float
) -> NDArray[np.bool_]:
    """A shift counts where it lies inside the open hours, or fills a stretch of open hours shorter than itself."""
    slots = open_share.size
    width = 168.0 / slots
    place = (starts / width).astype(int)
    opens = (open_share > 0) & (np.roll(open_share, 1) <= 0)
    fits = present >= least_part * shift_hours
    return np.asarray(
        fits | (opens[place] & (present > 0) & ~_long_stretch(open_share, shift_hours)[place]), dtype=bool
    )


def _long_stretch(open_share: Floats, hours: float) -> NDArray[np.bool_]:
    """Whether at least ``hours`` of open time follow without a break from each slot on."""
    slots = open_share.size
    if (open_share > 0).all():
        return np.ones(slots, dtype=bool)
    left = np.zeros(2 * slots)
    doubled = np.tile(open_share, 2)
    for slot in range(2 * slots - 2, -1, -1):
        left[slot] = (left[slot + 1] if slot + 1 < 2 * slots else 0.0) + doubled[slot] if doubled[slot] > 0 else 0.0
    return np.asarray(left[:slots] >= hours * slots / 168.0 - 1e-9, dtype=bool)
