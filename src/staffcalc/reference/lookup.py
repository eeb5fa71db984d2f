"""
Which number, from whom: the figures of the reference tables and their sources.

Every figure that is not arithmetic is a row of a CSV file beside this module. A table whose header is
``name, value, low, high, unit, applies_to, source, status, note`` holds figures for :func:`figure`; every table can be
read whole with :func:`table`.
"""

from __future__ import annotations

import csv
import dataclasses
import difflib
import functools
import io
from collections.abc import Mapping
from importlib import resources

from staffcalc._result import Assumption
from staffcalc.errors import InputError

FIGURE_COLUMNS = ("name", "value", "low", "high", "unit", "applies_to", "source", "status", "note")
"""Header of a table of figures."""

STATUSES = ("confirmed", "confirmed_secondary", "derived", "judgement", "recalled", "assumption")
"""How sure a figure is, from read at its address to guessed."""

SOURCE_KINDS = ("law", "standard", "peer-reviewed", "industry", "assumption")
"""Kinds of sources."""


@dataclasses.dataclass(frozen=True)
class Figure:
    """
    One number of the reference tables.

    Parameters
    ----------
    name : str
        Name of the figure.
    published : float or None
        The typical value, or None where nobody has published one. [unit]
    low, high : float or None
        Range of the value, where one is known. [unit]
    unit : str
        Unit of the value.
    applies_to : str
        What the figure describes.
    source : str
        Key of ``reference/sources.csv``.
    status : str
        One of :data:`STATUSES`.
    note : str
        What the reader should know about it.
    """

    name: str
    published: float | None
    low: float | None
    high: float | None
    unit: str
    applies_to: str
    source: str
    status: str
    note: str

    @property
    def value(self) -> float:
        """The typical value; an error that asks for it where nobody has published one. [unit]"""
        if self.published is None:
            raise InputError("figure_not_published", name=self.name, unit=self.unit)
        return self.published

    @property
    def range(self) -> tuple[float, float, float]:
        """Low, typical and high value; a bound that is not known equals the typical value. [unit]"""
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        return low, self.value, high

    def assumption(self, value: float | str | None = None, note: str | None = None) -> Assumption:
        """Return the figure as a line of the assumptions log; ``value`` where another than the typical one was used."""
        return Assumption(
            name=self.name,
            value=self.published if value is None else value,
            low=self.low,
            high=self.high,
            unit=self.unit,
            source=self.source,
            status=self.status,
            note=self.note if note is None else note,
        )


@dataclasses.dataclass(frozen=True)
class Source:
    """
    Where a figure comes from.

    Parameters
    ----------
    key : str
        Short name used by the other tables.
    authors, year, title, publisher : str
        Who published it, when, and under which title; a title in plain words where the source names none.
    url, archived_url : str
        Address, and address of an archived copy; empty where none is known.
    read_on : str
        Day or month on which the source was read, empty where it was not.
    kind : str
        One of :data:`SOURCE_KINDS`.
    """

    key: str
    authors: str
    year: str
    title: str
    publisher: str
    url: str
    archived_url: str
    read_on: str
    kind: str


def figure(name: str) -> Figure:
    """
    Return a figure of the reference tables.

    Parameters
    ----------
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        The value with range, unit, source and status.

    Raises
    ------
    InputError
        If no table has a figure of that name; the message lists near ones.

    Examples
    --------
    >>> aht = figure("aht_social_message")
    >>> aht.value, aht.unit, aht.source
    (5.0, 'minute', 'live_agent_social')
    """
    found = figures()
    if name not in found:
        near = difflib.get_close_matches(name, found, n=5, cutoff=0.4) or sorted(found)[:5]
        raise InputError("figure_unknown", name=name, near=near)
    return found[name]


@functools.cache
def figures() -> Mapping[str, Figure]:
    """
    Return every figure of every table by name.

    Returns
    -------
    Mapping of str to Figure
        The figures, in the order of the tables.
    """
    found: dict[str, Figure] = {}
    for name in tables():
        if columns(name) != FIGURE_COLUMNS:
            continue
        for row in _rows(name):
            numbers = {column: float(row[column]) if row[column] else None for column in ("value", "low", "high")}
            found[row["name"]] = Figure(
                name=row["name"],
                published=numbers["value"],
                low=numbers["low"],
                high=numbers["high"],
                unit=row["unit"],
                applies_to=row["applies_to"],
                source=row["source"],
                status=row["status"],
                note=row["note"],
            )
    return found


def table(name: str) -> list[dict[str, str]]:
    """
    Return the rows of a reference table as text, a fresh copy at each call.

    Parameters
    ----------
    name : str
        Name of the table without ``.csv``, such as ``rest_rules``.

    Returns
    -------
    list of dict
        One mapping of column to text for each row.

    Raises
    ------
    InputError
        If there is no such table.

    Examples
    --------
    >>> rule = table("rest_rules")[4]
    >>> rule["preset"], rule["rule"], rule["value"], rule["unit"]
    ('eu_wtd', 'daily_rest_min', '11', 'hour')
    """
    if name not in tables():
        raise InputError("table_unknown", name=name, known=list(tables()))
    return [dict(row) for row in _rows(name)]


def source(key: str) -> Source:
    """
    Return a source by its key.

    Parameters
    ----------
    key : str
        Key of ``reference/sources.csv``.

    Returns
    -------
    Source
        Who said it, and where to read it.

    Raises
    ------
    InputError
        If the key is not known; the message lists near ones.

    Examples
    --------
    >>> source("sre_on_call").publisher
    'Google'
    """
    found = sources()
    if key not in found:
        near = difflib.get_close_matches(key, found, n=5, cutoff=0.4) or sorted(found)[:5]
        raise InputError("source_unknown", name=key, near=near)
    return found[key]


@functools.cache
def sources() -> Mapping[str, Source]:
    """
    Return every source by its key.

    Returns
    -------
    Mapping of str to Source
        The sources, in the order of the table.
    """
    return {row["key"]: Source(**row) for row in _rows("sources")}


@functools.cache
def tables() -> tuple[str, ...]:
    """
    Return the names of the reference tables.

    Returns
    -------
    tuple of str
        Names without ``.csv``, sorted.
    """
    folder = resources.files("staffcalc.reference")
    return tuple(sorted(file.name.removesuffix(".csv") for file in folder.iterdir() if file.name.endswith(".csv")))


def columns(name: str) -> tuple[str, ...]:
    """
    Return the columns of a reference table.

    Parameters
    ----------
    name : str
        Name of the table without ``.csv``.

    Returns
    -------
    tuple of str
        Names of the columns.
    """
    return tuple(_rows(name)[0])


@functools.cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    file = resources.files("staffcalc.reference") / f"{name}.csv"
    return tuple(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
