"""On-call turns of a roster: who holds which role in which week."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from staffcalc._checks import generator
from staffcalc.coverage.duty_rows import HOUR, local_days, local_instants, stamp
from staffcalc.coverage.hours import on_call_week
from staffcalc.coverage.shifts import stretches_of
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import Person
from staffcalc.reference.lookup import figure

OPEN, UNEVEN, AGAIN, BESIDE = 100.0, 3.0, 1.0, 0.1
"""Weights: a turn nobody takes, one above or below the fair share, two weeks in a row, an hour on call beside work."""

Leave = Mapping[str, tuple[tuple[dt.date, dt.date], ...]]


@dataclasses.dataclass(frozen=True, eq=False)
class Turns:
    """
    On-call turns.

    Parameters
    ----------
    rows : DataFrame
        Duty rows of kind ``on_call``; the tour is the role, ``on_call_1`` before ``on_call_2``.
    unmet : DataFrame
        Turns that nobody can take.
    weeks : mapping of str to int
        Turns of each person.
    """

    rows: pd.DataFrame
    unmet: pd.DataFrame
    weeks: Mapping[str, int]

    def given_up(self, reason: str) -> Turns:
        """Return the same turns with nobody on them, for a reason."""
        hours = (self.rows["end"] - self.rows["start"]).dt.total_seconds() / HOUR
        lost = self.rows.assign(hours=hours, people_missing=1, skill=self.rows["tour"], reason=reason)[
            self.unmet.columns
        ]
        unmet = (
            pd.concat([part for part in (self.unmet, lost) if len(part)], ignore_index=True)
            if len(lost)
            else self.unmet
        )
        return Turns(self.rows.iloc[:0], unmet, dict.fromkeys(self.weeks, 0))


def plan_turns(
    desk: Desk,
    people: Sequence[Person],
    leave: Leave,
    *,
    first: dt.date,
    weeks: int,
    work: pd.DataFrame | None = None,
    published: pd.DataFrame | None = None,
    past: Mapping[str, float] | None = None,
    seed: int | np.random.Generator,
) -> Turns | None:
    """
    Return a weekly rotation over the on-call hours of a desk, or None where it asks for none.

    A turn changes at the start of the working day, seven days after the last change; nobody is on call during leave,
    turns are shared by head count with those of the ``past``, not two weeks in a row and not beside a shift of ``work``
    where that can be helped. Turns that are ``published`` stay with their holders.
    """
    hours = on_call_week(desk)
    rotation = [person for person in people if person.on_call]
    if desk.on_call is None or not hours.spans:
        return None
    home = desk.calendar.timezone or desk.timezone
    roles = desk.on_call.roles if desk.on_call.roles is not None else int(figure("default_roles").value)
    edges = _edges(first, weeks, home)
    able = np.array(
        [
            [_free(person, leave, a, b, desk.timezone_of(person)) for a, b in itertools.pairwise(edges)]
            for person in rotation
        ]
    ).reshape(len(rotation), weeks)
    turns = [stretches_of(hours, a, b, home) for a, b in itertools.pairwise(edges)]
    beside = np.array([[_hours_beside(work, person.id, turn) for turn in turns] for person in rotation])
    kept = _kept(published, turns, [person.id for person in rotation], roles)
    before = np.array([(past or {}).get(person.id, 0.0) for person in rotation])
    state = generator(seed)
    taken = _assign(able, beside, kept, before, state) if rotation else np.zeros((0, weeks, roles), dtype=bool)
    rows, unmet = [], []
    for week in range(weeks):
        stretches = turns[week]
        for role in range(roles):
            holders = np.flatnonzero(taken[:, week, role])
            for start, end in stretches:
                if len(holders):
                    person = rotation[holders[0]]
                    rows.append(
                        (
                            person.id,
                            stamp(start),
                            stamp(end),
                            "on_call",
                            f"on_call_{role + 1}",
                            desk.timezone_of(person),
                            0.0,
                        )
                    )
                else:
                    unmet.append((stamp(start), stamp(end), (end - start) / HOUR, 1, f"on_call_{role + 1}", "on_call"))
    return Turns(
        _stamped(rows, ["person", "start", "end", "kind", "tour", "timezone", "break_minutes"]),
        _stamped(unmet, ["start", "end", "hours", "people_missing", "skill", "reason"]),
        {person.id: int(taken[number].sum()) for number, person in enumerate(rotation)},
    )


def turn_weeks(starts: pd.Series[Any], zone: str, first: dt.date) -> int:
    """Return the weeks in which standby starts; a week changes at the start of the working day, as turns do."""
    change = pd.Timestamp(first) + pd.Timedelta(hours=figure("workday_start").value)
    weeks = (starts.dt.tz_convert(zone).dt.tz_localize(None) - change) // pd.Timedelta(days=7)
    return int(weeks.clip(lower=0).nunique())


def _kept(
    published: pd.DataFrame | None, turns: Sequence[Sequence[tuple[int, int]]], people: Sequence[str], roles: int
) -> np.ndarray:
    """Return which person holds which role of which week in the published part: who has most of its hours there."""
    kept = np.zeros((len(people), len(turns), roles), dtype=bool)
    if published is None or published.empty or not len(people):
        return kept
    for role in range(roles):
        named = published["tour"] == f"on_call_{role + 1}" if roles > 1 else published["tour"].notna()
        mine = published[named].assign(kind="work")
        for week, stretches in enumerate(turns):
            hours = [_hours_beside(mine, person, stretches) for person in people]
            if max(hours) > 0:
                kept[int(np.argmax(hours)), week, role] = True
    return kept


def _assign(
    able: np.ndarray, beside: np.ndarray, kept: np.ndarray, past: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return who holds which role in which week: all that can be filled, evenly, not beside work nor twice in a row."""
    people, weeks, roles = kept.shape
    size = people * weeks * roles
    turn = np.arange(size).reshape(people, weeks, roles)
    vacant = size + np.arange(weeks * roles).reshape(weeks, roles)
    uneven = size + weeks * roles + np.arange(people)
    again = size + weeks * roles + people + np.arange(people * max(0, weeks - 1)).reshape(people, max(0, weeks - 1))
    width = size + weeks * roles + people + again.size
    cost = np.zeros(width)
    cost[:size] = rng.random(size) * 1e-3 + np.repeat(BESIDE * beside.ravel(), roles)
    cost[vacant.ravel()], cost[uneven], cost[again.ravel()] = OPEN, UNEVEN, AGAIN
    high = np.ones(width)
    low_bound = np.zeros(width)
    low_bound[:size] = kept.ravel()
    high[:size] = np.maximum(np.repeat(able.ravel(), roles), kept.ravel())
    high[uneven] = np.inf
    rows, low, top = [], [], []

    def add(columns: Sequence[int], values: Sequence[float], least: float, most: float) -> None:
        row = np.zeros(width)
        row[list(columns)] = values
        rows.append(row)
        low.append(least)
        top.append(most)

    fair = _fair_shares(weeks * roles, past)
    for week in range(weeks):
        for role in range(roles):
            add([*turn[:, week, role], vacant[week, role]], [1.0] * (people + 1), 1.0, 1.0)
    for person in range(people):
        mine = turn[person].ravel()
        for week in range(weeks):
            add(turn[person, week], [1.0] * roles, -np.inf, 1.0)
        add([*mine, uneven[person]], [*([1.0] * len(mine)), 1.0], float(np.floor(fair[person])), np.inf)
        add([*mine, uneven[person]], [*([1.0] * len(mine)), -1.0], -np.inf, float(np.ceil(fair[person])))
        for week in range(weeks - 1):
            pair = [*turn[person, week], *turn[person, week + 1], again[person, week]]
            add(pair, [*([1.0] * (2 * roles)), -1.0], -np.inf, 1.0)
    integral = np.zeros(width)
    integral[:size] = 1
    found = milp(
        cost,
        integrality=integral,
        bounds=Bounds(low_bound, high),
        constraints=LinearConstraint(np.array(rows), low, top),
        options={"time_limit": 10.0},
    )
    values = found.x if found.x is not None else np.zeros(width)
    return np.asarray(values[:size].reshape(people, weeks, roles) > 0.5)


def _fair_shares(turns: float, past: np.ndarray) -> np.ndarray:
    """Return the turns that bring everybody to one level, those of the past counted: water filled into a vessel."""
    levels = np.sort(past)
    for count in range(len(levels), 0, -1):
        level = (turns + levels[:count].sum()) / count
        if level >= levels[count - 1] - 1e-9:
            break
    return np.asarray(np.maximum(0.0, level - past).round(9))


def hours_beside_work(work: pd.DataFrame | None, rows: pd.DataFrame) -> float:
    """Return the hours in which somebody is on call and at work at once. [hour]"""
    return sum(
        _hours_beside(work, str(person), [(int(a.timestamp()), int(b.timestamp()))])
        for person, a, b in zip(rows["person"], rows["start"], rows["end"], strict=True)
    )


def _hours_beside(work: pd.DataFrame | None, person: str, stretches: Sequence[tuple[int, int]]) -> float:
    if work is None or work.empty:
        return 0.0
    mine = work[(work["person"] == person) & (work["kind"] == "work")]
    spans = [(a.timestamp(), b.timestamp()) for a, b in zip(mine["start"], mine["end"], strict=True)]
    return float(sum(max(0.0, min(b, d) - max(a, c)) for a, b in stretches for c, d in spans)) / HOUR


def _edges(first: dt.date, weeks: int, zone: str) -> list[int]:
    """Return the instants at which turns change: the first day at midnight, then at the start of a working day."""
    handover = figure("workday_start").value
    inner = [int(local_instants([first + dt.timedelta(days=7 * week)], handover, zone)[0]) for week in range(1, weeks)]
    outer = local_instants([first, first + dt.timedelta(days=7 * weeks)], 0, zone)
    return [int(outer[0]), *inner, int(outer[1])]


def _free(person: Person, leave: Leave, start: int, end: int, zone: str) -> bool:
    days = local_days(start, end - 1, zone)
    away = any(a <= days[-1] and b >= days[0] for a, b in leave.get(person.id, ()))
    return person.employed(days[0]) and person.employed(days[-1]) and not away


def _stamped(rows: Sequence[tuple[object, ...]], columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=columns)
    for name in ("start", "end"):
        table[name] = pd.to_datetime(table[name], utc=True).astype("datetime64[s, UTC]")
    return table
