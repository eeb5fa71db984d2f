"""Wall-clock times settled in UTC: time zones, hours that happen twice, and hours that never happen."""

from __future__ import annotations

import dataclasses
import zoneinfo

import numpy as np
import pandas as pd

from staffcalc._words import Sentence
from staffcalc.demand.stamps import Stamps
from staffcalc.demand.vocabulary import fold, null_words
from staffcalc.errors import InputError


def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return a time zone by its IANA name, or say what a name looks like."""
    try:
        return zoneinfo.ZoneInfo(str(name).strip())
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise InputError("timezone_unknown", timezone=str(name)) from problem


@dataclasses.dataclass(frozen=True)
class Settled:
    """Times in UTC, with the counts of what the clock changes did to them."""

    utc: pd.Series[pd.Timestamp]
    twice: pd.Series[bool]
    never: pd.Series[bool]
    notes: tuple[Sentence, ...]


def settle(
    stamps: Stamps,
    *,
    timezone: str | None,
    zones: pd.Series | None = None,
    source: str,
) -> Settled:
    """
    Return the times in UTC; times without an offset need ``timezone`` or a column of zones.

    Parameters
    ----------
    stamps : Stamps
        Times read by :func:`read_stamps`.
    timezone : str, optional
        IANA name of the zone of times written without an offset.
    zones : Series of str, optional
        Zone of each row; wins over ``timezone``.
    source : str
        Name of the file, for messages.

    Raises
    ------
    InputError
        If times carry no offset and no zone is known.

    Notes
    -----
    A local time that happens twice (clocks set back) is read as the first of the two, or as the second after a step
    back in rows that stand in order of time; one that never
    happens (clocks set forward) is moved one hour later. Both are marked.
    """
    utc = stamps.wall - pd.to_timedelta(stamps.offset.fillna(0.0), unit="m")
    bare = stamps.offset.isna() & stamps.wall.notna()
    twice = pd.Series(False, index=utc.index)
    never = pd.Series(False, index=utc.index)
    if bare.any():
        names = _zone_names(stamps, bare, timezone, zones, source)
        for name in names[bare].unique():
            rows = bare & (names == name)
            wall = stamps.wall[rows]
            place = zone(name)
            first = wall.dt.tz_localize(place, ambiguous=np.ones(len(wall), dtype=bool), nonexistent="shift_forward")
            second = wall.dt.tz_localize(place, ambiguous=np.zeros(len(wall), dtype=bool), nonexistent="NaT")
            moved = second.isna()
            if moved.any():
                later = (wall[moved] + pd.Timedelta(hours=1)).dt.tz_localize(
                    place, ambiguous=np.ones(int(moved.sum()), dtype=bool), nonexistent="shift_forward"
                )
                first = first.where(~moved, later.reindex(first.index))
            both = ((second != first) & second.notna()).to_numpy()
            first = first.where(~_second_time(wall, both), second)
            utc.loc[rows] = first.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")
            twice.loc[rows] = both
            never.loc[rows] = moved.to_numpy()
    return Settled(utc=utc.astype("datetime64[us]"), twice=twice, never=never, notes=())


def _second_time(wall: pd.Series, twice: np.ndarray) -> np.ndarray:
    """Mark times of a repeated hour that come after the clock was set back, where the rows stand in order of time."""
    second = np.zeros(len(wall), dtype=bool)
    steps = np.diff(wall.to_numpy()).astype("timedelta64[s]").astype(float)
    if not twice.any() or len(wall) < 20 or (steps < 0).mean() > 0.02:
        return second
    back = np.flatnonzero(steps < -900) + 1
    for place in back:
        if twice[place] and twice[place - 1]:
            run = place + int(np.argmin(np.append(twice[place:], False)))
            second[place:run] = True
    return second


def _zone_names(
    stamps: Stamps,
    bare: pd.Series[bool],
    timezone: str | None,
    zones: pd.Series | None,
    source: str,
) -> pd.Series:
    names = pd.Series(timezone, index=stamps.wall.index, dtype="object")
    if zones is not None:
        given = zones.reset_index(drop=True).astype("object")
        given = given.where(given.map(lambda text: fold(text) not in null_words()), None)
        names = given.where(given.notna(), names)
    if names[bare].isna().any():
        raise InputError("timezone_missing", source=source, count=int(bare.sum()), rows=len(bare))
    return names
