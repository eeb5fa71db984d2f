"""Cover asked against cover held through a whole year, with the clocks, holidays and leave of every site."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._checks import given, whole
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.coverage.gap_tables import by_hour, by_reason, heat, sites, stretches
from staffcalc.coverage.year_clock import DAY, WEEK, Ints, Mask, YearClock
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS, Calendar, WeekHours
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import Person
from staffcalc.reference.lookup import figure


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class CoverageGaps(Result):
    """
    Hours of a year that are asked for and not covered.

    Parameters
    ----------
    year : int
        Calendar year of the desk's time zone. [year]
    asked_hours, held_hours, standby_hours, gap_hours : float
        Seat-hours asked for, held by people at work, left to standby, and covered by nobody. [hour]
    gaps : DataFrame
        One row an uncovered stretch: ``start``, ``end`` (UTC), ``hours``, ``people_missing``, ``reason``,
        ``closed_by``.
    by_reason : DataFrame
        Missing seat-hours, stretches and the longest stretch for each reason.
    by_hour : DataFrame
        For each UTC hour of the year: ``asked``, ``held``, ``standby`` and ``missing`` people, as means of the hour.
    sites : DataFrame
        For each distance from UTC, the share of the missing hours that a site there would see by day.
    heat : array
        Local day of the year x local hour: 0 nobody, 1 too few, 2 standby, 3 covered, NaN not asked; the worst of the
        hour.
    """

    kind: ClassVar[str] = "coverage_gaps"

    year: int
    asked_hours: float
    held_hours: float
    standby_hours: float
    gap_hours: float
    gaps: pd.DataFrame
    by_reason: pd.DataFrame
    by_hour: pd.DataFrame
    sites: pd.DataFrame
    heat: npt.NDArray[np.float64]

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        values = {
            "year": str(self.year),
            "asked": self.asked_hours,
            "gap": self.gap_hours,
            "standby": self.standby_hours,
        }
        if self.asked_hours == 0:
            return Sentence("gaps_nothing_asked", **values)
        if self.gap_hours == 0:
            return Sentence("gaps_standby_only" if self.standby_hours else "gaps_none", **values)
        reason = Sentence(f"because_{self.by_reason['reason'].iloc[0]}")
        share = self.gap_hours / self.asked_hours
        if self.standby_hours:
            return Sentence("gaps_found_beside_standby", **values, share=share, reason=reason)
        return Sentence("gaps_found", **values, share=share, reason=reason)

    @property
    def covered_share(self) -> float:
        """Share of the seat-hours asked for that somebody covers, standby included. [share]"""
        return 1 - self.gap_hours / self.asked_hours if self.asked_hours else 1.0

    def to_frame(self) -> pd.DataFrame:
        """Return the uncovered stretches: start, end (UTC), hours, people_missing, reason, closed_by."""
        return self.gaps.copy()


def find_gaps(desk: Desk, year: int) -> CoverageGaps:
    """
    Hours of a year that are asked for and covered by nobody, with reason and remedy.

    Parameters
    ----------
    desk : Desk
        The team: cover hours, people, sites, leave and on-call rotation.
    year : int
        Calendar year of the desk's time zone, 1990 to 2100. [year]

    Returns
    -------
    CoverageGaps
        Uncovered stretches, totals, reasons, and a heat map of the year. [hour]

    Raises
    ------
    InputError
        If ``year`` is out of range.

    Notes
    -----
    The year is cut into slots of a quarter of an hour, or finer where hours ask for it, on the UTC axis. Each
    slot is read on the local clock of each person, so both clock changes, and weeks in which only one side has
    changed, come out by themselves. Held are working hours, less public holidays of the person's own site, planned
    leave and days outside employment. Standby fills what is left inside the on-call hours, as long as somebody of the
    rotation is neither at work nor on leave. A gap counts seats: one hour with two empty seats is two hours. Cover
    hours are asked on public holidays too; where only opening hours are given they are not.

    **When not to use it**: unplanned absence is not in it, since nobody knows its dates;
    :func:`staffcalc.size_on_call` gives the days a year with nobody there. Working hours that rotate belong into a
    roster.

    References
    ----------
    .. [1] public holidays from the ``holidays`` package; source key ``judgement`` for an assumed working day.

    Examples
    --------
    Istanbul and Denver, twelve hours each, leave two hours of a winter night to nobody:

    >>> desk = Desk.model_validate({"name": "Two sites", "timezone": "UTC", "calendar": {"cover": "24/7"}, "people": [
    ...     {"id": "p1", "role": "agent", "timezone": "Europe/Istanbul", "working_hours": {"daily": "08:00-20:00"}},
    ...     {"id": "p2", "role": "agent", "timezone": "America/Denver", "working_hours": {"daily": "08:00-20:00"}}]})
    >>> gaps = find_gaps(desk, year=2027).to_frame()
    >>> gaps["start"].iloc[0].strftime("%H:%M"), float(gaps["hours"].iloc[0])
    ('03:00', 2.0)
    """
    desk = given("desk", desk, Desk, maker="read_desk")
    year = whole("year", year, unit="year")
    if not 1990 <= year <= 2100:
        raise InputError("year_out_of_range", year=str(year))
    home = desk.calendar.timezone or desk.timezone
    asked_week = desk.calendar.cover or desk.calendar.open or WeekHours(spans=())
    plans = {person.id: working_week(desk, person) for person in desk.people}
    standby_week = on_call_week(desk)
    clock = YearClock(year, home, [asked_week, standby_week, *plans.values()])

    asked = clock.inside(asked_week, home).astype(np.int64) * desk.calendar.seats
    if desk.calendar.cover is None:
        asked[clock.on_days(desk.calendar.public_holidays(year), home)] = 0
    usual = on_call = clock.inside(standby_week, home)
    if desk.on_call is not None and desk.on_call.hours is None:  # nobody opens on a holiday, so standby takes all of it
        on_call = on_call | clock.on_days(desk.calendar.public_holidays(year), home) & (asked > 0)
    at_work, rotation = _present(desk, clock, plans, on_call)
    held, available = at_work[-1], rotation[-1]
    pattern = at_work[0] + (rotation if on_call is usual else _present(desk, clock, plans, usual)[1])[0]
    standby = np.minimum(available, np.maximum(asked - held, 0))
    missing = np.maximum(asked - held - standby, 0)
    reason = _reasons(clock, home, asked=asked, present=at_work + rotation, pattern=pattern)
    gaps = stretches(clock, missing, reason, _free_by_day(desk, clock, plans))
    hours = clock.step / 60
    notes, assumptions = _doubts(desk, year, standby_hours=float(standby.sum()) * hours)
    return CoverageGaps(
        year=year,
        asked_hours=float(asked.sum()) * hours,
        held_hours=float(np.minimum(asked, held).sum()) * hours,
        standby_hours=float(standby.sum()) * hours,
        gap_hours=float(missing.sum()) * hours,
        gaps=gaps,
        by_reason=by_reason(gaps),
        by_hour=by_hour(clock, asked=asked, held=held, standby=standby, missing=missing),
        sites=sites(clock, missing),
        heat=heat(clock, home, asked=asked, held=held, standby=standby),
        notes=notes,
        assumptions=assumptions,
        sources=tuple(sorted({line.source for line in assumptions} - {"desk"})),
        desk=desk,
    )


def working_week(desk: Desk, person: Person) -> WeekHours:
    """Return the working hours of a person: as given, else a day from nine on the weekdays of the calendar."""
    if person.working_hours is not None:
        return person.working_hours
    calendar = desk.calendar_of(person)
    weekdays = [number for number, day in enumerate(DAYS) if day not in calendar.weekend]
    contract = person.contract_hours_per_week or desk.absence.contract_hours_per_week
    contract = contract if contract is not None else figure("contract_hours_per_week").value
    start = round(figure("workday_start").value * 60)
    length = min(round(contract * 60 / max(1, len(weekdays)) / 15) * 15, DAY - start)
    return WeekHours(spans=tuple((day * DAY + start, day * DAY + start + length) for day in weekdays if length > 0))


def on_call_week(desk: Desk) -> WeekHours:
    """Return the hours of the week with somebody on call: as given, else the cover hours outside opening hours."""
    if desk.on_call is None:
        return WeekHours(spans=())
    if desk.on_call.hours is not None:
        return desk.on_call.hours
    asked = np.zeros(WEEK, dtype=bool)
    for start, end in desk.calendar.cover.spans if desk.calendar.cover else ():
        asked[start:end] = True
    for start, end in desk.calendar.open.spans if desk.calendar.open else ():
        asked[start:end] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[False], asked, [False]]).astype(int)))
    return WeekHours(spans=tuple((int(start), int(end)) for start, end in edges.reshape(-1, 2)))


def _present(desk: Desk, clock: YearClock, plans: dict[str, WeekHours], on_call: Mask) -> tuple[Ints, Ints]:
    """
    Return people at work and people on call, who are not at work, one a role at most.

    Each has four rows: by schedule alone, if employed, on no public holiday, and on no leave, which is who is there.
    """
    at_work, standby = (np.zeros((4, clock.count), dtype=np.int64) for _ in range(2))
    for person in desk.people:
        zone = desk.timezone_of(person)
        belongs, away = clock.employed(person, zone), clock.on_leave(person, zone)
        scheduled = clock.inside(plans[person.id], zone)
        opens = ~clock.on_days(_holidays(desk.calendar_of(person), clock.year), zone)
        employed = scheduled & belongs
        mine = (scheduled, employed, employed & opens, employed & opens & ~away)
        for row, works in enumerate(mine):
            at_work[row] += works
        if person.on_call and desk.on_call is not None:
            reachable = on_call & belongs
            for row, free in enumerate((on_call, reachable, reachable, reachable & ~away)):
                standby[row] += free & ~mine[row]
    if desk.on_call is None:
        return at_work, standby
    roles = desk.on_call.roles if desk.on_call.roles is not None else int(figure("default_roles").value)
    return at_work, np.minimum(standby, roles)


def _holidays(calendar: Calendar, year: int) -> list[dt.date]:
    return [day for near in (year - 1, year, year + 1) for day in calendar.public_holidays(near)]


def _reasons(clock: YearClock, home: str, *, asked: Ints, present: Ints, pattern: Ints) -> Ints:
    scheduled, employed, without_leave = present[:3]
    hour_of_week = clock.wall(home)[0] // clock.step
    usual = np.zeros(WEEK // clock.step, dtype=np.int64)
    np.maximum.at(usual, hour_of_week, pattern)
    return np.select(
        [
            scheduled < np.minimum(asked, usual[hour_of_week]),
            scheduled < asked,
            employed < asked,
            without_leave < asked,
        ],
        [1, 0, 2, 3],
        default=4,
    ).astype(np.int64)


def _free_by_day(desk: Desk, clock: YearClock, plans: dict[str, WeekHours]) -> Ints:
    """Return how many people of the team are free in each slot while it is day at their site."""
    start, end = figure("site_day_start").value, figure("site_day_end").value
    free = np.zeros(clock.count, dtype=np.int64)
    for person in desk.people:
        zone = desk.timezone_of(person)
        day = clock.daytime(zone, start, end) & ~clock.inside(plans[person.id], zone)
        day &= clock.employed(person, zone) & ~clock.on_leave(person, zone)
        free += day & ~clock.on_days(_holidays(desk.calendar_of(person), clock.year), zone)
    return free


def _doubts(desk: Desk, year: int, *, standby_hours: float) -> tuple[tuple[Sentence, ...], tuple[Assumption, ...]]:
    notes: list[Sentence] = []
    assumptions: list[Assumption] = []
    if desk.calendar.cover is not None:
        assumptions.append(Assumption("calendar.cover", desk.calendar.cover.hours_per_week, unit="hour/week"))
    elif desk.calendar.open is not None:
        assumptions.append(Assumption("calendar.open", desk.calendar.open.hours_per_week, unit="hour/week"))
        notes.append(Sentence("cover_is_opening_hours"))
    assumptions.append(Assumption("calendar.seats", desk.calendar.seats, unit="person"))
    unplanned = [person.id for person in desk.people if person.working_hours is None]
    if unplanned:
        assumptions += [
            figure("workday_start").assumption(),
            figure("site_day_start").assumption(),
            figure("site_day_end").assumption(),
        ]
        notes.append(Sentence("working_hours_assumed", count=len(unplanned), people=unplanned[:8]))
    if standby_hours:
        notes.append(Sentence("standby_is_not_presence", hours=standby_hours))
    without = [p.id for p in desk.people if not any(part.start.year <= year <= part.end.year for part in p.leave)]
    if without:
        notes.append(Sentence("leave_not_planned", count=len(without), people=without[:8], year=str(year)))
    if desk.people and not any(desk.calendar_of(person).country for person in desk.people):
        notes.append(Sentence("holidays_not_known"))
    return tuple(notes), tuple(assumptions)
