"""What is no breach and still wears people out or costs pay: quick returns, long stretches, long weeks, overtime."""

from __future__ import annotations

import numpy as np
import pandas as pd

from staffcalc.coverage import rest_windows as measure
from staffcalc.coverage.duty_pieces import Duties
from staffcalc.coverage.duty_rows import HOUR
from staffcalc.coverage.presets import RestRules
from staffcalc.coverage.rest_measures import TIE, shifts_of
from staffcalc.reference.lookup import figure


def flags(people: list[Duties], rules: RestRules) -> pd.DataFrame:
    """Return flags beside the rules: flag, person, start (UTC), measured, limit."""
    rows: list[tuple[str, str, int, float, float]] = []
    quick, stretch, long_week = (
        figure(name).value for name in ("quick_return_max", "stretch_hours_max", "long_week_hours")
    )
    rest = rules.limit("weekly_rest_min") or figure("long_rest").value
    pay = rules.limit("overtime_after")
    for duties in people:
        found = shifts_of(duties)
        gaps = (found.start[1:] - found.end[:-1]) / HOUR
        rows += [
            ("quick_return", duties.person, int(found.end[i]), float(gaps[i]), quick)
            for i in np.flatnonzero(gaps <= quick)
        ]
        rows += [
            ("long_stretch", duties.person, m.start, m.value, stretch)
            for m in measure.long_stretches(found, rest=rest)
            if m.value > stretch
        ]
        hours, mondays = measure.hours_by_week(duties)
        rows += [
            ("long_week", duties.person, int(mondays[i]), float(hours[i]), long_week)
            for i in np.flatnonzero(hours >= long_week)
        ]
        if pay is not None:
            rows += [
                ("overtime_after", duties.person, int(mondays[i]), float(hours[i]), pay)
                for i in np.flatnonzero(hours > pay + TIE)
            ]
    table = pd.DataFrame(rows, columns=["flag", "person", "start", "measured", "limit"])
    table["start"] = pd.to_datetime(table["start"].to_numpy(dtype="int64"), unit="s", utc=True)
    return table
