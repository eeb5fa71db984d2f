"""What is asked of a roster: seats and skills by hour, and what the rest rules ask for."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._checks import number, one_of
from staffcalc.coverage.duty_rows import YEARS, Rows, local_instants
from staffcalc.coverage.presets import RestRules
from staffcalc.coverage.roster_problem import Demand
from staffcalc.coverage.shifts import Shift, as_seats, demand_by_slot, stretches_of
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS, WeekHours
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure

Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """What the caller of ``make_roster`` asked for."""

    first: dt.date
    weeks: int
    rules: RestRules
    tours: Iterable[Any] | None
    seats: float | Sequence[float] | None
    by_hour: Sequence[float] | None
    skills: Mapping[str, float | Sequence[float]]
    leave: Rows | None
    preferences: tuple[Mapping[str, Any], ...]
    history: Rows | None
    frozen: Rows | None
    frozen_until: dt.date | None
    break_minutes: float | None
    overtime: float
    max_nights: int
    max_days: int

    @property
    def last(self) -> dt.date:
        """Last local day."""
        return self.first + dt.timedelta(days=7 * self.weeks - 1)

    @property
    def days(self) -> list[dt.date]:
        """All local days."""
        return [self.first + dt.timedelta(days=number) for number in range(7 * self.weeks)]


def day(name: str, value: Any) -> dt.date:
    """Return a day, given as a date, a date and time, or as text such as 2027-01-04."""
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[D]").astype(object)
    found: Any = value.date() if isinstance(value, dt.datetime) and value == value else value
    if isinstance(value, str):
        try:
            found = dt.date.fromisoformat(value.strip())
        except ValueError:
            found = None
    if type(found) is not dt.date or not YEARS[0] < found.year < YEARS[1]:
        raise InputError("not_a_day", name=name, value=str(value))
    return found


def wishes(rows: Any, desk: Desk) -> tuple[Mapping[str, Any], ...]:
    """Return preferences with their days and weekdays read, after a look at who and what they name."""
    if rows is None:
        return ()
    if isinstance(rows, pd.DataFrame):
        rows = [{key: value for key, value in row.items() if not pd.isna(value)} for row in rows.to_dict("records")]
    if isinstance(rows, (str, Mapping)) or not isinstance(rows, Iterable):
        raise InputError("wish_unreadable", value=str(rows)[:60])
    known, found = [person.id for person in desk.people], []
    for row in rows:
        if not isinstance(row, Mapping) or not set(row) <= {"person", "weight", "date", "weekday", "tour"}:
            raise InputError("wish_unreadable", value=str(row)[:60])
        if str(row.get("person")) not in known:
            raise InputError("roster_unknown_person", person=str(row.get("person")), known=known[:8])
        read: dict[str, Any] = dict(row) | {"weight": number("weight", row.get("weight", 1.0), unit="hours")}
        if row.get("date") is not None:
            read["date"] = day("date", row["date"])
        if row.get("weekday") is not None:
            read["weekday"] = one_of("weekday", str(row["weekday"]).lower(), DAYS)
        found.append(read)
    return tuple(found)


def seats_of(desk: Desk, plan: Plan) -> tuple[Floats, Floats]:
    """
    Return people asked for in each local hour of the week, and in the part of an hour that lies outside cover. [people]

    The two differ where cover begins or ends within an hour and nothing but the cover asks for people then.
    """
    hours = np.array(cover_of(desk).slots())
    floor = as_seats(float(desk.calendar.seats), hours)
    if plan.seats is not None:
        return _inside_and_outside(plan.seats, hours if hours.any() else np.ones(168))
    if plan.by_hour is None:
        return floor, np.zeros(168)
    work = as_seats(np.floor(np.asarray(plan.by_hour) + 0.5), hours)
    return np.maximum(work, floor), work


def cover_of(desk: Desk) -> WeekHours:
    """Return the hours in which somebody must be there: cover hours, else opening hours."""
    return desk.calendar.cover or desk.calendar.open or WeekHours(spans=())


def odd_cover(desk: Desk, plan: Plan) -> WeekHours | None:
    """Return the cover hours if the seats come from them alone and some begin or end within an hour."""
    cover = cover_of(desk)
    alone = plan.by_hour is None and (plan.seats is None or np.ndim(plan.seats) == 0)
    return cover if alone and any(edge % 60 for span in cover.spans for edge in span) else None


def _inside_and_outside(seats: Any, hours: Floats) -> tuple[Floats, Floats]:
    asked = as_seats(seats, hours)
    return asked, np.zeros(168) if np.ndim(seats) == 0 else asked


def shift_hours(desk: Desk) -> float:
    """Return the length of a full working day. [hour]"""
    week = desk.absence.contract_hours_per_week or figure("contract_hours_per_week").value
    return week / (desk.absence.days_per_week or 5)


def break_of(plan: Plan, hours: float) -> float:
    """Return unpaid minutes of a shift of so many hours: as asked if longer than four, else what the rules need."""
    if plan.break_minutes is not None and hours > 4:
        return plan.break_minutes
    tiers = (("break_min_up_to_4h", 4.0), ("break_min_up_to_7_5h", 7.5), ("break_min_above_7_5h", math.inf))
    for rule, most in tiers:
        least = plan.rules.limit(rule) or 0.0
        if hours - least / 60 <= most + 1e-9:
            return least
    return 0.0


def demands_of(desk: Desk, plan: Plan, shifts: Sequence[Shift], home: str, day_start: float) -> tuple[Demand, ...]:
    """Return the seats, then each skill, as stretches with the shifts that cover them."""
    seats = seats_of(desk, plan)
    found = [_demand(seats, "", desk, plan, shifts, home, day_start)]
    cover = (seats[0] > 0).astype(float)
    for skill, asked in plan.skills.items():
        if str(skill).partition(":")[0] not in ("language", "channel", "duty") or ":" not in str(skill):
            raise InputError("skill_unreadable", skill=str(skill))
        found.append(_demand(_inside_and_outside(asked, cover), skill, desk, plan, shifts, home, day_start))
    return tuple(found)


def _demand(
    seats: tuple[Floats, Floats], skill: str, desk: Desk, plan: Plan, shifts: Sequence[Shift], home: str,
    day_start: float,
) -> Demand:  # fmt: skip
    days = [*plan.days, plan.last + dt.timedelta(days=1)]
    start, end, asked = demand_by_slot(seats[0], days, home)
    _, _, beside = demand_by_slot(seats[1], days, home)
    first, last = (
        int(local_instants([day], day_start, home)[0]) for day in (plan.first, plan.last + dt.timedelta(days=1))
    )
    closed = (start < first) | (end > last)
    if desk.calendar.cover is None and plan.seats is None:
        off = [day for year in {day.year for day in plan.days} for day in desk.calendar.public_holidays(year)]
        for day in off:
            first, last = local_instants([day, day + dt.timedelta(days=1)], 0, home)
            closed |= (start >= first) & (start < last)
    asked, beside = np.where(closed, 0.0, asked), np.where(closed, 0.0, beside)
    cover = cover_of(desk)
    spans = stretches_of(cover if cover.spans else WeekHours(spans=((0, 10_080),)), int(start[0]), int(end[-1]), home)
    opens, closes = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    begins = np.array([shift.start for shift in shifts], dtype=np.int64)
    ends = np.array([shift.end for shift in shifts], dtype=np.int64)
    edges = np.unique(np.concatenate([start, end[-1:], begins, ends, opens, closes]))
    edges = edges[(edges >= start[0]) & (edges <= end[-1])]
    hour = np.searchsorted(start, edges[:-1], side="right") - 1
    span = np.searchsorted(opens, edges[:-1], side="right") - 1
    covered = (span >= 0) & (edges[:-1] < np.append(closes, 0)[span])
    pieces: list[tuple[int, int, float, tuple[int, ...]]] = []
    for first, last, people in zip(edges[:-1], edges[1:], np.where(covered, asked[hour], beside[hour]), strict=True):
        if people <= 0:
            continue
        able = tuple(np.flatnonzero((begins <= first) & (ends >= last)).tolist())
        if pieces and pieces[-1][1] == first and pieces[-1][2:] == (people, able):
            pieces[-1] = (pieces[-1][0], int(last), float(people), able)
        else:
            pieces.append((int(first), int(last), float(people), able))
    return Demand(
        np.array([piece[0] for piece in pieces], dtype=np.int64),
        np.array([piece[1] for piece in pieces], dtype=np.int64),
        np.array([piece[2] for piece in pieces], dtype=float),
        tuple(np.array(piece[3], dtype=np.int64) for piece in pieces),
        skill,
    )


def law_rest(rules: RestRules) -> float:
    """Return the rest between duties that the rules ask for; 0 for none. [hour]"""
    return max(rules.limit("daily_rest_min") or 0.0, rules.limit("shift_change_rest_min") or 0.0)


def night_cap(rules: RestRules) -> float:
    """Return the average week that the night rule allows: so many hours in 24, six days a week. [hour]"""
    limit = rules.limit("night_hours_avg_max")
    return math.inf if limit is None else 6 * limit


def law_of(rules: RestRules, weeks: int) -> tuple[float, float, tuple[float, float] | None]:
    """Return least rest, long rest and the rolling window of hours that the rules ask for. [hour]"""
    rest = max(law_rest(rules), figure("roster_least_rest").value)
    window = None
    for name in ("week_hours_max", "week_hours_avg_max"):
        row = rules.get(name)
        days = (row.window_days or 7.0) if row is not None else 7.0
        if row is not None and row.value is not None and (name == "week_hours_max" or days < 7 * weeks):
            limit = row.value * (1.0 if name == "week_hours_max" else days / 7)
            if window is None or limit / days < window[1] / window[0]:
                window = (days, limit)
    return rest, rules.limit("weekly_rest_min") or 0.0, window
