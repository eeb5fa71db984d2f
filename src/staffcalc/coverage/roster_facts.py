"""From a desk to the facts of one roster: who may work which shift, what is asked, what is fixed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.coverage.duty_rows import DAY, WORK, Rows, as_frame, local_days, local_instants, stamp
from staffcalc.coverage.on_call_turns import Turns, plan_turns
from staffcalc.coverage.presets import RestRules
from staffcalc.coverage.rest_rules import night_of
from staffcalc.coverage.rest_windows import night_seconds
from staffcalc.coverage.roster_programme import Demand, Member, Problem, Solution
from staffcalc.coverage.shifts import Shift, as_seats, as_tours, broken_rule, default_tours, demand_by_slot, lay_out
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS, WeekHours
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import DUTIES, Person
from staffcalc.reference.lookup import figure

Floats = npt.NDArray[np.float64]
COUNTS = ("nights", "weekends", "holidays")
LOOK_BACK_DAYS = 7
MOST_OF_A_SHIFT = 0.5


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


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Facts:
    """Facts of one roster: the programme's problem, and what is needed to tell the story afterwards."""

    desk: Desk
    plan: Plan
    people: tuple[Person, ...]
    problem: Problem
    refused: tuple[tuple[Shift, str], ...]
    leave: Mapping[str, tuple[tuple[dt.date, dt.date], ...]]
    before: pd.DataFrame
    asked_hours: float
    horizon_days: float
    notes: tuple[Sentence, ...]
    assumptions: tuple[Assumption, ...]

    def duties(self, found: Solution) -> pd.DataFrame:
        """Return the rows of a solution: duties and leave inside the roster."""
        rows: list[tuple[Any, ...]] = []
        for member, taken in zip(self.problem.members, found.taken, strict=True):
            for number in np.flatnonzero(taken):
                shift = self.problem.shifts[int(number)]
                if shift.day >= 0:
                    rows.append(
                        (
                            member.id,
                            stamp(shift.start),
                            stamp(shift.end),
                            "work",
                            shift.tour,
                            member.zone,
                            shift.break_minutes,
                        )
                    )
            for first, last in self.leave[member.id]:
                first, last = max(first, self.plan.first), min(last, self.plan.last)
                if first <= last:
                    edges = local_instants([first, last + dt.timedelta(days=1)], 0, member.zone)
                    rows.append((member.id, stamp(edges[0]), stamp(edges[1]), "leave", "", member.zone, 0.0))
        return _duty_table(rows)

    def fairness(self, found: Solution, on_call_weeks: Mapping[str, int] | None) -> pd.DataFrame:
        """Return hours, nights, weekend and holiday duties of each person, and those of the history."""
        inside = np.array([shift.day >= 0 for shift in self.problem.shifts], dtype=bool)
        hours = np.array([shift.hours for shift in self.problem.shifts])
        rows = []
        for member, taken in zip(self.problem.members, found.taken, strict=True):
            mine = taken & inside
            row: dict[str, Any] = {"person": member.id, "hours": float(hours[mine].sum())}
            row |= {name: int((mine & self.problem.counts[name][member.zone]).sum()) for name in COUNTS}
            row |= {f"{name}_before": float(member.past.get(name, 0.0)) for name in COUNTS}
            row["on_call_weeks"] = 0 if on_call_weeks is None else on_call_weeks.get(member.id, 0)
            rows.append(row)
        return pd.DataFrame(rows)

    def on_call_turns(self, seed: int | np.random.Generator) -> Turns | None:
        """Return the on-call turns, or None where the desk asks for none."""
        return plan_turns(self.desk, self.people, self.leave, first=self.plan.first, weeks=self.plan.weeks, seed=seed)


def gather(desk: Desk, plan: Plan) -> Facts:
    """Return the facts of a roster."""
    home = desk.calendar.timezone or desk.timezone
    people = tuple(p for p in desk.people if any(p.employed(day) for day in plan.days))
    if not people:
        raise InputError("roster_nobody", first=plan.first, last=plan.last)
    seats = _seats(desk, plan)
    tours = (
        as_tours(plan.tours)
        if plan.tours is not None
        else default_tours(seats, hours=_shift_hours(desk), break_minutes=_break(plan))
    )
    zones = {person.id: desk.timezone_of(person) for person in people}
    leave = _leave(people, plan, zones)
    night = night_of(plan.rules)
    laid = lay_out(tours, plan.days, home)
    refused = [(shift, rule) for shift in laid if (rule := broken_rule(shift, plan.rules, zone=home, night=night))]
    broken = {id(shift) for shift, _ in refused}
    shifts = [shift for shift in laid if id(shift) not in broken]
    before, fixed, frozen_to = _fixed(plan, home, set(zones))
    shifts, held = _with_fixed(shifts, before, fixed, plan, home)
    counts = {zone: _counts(shifts, zone, desk, plan) for zone in set(zones.values())}
    past = _past(plan, desk, zones)
    members = [
        _member(
            person, desk, plan, shifts, held, leave[person.id], zones[person.id], frozen_to, past.get(person.id, {})
        )
        for person in people
    ]
    rest, long_rest, window = _law(plan.rules, plan.weeks)
    day_start = max(0.0, *(tour.start + tour.hours - 24 for tour in tours)) if tours else 0.0
    demands = _demands(desk, plan, seats, shifts, home, day_start)
    monday = plan.first - dt.timedelta(days=plan.first.weekday())
    offset = (plan.first - monday).days
    problem = Problem(
        shifts=shifts,
        members=members,
        demands=demands,
        weeks=np.array([(shift.day + offset) // 7 for shift in shifts], dtype=np.int64),
        rest=rest,
        long_rest=long_rest,
        week_edges={zone: _week_edges(plan, zone, before=len(before) > 0) for zone in counts},
        night={zone: found["nights"] for zone, found in counts.items()},
        counts={name: {zone: found[name] for zone, found in counts.items()} for name in COUNTS},
        window=window,
        max_nights=plan.max_nights,
        max_days=plan.max_days,
        max_night_weeks=int(plan.rules.limit("nights_in_a_row_weeks_alternating_max") or 0),
    )
    notes = [Sentence("roster_house_rest", hours=rest)] if rest > _law_rest(plan.rules) else []
    if plan.tours is None:
        notes.append(Sentence("roster_tours_made", tours=[tour.name for tour in tours]))
    return Facts(
        desk=desk,
        plan=plan,
        people=people,
        problem=problem,
        refused=tuple(refused),
        leave=leave,
        before=before,
        asked_hours=float((demands[0].hours * demands[0].seats).sum()),
        horizon_days=7.0 * plan.weeks,
        notes=tuple(notes),
        assumptions=(
            Assumption(
                "roster.tours",
                ", ".join(tour.name for tour in tours),
                status="given" if plan.tours is not None else "judgement",
                source="desk" if plan.tours is not None else "judgement",
            ),
        ),
    )


def _seats(desk: Desk, plan: Plan) -> Floats:
    cover = desk.calendar.cover or desk.calendar.open or WeekHours(spans=())
    hours = np.array(cover.slots())
    floor = as_seats(float(desk.calendar.seats), hours)
    if plan.seats is not None:
        return as_seats(plan.seats, hours if hours.any() else np.ones(168))
    if plan.by_hour is None:
        return floor
    return np.maximum(as_seats(np.floor(np.asarray(plan.by_hour) + 0.5), hours), floor)


def _shift_hours(desk: Desk) -> float:
    week = desk.absence.contract_hours_per_week or figure("contract_hours_per_week").value
    return week / (desk.absence.days_per_week or 5)


def _break(plan: Plan) -> float:
    """Return unpaid minutes of a shift: as asked, else what the rules need for up to seven and a half hours of work."""
    if plan.break_minutes is not None:
        return plan.break_minutes
    return plan.rules.limit("break_min_up_to_7_5h") or 0.0


def _leave(
    people: Sequence[Person], plan: Plan, zones: Mapping[str, str]
) -> dict[str, tuple[tuple[dt.date, dt.date], ...]]:
    found = {person.id: [(part.start, part.end) for part in person.leave] for person in people}
    if plan.leave is not None:
        table = plan.leave if isinstance(plan.leave, pd.DataFrame) else pd.DataFrame([dict(row) for row in plan.leave])  # type: ignore[union-attr]
        if len(table) and not {"person", "start", "end"} <= set(table.columns):
            raise InputError("roster_columns", missing=["person", "start", "end"], columns=["person", "start", "end"])
        for person, first, last in table[["person", "start", "end"]].itertuples(index=False) if len(table) else ():
            if str(person) not in zones:
                raise InputError("roster_unknown_person", person=str(person), known=sorted(zones)[:8])
            found[str(person)].append((pd.Timestamp(first).date(), pd.Timestamp(last).date()))
    return {person: tuple(sorted(parts)) for person, parts in found.items()}


def _fixed(plan: Plan, home: str, known: set[str]) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return duties shortly before the roster, frozen duties inside it, and the instant up to which it is frozen."""
    start = int(local_instants([plan.first], 0, home)[0])
    tables = []
    for rows in (plan.history, plan.frozen):
        if rows is not None and not _is_counts(rows):
            table = as_frame(rows, timezone=home)
            tables.append(table[table["kind"].isin(WORK) & table["person"].isin(known)])
    every = (
        pd.concat(tables, ignore_index=True)
        if tables
        else as_frame(
            [{"person": "", "start": pd.Timestamp(0, tz="UTC"), "end": pd.Timestamp(1, unit="s", tz="UTC")}]
        ).iloc[:0]
    )
    begin = (
        every["start"].map(lambda moment: int(moment.timestamp())).to_numpy(dtype=np.int64)
        if len(every)
        else np.zeros(0, dtype=np.int64)
    )
    before = every[(begin < start) & (begin >= start - LOOK_BACK_DAYS * DAY)].drop_duplicates(["person", "start"])
    if plan.frozen is None:
        return before, every.iloc[:0], start
    if plan.frozen_until is not None:
        until = int(local_instants([plan.frozen_until], 0, home)[0])
    else:
        until = int(begin.max(initial=start)) + 1
    inside = every[(begin >= start) & (begin < until)].drop_duplicates(["person", "start"])
    return before, inside, max(start, until)


def _with_fixed(
    shifts: list[Shift], before: pd.DataFrame, fixed: pd.DataFrame, plan: Plan, home: str
) -> tuple[list[Shift], dict[str, set[int]]]:
    """Return the shifts with those of fixed duties added, and which shifts each person holds."""
    known = {(shift.start, shift.end, shift.break_minutes): shift for shift in shifts}
    held: dict[str, list[Shift]] = {}
    rows = pd.concat([before, fixed]).to_dict("records") if len(before) or len(fixed) else []
    for row in rows:
        start, end = int(row["start"].timestamp()), int(row["end"].timestamp())
        key = (start, end, float(row["break_minutes"]))
        shift = known.get(key)
        if shift is None:
            day = (local_days(start, start, home)[0] - plan.first).days
            shift = known[key] = Shift(day, "fixed", *key)
            shifts = [*shifts, shift]
        held.setdefault(str(row["person"]), []).append(shift)
    shifts = sorted(shifts, key=lambda shift: (shift.day, shift.start, shift.tour))
    index = {id(shift): number for number, shift in enumerate(shifts)}
    return shifts, {person: {index[id(shift)] for shift in mine} for person, mine in held.items()}


def _member(
    person: Person, desk: Desk, plan: Plan, shifts: Sequence[Shift], held: Mapping[str, set[int]],
    leave: tuple[tuple[dt.date, dt.date], ...], zone: str, frozen_to: int, past: Mapping[str, float],
) -> Member:  # fmt: skip
    week = (
        person.contract_hours_per_week
        or desk.absence.contract_hours_per_week
        or figure("contract_hours_per_week").value
    )
    full = desk.absence.contract_hours_per_week or figure("contract_hours_per_week").value
    mine = held.get(person.id, set())
    allowed, fixed, wish = np.zeros(len(shifts), dtype=bool), np.zeros(len(shifts), dtype=bool), np.zeros(len(shifts))
    away = tuple(
        (int(a), int(b))
        for first, last in leave
        for a, b in [local_instants([first, last + dt.timedelta(days=1)], 0, zone)]
    )
    for number, shift in enumerate(shifts):
        fixed[number] = number in mine
        day = plan.first + dt.timedelta(days=shift.day)
        free = not any(shift.start < end and shift.end > start for start, end in away)
        allowed[number] = shift.start >= frozen_to and shift.tour != "fixed" and free and person.employed(day)
        wish[number] = _wish(person, shift, day, plan)
    rules, limit = plan.rules, math.inf
    average = rules.get("week_hours_avg_max")
    if average is not None and average.value is not None and (average.window_days or 7) >= 7 * plan.weeks:
        known = (
            7.0 * plan.weeks - sum(max(0, min(b, _end(plan, zone)) - max(a, _start(plan, zone))) for a, b in away) / DAY
        )
        limit = min(average.value, _night_cap(rules)) * max(known, 0.0) / 7
    return Member(
        id=person.id,
        zone=zone,
        week_hours=_week_caps(person, plan, leave, week + plan.overtime),
        share=week / full,
        allowed=allowed,
        fixed=fixed,
        skills=_skills(person, desk),
        wish=wish,
        past=past,
        leave=away,
        most_hours=limit,
    )


def _week_caps(
    person: Person, plan: Plan, leave: tuple[tuple[dt.date, dt.date], ...], hours: float
) -> dict[int, float]:
    """Return contract hours by week, less the weekdays on leave or outside employment."""
    monday = plan.first - dt.timedelta(days=plan.first.weekday())
    caps = {}
    for week in range(plan.weeks + 1):
        days = [monday + dt.timedelta(days=7 * week + number) for number in range(7)]
        away = sum(any(a <= day <= b for a, b in leave) or not person.employed(day) for day in days[:5])
        caps[week] = hours * (1 - away / 5)
    return caps


def _skills(person: Person, desk: Desk) -> frozenset[str]:
    channels = [channel.id for channel in desk.channels] if person.channels == "all" else person.channels
    duties = DUTIES if person.duties == "all" else person.duties
    parts = {"language": person.languages, "channel": channels, "duty": duties}
    return frozenset(f"{family}:{key}" for family, keys in parts.items() for key in keys)


def _wish(person: Person, shift: Shift, day: dt.date, plan: Plan) -> float:
    total = 0.0
    for row in plan.preferences:
        if str(row.get("person")) != person.id:
            continue
        date, weekday, tour = row.get("date"), row.get("weekday"), row.get("tour")
        if date is not None and pd.Timestamp(date).date() != day:
            continue
        if weekday is not None and str(weekday).lower() != DAYS[day.weekday()]:
            continue
        if tour is not None and str(tour) != shift.tour:
            continue
        total += float(row.get("weight", 1.0))
    return float(np.clip(total, -10 * shift.hours, MOST_OF_A_SHIFT * shift.hours))


def _counts(shifts: Sequence[Shift], zone: str, desk: Desk, plan: Plan) -> dict[str, npt.NDArray[np.bool_]]:
    start = np.array([shift.start for shift in shifts], dtype=np.int64)
    end = np.array([shift.end for shift in shifts], dtype=np.int64)
    order = np.argsort(start, kind="stable")
    dark = np.zeros(len(shifts))
    for number in order:
        dark[number] = night_seconds(
            start[number : number + 1], end[number : number + 1], zone=zone, night=night_of(plan.rules)
        )[0]
    days = [plan.first + dt.timedelta(days=shift.day) for shift in shifts]
    calendars = [desk.calendar_of(person) for person in desk.people if desk.timezone_of(person) == zone] or [
        desk.calendar
    ]
    weekend = {DAYS.index(day) for day in calendars[0].weekend}
    off = {day for year in {day.year for day in days} for day in calendars[0].public_holidays(year)}
    return {
        "nights": dark > MOST_OF_A_SHIFT * (end - start),
        "weekends": np.array([day.weekday() in weekend for day in days], dtype=bool),
        "holidays": np.array([day in off for day in days], dtype=bool),
    }


def _past(plan: Plan, desk: Desk, zones: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Return nights, weekends and holidays worked before, from counts or from rows."""
    if plan.history is None:
        return {}
    if _is_counts(plan.history):
        table = plan.history if isinstance(plan.history, pd.DataFrame) else pd.DataFrame(list(plan.history))  # type: ignore[arg-type]
        return {
            str(row["person"]): {name: float(row.get(name, 0.0) or 0.0) for name in COUNTS}
            for row in table.to_dict("records")
        }
    frame = as_frame(plan.history, timezone=desk.timezone)
    found: dict[str, dict[str, float]] = {}
    for person, rows in frame[frame["kind"].isin(WORK) & frame["person"].isin(list(zones))].groupby("person"):
        past = [
            Shift(0, "", int(a.timestamp()), int(b.timestamp()))
            for a, b in zip(rows["start"], rows["end"], strict=True)
        ]
        past = [
            dataclasses.replace(one, day=(local_days(one.start, one.start, zones[str(person)])[0] - plan.first).days)
            for one in past
        ]
        counts = _counts(past, zones[str(person)], desk, plan)
        found[str(person)] = {name: float(which.sum()) for name, which in counts.items()}
    return found


def _is_counts(rows: Any) -> bool:
    if hasattr(rows, "to_frame"):
        return False
    table = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    return "start" not in table.columns and "person" in table.columns


def _demands(
    desk: Desk, plan: Plan, seats: Floats, shifts: Sequence[Shift], home: str, day_start: float
) -> tuple[Demand, ...]:
    found = [_demand(seats, "", desk, plan, shifts, home, day_start)]
    cover = (seats > 0).astype(float)
    for skill, asked in plan.skills.items():
        if skill.partition(":")[0] not in ("language", "channel", "duty") or ":" not in skill:
            raise InputError("skill_unreadable", skill=skill)
        found.append(_demand(as_seats(asked, cover), skill, desk, plan, shifts, home, day_start))
    return tuple(found)


def _demand(
    seats: Floats, skill: str, desk: Desk, plan: Plan, shifts: Sequence[Shift], home: str, day_start: float
) -> Demand:
    start, end, asked = demand_by_slot(seats, [*plan.days, plan.last + dt.timedelta(days=1)], home)
    first, last = (
        int(local_instants([day], day_start, home)[0]) for day in (plan.first, plan.last + dt.timedelta(days=1))
    )
    asked = np.where((start >= first) & (end <= last), asked, 0.0)
    if desk.calendar.cover is None and plan.seats is None:
        off = [day for year in {day.year for day in plan.days} for day in desk.calendar.public_holidays(year)]
        for day in off:
            first, last = local_instants([day, day + dt.timedelta(days=1)], 0, home)
            asked = np.where((start >= first) & (start < last), 0.0, asked)
    begins = np.array([shift.start for shift in shifts], dtype=np.int64)
    ends = np.array([shift.end for shift in shifts], dtype=np.int64)
    edges = np.unique(np.concatenate([start, end[-1:], begins, ends]))
    edges = edges[(edges >= start[0]) & (edges <= end[-1])]
    hour = np.searchsorted(start, edges[:-1], side="right") - 1
    pieces: list[tuple[int, int, float, tuple[int, ...]]] = []
    for first, last, people in zip(edges[:-1], edges[1:], asked[hour], strict=True):
        if people <= 0:
            continue
        cover = tuple(np.flatnonzero((begins <= first) & (ends >= last)).tolist())
        if pieces and pieces[-1][1] == first and pieces[-1][2:] == (people, cover):
            pieces[-1] = (pieces[-1][0], int(last), float(people), cover)
        else:
            pieces.append((int(first), int(last), float(people), cover))
    return Demand(
        np.array([piece[0] for piece in pieces], dtype=np.int64),
        np.array([piece[1] for piece in pieces], dtype=np.int64),
        np.array([piece[2] for piece in pieces], dtype=float),
        tuple(np.array(piece[3], dtype=np.int64) for piece in pieces),
        skill,
    )


def _law_rest(rules: RestRules) -> float:
    return max(rules.limit("daily_rest_min") or 0.0, rules.limit("shift_change_rest_min") or 0.0)


def _night_cap(rules: RestRules) -> float:
    """Return the average week that the night rule allows: so many hours in 24, six days a week. [hour]"""
    limit = rules.limit("night_hours_avg_max")
    return math.inf if limit is None else 6 * limit


def _law(rules: RestRules, weeks: int) -> tuple[float, float, tuple[float, float] | None]:
    """Return least rest, long rest and the rolling window of hours that the rules ask for. [hour]"""
    rest = max(_law_rest(rules), figure("roster_least_rest").value)
    window = None
    for name in ("week_hours_max", "week_hours_avg_max"):
        row = rules.get(name)
        days = (row.window_days or 7.0) if row is not None else 7.0
        if row is not None and row.value is not None and (name == "week_hours_max" or days < 7 * weeks):
            limit = row.value * (1.0 if name == "week_hours_max" else days / 7)
            if window is None or limit / days < window[1] / window[0]:
                window = (days, limit)
    return rest, rules.limit("weekly_rest_min") or 0.0, window


def _week_edges(plan: Plan, zone: str, *, before: bool) -> npt.NDArray[np.int64]:
    monday = plan.first - dt.timedelta(days=plan.first.weekday() + (7 if before else 0))
    count = (plan.last - monday).days // 7 + 2
    return local_instants([monday + dt.timedelta(days=7 * number) for number in range(count)], 0, zone)


def _start(plan: Plan, zone: str) -> int:
    return int(local_instants([plan.first], 0, zone)[0])


def _end(plan: Plan, zone: str) -> int:
    return int(local_instants([plan.last + dt.timedelta(days=1)], 0, zone)[0])


def _duty_table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["person", "start", "end", "kind", "tour", "timezone", "break_minutes"])
    for name in ("start", "end"):
        table[name] = pd.to_datetime(table[name], utc=True).astype("datetime64[s, UTC]")
    return table
