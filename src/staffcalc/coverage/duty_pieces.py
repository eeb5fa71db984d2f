"""The duties of one person as pieces that do not overlap, with the share of each that is working time."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc.coverage.duty_rows import STANDBY, WORK, Floats, Ints

NEUTRAL = ("leave", "sick")
"""Kinds of rows that an average week leaves out (Directive 2003/88/EC Art. 16(b), WTR 1998 reg. 4(7))."""


@dataclasses.dataclass(frozen=True, eq=False)
class Duties:
    """
    Duties of one person as disjoint pieces in order.

    Parameters
    ----------
    person : str
        Id of the person.
    zone : str
        Time zone in which the person lives.
    start, end : array
        Pieces of duty. [seconds since 1970, UTC]
    weight : array
        Share of each piece that counts as working time, breaks taken off. [share]
    rest_minutes : array
        Unpaid breaks inside each piece. [minute]
    leave : tuple of (start, end)
        Leave and sickness, which the law leaves out of an average week. [seconds since 1970, UTC]
    """

    person: str
    zone: str
    start: Ints
    end: Ints
    weight: Floats
    rest_minutes: Floats
    leave: tuple[tuple[int, int], ...] = ()


def split(frame: pd.DataFrame, *, counted_share: float) -> list[Duties]:
    """Return the duties of each person; standby weighs ``counted_share`` and overlapping rows count once. [share]"""
    seconds = {name: _seconds(frame[name]) for name in ("start", "end")}
    kind, pause = frame["kind"].to_numpy(), frame["break_minutes"].to_numpy(dtype=float)
    length = (seconds["end"] - seconds["start"]).astype(float)
    weight = np.where(np.isin(kind, WORK), 1.0, np.where(kind == STANDBY, counted_share, 0.0))
    weight = weight * (1 - pause * 60 / length)
    person, zone = frame["person"].to_numpy(), frame["timezone"].to_numpy()
    found = []
    for rows in _groups(person):
        on = rows[weight[rows] > 0]
        away = rows[np.isin(kind[rows], NEUTRAL)]
        pieces = _disjoint(seconds["start"][on], seconds["end"][on], weight[on], pause[on])
        leave = _joined(sorted((int(seconds["start"][row]), int(seconds["end"][row])) for row in away))
        found.append(Duties(str(person[rows[0]]), str(zone[rows[0]]), *pieces, leave))
    return found


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return spans in order with those that overlap or touch joined."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _seconds(column: pd.Series) -> Ints:
    stamps = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    return np.asarray(stamps.astype("datetime64[s]").astype(np.int64))


def _groups(person: npt.NDArray[Any]) -> list[Ints]:
    if not len(person):
        return []
    edges = np.flatnonzero(person[1:] != person[:-1]) + 1
    return [np.asarray(part) for part in np.split(np.arange(len(person)), edges)]


def _disjoint(start: Ints, end: Ints, weight: Floats, pause: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """Return pieces that do not overlap; where rows overlap the heaviest counts."""
    if len(start) < 2 or (start[1:] >= end[:-1]).all():
        return start, end, weight, pause
    edges = np.unique(np.concatenate([start, end]))
    heaviest, breaks = np.zeros(len(edges) - 1), np.zeros(len(edges) - 1)
    for first, last, share, minutes in zip(start, end, weight, pause, strict=True):
        inside = slice(int(np.searchsorted(edges, first)), int(np.searchsorted(edges, last)))
        better = share > heaviest[inside]
        part = minutes * (edges[1:][inside] - edges[:-1][inside]) / (last - first)
        heaviest[inside] = np.where(better, share, heaviest[inside])
        breaks[inside] = np.where(better, part, breaks[inside])
    kept = heaviest > 0
    return edges[:-1][kept], edges[1:][kept], heaviest[kept], breaks[kept]
