"""Tours of a day laid on real instants: which shifts a roster can use, and how many people each hour asks for."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from staffcalc._checks import at_least, number, numbers
from staffcalc.coverage.duty_rows import HOUR, local_days, local_instants
from staffcalc.coverage.presets import RestRules
from staffcalc.coverage.rest_windows import night_seconds
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAY_MINUTES, WeekHours

Floats = npt.NDArray[np.float64]
MOST_STARTS = 8
SLOTS = 168


@dataclasses.dataclass(frozen=True)
class Tour:
    """
    A shift by its clock times.

    Parameters
    ----------
    name : str
        Name, for example ``early``.
    start : float
        Local clock hour of its start. [hour]
    hours : float
        Hours from start to end on the clock. [hour]
    break_minutes : float
        Unpaid breaks inside it. [minute]
    """

    name: str
    start: float
    hours: float
    break_minutes: float = 0.0


@dataclasses.dataclass(frozen=True, eq=False)
class Shift:
    """One tour on one day, as instants. [seconds since 1970, UTC]"""

    day: int
    tour: str
    start: int
    end: int
    break_minutes: float = 0.0

    @property
    def hours(self) -> float:
        """Working hours, breaks taken off. [hour]"""
        return (self.end - self.start) / HOUR - self.break_minutes / 60


def as_tours(tours: Iterable[Any]) -> tuple[Tour, ...]:
    """
    Return tours from tours, or from ``(name, "HH:MM", hours)``.

    Raises
    ------
    InputError
        If a tour has no clock time, or lasts longer than a day.

    Examples
    --------
    >>> as_tours([("early", "06:00", 8)])[0].start
    6.0
    """
    if isinstance(tours, (str, Mapping)) or not isinstance(tours, Iterable):
        raise InputError("tour_unreadable", tour=str(tours)[:60])
    found = []
    for one in tours:
        tour = one if isinstance(one, Tour) else _tour(one)
        at_least("hours", tour.hours, 0, unit="hour", above=True)
        if tour.hours > 24:
            raise InputError("tour_too_long", tour=tour.name, hours=tour.hours)
        if at_least("break_minutes", tour.break_minutes, unit="minute") >= tour.hours * 60:
            raise InputError("tour_all_break", tour=tour.name, hours=tour.hours, minutes=tour.break_minutes)
        found.append(tour)
    names = [tour.name for tour in found]
    if len(set(names)) < len(names):
        raise InputError("tours_named_twice", names=names)
    return tuple(found)


def _tour(value: Any) -> Tour:
    parts = tuple(value) if isinstance(value, (tuple, list)) else ()
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", str(parts[1])) if len(parts) in (3, 4) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise InputError("tour_unreadable", tour=str(value)[:60])
    lengths = [number(name, part) for name, part in zip(("hours", "break_minutes"), parts[2:], strict=False)]
    return Tour(str(parts[0]), int(match[1]) + int(match[2]) / 60, *lengths)


def default_tours(
    seats: Floats, *, hours: float, break_minutes: Callable[[float], float], cover: WeekHours | None = None
) -> tuple[Tour, ...]:
    """
    Return tours that fit the seats of a week: at rises and before falls of each day's demand, and chained in between.

    Parameters
    ----------
    seats : array (168,)
        People asked for in each local hour of the week. [people]
    hours : float
        Length of a full shift. [hour]
    break_minutes : callable
        Unpaid breaks in a shift of so many hours. [hour to minute]
    cover : WeekHours, optional
        The hours that the seats come from, where these begin or end within an hour.

    Examples
    --------
    >>> [tour.start for tour in default_tours(np.ones(168), hours=8, break_minutes=lambda hours: 0)]
    [6.0, 14.0, 22.0]
    """
    asked = seats > 0
    length = max(1.0, hours)
    if asked.all() and np.ptp(seats) == 0:
        count = int(np.ceil(24 / length - 1e-9))
        return _named([(6.0 + 24 / count * number) % 24 for number in range(count)], 24 / count, break_minutes)
    starts: dict[tuple[float, float], None] = {}  # start and length; one start may need two lengths
    for first, last in _spans(asked) if cover is None else _spans_of(cover):
        if last - first <= length:
            starts.setdefault((first % 24, float(last - first)))
            continue
        edge = float(first)
        while edge < last - 1e-9 and len(starts) < MOST_STARTS:
            begin = min(edge, last - length)
            starts.setdefault((begin % 24, length))
            edge += length
    rises = [hour for hour in range(SLOTS) if seats[hour] > seats[hour - 1] > 0]
    falls = [(hour - length) % SLOTS for hour in range(SLOTS) if 0 < seats[hour] < seats[hour - 1]]
    for hour in [*rises, *falls]:
        if len(starts) >= MOST_STARTS:
            break
        starts.setdefault((hour % 24, length))
    longest = {begin: max(size for other, size in starts if other == begin) for begin, _ in starts}
    tours = [tour for begin, size in sorted(starts) for tour in _named([begin], size, break_minutes)]
    return tuple(
        tour if tour.hours == longest[tour.start] else dataclasses.replace(tour, name=f"{tour.name} ({tour.hours:g} h)")
        for tour in tours
    )


def lay_out(tours: Sequence[Tour], days: Sequence[dt.date], zone: str) -> list[Shift]:
    """Return every tour on every local day as instants."""
    shifts = []
    for tour in tours:
        starts = local_instants(days, tour.start, zone)
        ends = local_instants(days, tour.start + tour.hours, zone)
        shifts += [
            Shift(day, tour.name, int(a), int(b), tour.break_minutes)
            for day, (a, b) in enumerate(zip(starts, ends, strict=True))
        ]
    return sorted(shifts, key=lambda shift: (shift.day, shift.start, shift.tour))


def broken_rule(
    shift: Shift, rules: RestRules, *, zone: str, night: tuple[float, float], breaks_known: bool
) -> str | None:
    """Return the rule that a single shift breaks by itself, or None; rules of breaks hold once any shift has one."""
    length = (shift.end - shift.start) / HOUR
    rest = rules.limit("daily_rest_min") or rules.limit("shift_change_rest_min")
    if rest is not None and length > 24 - rest + 1e-9:
        return "daily_rest_min" if rules.limit("daily_rest_min") is not None else "shift_change_rest_min"
    most = rules.limit("day_hours_max")
    if most is not None and shift.hours > most + 1e-9:
        return "day_hours_max"
    most = rules.limit("night_hours_max")
    if most is not None:
        dark = float(night_seconds(np.array([shift.start]), np.array([shift.end]), zone=zone, night=night)[0]) / HOUR
        majority = rules.limit("night_shift_majority_share")
        if (dark if majority is None else shift.hours * (dark > majority * length)) > most + 1e-9:
            return "night_hours_max"
    if breaks_known:
        for rule, low, high in (
            ("break_min_up_to_4h", 0.0, 4.0),
            ("break_min_up_to_7_5h", 4.0, 7.5),
            ("break_min_above_7_5h", 7.5, 24.0),
            ("break_min", rules.limit("break_after") or 6.0, 24.0),
        ):
            least = rules.limit(rule)
            if least is not None and low + 1e-9 < shift.hours <= high + 1e-9 and shift.break_minutes < least:
                return rule
    return None


def demand_by_slot(
    seats: Floats, days: Sequence[dt.date], zone: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """Return start and end of each local hour of a roster and the people asked for; a skipped hour does not exist."""
    clocks = [(day, hour) for day in days for hour in range(24)]
    edges = np.array([int(local_instants([day], hour, zone)[0]) for day, hour in clocks], dtype=np.int64)
    edges = np.append(edges, local_instants([days[-1]], 24, zone))
    asked = np.array([float(seats[day.weekday() * 24 + hour]) for day, hour in clocks])
    there = edges[1:] > edges[:-1]
    return edges[:-1][there], edges[1:][there], asked[there]


def stretches_of(hours: WeekHours, start: int, end: int, zone: str) -> list[tuple[int, int]]:
    """Return the hours of a week between two instants, on the clock of a zone, touching ones joined."""
    found: list[tuple[int, int]] = []
    days = local_days(start, end, zone)
    monday = days[0] - dt.timedelta(days=days[0].weekday())
    for week in range((days[-1] - monday).days // 7 + 1):
        for first, last in hours.spans:
            edges = [
                int(
                    local_instants(
                        [monday + dt.timedelta(days=7 * week + minute // DAY_MINUTES)], minute % DAY_MINUTES / 60, zone
                    )[0]
                )
                for minute in (first, last)
            ]
            a, b = max(edges[0], start), min(edges[1], end)
            if a < b:
                if found and found[-1][1] == a:
                    found[-1] = (found[-1][0], b)
                else:
                    found.append((a, b))
    return found


def as_seats(seats: float | Mapping[int, float] | Sequence[float] | Floats, cover: Floats) -> Floats:
    """
    Return people asked for by local hour of the week, from one number during cover hours or from 168 numbers.

    Raises
    ------
    InputError
        If there are not 168 numbers, or one is negative.
    """
    values = numbers("seats", seats)
    found = values * (cover > 0) if values.ndim == 0 else values
    if found.shape != (SLOTS,) or not np.isfinite(found).all() or (found < 0).any():
        raise InputError("seats_not_a_week", count=int(np.size(values)))
    return np.ceil(found - 1e-6)


def _spans(asked: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches of the week with demand; one that runs over Sunday midnight is kept whole."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], asked, [False]]).astype(int))).reshape(-1, 2)
    spans = [(int(a), int(b)) for a, b in edges]
    if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == SLOTS:
        spans = [*spans[1:-1], (spans[-1][0], SLOTS + spans[0][1])]
    return sorted(spans, key=lambda span: (span[0] % 24, span[1] - span[0]))


def _spans_of(cover: WeekHours) -> list[tuple[float, float]]:
    """Return the stretches of cover hours, to the minute; one that runs over Sunday midnight is kept whole. [hour]"""
    spans = [(start / 60, end / 60) for start, end in cover.spans]
    if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == SLOTS:
        spans = [*spans[1:-1], (spans[-1][0], SLOTS + spans[0][1])]
    return sorted(spans, key=lambda span: (span[0] % 24, span[1] - span[0]))


def _named(starts: Iterable[float], hours: float, break_minutes: Callable[[float], float]) -> tuple[Tour, ...]:
    pause = break_minutes(hours)
    return tuple(Tour(f"{int(start):02d}:{round(start % 1 * 60):02d}", start, hours, pause) for start in sorted(starts))
