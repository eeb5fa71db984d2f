"""Tours: which slots of the week one person on a weekly pattern covers, parts of slots kept as fractions."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from staffcalc.inputs.calendars import WeekHours

Floats = NDArray[np.float64]


DAY, WEEK = 24 * 60, 7 * 24 * 60
"""Minutes."""

ALWAYS = [(0, 3 * WEEK)]
"""The one stretch of a team that is open around the clock."""


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
    slots: int | None = None,
    longest_break_hours: float = 0.0,
) -> Tours:
    """
    Return all tours with the same start time on consecutive days that fit into the hours to be covered.

    Parameters
    ----------
    open_share : array
        Part of each slot of the week in which people may work, from its start on; finer slots than those of the answer
        keep odd opening times exact. [share]
    shift_hours : float
        Working time of a shift, cut where the open hours of a day are shorter. [hours]
    days : int
        Consecutive working days; fewer where the open hours do not allow them. [days]
    slots : int, optional
        Slots of the answer; as many as ``open_share`` has if not given.
    longest_break_hours : float
        Closed time that a shift may stretch over, unpaid, such as a lunch hour. [hours]

    Notes
    -----
    Starts lie on the full hours, at openings, and where a shift ends exactly at closing. A shift of 8.5 hours covers
    half of its last slot: rounding it to whole slots costs several per cent of the people.
    """
    wide = slots or open_share.size
    stretches = _stretches(open_share)
    length, gap = round(shift_hours * 60), round(longest_break_hours * 60)
    times = _times_of_day(stretches, length, gap)
    starts = [day * DAY + time for day in range(7) for time in times]
    shifts = [_shift(start, length, gap, stretches) for start in starts]
    single = np.stack([_spread(shift or [], wide) for shift in shifts], axis=1)
    usable = np.array([shift is not None for shift in shifts])
    chains = [[(first + day * len(times)) % len(starts) for day in range(days)] for first in range(len(starts))]
    lengths = np.array([int(usable[chain].sum()) for chain in chains])
    longest = lengths.reshape(7, len(times)).max(axis=0)
    columns: dict[bytes, tuple[Floats, float, int]] = {}
    for first, chain in enumerate(chains):
        if not usable[first] or lengths[first] < longest[first % len(times)]:
            continue
        kept = [place for place in chain if usable[place]]
        cover = np.minimum(single[:, kept].sum(axis=1), 1.0)
        columns.setdefault(np.round(cover, 6).tobytes(), (cover, starts[first] / 60, len(kept)))
    found = list(columns.values())
    return Tours(
        cover=np.stack([column[0] for column in found], axis=1) if found else np.zeros((wide, 0)),
        start_hour=np.array([column[1] for column in found]),
        days=np.array([column[2] for column in found], dtype=np.int64),
    )


def open_minutes(hours: WeekHours) -> Floats:
    """Return whether each minute of the week lies in ``hours``, as shares."""
    minutes = np.zeros(WEEK)
    for start, end in hours.spans:
        minutes[start:end] = 1.0
    return minutes


def _stretches(open_share: Floats) -> list[tuple[int, int]]:
    """Return open stretches in minutes over two weeks, so that one which runs over Sunday midnight is whole."""
    width = WEEK / open_share.size
    minute = np.zeros(WEEK + 1, dtype=bool)
    for slot in np.flatnonzero(open_share > 0):
        start = slot * width
        minute[round(start) : round(start + width * min(1.0, float(open_share[slot])))] = True
    week = np.concatenate([minute[:-1], minute[:-1]])
    if week.all():
        return ALWAYS
    change = np.flatnonzero(np.diff(np.concatenate([[False], week, [False]]).astype(int)))
    return [(int(start), int(end)) for start, end in zip(change[::2], change[1::2], strict=True)]


def _times_of_day(stretches: list[tuple[int, int]], length: int, gap: int) -> list[int]:
    """Return the minutes of the day at which shifts may start."""
    times = {60 * hour for hour in range(24)}
    if stretches == ALWAYS:
        return sorted(times)
    for number, (start, end) in enumerate(stretches):
        times.add(start % DAY)
        left, place = length, number
        while True:  # back from closing, over breaks, until the shift is full
            first, last = stretches[place]
            last = min(last, end) if place == number else last
            if last - first >= left:
                times.add((last - left) % DAY)
                break
            left -= last - first
            if place == 0 or stretches[place][0] - stretches[place - 1][1] > gap:
                break
            place -= 1
    return sorted(times)


def _shift(start: int, length: int, gap: int, stretches: list[tuple[int, int]]) -> list[tuple[int, int]] | None:
    """Return the pieces of a shift, or None where it neither fits nor fills a stretch from its opening on."""
    here = next((n for n, (first, last) in enumerate(stretches) if first <= start < last), None)
    if here is None:
        return None
    opening = stretches[here][0] == start and (here == 0 or start - stretches[here - 1][1] > gap)
    if here == 0 and start == 0 and stretches[-1][1] == 2 * WEEK:
        opening = False  # the stretch began on Sunday
    pieces, left = [], length
    for number in range(here, len(stretches)):
        first, last = max(start, stretches[number][0]), stretches[number][1]
        if number > here and first - stretches[number - 1][1] > gap:
            break
        pieces.append((first, min(last, first + left)))
        left -= pieces[-1][1] - pieces[-1][0]
        if left <= 0:
            break
    return pieces if left <= 0 or opening else None


def _spread(pieces: list[tuple[int, int]], slots: int) -> Floats:
    """Return the part of each slot of the week that pieces of a shift cover."""
    width = WEEK / slots
    edges = np.arange(slots) * width
    covered = np.zeros(slots)
    for start, end in pieces:
        for week in (0, WEEK, 2 * WEEK):
            overlap = np.minimum(edges + width, end - week) - np.maximum(edges, start - week)
            covered += np.clip(overlap, 0.0, None) / width
    return np.asarray(np.minimum(covered, 1.0))
