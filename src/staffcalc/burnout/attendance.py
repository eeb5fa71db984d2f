"""Who is at work in each quarter of an hour of the week, by working hours or by a roster, and what that can do."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc.coverage.duty_rows import AWAY, WORK, Rows, as_frame
from staffcalc.coverage.hours import working_week
from staffcalc.staffing.contract import Contract, contract_of
from staffcalc.staffing.headcount import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from staffcalc.inputs.desk import Desk
    from staffcalc.inputs.people import Person

Floats = NDArray[np.float64]

SLOTS_PER_HOUR = 4
SLOTS = 168 * SLOTS_PER_HOUR


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Attendance:
    """
    The present team over the desk's local week, in quarters of an hour from Monday 00:00.

    Parameters
    ----------
    at_work : array (people, slots)
        Part of each slot in which a person is scheduled. [share]
    nobody : array (slots,)
        Part of each slot in which nobody is scheduled. [share]
    capacity : array (people,)
        Productive hours of each person, absence taken off. [hours per week]
    known : array (people,)
        Whether the hours of each person are given; a weekday from nine on stands in for them where not.
    """

    at_work: Floats
    nobody: Floats
    capacity: Floats
    known: NDArray[np.bool_]

    def productive(self, people: list[int], window: Floats) -> Floats:
        """
        Return what some of the people can do in each hour of the week. [hours per hour]

        Parameters
        ----------
        people : list of int
            Places of the people.
        window : array (168,)
            Hours in which the desk has people work; those whose hours are not given work there. [share]
        """
        pattern = np.where(self.known[people, None], self.at_work[people].reshape(len(people), 168, -1).sum(2), window)
        held = pattern.sum(axis=1, keepdims=True)
        pattern = np.divide(pattern, held, out=np.full_like(pattern, 1 / 168), where=held > 0)
        return np.asarray((pattern * self.capacity[people, None]).sum(axis=0))


def contract_hours(person: Person, contract: Contract) -> float:
    """Return the contract of one person. [hours per week]"""
    return person.contract_hours_per_week or contract.contract_hours_per_week


def attendance_of(desk: Desk) -> Attendance:
    """Return the team as its working hours have it, over a whole year."""
    team = desk.team()
    contract, _ = contract_of(desk)
    part = contract.productive_hours / WEEKS_PER_YEAR / contract.contract_hours_per_week
    at_work = np.array([_scheduled(desk, person) for person in team])
    return Attendance(
        at_work=at_work,
        nobody=1 - np.minimum(at_work.sum(axis=0), 1.0),
        capacity=np.array([contract_hours(person, contract) for person in team]) * part,
        known=np.array([person.working_hours is not None for person in team]),
    )


def attendance_on(desk: Desk, roster: Rows) -> Attendance:
    """
    Return the team as a roster has it, averaged over the weeks of the roster.

    Notes
    -----
    Who has no row of any kind is not on the roster and keeps the working hours of the desk. Leave and training are as
    the roster says; sickness, meetings and breaks come off as the contract says.
    """
    usual = attendance_of(desk)
    team = desk.team()
    contract, _ = contract_of(desk)
    frame = as_frame(roster, timezone=desk.timezone)
    if frame.empty:
        return usual
    for edge in ("start", "end"):
        frame[edge] = frame[edge].dt.tz_convert(desk.timezone).dt.tz_localize(None)
    listed = set(frame["person"])
    duties = frame[~frame["kind"].isin(AWAY)]
    duties = duties if len(duties) else frame
    begin = pd.Timestamp(getattr(roster, "first", None) or duties["start"].min()).floor("D")
    last = max(1, math.ceil((duties["end"].max() - begin) / pd.Timedelta(days=1)))
    days = round(float(getattr(roster, "horizon_days", 0.0))) or last
    held = np.zeros((len(team), max(days, last) * 24 * SLOTS_PER_HOUR))
    capacity = usual.capacity.copy()
    for i, person in enumerate(team):
        if person.id not in listed:
            continue
        work = frame[(frame["person"] == person.id) & frame["kind"].isin(WORK)]
        hours = (work["end"] - work["start"]).dt.total_seconds() / 3600 - work["break_minutes"] / 60
        capacity[i] = (
            float(hours[work["kind"] != "training"].sum()) / days * 7 * contract.at_work * (1 - contract.sick_share)
        )
        for start, end in zip(work["start"], work["end"], strict=True):
            first, stop = (round((t - begin).total_seconds() / 3600 * SLOTS_PER_HOUR) for t in (start, end))
            held[i, max(0, first) : max(first + 1, stop, 0)] = 1.0
    place = (begin.weekday() * 24 * SLOTS_PER_HOUR + np.arange(held.shape[1])) % SLOTS
    seen = np.bincount(place, minlength=SLOTS)
    at_work = np.stack([np.bincount(place, weights=row, minlength=SLOTS) for row in held]) / np.maximum(seen, 1)
    outside = [i for i, person in enumerate(team) if person.id not in listed]
    at_work[outside] = usual.at_work[outside]
    empty = np.bincount(place, weights=(held.sum(axis=0) == 0).astype(float), minlength=SLOTS)
    nobody = np.where(seen > 0, empty / np.maximum(seen, 1), 1.0)
    return Attendance(
        at_work=at_work,
        nobody=nobody * (1 - np.minimum(usual.at_work[outside].sum(axis=0), 1.0)),
        capacity=capacity,
        known=usual.known | np.array([person.id in listed for person in team]),
    )


def _scheduled(desk: Desk, person: Person) -> Floats:
    """Share of each slot of the desk's week in which a person is scheduled."""
    noon = dt.datetime.combine(desk.today, dt.time(12), tzinfo=dt.UTC)
    zones = (desk.timezone, desk.timezone_of(person))
    here, there = (noon.astimezone(ZoneInfo(zone)).utcoffset() or dt.timedelta() for zone in zones)
    shift = round((here - there).total_seconds() / 3600 * SLOTS_PER_HOUR)
    return np.asarray(np.roll(np.array(working_week(desk, person).slots(SLOTS_PER_HOUR)), shift), dtype=float)
