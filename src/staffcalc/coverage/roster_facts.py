"""From a desk to the facts of one roster: who may work which shift, what is asked, what is fixed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._checks import one_of
from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.coverage.duty_rows import DAY, HOUR, as_table, local_days, local_instants, stamp
from staffcalc.coverage.on_call_turns import BESIDE, Turns, plan_turns
from staffcalc.coverage.rest_measures import night_of
from staffcalc.coverage.roster_counts import COUNTS, MOST_OF_A_SHIFT, calendar_in, counts_of
from staffcalc.coverage.roster_history import fixed_duties, past_counts, published_turns, with_fixed
from staffcalc.coverage.roster_plan import (
    Plan,
    break_of,
    day,
    demands_of,
    law_of,
    law_rest,
    night_cap,
    odd_cover,
    seats_of,
    shift_hours,
)
from staffcalc.coverage.roster_problem import Member, Problem, Solution
from staffcalc.coverage.shifts import Shift, as_tours, broken_rule, default_tours, lay_out
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import DUTIES, Person
from staffcalc.reference.lookup import figure


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
    published_turns: pd.DataFrame
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

    def on_call_turns(self, work: pd.DataFrame | None, seed: int | np.random.Generator) -> Turns | None:
        """Return the on-call turns beside the shifts of ``work``, or None where the desk asks for none."""
        return plan_turns(
            self.desk,
            self.people,
            self.leave,
            first=self.plan.first,
            weeks=self.plan.weeks,
            work=work,
            published=self.published_turns,
            past={member.id: member.past.get("on_call_weeks", 0.0) for member in self.problem.members},
            seed=seed,
        )

    def around(self, turns: Turns | None) -> Facts:
        """Return the same facts with shifts beside one's own on-call turn wished away."""
        if turns is None or turns.rows.empty or not self.problem.shifts:
            return self
        members = []
        for member in self.problem.members:
            mine = turns.rows[turns.rows["person"] == member.id]
            spans = [(a.timestamp(), b.timestamp()) for a, b in zip(mine["start"], mine["end"], strict=True)]
            beside = [sum(max(0.0, min(s.end, b) - max(s.start, a)) for a, b in spans) for s in self.problem.shifts]
            members.append(dataclasses.replace(member, wish=member.wish - BESIDE * np.array(beside) / HOUR))
        return dataclasses.replace(self, problem=dataclasses.replace(self.problem, members=members))


def gather(desk: Desk, plan: Plan) -> Facts:
    """Return the facts of a roster."""
    home = desk.calendar.timezone or desk.timezone
    people = tuple(p for p in desk.people if any(p.employed(day) for day in plan.days))
    if not people:
        raise InputError("roster_nobody", first=plan.first, last=plan.last)
    seats, _ = seats_of(desk, plan)
    made = plan.tours is None
    tours = as_tours(
        default_tours(
            seats,
            hours=shift_hours(desk),
            break_minutes=lambda length: break_of(plan, length),
            cover=odd_cover(desk, plan),
        )
        if made
        else plan.tours or ()
    )
    zones = {person.id: desk.timezone_of(person) for person in people}
    leave = _leave(people, plan, zones)
    night = night_of(plan.rules)
    laid = lay_out(tours, plan.days, home)
    breaks = any(tour.break_minutes for tour in tours)
    refused = [
        (shift, rule)
        for shift in laid
        if (rule := broken_rule(shift, plan.rules, zone=home, night=night, breaks_known=breaks))
    ]
    broken = {id(shift) for shift, _ in refused}
    shifts = [shift for shift in laid if id(shift) not in broken]
    for row in plan.preferences:
        if row.get("tour") is not None:
            one_of("tour", str(row["tour"]), tuple(tour.name for tour in tours))
    before, fixed, frozen_to = fixed_duties(plan, home, set(zones))
    shifts, held = with_fixed(shifts, before, fixed, plan, home)
    counts = {
        zone: counts_of(shifts, zone=zone, calendar=calendar_in(desk, zone), rules=plan.rules, first=plan.first)
        for zone in set(zones.values())
    }
    past = past_counts(plan, desk, zones)
    members = [
        _member(
            person, desk, plan, shifts, held, leave[person.id], zones[person.id], frozen_to, past.get(person.id, {})
        )
        for person in people
    ]
    rest, long_rest, window = law_of(plan.rules, plan.weeks)
    day_start = max(0.0, *(tour.start + tour.hours - 24 for tour in tours)) if tours else 0.0
    demands = demands_of(desk, plan, shifts, home, day_start)
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
    notes = [Sentence("roster_house_rest", hours=rest)] if rest > law_rest(plan.rules) else []
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
        published_turns=published_turns(plan, home, frozen_to),
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


def _leave(
    people: Sequence[Person], plan: Plan, zones: Mapping[str, str]
) -> dict[str, tuple[tuple[dt.date, dt.date], ...]]:
    found = {person.id: [(part.start, part.end) for part in person.leave] for person in people}
    if plan.leave is not None:
        table = as_table(plan.leave)
        if len(table) and not {"person", "start", "end"} <= set(table.columns):
            raise InputError("roster_columns", missing=["person", "start", "end"], columns=["person", "start", "end"])
        for person, first, last in table[["person", "start", "end"]].itertuples(index=False) if len(table) else ():
            if str(person) not in zones:
                raise InputError("roster_unknown_person", person=str(person), known=sorted(zones)[:8])
            parts = day("start", first), day("end", last)
            if parts[1] < parts[0]:
                raise InputError("period_reversed", start=parts[0], end=parts[1])
            found[str(person)].append(parts)
    return {person: tuple(sorted(parts)) for person, parts in found.items()}


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
    always = person.start is None and person.end is None
    for number, shift in enumerate(shifts):
        fixed[number] = number in mine
        free = not any(shift.start < end and shift.end > start for start, end in away)
        belongs = always or all(person.employed(one) for one in local_days(shift.start, shift.end - 1, zone))
        allowed[number] = shift.start >= frozen_to and shift.tour != "fixed" and free and belongs
        wish[number] = _wish(person, shift, plan.first + dt.timedelta(days=shift.day), plan)
    rules, limit = plan.rules, math.inf
    average = rules.get("week_hours_avg_max")
    if average is not None and average.value is not None and (average.window_days or 7) >= 7 * plan.weeks:
        known = (
            7.0 * plan.weeks - sum(max(0, min(b, _end(plan, zone)) - max(a, _start(plan, zone))) for a, b in away) / DAY
        )
        limit = min(average.value, night_cap(rules)) * max(known, 0.0) / 7
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


def _wish(person: Person, shift: Shift, when: dt.date, plan: Plan) -> float:
    total = 0.0
    for row in plan.preferences:
        if str(row.get("person")) != person.id:
            continue
        date, weekday, tour = row.get("date"), row.get("weekday"), row.get("tour")
        if date not in (None, when) or weekday not in (None, DAYS[when.weekday()]):
            continue
        if tour is not None and str(tour) != shift.tour:
            continue
        total += float(row["weight"])
    return float(np.clip(total, -10 * shift.hours, MOST_OF_A_SHIFT * shift.hours))


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
