"""Numbers and durations as people and tools write them: decimal comma or point, thousands, clocks, days and hours."""

from __future__ import annotations

import functools
import re

import numpy as np
import pandas as pd

from staffcalc.demand.cells import is_null
from staffcalc.demand.vocabulary import fold, layouts

LARGEST = 1e12
"""Numbers above this are no counts of messages."""

LONGEST = 100 * 366 * 1440
"""Longest duration: a century. [minute]"""

_THOUSANDS = {mark: rf"[-+]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+" for mark in ".,"}
_DECIMAL = {
    mark: rf"[-+]?(?:\d+|\d{{1,3}}(?:{re.escape(other)}\d{{3}})+){re.escape(mark)}\d+(?:e[-+]?\d+)?"
    for mark, other in ((".", ","), (",", "."))
}
_CLOCK = re.compile(
    r"(?:(?P<days>\d+)\s*(?:days?|d|gün|g)[,\s]*)?(?P<hours>\d{1,5}):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d)(?:\.\d+)?"
)
_SPACES = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)\.?[,\s]*")


def read_numbers(column: pd.Series, *, comma: bool = False) -> tuple[pd.Series, pd.Series]:
    """
    Return a column as floats, and whether each cell is a number or empty.

    Parameters
    ----------
    column : Series
        Numbers, or text with a decimal comma or point and thousands marks.
    comma : bool
        Whether 1,250 is one and a quarter where no other cell tells.

    Notes
    -----
    A mark is the decimal mark of the column if one cell cannot be read otherwise: 2.5 makes 1.250 one and a quarter,
    alone 1.250 is one thousand two hundred and fifty. Infinite and absurdly large numbers are no numbers.
    """
    kind = column.dtype
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind):
        values = column.astype(float).reset_index(drop=True)
        sound = values.abs() <= LARGEST
        return values.where(sound), sound | values.isna()
    text = _texts(column)
    empty = text == ""
    decimal = {mark: bool((text.str.fullmatch(_DECIMAL[mark]) & ~_grouped(text, mark)).any()) for mark in ".,"}
    if not any(decimal.values()) and comma:
        decimal[","] = True
    plain = text
    for mark, other in ((".", ","), (",", ".")):
        groups = _grouped(text, mark) & ~(decimal[mark] and not decimal[other])
        plain = plain.where(~groups, text.str.replace(mark, "", regex=False))
        fraction = text.str.fullmatch(_DECIMAL[mark]) & ~groups
        swapped = text.str.replace(other, "", regex=False).str.replace(mark, ".", regex=False)
        plain = plain.where(~fraction, swapped)
    values = pd.to_numeric(plain, errors="coerce").astype(float)
    values = values.where(values.abs() <= LARGEST)
    return values, empty | values.notna()


def _texts(column: pd.Series) -> pd.Series:
    return (
        column.reset_index(drop=True)
        .astype("object")
        .map(lambda cell: "" if is_null(cell) else _SPACES.sub("", str(cell).strip()).casefold())
        .astype("str")
    )


def _grouped(text: pd.Series, mark: str) -> pd.Series:
    return text.str.fullmatch(_THOUSANDS[mark])


def read_minutes(column: pd.Series, *, minutes_per_unit: float, comma: bool = False) -> tuple[pd.Series, pd.Series]:
    """
    Return durations in minutes, and which cells are neither empty nor a duration.

    Parameters
    ----------
    column : Series
        Numbers in the unit of the column, spans of time, or text such as 01:30:00, 2 days 3:00:00, 1h 30m, 1 sa 30 dk.
    minutes_per_unit : float
        Of plain numbers. [minute]
    comma : bool
        Whether 1,250 is one and a quarter where no other cell tells.

    Notes
    -----
    A clock needs three parts: 05:30 may be five hours or five minutes, and is no duration here.
    """
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return column.dt.total_seconds().reset_index(drop=True) / 60, pd.Series(False, index=range(len(column)))
    plain = column.reset_index(drop=True)
    spoken = pd.Series(np.nan, index=plain.index)
    if not pd.api.types.is_numeric_dtype(plain.dtype):
        codes, uniques = pd.factorize(plain.astype("object").map(str))
        known = np.array([*(spoken_minutes(unique) for unique in uniques), np.nan])
        spoken = pd.Series(known[codes])
    values, readable = read_numbers(plain.mask(spoken.notna(), other=None), comma=comma)
    minutes = spoken.fillna(values * minutes_per_unit)
    endless = minutes.abs() > LONGEST
    return minutes.mask(endless), (~readable & spoken.isna()) | endless


def is_spoken(column: pd.Series) -> bool:
    """Return whether a column of durations names its units by itself, in every cell of its first hundred."""
    cells = [cell for cell in column.head(2000).dropna() if not is_null(cell)][:100]
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return True
    return bool(cells) and not any(np.isnan(spoken_minutes(str(cell))) for cell in cells)


@functools.lru_cache(maxsize=50_000)
def spoken_minutes(text: str) -> float:
    """
    Return the minutes of a duration that names its units, NaN for anything else.

    Examples
    --------
    >>> spoken_minutes("1:30:00"), spoken_minutes("2 gün 3 sa"), spoken_minutes("90")
    (90.0, 3060.0, nan)
    """
    plain = text.strip().casefold().replace("\u0307", "") if len(text) <= 40 else ""
    clock = _CLOCK.fullmatch(plain)
    if clock:
        days, hours, minutes, seconds = (float(clock[part] or 0) for part in ("days", "hours", "minutes", "seconds"))
        return days * 1440 + hours * 60 + minutes + seconds / 60
    units = _unit_minutes()
    parts = [(number, fold(unit)) for number, unit in _PART.findall(plain)]
    if not parts or _PART.sub("", plain).strip() or any(unit not in units for _, unit in parts):
        return float("nan")
    return sum(float(number.replace(",", ".")) * units[unit] for number, unit in parts)


@functools.cache
def _unit_minutes() -> dict[str, float]:
    """Return the minutes of each unit word of a spoken duration."""
    sizes = {"seconds": 1 / 60, "minutes": 1.0, "hours": 60.0, "days": 1440.0}
    return {fold(word): sizes[name] for name, words in layouts()["spoken_units"].items() for word in words}
