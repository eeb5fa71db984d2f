"""Times as exports write them: read into wall-clock times and offsets."""

from __future__ import annotations

import dataclasses
import functools
import re

import numpy as np
import pandas as pd

from staffcalc.demand.vocabulary import fold, is_null_word, layouts, month_numbers
from staffcalc.errors import InputError

_TIME = (
    r"(?:(?:t|[,\s]+)(?:(?:at|saat|um|às)\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>am|pm|öö|ös)?)?"
    r"\s*(?P<offset>z|(?:utc|gmt)?\s*[+-]\d{1,2}(?::?\d{2})?|utc|gmt)?$"
)
_WORD = r"[^\W\d_]+"
_SHAPES = {
    "year_first": re.compile(r"^(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})" + _TIME),
    "numbers": re.compile(
        r"^(?P<first>\d{1,2})(?P<mark>[-./])(?P<second_part>\d{1,2})[-./](?P<year>\d{4}|\d{2})" + _TIME
    ),
    "day_name": re.compile(
        rf"^(?:{_WORD}\.?,?\s+)?(?P<day>\d{{1,2}})[.\s-]+(?P<name>{_WORD})\.?[,\s-]+(?P<year>\d{{4}})" + _TIME
    ),
    "name_day": re.compile(
        rf"^(?:{_WORD}\.?,?\s+)?(?P<name>{_WORD})\.?[\s-]+(?P<day>\d{{1,2}}),?[\s-]+(?P<year>\d{{4}})" + _TIME
    ),
    "year_last": re.compile(
        rf"^{_WORD} (?P<name>{_WORD}) +(?P<day>\d{{1,2}}) (?P<hour>\d{{2}}):(?P<minute>\d{{2}}):(?P<second>\d{{2}})"
        r" (?P<offset>[+-]\d{4}) (?P<year>\d{4})$"
    ),
}
_EPOCH = re.compile(r"^\d{9,10}(?:\.\d+)?$|^\d{12,13}(?:\.0)?$|^\d{15,16}$|^0(?:\.0)?$")


@dataclasses.dataclass(frozen=True)
class Stamps:
    """Times read from one column: wall clock, offset in minutes where one was written, and what could not be read."""

    wall: pd.Series[pd.Timestamp]
    offset: pd.Series[float]
    unreadable: pd.Series[bool]
    missing: pd.Series[bool]
    has_time: bool
    day_first: bool | None
    foreign_months: int
    zone: str | None = None
    """IANA zone of a column of times that carries one."""


def read_stamps(column: pd.Series, *, name: str, day_first: bool | None = None) -> Stamps:
    """
    Read a column of times in any of the written forms that exports use.

    Parameters
    ----------
    column : Series
        Text, numbers (seconds or milliseconds since 1970) or times.
    name : str
        Name of the column, for messages.
    day_first : bool, optional
        Whether 03/04/2026 is the third of April. Needed only where the column does not settle it.

    Returns
    -------
    Stamps
        Wall-clock times, offsets, and masks of rows that are missing or cannot be read.

    Raises
    ------
    InputError
        If day and month cannot be told apart and ``day_first`` is not given.
    """
    column = column.reset_index(drop=True)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        wall = column.dt.tz_localize(None).astype("datetime64[us]")
        ahead = wall - column.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")
        found = _stamps(wall, ahead.dt.total_seconds() / 60, column.isna())
        return dataclasses.replace(found, zone=getattr(column.dtype.tz, "key", None))
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        wall = column.astype("datetime64[us]")
        return _stamps(wall, pd.Series(np.nan, index=wall.index), column.isna())
    codes, uniques = pd.factorize(column.astype("object"), use_na_sentinel=True)
    texts = [str(unique).strip() for unique in uniques]
    wall_unique, offset_unique, day_first, foreign = _parse(texts, name, day_first)
    null = np.array([is_null_word(text) for text in texts] + [True])
    wall_all = np.append(wall_unique, np.datetime64("NaT", "us"))
    offset_all = np.append(offset_unique, np.nan)
    wall = pd.Series(wall_all[codes])
    missing = pd.Series(null[codes])
    foreign_all = np.append(foreign, False)
    return Stamps(
        wall=wall,
        offset=pd.Series(offset_all[codes]),
        unreadable=wall.isna() & ~missing,
        missing=missing,
        has_time=_has_time(wall),
        day_first=day_first,
        foreign_months=int(foreign_all[codes].sum()),
    )


def _stamps(wall: pd.Series[pd.Timestamp], offset: pd.Series[float], missing: pd.Series[bool]) -> Stamps:
    unreadable = pd.Series(False, index=wall.index)
    return Stamps(wall, offset, unreadable, missing, _has_time(wall), None, 0)


def _has_time(wall: pd.Series[pd.Timestamp]) -> bool:
    known = wall.dropna()
    return bool((known != known.dt.normalize()).any())


def _parse(
    texts: list[str], name: str, day_first: bool | None
) -> tuple[np.ndarray, np.ndarray, bool | None, np.ndarray]:
    """Parse unique texts: wall times, offsets in minutes, the order of day and month, marks of foreign months."""
    wall, offset, slow = _iso(texts)
    parts: list[re.Match[str] | None] = []
    shapes: list[str] = []
    for place in slow:
        shape, found = _match(texts[place])
        shapes.append(shape)
        parts.append(found)
    day_first = _order(parts, shapes, name, day_first)
    foreign = np.zeros(len(texts), dtype=bool)
    for place, found, shape in zip(slow, parts, shapes, strict=True):
        if shape == "epoch":
            value = float(texts[place])
            seconds = value / (1e6 if value >= 1e14 else 1e3 if value >= 1e11 else 1.0)
            wall[place] = np.datetime64(round(seconds * 1e6), "us")
            offset[place] = 0.0
        elif found is not None:
            wall[place], offset[place] = _build(found, shape, bool(day_first))
            foreign[place] = shape in ("day_name", "name_day") and fold(found["name"]) not in _english()
    return wall, offset, day_first, foreign


def _iso(texts: list[str]) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Read the texts that are plain ISO times at once; return the places of all others."""
    wall = np.full(len(texts), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    offset = np.full(len(texts), np.nan)
    if len(texts) < 500:
        return wall, offset, list(range(len(texts)))
    series = pd.Series(texts, dtype="str")
    plain = series.str.fullmatch(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?Z?").to_numpy(dtype=bool)
    zulu = plain & series.str.endswith("Z").to_numpy(dtype=bool)
    if plain.any():
        bare = series[plain].str.removesuffix("Z")
        wall[plain] = pd.to_datetime(bare, format="ISO8601", errors="coerce").to_numpy().astype("datetime64[us]")
        offset[zulu] = 0.0
    return wall, offset, [int(place) for place in np.flatnonzero(np.isnat(wall))]


@functools.cache
def _english() -> frozenset[str]:
    names = layouts()["months"]["en"]
    return frozenset([*names, *(name[:3] for name in names), "sept"])


def _match(text: str) -> tuple[str, re.Match[str] | None]:
    if len(text) > 64:
        return "", None
    if _EPOCH.match(text):
        return "epoch", None
    plain = text.casefold().replace("\u0307", "")
    for shape, pattern in _SHAPES.items():
        found = pattern.match(plain)
        if found:
            return shape, found
    return "", None


def _order(parts: list[re.Match[str] | None], shapes: list[str], name: str, day_first: bool | None) -> bool | None:
    pairs = [
        (int(found["first"]), int(found["second_part"]), found["mark"])
        for found, shape in zip(parts, shapes, strict=True)
        if shape == "numbers" and found is not None
    ]
    if not pairs or day_first is not None:
        return day_first
    day = sum(first > 12 >= second for first, second, _ in pairs)
    month = sum(second > 12 >= first for first, second, _ in pairs)
    if day and month and min(day, month) > 0.01 * len(pairs):
        raise InputError("date_order_mixed", column=name)
    if day or month:
        return day > month
    if all(mark == "." for _, _, mark in pairs):
        return True
    raise InputError("date_order_unknown", column=name, example=_example(parts, shapes))


def _example(parts: list[re.Match[str] | None], shapes: list[str]) -> str:
    return next(
        found[0] for found, shape in zip(parts, shapes, strict=True) if shape == "numbers" and found is not None
    )


def _build(found: re.Match[str], shape: str, day_first: bool) -> tuple[np.datetime64, float]:
    nothing = (np.datetime64("NaT", "us"), np.nan)
    year = int(found["year"])
    year += 2000 if year < 100 else 0
    if shape == "numbers":
        first, second = int(found["first"]), int(found["second_part"])
        day, month = (first, second) if day_first else (second, first)
    elif shape == "year_first":
        day, month = int(found["day"]), int(found["month"])
    else:
        day = int(found["day"])
        month = month_numbers().get(fold(found["name"]), 0)
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    half = found["half"] if shape != "year_last" else None
    if half:
        if not 1 <= hour <= 12:
            return nothing
        hour = hour % 12 + (12 if half in ("pm", "ös") else 0)
    midnight = hour == 24 and minute == second == 0
    hour = 0 if midnight else hour
    if not (0 < month <= 12 and 0 < day <= 31 and hour < 24 and minute < 60 and second < 61):
        return nothing
    try:
        wall = np.datetime64(f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{min(second, 59):02d}", "us")
    except ValueError:
        return nothing
    return wall + np.timedelta64(int(midnight), "D"), _offset_minutes(found["offset"])


def _offset_minutes(text: str | None) -> float:
    if not text:
        return np.nan
    number = re.search(r"([+-])(\d{1,2})(?::?(\d{2}))?$", text)
    if not number:
        return 0.0
    minutes = int(number[2]) * 60 + int(number[3] or 0)
    return float(-minutes if number[1] == "-" else minutes)
