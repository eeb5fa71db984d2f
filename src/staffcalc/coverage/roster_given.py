"""A roster that comes from elsewhere: what it shares out, and how it stands before the rest rules."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd

from staffcalc.coverage.duty_rows import STANDBY, WORK, Rows, days_of, full_rows
from staffcalc.coverage.on_call_turns import turn_weeks
from staffcalc.coverage.presets import RestRules, as_rules
from staffcalc.coverage.rest_rules import check_rest
from staffcalc.coverage.roster import Roster, RowsOfDesk
from staffcalc.coverage.roster_counts import COUNTS, calendar_in, counts_of
from staffcalc.coverage.shifts import Shift
from staffcalc.inputs.calendars import Calendar
from staffcalc.inputs.desk import Desk


def given_roster(
    rows: Rows, *, rules: str | RestRules = "eu", desk: Desk | None = None, timezone: str | None = None
) -> Roster:
    """
    Return duty rows as a roster: whole weeks from the first duty on, judged, with its fairness counted.

    Parameters
    ----------
    rows : DataFrame, roster or iterable of mappings
        Duties, as for :func:`staffcalc.check_rest`; at least one.
    rules : str or RestRules
        Rest rules that judge it.
    desk : Desk, optional
        The team, for public holidays and the share of standby that counts.
    timezone : str, optional
        Time zone of stamps and people that have none. [zone]

    Returns
    -------
    Roster
        The roster; nothing is asked in it, so nothing can be open.

    Examples
    --------
    >>> row = {"person": "p1", "start": "2027-01-09 22:00", "end": "2027-01-10 06:00"}
    >>> fairness = given_roster([row], timezone="Europe/Berlin").fairness
    >>> fairness[["person", "hours", "nights", "weekends"]].values.tolist()
    [['p1', 8.0, 1, 1]]
    """
    frame = full_rows(rows, timezone)
    chosen = as_rules(rules)
    first, end = days_of(frame)
    last = first + dt.timedelta(days=7 * math.ceil(((end - first).days + 1) / 7) - 1)
    roster = RowsOfDesk(frame, desk, first, float((last - first).days + 1))
    check = check_rest(roster, rules=chosen)
    return Roster(
        first=first,
        last=last,
        people=int(frame["person"].nunique()),
        duties=frame,
        asked_hours=0.0,
        unmet=_none("start", "end", "hours", "people_missing", "skill", "reason"),
        relaxations=_none("rule", "open_hours"),
        fairness=_fairness(frame, chosen, desk, first),
        rules=chosen,
        check=check,
        status="given",
        gap=math.nan,
        bound=math.nan,
        objective=math.nan,
        notes=check.notes,
        assumptions=check.assumptions,
        sources=check.sources,
        desk=desk,
    )


def _fairness(frame: pd.DataFrame, rules: RestRules, desk: Desk | None, first: dt.date) -> pd.DataFrame:
    """Return hours, nights, weekends, holidays and on-call weeks of each person."""
    rows = []
    for person, mine in frame.groupby("person", sort=True):
        zone = str(mine["timezone"].iloc[0])
        work = mine[mine["kind"].isin(WORK)]
        days = work["start"].dt.tz_convert(zone).dt.date
        shifts = [
            Shift((day - first).days, "", int(a.timestamp()), int(b.timestamp()), float(pause))
            for day, a, b, pause in zip(days, work["start"], work["end"], work["break_minutes"], strict=True)
        ]
        calendar = Calendar() if desk is None else calendar_in(desk, zone)
        counts = counts_of(shifts, zone=zone, calendar=calendar, rules=rules, first=first)
        row: dict[str, Any] = {"person": str(person), "hours": float(sum(shift.hours for shift in shifts))}
        row |= {name: int(counts[name].sum()) for name in COUNTS}
        row |= {f"{name}_before": 0.0 for name in COUNTS}
        row["on_call_weeks"] = turn_weeks(mine.loc[mine["kind"] == STANDBY, "start"], zone, first)
        rows.append(row)
    return pd.DataFrame(rows)


def _none(*columns: str) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))
