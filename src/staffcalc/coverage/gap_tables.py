"""The gaps of a year as tables: stretches with reason and remedy, totals by reason, hour and site, and a heat map."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc.coverage.year_clock import DAY, Ints, Mask, YearClock
from staffcalc.reference.lookup import figure

REASONS = ("not_scheduled", "clock_change", "not_employed", "public_holiday", "leave")
"""Why a seat is empty: nobody works then, clocks moved apart, left or not yet there, public holiday, planned leave."""

CLOSERS = ("person", "on_call", "on_call_or_site")
"""What closes a gap: other hours of someone in the team, a standby rotation, or that or a site in another zone."""

NOBODY, TOO_FEW, STANDBY, COVERED = range(4)


def stretches(clock: YearClock, missing: Ints, reason: Ints, free: Ints) -> pd.DataFrame:
    """Return the uncovered stretches: start, end, hours, people_missing, reason, closed_by."""
    code = np.where(missing > 0, missing * len(REASONS) + reason + 1, 0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], code, [0]])))
    starts, ends = edges[:-1], edges[1:]
    kept = code[starts] > 0 if len(starts) else np.zeros(0, dtype=bool)
    starts, ends = starts[kept], ends[kept]
    spare = (
        np.minimum.reduceat(np.append(free - missing, 0), np.column_stack([starts, ends]).ravel())[::2]
        if len(starts)
        else free[:0]
    )
    why = reason[starts]
    closed = np.where(spare >= 0, 0, np.where(why <= 1, 2, 1))
    return pd.DataFrame(
        {
            "start": clock.stamps(starts),
            "end": clock.stamps(ends),
            "hours": (ends - starts) * clock.step / 60,
            "people_missing": missing[starts],
            "reason": np.array(REASONS, dtype=object)[why],
            "closed_by": np.array(CLOSERS, dtype=object)[closed],
        }
    )


def by_reason(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return missing seat-hours, stretches and the longest stretch for each reason, the largest first."""
    weighted = gaps.assign(seat_hours=gaps["hours"] * gaps["people_missing"])
    table = weighted.groupby("reason", sort=False).agg(
        hours=("seat_hours", "sum"), stretches=("hours", "size"), longest_hours=("hours", "max")
    )
    return table.sort_values("hours", ascending=False, kind="stable").reset_index()


def by_hour(clock: YearClock, **columns: Ints) -> pd.DataFrame:
    """Return the mean of each count over the UTC hours of the year."""
    hour = clock.minutes // 60
    first = np.flatnonzero(np.diff(hour, prepend=hour[0] - 1))
    sizes = np.diff(np.append(first, clock.count))
    means = {name: np.add.reduceat(values, first) / sizes for name, values in columns.items()}
    time = pd.DatetimeIndex((hour[first] * 3600).astype("datetime64[s]")).tz_localize("UTC")
    return pd.DataFrame({"time": time, **means})


def sites(clock: YearClock, missing: Ints) -> pd.DataFrame:
    """Return for each distance from UTC the share of the missing hours that a site there would see by day."""
    start, end = figure("site_day_start").value, figure("site_day_end").value
    offsets = range(-11, 13)
    total = missing.sum()
    by_day: list[Mask] = [
        ((clock.minutes / 60 + offset) % 24 >= start) & ((clock.minutes / 60 + offset) % 24 < end) for offset in offsets
    ]
    shares = [float(missing[day].sum() / total) if total else 0.0 for day in by_day]
    return pd.DataFrame({"utc_offset": list(offsets), "share_by_day": shares})


def heat(clock: YearClock, home: str, *, asked: Ints, held: Ints, standby: Ints) -> npt.NDArray[np.float64]:
    """Return local day of the year x local hour with the worst state of the hour; NaN where nobody is asked for."""
    minute, day = clock.wall(home)
    state = np.select(
        [held >= asked, held + standby >= asked, held + standby > 0], [COVERED, STANDBY, TOO_FEW], default=NOBODY
    ).astype(float)
    row = day - day[0]
    heat = np.full((int(row[-1]) + 1, 24), np.inf)
    wanted = asked > 0
    np.minimum.at(heat, (row[wanted], minute[wanted] % DAY // 60), state[wanted])
    heat[np.isinf(heat)] = np.nan
    heat.flags.writeable = False
    return heat
