"""What came before a roster and what of it is fixed: published duties, rest still owed, turns already worked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from staffcalc._checks import at_least
from staffcalc.coverage.duty_rows import (
    DAY,
    STANDBY,
    WORK,
    as_frame,
    as_table,
    days_of,
    full_rows,
    local_days,
    local_instants,
    stamp,
)
from staffcalc.coverage.on_call_turns import turn_weeks
from staffcalc.coverage.roster_counts import COUNTS, calendar_in, counts_of
from staffcalc.coverage.roster_plan import Plan
from staffcalc.coverage.shifts import Shift
from staffcalc.inputs.desk import Desk

TURNS = "on_call_weeks"


LOOK_BACK_DAYS = 7


def fixed_duties(plan: Plan, home: str, known: set[str]) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return duties shortly before the roster, frozen duties inside it, and the instant up to which it is frozen."""
    start = int(local_instants([plan.first], 0, home)[0])
    tables = []
    for rows in (plan.history, plan.frozen):
        if rows is not None and not _is_counts(rows):
            table = as_frame(rows, timezone=home)
            tables.append(table[table["kind"].isin(WORK) & table["person"].isin(known)])
    every = pd.concat(tables, ignore_index=True) if tables else as_frame([])
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


def published_turns(plan: Plan, home: str, until: int) -> pd.DataFrame:
    """Return the on-call rows of the published part of a roster that start before the instant up to which it holds."""
    if plan.frozen is None or _is_counts(plan.frozen):
        return as_frame([]).assign(tour="")
    rows = full_rows(plan.frozen, home)
    return rows[(rows["kind"] == STANDBY) & (rows["start"] < stamp(until))]


def with_fixed(
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


def past_counts(plan: Plan, desk: Desk, zones: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Return nights, weekends and holidays worked before, from counts or from rows."""
    if plan.history is None:
        return {}
    if _is_counts(plan.history):
        return {
            str(row["person"]): {name: at_least(name, row.get(name) or 0.0) for name in (*COUNTS, TURNS)}
            for row in as_table(plan.history).to_dict("records")
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
        zone = zones[str(person)]
        counts = counts_of(past, zone=zone, calendar=calendar_in(desk, zone), rules=plan.rules, first=plan.first)
        found[str(person)] = {name: float(which.sum()) for name, which in counts.items()}
    standby = frame[(frame["kind"] == STANDBY) & frame["person"].isin(list(zones))]
    for person, rows in standby.groupby("person"):
        weeks = turn_weeks(rows["start"], zones[str(person)], days_of(standby)[0])
        found.setdefault(str(person), {})[TURNS] = float(weeks)
    return found


def _is_counts(rows: Any) -> bool:
    if hasattr(rows, "to_frame"):
        return False
    table = as_table(rows)
    return "start" not in table.columns and "person" in table.columns
