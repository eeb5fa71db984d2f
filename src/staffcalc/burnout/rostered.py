"""What a roster exposes each role to: hours, short rests, long shifts, standby, and time alone."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc.burnout.signals import Signal
from staffcalc.burnout.strain import broken_nights
from staffcalc.coverage.duty_rows import AWAY, STANDBY, WORK, Rows, as_frame
from staffcalc.coverage.rest_rules import RestCheck, check_rest
from staffcalc.reference.lookup import figure
from staffcalc.staffing.headcount import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from staffcalc.inputs.desk import Desk


def roster_exposures(desk: Desk, roster: Rows) -> dict[str, dict[str, float]]:
    """
    Return what a roster exposes each role to, by field of ``RoleExposure``.

    Parameters
    ----------
    desk : Desk
        The team whose roles are asked for.
    roster : Roster, DataFrame or iterable of mappings
        Duties: person, start, end, kind.

    Returns
    -------
    dict
        For each role with duties: hours a week, rests under eleven hours a year, share of shifts of twelve hours,
        share of weeks on call, nights with a page, share of hours with nobody else on duty.

    Notes
    -----
    Averages over the people of the role and the days from the first to the last duty; touching duties are one shift,
    pauses shorter than a rest are breaks and no working time.
    """
    frame = as_frame(roster, timezone=desk.timezone)
    frame = frame[~frame["kind"].isin(AWAY)]
    if frame.empty:
        return {}
    begin = frame["start"].min().floor("D")
    frame = frame.assign(**{edge: (frame[edge] - begin).dt.total_seconds() / 3600 for edge in ("start", "end")})
    last = math.ceil(float(frame["end"].max()) / 24)
    weeks = (float(getattr(roster, "horizon_days", 0.0)) or max(1, last)) / 7
    work, standby = frame[frame["kind"].isin(WORK)], frame[frame["kind"] == STANDBY]
    present = np.zeros(last * 24 * _SLOTS + 1, dtype=np.int64)
    for start, end in zip(work["start"], work["end"], strict=True):
        present[_slots(start, end)] += 1
    found: dict[str, dict[str, float]] = {}
    nights = broken_nights(desk)
    for role in dict.fromkeys(person.role for person in desk.team()):
        members = [person.id for person in desk.team() if person.role == role]
        shifts = [_merge(work[work["person"] == member], gap=_pause()) for member in members]
        on_call = standby[standby["person"].isin(members)]
        if any(shifts) or len(on_call):
            rows = work[work["person"].isin(members)]
            worked = float((rows["end"] - rows["start"] - rows["break_minutes"] / 60).sum())
            found[role] = _of_role(shifts, worked, present, weeks)
        if len(on_call):
            asked = sum(end - start for start, end in _merge(standby))
            held = float((on_call["end"] - on_call["start"]).sum()) / len(members)
            found[role]["on_call_share"] = min(1.0, held / asked)
            if nights is not None:
                turns = float((standby["end"] - standby["start"]).sum())
                found[role]["paged_nights_per_week"] = min(7.0, nights * held / turns)
    return found


Spans = list[tuple[float, float]]

_SLOTS = 4  # of an hour, in which presence is counted


def _pause() -> float:
    return figure("burnout_rest_not_break_hours").value


def _of_role(shifts: list[Spans], worked: float, present: NDArray[np.int64], weeks: float) -> dict[str, float]:
    people = len(shifts)
    lengths = [end - start for spans in shifts for start, end in spans]
    limit = figure("wtd_daily_rest_hours_min").value
    short = sum(after[0] - before[1] < limit for spans in shifts for before, after in pairwise(spans))
    result = {
        "weekly_hours": min(100.0, worked / people / weeks),
        "quick_returns_per_year": min(366.0, short / people / weeks * WEEKS_PER_YEAR),
    }
    if lengths:
        long = figure("burnout_long_shift_hours").value
        alone = np.concatenate([present[_slots(*span)] <= 1 for spans in shifts for span in spans])
        result["long_shift_share"] = sum(length >= long for length in lengths) / len(lengths)
        result["solo_share"] = float(alone.mean())
    return result


def _merge(rows: pd.DataFrame, *, gap: float = 0.0) -> Spans:
    """Return duties that touch, or lie less than ``gap`` hours apart, as one span. [hours]"""
    spans: Spans = []
    for start, end in sorted(zip(rows["start"], rows["end"], strict=True)):
        if spans and (start <= spans[-1][1] or start - spans[-1][1] < gap):
            spans[-1] = spans[-1][0], max(spans[-1][1], end)
        else:
            spans.append((start, end))
    return spans


def _slots(start: float, end: float) -> slice:
    first = round(start * _SLOTS)
    return slice(first, max(first + 1, round(end * _SLOTS)))


def rest_signals(desk: Desk, roster: Rows) -> list[Signal]:
    """Return the rest rules that a roster breaks, counted by role; held against the directive where not judged yet."""
    judged = getattr(roster, "check", None)
    check = judged if isinstance(judged, RestCheck) else check_rest(roster, timezone=desk.timezone)
    role_of = {person.id: person.role for person in desk.team()}
    breaches = check.to_frame()
    if breaches.empty:
        return []
    breaches = breaches.assign(role=breaches["person"].map(role_of)).dropna(subset=["role"])
    articles = {row.rule: row.source for row in check.rules.rules}
    return [
        Signal(
            str(role), "rules", str(rule), "breach", float(len(rows)), 0.0, str(articles.get(str(rule)) or "judgement")
        )
        for (role, rule), rows in breaches.groupby(["role", "rule"], sort=False)
    ]
