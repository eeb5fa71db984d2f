"""People, shifts and rules of one roster, as the programme reads them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from staffcalc.coverage.duty_rows import HOUR
from staffcalc.coverage.shifts import Shift

Floats = npt.NDArray[np.float64]


Ints = npt.NDArray[np.int64]


Mask = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, eq=False)
class Member:
    """
    One person of a roster.

    Parameters
    ----------
    id : str
        Id of the person.
    zone : str
        Time zone.
    week_hours : mapping of int to float
        Most hours of each week. [hour]
    share : float
        Contract against full time, for fairness. [share]
    allowed : array
        Shifts the person may take.
    fixed : array
        Shifts the person holds already.
    skills : frozenset of str
        Languages and channels.
    wish : array
        Preference for each shift, positive wanted. [hours of one person]
    past : mapping of str to float
        Nights, weekends and holidays worked before, for fairness.
    leave : tuple of (start, end)
        Leave, cut out of the windows of the law. [seconds since 1970, UTC]
    most_hours : float
        Most hours of the whole roster; infinite for no limit. [hour]
    """

    id: str
    zone: str
    week_hours: Mapping[int, float]
    share: float
    allowed: Mask
    fixed: Mask
    skills: frozenset[str]
    wish: Floats
    past: Mapping[str, float]
    leave: tuple[tuple[int, int], ...] = ()
    most_hours: float = np.inf


@dataclasses.dataclass(frozen=True, eq=False)
class Demand:
    """Stretches of time with the people they ask for, and which shifts cover each."""

    start: Ints
    end: Ints
    seats: Floats
    covers: tuple[Ints, ...]
    skill: str = ""

    @property
    def hours(self) -> Floats:
        """Length of each stretch. [hour]"""
        return (self.end - self.start) / HOUR


@dataclasses.dataclass(frozen=True, eq=False)
class Problem:
    """
    Everything that the programme needs.

    Parameters
    ----------
    shifts : sequence of Shift
        Shifts in the order of day and start.
    members : sequence of Member
        People.
    demands : sequence of Demand
        Seats, then skills.
    weeks : array
        Week of each shift, for contract hours.
    rest : float
        Least rest between duties; 0 for none. [hour]
    long_rest : float
        Least rest in each week of ``week_edges``; 0 for none. [hour]
    week_edges : mapping of str to array
        For each time zone the instants at which weeks begin, the last one ends. [seconds since 1970, UTC]
    night : mapping of str to array
        For each time zone which shifts are nights.
    counts : mapping of str to array
        For nights, weekends and holidays by time zone: which shifts count.
    window : (days, hours) or None
        Nobody works more than so many hours in any window of so many days. [day, hour]
    max_nights, max_days : int
        Most nights in a row, most days in a row; 0 for no limit.
    max_night_weeks : int
        Most weeks with nights in a row; 0 for no limit.
    """

    shifts: Sequence[Shift]
    members: Sequence[Member]
    demands: Sequence[Demand]
    weeks: Ints
    rest: float
    long_rest: float
    week_edges: Mapping[str, Ints]
    night: Mapping[str, Mask]
    counts: Mapping[str, Mapping[str, Mask]]
    window: tuple[float, float] | None = None
    max_nights: int = 3
    max_days: int = 6
    max_night_weeks: int = 0


@dataclasses.dataclass(frozen=True, eq=False)
class Solution:
    """Who takes which shift (people x shifts), open people of each demand stretch, and how sure the solver is."""

    taken: Mask
    open_seats: tuple[Floats, ...]
    status: str
    gap: float
    bound: float
    objective: float
